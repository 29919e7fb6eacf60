//! `docs/conformance.md` contains every case.

use std::fs;
use std::path::Path;

use conformance::{Case, Service, cases, cell};

fn missing(document: &str, cases: &[Case]) -> Vec<String> {
    let row = |case: &Case| format!("| {} | {} |", cell(&case.expected), case.page);
    let is_there = |case: &&Case| {
        let mut rows = document.lines().filter(|line| line.ends_with(&row(case)));
        rows.any(|line| line.starts_with(&format!("| {}", cell(&case.name))))
    };
    cases.iter().filter(|case| !is_there(case)).map(|case| case.name.clone()).collect()
}

#[test]
fn the_document_holds_every_case() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/conformance.md");
    let document = fs::read_to_string(path).unwrap_or_default();
    let all: Vec<Case> = Service::ALL.into_iter().flat_map(cases).collect();
    let missing = missing(&document, &all);
    assert!(
        missing.is_empty(),
        "docs/conformance.md lacks these cases; run `cargo conformance --endpoint URL --name NAME \
         --write docs/conformance.md`\n{}\n",
        missing.join("\n")
    );
}

#[test]
fn a_case_has_a_name_of_its_own() {
    for service in Service::ALL {
        let mut names: Vec<String> = cases(service).into_iter().map(|case| case.name).collect();
        names.sort();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all, "{}", service.title());
    }
}

#[test]
fn a_case_that_is_not_in_the_document_is_found() {
    let case = |name: &str| Case::new(name, "page", "a|b", |_| async { Ok(String::new()) });
    let document = "| known | a\\|b | page |\n| other | c | page |\n";
    assert_eq!(missing(document, &[case("known"), case("other"), case("new")]), ["other", "new"]);
}
