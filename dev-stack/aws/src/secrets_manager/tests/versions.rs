//! Versions and the stages that point at them.

use serde_json::json;

use super::{NAME, ONE, THREE, TWO, Vault};

#[test]
fn a_new_version_becomes_current_and_the_old_one_previous() {
    let vault = Vault::with_one();
    let put = vault.put(TWO, "two", None);
    assert_eq!(put["VersionStages"], json!(["AWSCURRENT"]));
    vault.put(THREE, "three", None);
    assert_eq!(vault.value("AWSCURRENT").unwrap(), "three");
    assert_eq!(vault.value("AWSPREVIOUS").unwrap(), "two");
    let by_id = json!({ "SecretId": NAME, "VersionId": ONE });
    assert_eq!(vault.call("GetSecretValue", &by_id)["SecretString"], "one");
    assert_eq!(vault.stages(), json!({ TWO: ["AWSPREVIOUS"], THREE: ["AWSCURRENT"] }));
}

#[test]
fn stages_move_to_the_version_that_is_put_with_them() {
    let vault = Vault::with_one();
    vault.put(TWO, "two", Some(&["AWSPENDING"]));
    assert_eq!(vault.value("AWSCURRENT").unwrap(), "one");
    assert_eq!(vault.value("AWSPENDING").unwrap(), "two");
    vault.put(THREE, "three", Some(&["AWSCURRENT", "AWSPENDING"]));
    let expected = json!({ ONE: ["AWSPREVIOUS"], THREE: ["AWSCURRENT", "AWSPENDING"] });
    assert_eq!(vault.stages(), expected);
}

#[test]
fn the_first_value_of_an_empty_secret_is_current_whatever_its_stages() {
    let vault = Vault::new();
    let created = vault.call("CreateSecret", &json!({ "Name": NAME }));
    assert!(created.get("VersionId").is_none());
    let get = json!({ "SecretId": NAME });
    assert_eq!(vault.refused("GetSecretValue", &get), "ResourceNotFoundException");
    vault.put(ONE, "one", Some(&["AWSPENDING"]));
    assert_eq!(vault.stages(), json!({ ONE: ["AWSCURRENT", "AWSPENDING"] }));
}

#[test]
fn a_repeated_token_changes_nothing_and_with_another_value_is_refused() {
    let vault = Vault::with_one();
    let create = json!({ "Name": NAME, "SecretString": "one", "ClientRequestToken": ONE });
    assert_eq!(vault.call("CreateSecret", &create)["VersionId"], ONE);
    let other = json!({ "Name": NAME, "SecretString": "other", "ClientRequestToken": ONE });
    assert_eq!(vault.refused("CreateSecret", &other), "ResourceExistsException");
    vault.put(TWO, "two", None);
    vault.put(THREE, "three", None);
    vault.put(TWO, "two", None);
    assert_eq!(vault.value("AWSCURRENT").unwrap(), "three");
    let changed = json!({ "SecretId": NAME, "SecretString": "2", "ClientRequestToken": TWO });
    assert_eq!(vault.refused("PutSecretValue", &changed), "ResourceExistsException");
}

#[test]
fn a_version_and_a_stage_that_disagree_are_refused() {
    let vault = Vault::with_one();
    vault.put(TWO, "two", None);
    let body = json!({ "SecretId": NAME, "VersionId": ONE, "VersionStage": "AWSCURRENT" });
    assert_eq!(vault.refused("GetSecretValue", &body), "InvalidRequestException");
    let body = json!({ "SecretId": NAME, "VersionId": ONE, "VersionStage": "AWSPREVIOUS" });
    assert_eq!(vault.call("GetSecretValue", &body)["SecretString"], "one");
}
