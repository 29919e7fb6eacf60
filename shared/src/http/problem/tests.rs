use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::json;

use super::words::WORDS;
use super::{Kind, Problem, document};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/problems.md");

#[test]
fn a_problem_is_never_a_success() {
    for kind in Kind::ALL {
        let status = kind.status();
        assert!(status.is_client_error() || status.is_server_error(), "{kind:?}");
        assert_eq!(status.as_u16(), Problem::new(kind).body("r")["status"], "{kind:?}");
    }
}

#[test]
fn every_kind_is_in_the_table_once() {
    let source = include_str!("kind.rs");
    let (_, declared) = source.split_once("pub enum Kind {\n").unwrap();
    let (declared, _) = declared.split_once("\n}").unwrap();
    let declared: Vec<&str> = declared.lines().map(|line| line.trim().trim_matches(',')).collect();
    assert_eq!(declared, Kind::ALL.map(|kind| format!("{kind:?}")));
    assert_eq!(WORDS.each_ref().map(|words| words.kind), Kind::ALL);
}

#[test]
fn a_slug_is_the_name_of_its_kind_and_unique() {
    let slugs: BTreeSet<&str> = Kind::ALL.map(Kind::slug).into();
    assert_eq!(slugs.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        let name = format!("{kind:?}").to_lowercase();
        assert_eq!(kind.slug().replace('-', ""), name);
    }
}

#[test]
fn every_kind_says_when_and_what_to_do() {
    for words in &WORDS {
        assert!(words.when.ends_with('.') && words.remedy.ends_with('.'), "{:?}", words.kind);
        assert!(!words.kind.title().ends_with('.'), "{:?}", words.kind);
    }
}

#[test]
fn a_body_has_the_members_of_the_rfc_and_ours() {
    let problem =
        Problem::new(Kind::RefundExceedsCaptured).with("refundable", 500).with("type", "x");
    let expected = json!({
        "type": "/problems/refund-exceeds-captured",
        "title": "The refund exceeds what is left",
        "status": 422,
        "detail": "The refund exceeds the captured amount minus completed and pending refunds and lost disputes.",
        "instance": "req-1",
        "refundable": 500,
    });
    assert_eq!(problem.body("req-1"), expected);
    assert_eq!(problem.detail("Ask for less.").body("req-1")["detail"], "Ask for less.");
}

#[test]
fn a_failure_of_ours_has_a_constant_body() {
    for kind in Kind::ALL.into_iter().filter(|kind| kind.status().is_server_error()) {
        let problem =
            Problem::new(kind).detail("table payments-7").with("secret", 1).because("why");
        assert_eq!(problem.body("r"), Problem::new(kind).body("r"));
        assert_eq!(problem.cause.unwrap().to_string(), "why");
    }
}

#[test]
fn a_detail_written_for_a_failure_is_shown() {
    let problem =
        Problem::new(Kind::Unavailable).public_detail("There is no room.").because("table 7");
    assert_eq!(problem.body("r")["detail"], "There is no room.");
}

#[test]
fn the_headers_say_what_to_do_next() {
    let headers = |problem: Problem| {
        let headers = problem.headers().into_iter();
        headers
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect::<Vec<_>>()
    };
    let both = ["content-type: application/problem+json", "cache-control: no-store"];
    let with = |third: &'static str| [both[0], both[1], third];
    assert_eq!(headers(Kind::OrderPaid.into()), both);
    assert_eq!(headers(Kind::Unauthorized.into()), with("www-authenticate: Bearer"));
    assert_eq!(headers(Kind::RequestInProgress.into()), with("retry-after: 1"));
    assert_eq!(headers(Kind::Unavailable.into()), with("retry-after: 5"));
    let closing = Problem::new(Kind::PaymentInProgress).retry_after(30);
    assert_eq!(headers(closing), with("retry-after: 30"));
}

#[test]
fn only_a_503_and_a_request_in_progress_promise_a_retry() {
    for kind in Kind::ALL {
        let waits = kind.status() == StatusCode::SERVICE_UNAVAILABLE;
        assert_eq!(kind.retry_after().is_some(), waits || kind == Kind::RequestInProgress);
    }
}

#[test]
fn the_document_is_what_the_table_says() {
    let written = std::fs::read_to_string(DOCUMENT).unwrap_or_default();
    let advice = "write it again: cargo test -p quittance write_the_document -- --ignored";
    assert!(written == document(), "docs/problems.md is not what the table says; {advice}");
}

#[test]
#[ignore = "writes docs/problems.md; to be run after a change of the table"]
fn write_the_document() {
    std::fs::write(DOCUMENT, document()).unwrap();
}
