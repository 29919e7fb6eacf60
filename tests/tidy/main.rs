//! The rules of the workspace as tests. Beside each rule stands the proof that it can fail: a sample that
//! breaks it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test panics at its first failure"
)]

mod source;
mod template;

mod layers;
mod places;
mod form;
mod names;
mod permissions;
mod throttles;
mod rights;
mod operations;
mod runbook;
mod environment;
mod dependencies;
mod requirements;
mod problems;
mod documents;
mod figures;
mod touches;

/// Shows every violation at once.
#[track_caller]
fn none(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

/// The proof of a rule: in a sample that breaks it, the rule finds exactly this.
#[track_caller]
fn found(violations: &[String], expected: &[&str]) {
    assert_eq!(violations, expected);
}
