//! Our imitations behave as AWS documents the services, stock SDKs understand their refusals, and every
//! expression of the store has a case.

#![expect(clippy::unwrap_used, reason = "a test panics at its first failure")]

mod document;
mod expressions;
mod sdk;

use std::time::{Duration, Instant};

use conformance::{KNOWN, Played, Row, Service, Target, known, play};

/// The table's cases must stay cheap enough to run at every change.
const TABLE_WITHIN: Duration = Duration::from_secs(10);

/// Prints every case with an unexpected result, apart from known differences.
async fn conforms(service: Service, target: &Target) -> Played {
    let played = play(service, target, "").await.unwrap();
    let differing = played.rows.iter().filter(|row| !row.matches() && known(row).is_none());
    let differing: Vec<String> = differing
        .map(|row| {
            format!("{}: {} expected, {} got ({})", row.name, row.expected, row.got(), row.page)
        })
        .collect();
    assert!(differing.is_empty(), "\n{}\n", differing.join("\n"));
    assert!(!played.rows.is_empty());
    played
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queues_are_as_aws_documents_them() {
    conforms(Service::Sqs, &Target::Ours).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secrets_are_as_aws_documents_them() {
    conforms(Service::SecretsManager, &Target::Ours).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_as_aws_documents_it_over_http() {
    let started = Instant::now();
    conforms(Service::DynamoDb, &Target::Ours).await;
    // Only reported, not enforced: a busy machine is slower.
    if started.elapsed() > TABLE_WITHIN {
        eprintln!(
            "the cases of the table took {:?}; the target is {TABLE_WITHIN:?}",
            started.elapsed()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_as_aws_documents_it_in_process() {
    conforms(Service::DynamoDb, &Target::InProcess).await;
}

/// A difference that no longer occurs must be removed from the list.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_to_differ_still_does() {
    for known in KNOWN {
        let played = play(Service::DynamoDb, &Target::Ours, known.case).await.unwrap();
        let got: Vec<String> = played.rows.iter().map(Row::got).collect();
        assert_eq!(got, [known.got], "{}", known.case);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_expression_of_the_store_has_a_case() {
    let played = play(Service::DynamoDb, &Target::InProcess, "").await.unwrap();
    let unplayed = expressions::unplayed(&expressions::store(), &played.said);
    assert!(unplayed.is_empty(), "\n{}\n", unplayed.join("\n"));
}

/// Differences are noticed: the same cases on a different service.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_not_as_documented_is_found() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let clock = local_aws::clock::Clock::system();
    let (ids, disk) = (local_aws::Ids::random(), local_aws::disk::Disk::none());
    let secrets = local_aws::secrets_manager::SecretsManager::open(clock, ids, disk).unwrap();
    tokio::spawn(local_aws::serve(listener, secrets));
    let account = conformance::local(None);
    let target = Target::Endpoint { url, account, patience: Duration::ZERO };
    let rows = play(Service::SecretsManager, &target, "window").await.unwrap();
    let not_run: Vec<&str> =
        rows.rows.iter().filter(|row| !row.was_run()).map(|row| row.name.as_str()).collect();
    assert_eq!(not_run, ["a deleted secret is gone after its window"]);
    assert_eq!(rows.matching(), rows.was_run());
    let stage = play(Service::Sqs, &target, "a queue is purged once").await;
    assert!(stage.is_err(), "queues of Secrets Manager: {stage:?}");
}
