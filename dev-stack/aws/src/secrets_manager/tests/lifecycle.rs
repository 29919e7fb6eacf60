//! Seeding, deletion, restoring, and what survives the stack.

use serde_json::{Value, json};

use super::{NAME, ONE, TWO, Vault};
use crate::disk::{Change, Disk};
use crate::secrets_manager::{COLLECTION, SecretSeed};

#[test]
fn a_deleted_secret_can_be_restored_until_its_window_ends() {
    let vault = Vault::with_one();
    let secret = json!({ "SecretId": NAME });
    let delete = json!({ "SecretId": NAME, "RecoveryWindowInDays": 7 });
    let deleted = vault.call("DeleteSecret", &delete);
    assert_eq!(deleted["DeletionDate"], 1_795_000_000 + 7 * 86_400);
    assert_eq!(vault.refused("GetSecretValue", &secret), "InvalidRequestException");
    assert_eq!(vault.refused("CreateSecret", &json!({ "Name": NAME })), "InvalidRequestException");
    assert_eq!(vault.call("ListSecrets", &json!({}))["SecretList"], json!([]));
    vault.pass_days(6);
    vault.call("RestoreSecret", &secret);
    assert_eq!(vault.value("AWSCURRENT").unwrap(), "one");
    vault.call("DeleteSecret", &delete);
    vault.pass_days(7);
    assert_eq!(vault.refused("RestoreSecret", &secret), "ResourceNotFoundException");
}

#[test]
fn a_forced_deletion_is_final_and_can_be_repeated() {
    let vault = Vault::with_one();
    let force = json!({ "SecretId": NAME, "ForceDeleteWithoutRecovery": true });
    vault.call("DeleteSecret", &force);
    vault.call("DeleteSecret", &force);
    let describe = json!({ "SecretId": NAME });
    assert_eq!(vault.refused("DescribeSecret", &describe), "ResourceNotFoundException");
    vault.call("CreateSecret", &json!({ "Name": NAME, "SecretString": "anew" }));
}

#[test]
fn a_seed_creates_updates_or_leaves_alone() {
    let vault = Vault::new();
    let seed = |value: &str| SecretSeed { name: NAME.to_owned(), value: value.to_owned() };
    vault.secrets.provide_missing(&seed("one")).unwrap();
    vault.secrets.provide_missing(&seed("two")).unwrap();
    assert_eq!(vault.value("AWSCURRENT").unwrap(), "one");
    vault.secrets.provide(&seed("two")).unwrap();
    vault.secrets.provide(&seed("two")).unwrap();
    assert_eq!(vault.value("AWSCURRENT").unwrap(), "two");
    assert_eq!(vault.value("AWSPREVIOUS").unwrap(), "one");
    vault.call("DeleteSecret", &json!({ "SecretId": NAME }));
    vault.secrets.provide(&seed("three")).unwrap();
    assert_eq!(vault.value("AWSCURRENT").unwrap(), "three");
}

#[test]
fn everything_survives_the_stack() {
    let dir = tempfile::tempdir().unwrap();
    let before = Vault::on(Disk::open(dir.path()).unwrap());
    before.call("CreateSecret", &json!({ "Name": "gone", "SecretString": "x" }));
    let create = json!({ "Name": NAME, "SecretString": "one", "ClientRequestToken": ONE });
    let arn = before.call("CreateSecret", &create)["ARN"].clone();
    before.put(TWO, "two", None);
    before.call("DeleteSecret", &json!({ "SecretId": "gone", "ForceDeleteWithoutRecovery": true }));
    drop(before);
    let after = Vault::on(Disk::open(dir.path()).unwrap());
    assert_eq!(after.stages(), json!({ ONE: ["AWSPREVIOUS"], TWO: ["AWSCURRENT"] }));
    assert_eq!(after.value("AWSCURRENT").unwrap(), "two");
    assert_eq!(after.call("DescribeSecret", &json!({ "SecretId": arn }))["Name"], NAME);
    let gone = after.refused("DescribeSecret", &json!({ "SecretId": "gone" }));
    assert_eq!(gone, "ResourceNotFoundException");
}

/// A folder may come from another version of the stack.
#[test]
fn a_stored_secret_may_have_members_that_nothing_reads() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Disk::open(dir.path()).unwrap();
    let before = Vault::on(disk.clone());
    before.call("CreateSecret", &json!({ "Name": NAME, "SecretString": "one" }));
    let (name, mut record) = disk.all::<Value>(COLLECTION).unwrap().remove(0);
    record["tags"] = json!([{ "Key": "a", "Value": "1" }]);
    disk.write(&[Change::put(COLLECTION, name, &record).unwrap()]).unwrap();
    assert_eq!(Vault::on(disk).value("AWSCURRENT").unwrap(), "one");
}
