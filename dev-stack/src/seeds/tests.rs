use serde_json::json;

use super::{Seeds, current};
use crate::aws::Ids;
use crate::aws::secrets_manager::{SecretSeed, SecretsManager};
use crate::clock::Clock;
use crate::disk::Disk;
use crate::gateways::sandbox::Profile;
use crate::template::Secret;

fn seeds(shop_url: &str) -> Seeds {
    Seeds {
        stack_name: "quittance".to_owned(),
        gateways: vec!["sandbox".to_owned()],
        sandbox_url: "http://127.0.0.1:3001".to_owned(),
        shop_url: shop_url.to_owned(),
        delivery_url: None,
        profile: Profile::Full,
    }
}

fn wanted() -> Vec<Secret> {
    let names = ["api-keys", "status-token", "delivery", "gateways/sandbox"];
    names.map(|name| Secret { name: format!("quittance/{name}"), placeholder: None }).into()
}

fn manager(disk: &Disk) -> SecretsManager {
    SecretsManager::open(Clock::system(), Ids::random(), disk.clone()).unwrap()
}

#[test]
fn a_fresh_stack_has_every_secret_and_its_keys_stay_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Disk::open(dir.path()).unwrap();
    seeds("http://127.0.0.1:3005").plant(&wanted(), &manager(&disk), &disk).unwrap();
    let first = current(&manager(&disk), "quittance/delivery").unwrap();
    assert_eq!(first["url"], "http://127.0.0.1:3005/webhooks/quittance");
    assert!(first["keys"][0]["key"].as_str().unwrap().starts_with("whsec_"));

    seeds("http://127.0.0.1:4005").plant(&wanted(), &manager(&disk), &disk).unwrap();
    let second = current(&manager(&disk), "quittance/delivery").unwrap();
    assert_eq!(second["url"], "http://127.0.0.1:4005/webhooks/quittance");
    assert_eq!(second["keys"], first["keys"]);
    let keys = current(&manager(&disk), "quittance/api-keys").unwrap();
    // Computed by `printf sk_test_local | sha256sum`.
    assert_eq!(
        keys[0]["sha256"],
        "9764d1a16fda9333fdd8773f915805644041c3464b2a45163678f104c6bd6789"
    );
    let sandbox = current(&manager(&disk), "quittance/gateways/sandbox").unwrap();
    assert_eq!(sandbox["profile"], "full");
}

#[test]
fn an_address_that_somebody_else_put_there_stays() {
    let disk = Disk::none();
    let secrets = manager(&disk);
    let own = json!({ "url": "http://127.0.0.1:9999/hook", "key": "whsec_AAAA" }).to_string();
    secrets.provide(&SecretSeed { name: "quittance/delivery".to_owned(), value: own }).unwrap();
    seeds("http://127.0.0.1:3005").plant(&wanted(), &secrets, &disk).unwrap();
    let delivery = current(&secrets, "quittance/delivery").unwrap();
    assert_eq!(delivery["url"], "http://127.0.0.1:9999/hook");
}

#[test]
fn an_address_for_one_run_is_gone_in_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Disk::open(dir.path()).unwrap();
    let url = |seeds: &Seeds| {
        let secrets = manager(&disk);
        seeds.plant(&wanted(), &secrets, &disk).unwrap();
        current(&secrets, "quittance/delivery").unwrap()["url"].as_str().unwrap().to_owned()
    };
    let shop = seeds("http://127.0.0.1:3005");
    let own = "http://127.0.0.1:8000/hook".to_owned();
    let asked = Seeds { delivery_url: Some(own.clone()), ..shop.clone() };
    assert_eq!(url(&shop), "http://127.0.0.1:3005/webhooks/quittance");
    assert_eq!(url(&asked), own);
    assert_eq!(url(&shop), "http://127.0.0.1:3005/webhooks/quittance");
}

#[test]
fn a_file_of_secrets_goes_over_the_seeds() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("secrets.json");
    std::fs::write(&file, r#"{"quittance/delivery":{"url":"https://shop.example"}}"#).unwrap();
    let secrets = manager(&Disk::none());
    seeds("http://127.0.0.1:3005").plant(&wanted(), &secrets, &Disk::none()).unwrap();
    let plant_file = || Seeds::plant_file(&wanted(), &secrets, &file);
    plant_file().unwrap();
    let delivery = current(&secrets, "quittance/delivery").unwrap();
    assert_eq!(delivery, json!({ "url": "https://shop.example" }));

    std::fs::write(&file, "{\"a\": secret").unwrap();
    let error = plant_file().unwrap_err().to_string();
    assert!(error.ends_with("it is not a JSON object of secret names and values"), "{error}");

    std::fs::write(&file, r#"{"quittance/delivery":{},"quittance/gateway/sandbox":{}}"#).unwrap();
    let error = plant_file().unwrap_err().to_string();
    let (sentence, known) = error.split_once("; the secrets are ").unwrap();
    assert!(sentence.starts_with("nothing reads the secret quittance/gateway/sandbox in "));
    assert!(known.ends_with("quittance/delivery, quittance/gateways/sandbox"), "{known}");
    let kept = current(&secrets, "quittance/delivery").unwrap();
    assert_eq!(kept, json!({ "url": "https://shop.example" }), "all of a file or nothing");
}

#[test]
fn a_secret_without_a_seed_takes_its_placeholder_or_is_refused() {
    let secrets = manager(&Disk::none());
    let stripe = |placeholder: Option<&str>| {
        let placeholder = placeholder.map(str::to_owned);
        vec![Secret { name: "quittance/gateways/stripe".to_owned(), placeholder }]
    };
    let plant =
        |wanted: &[Secret]| seeds("http://127.0.0.1:3005").plant(wanted, &secrets, &Disk::none());
    assert!(plant(&stripe(None)).is_err());
    plant(&stripe(Some("{\"api_key\":\"REPLACE_ME\"}"))).unwrap();
    assert!(current(&secrets, "quittance/gateways/stripe").is_some());
}
