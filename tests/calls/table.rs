//! The table of calls per request. Reads of secrets are left out: each process makes them once per five
//! minutes.

use crate::bench::{Outcome, SHARDS, TARGETS};
use crate::counting::Calls;

/// `(request, DynamoDB, SQS, gateway)`.
type Row = (&'static str, usize, usize, usize);

/// A confirmation goes to each target queue, and one write marks it as sent.
const TABLE: [Row; 27] = [
    ("create-order", 1, 0, 0),
    ("create-order, replay", 1, 0, 0),
    ("create-payment with key, pending", 2, 0, 1),
    ("create-payment with key, unknown", 2, 0, 1),
    ("create-payment with key, replay", 1, 0, 0),
    ("create-payment with key, refused", 1, 0, 0),
    ("create-payment without key", 3, 0, 1),
    ("create-payment, captured in the call", 3, TARGETS, 1),
    ("webhook, state change, signed", 2, 0, 0),
    ("webhook, first capture, signed", 3, TARGETS, 0),
    ("webhook, duplicate", 1, 0, 0),
    ("webhook, unknown type", 0, 0, 0),
    ("webhook, state change, unsigned", 2, 0, 1),
    ("webhook, first capture, unsigned", 3, TARGETS, 1),
    ("capture", 4, TARGETS, 1),
    ("capture, unknown", 3, 0, 1),
    ("refund, final", 4, TARGETS, 1),
    ("refund, unknown", 3, 0, 1),
    ("refund, replay", 1, 0, 0),
    ("close", 4, TARGETS, 1),
    ("void", 4, TARGETS, 1),
    // The close finds the order in the refused claim's answer.
    ("replace", 6, TARGETS, 2),
    ("status-check", 1, 0, 0),
    ("status-check with refresh", 3, 0, 1),
    ("status-check of a shopper", 1, 0, 0),
    ("sweep-due, idle", SHARDS + 1, 0, 0),
    ("sweep-due, two unresolved items", SHARDS + 1 + 2 * 2, 0, 2),
];

/// The measured rows, compared as a whole so that one difference does not hide the next.
#[derive(Debug, Default)]
pub(crate) struct Measured(Vec<(&'static str, Calls, Vec<String>)>);

impl Measured {
    pub(crate) fn add(&mut self, request: &'static str, outcome: &Outcome) {
        assert_eq!(outcome.secret_reads, 0, "{request} read a secret again");
        self.0.push((request, outcome.calls, outcome.names.clone()));
    }

    /// Asserts that every measured row is in the table and equal, and prints it.
    #[track_caller]
    pub(crate) fn settle(self) {
        let mut differences = Vec::new();
        println!("{:<48}DynamoDB  SQS  gateway", "request");
        for (request, calls, names) in self.0 {
            let Calls { dynamodb, sqs, gateway } = calls;
            println!("{request:<48}{dynamodb:>8}{sqs:>5}{gateway:>9}");
            let row = TABLE.iter().find(|(name, ..)| *name == request);
            let Some((_, rows_dynamodb, rows_sqs, rows_gateway)) = row else {
                panic!("the table has no row {request}");
            };
            let expected =
                Calls { dynamodb: *rows_dynamodb, sqs: *rows_sqs, gateway: *rows_gateway };
            if calls != expected {
                differences.push(format!("{request}: {calls:?}, not {expected:?}: {names:?}"));
            }
        }
        assert!(differences.is_empty(), "\n{}\n", differences.join("\n"));
    }
}

/// The table as readers see it.
fn document() -> String {
    let rows = TABLE.iter().map(|(request, dynamodb, sqs, gateway)| {
        format!("| {request} | {dynamodb} | {sqs} | {gateway} |\n")
    });
    rows.collect()
}

#[test]
fn the_document_shows_the_table() {
    let path = format!("{}/../docs/calls.md", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.split_once("|---|---:|---:|---:|\n").unwrap().1;
    let rows: String = rows.split_inclusive('\n').take_while(|row| row.starts_with('|')).collect();
    assert_eq!(rows, document(), "docs/calls.md is out of date");
}

/// A row that is never measured would never be checked.
#[test]
fn every_row_is_measured() {
    let sources =
        [include_str!("merchant.rs"), include_str!("gateway.rs"), include_str!("schedule.rs")];
    for (request, ..) in TABLE {
        let name = format!("\"{request}\"");
        assert!(sources.iter().any(|source| source.contains(&name)), "{request} is not measured");
    }
}

#[test]
#[ignore = "one gateway exists; a second makes one DynamoDB call and one gateway call more"]
fn a_second_gateway_in_one_request_costs_one_call_more_of_each() {}
