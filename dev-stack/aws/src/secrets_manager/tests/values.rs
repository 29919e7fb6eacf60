//! Values and what is shown of a secret.

use serde_json::{Value, json};

use super::{NAME, ONE, Vault};
use crate::secrets_manager::SecretSeed;

#[test]
fn a_value_is_read_by_name_arn_and_arn_without_its_suffix() {
    let vault = Vault::new();
    let create = json!({ "Name": NAME, "SecretString": "one", "ClientRequestToken": ONE });
    let arn = vault.call("CreateSecret", &create)["ARN"].as_str().unwrap().to_owned();
    let (partial, suffix) = arn.rsplit_once('-').unwrap();
    assert_eq!(partial, "arn:aws:secretsmanager:us-east-1:000000000000:secret:quittance/delivery");
    assert_eq!(suffix.len(), 6);
    for id in [NAME, &arn, partial] {
        assert_eq!(
            vault.call("GetSecretValue", &json!({ "SecretId": id })),
            json!({
                "ARN": arn, "Name": NAME, "VersionId": ONE, "SecretString": "one",
                "VersionStages": ["AWSCURRENT"], "CreatedDate": 1_795_000_000,
            })
        );
    }
}

#[test]
fn a_binary_value_comes_back_as_it_went_in() {
    let vault = Vault::new();
    vault.call("CreateSecret", &json!({ "Name": NAME, "SecretBinary": "AAH/" }));
    let answer = vault.call("GetSecretValue", &json!({ "SecretId": NAME }));
    assert_eq!(answer["SecretBinary"], "AAH/");
    assert!(answer.get("SecretString").is_none());
    for body in [
        json!({ "SecretId": NAME, "SecretBinary": "not base64" }),
        json!({ "SecretId": NAME, "SecretBinary": "AAH/", "SecretString": "both" }),
        json!({ "SecretId": NAME }),
        json!({ "SecretId": NAME, "SecretString": "s".repeat(65_537) }),
        json!({ "SecretId": NAME, "SecretString": "s", "VersionStages": [] }),
        json!({ "SecretId": NAME, "SecretString": "s", "ClientRequestToken": "short" }),
    ] {
        assert_eq!(vault.refused("PutSecretValue", &body), "InvalidParameterException", "{body}");
    }
}

#[test]
fn secrets_are_listed_by_name_and_in_pages_without_values() {
    let vault = Vault::new();
    for name in ["a/1", "a/2", "b"] {
        vault.call("CreateSecret", &json!({ "Name": name, "SecretString": "hidden" }));
    }
    let names = |answer: &Value| -> Vec<String> {
        let list = answer["SecretList"].as_array().unwrap();
        list.iter().map(|secret| secret["Name"].as_str().unwrap().to_owned()).collect()
    };
    let first = vault.call("ListSecrets", &json!({ "MaxResults": 2 }));
    assert_eq!(names(&first), ["a/1", "a/2"]);
    assert!(!first.to_string().contains("hidden"));
    let second = vault.call("ListSecrets", &json!({ "NextToken": first["NextToken"] }));
    assert_eq!(names(&second), ["b"]);
    let filter = json!({ "Filters": [{ "Key": "name", "Values": ["a/"] }] });
    assert_eq!(names(&vault.call("ListSecrets", &filter)), ["a/1", "a/2"]);
}

#[test]
fn no_value_is_shown_by_debug_or_by_a_refusal() {
    let vault = Vault::new();
    let seed = SecretSeed { name: NAME.to_owned(), value: "hidden".to_owned() };
    vault.secrets.provide(&seed).unwrap();
    let shown = format!("{seed:?} {:?}", vault.secrets);
    assert!(shown.contains(NAME) && !shown.contains("hidden"), "{shown}");
    let wrong = json!({ "SecretId": NAME, "SecretString": { "key": "hidden" } });
    let refusal = vault.secrets.call("PutSecretValue", wrong.to_string().as_bytes()).unwrap_err();
    assert_eq!(refusal.kind, "SerializationException");
    assert!(!refusal.message.contains("hidden"), "{refusal}");
}
