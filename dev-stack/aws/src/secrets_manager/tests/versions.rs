//! Versions and the stages that point at them.

use serde_json::{Value, json};

use super::{NAME, ONE, THREE, TWO, Vault};

fn move_stage(stage: &str, from: Option<&str>, to: Option<&str>) -> Value {
    json!({
        "SecretId": NAME, "VersionStage": stage,
        "RemoveFromVersionId": from, "MoveToVersionId": to,
    })
}

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
fn a_pending_version_is_promoted_by_moving_the_stage() {
    let vault = Vault::with_one();
    vault.put(TWO, "two", Some(&["AWSPENDING"]));
    assert_eq!(vault.value("AWSCURRENT").unwrap(), "one");
    assert_eq!(vault.value("AWSPENDING").unwrap(), "two");
    let blind = move_stage("AWSCURRENT", None, Some(TWO));
    assert_eq!(vault.refused("UpdateSecretVersionStage", &blind), "InvalidParameterException");
    let stale = move_stage("AWSCURRENT", Some(TWO), Some(TWO));
    assert_eq!(vault.refused("UpdateSecretVersionStage", &stale), "InvalidParameterException");
    let promote = move_stage("AWSCURRENT", Some(ONE), Some(TWO));
    vault.call("UpdateSecretVersionStage", &promote);
    let expected = json!({ ONE: ["AWSPREVIOUS"], TWO: ["AWSCURRENT", "AWSPENDING"] });
    assert_eq!(vault.stages(), expected);
    let done = move_stage("AWSPENDING", Some(TWO), None);
    vault.call("UpdateSecretVersionStage", &done);
    assert_eq!(vault.value("AWSPENDING"), None);
}

#[test]
fn the_current_stage_is_never_without_a_version() {
    let vault = Vault::with_one();
    let remove = move_stage("AWSCURRENT", Some(ONE), None);
    assert_eq!(vault.refused("UpdateSecretVersionStage", &remove), "InvalidParameterException");
    let unknown = move_stage("AWSCURRENT", Some(ONE), Some(TWO));
    assert_eq!(vault.refused("UpdateSecretVersionStage", &unknown), "ResourceNotFoundException");
    let empty = move_stage("AWSCURRENT", None, None);
    assert_eq!(vault.refused("UpdateSecretVersionStage", &empty), "InvalidParameterException");
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
    assert_eq!(vault.refused("UpdateSecret", &changed), "ResourceExistsException");
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
