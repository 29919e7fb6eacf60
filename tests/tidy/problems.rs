//! A test triggers every problem of `docs/problems.md`.

use crate::source::{files, read};
use crate::{found, none};

/// Problems that no request triggers on purpose, and where each is tested instead.
const UNREACHABLE: [(&str, &str); 1] = [
    // Needs two keys whose hashes agree in 100 bits.
    ("id-collision", "shared/src/domain"),
];

fn slugs(document: &str) -> Vec<String> {
    let headings = document.lines().filter_map(|line| line.strip_prefix("## "));
    // A problem is a single word; the last heading is about the API's own answers.
    headings.filter(|text| !text.contains(' ')).map(str::to_owned).collect()
}

fn unmet(slugs: &[String], tests: &[String]) -> Vec<String> {
    let met = |slug: &String| tests.iter().any(|text| text.contains(&format!("\"{slug}\"")));
    let excused = |slug: &String| UNREACHABLE.iter().any(|(name, _)| name == slug);
    slugs
        .iter()
        .filter(|slug| !met(slug) && !excused(slug))
        .map(|slug| format!("docs/problems.md: no test expects the answer `{slug}`"))
        .collect()
}

#[test]
fn every_problem_is_met_by_a_request() {
    let slugs = slugs(&read("docs/problems.md"));
    assert!(slugs.len() > 30, "{slugs:?}");
    let paths = files("tests/journeys", "rs").into_iter().chain(files("tests/calls", "rs"));
    none(&unmet(&slugs, &paths.map(|path| read(&path)).collect::<Vec<_>>()));
}

#[test]
fn every_unreachable_problem_is_documented() {
    let slugs = slugs(&read("docs/problems.md"));
    for (slug, _) in UNREACHABLE {
        assert!(slugs.iter().any(|known| known == slug), "no problem {slug}");
    }
}

#[test]
fn a_problem_that_nobody_meets_is_found() {
    let slugs = slugs("# Problems\n## too-large\n## order-paid\n## Answers of the API itself\n");
    found(
        &unmet(&slugs, &["expect_problem(409, \"order-paid\")".to_owned()]),
        &["docs/problems.md: no test expects the answer `too-large`"],
    );
}
