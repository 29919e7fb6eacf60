//! Documents stay current: their links work, and the tests and files they name exist.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use crate::source::{all, files, read, root};
use crate::{found, none};

/// A function's name in a document has at least this many words, like a sentence.
const WORDS_MIN: usize = 4;

struct Known {
    is_there: fn(&str) -> bool,
    /// The names of functions, each with its file.
    functions: BTreeSet<(String, String)>,
}

impl Known {
    fn has(&self, function: &str) -> bool {
        self.functions.iter().any(|(name, _)| name == function)
    }

    fn has_in(&self, function: &str, file: &str) -> bool {
        self.functions.contains(&(function.to_owned(), file.to_owned()))
    }
}

fn real() -> Known {
    let functions = all().into_iter().flat_map(|source| functions_of(&source.path, &source.code));
    let functions = functions.collect();
    Known { is_there: |path| root().join(path).exists(), functions }
}

/// The functions that the test harness runs.
fn tests_of(path: &str, code: &str) -> Vec<(String, String)> {
    let pieces: Vec<&str> = code.split("fn ").collect();
    let attributed = |before: &str| {
        let attributes = before.rsplit(['}', ';', '{']).next().unwrap_or_default();
        attributes.contains("#[test]") || attributes.contains("#[tokio::test")
    };
    let tests = pieces.windows(2).filter(|pair| attributed(pair[0]));
    tests
        .filter_map(|pair| Some((pair[1].split('(').next()?.to_owned(), path.to_owned())))
        .chain(cases_of(path, code))
        .collect()
}

/// The functions that a macro makes of a list with a line `name: arguments;` for each.
fn cases_of(path: &str, code: &str) -> Vec<(String, String)> {
    let lists = code.split("! {\n").skip(1).filter_map(|rest| rest.split("\n}").next());
    let cases = lists.flat_map(str::lines).filter_map(|line| line.trim().split_once(": "));
    let named = cases.filter(|(name, arguments)| is_sentence(name) && arguments.ends_with(';'));
    named.map(|(name, _)| (name.to_owned(), path.to_owned())).collect()
}

/// The claims of a section, each a table row or an entry of a list, with its line.
fn claims(text: &str, section: &str) -> Vec<(usize, String)> {
    let mut claims: Vec<(usize, String)> = Vec::new();
    let lines = text.lines().enumerate().skip_while(|(_, line)| *line != section).skip(1);
    for (n, line) in lines.take_while(|(_, line)| !line.starts_with("## ")) {
        let entry = line.starts_with("- ");
        let row = line.starts_with("| ") && !line.ends_with("| proven by |");
        if entry || row {
            claims.push((n + 1, line.to_owned()));
        } else if let (true, Some((_, claim))) = (line.starts_with(' '), claims.last_mut()) {
            claim.push_str(line);
        }
    }
    claims
}

/// A claim must link to a test that runs.
fn unproven(
    path: &str,
    section: &str,
    text: &str,
    tests: &BTreeSet<(String, String)>,
) -> Vec<String> {
    let claims = claims(text, section);
    if claims.is_empty() {
        return vec![format!("{path}: no claims under {section}")];
    }
    let is_test = |(name, file): &(&str, &str)| {
        tests.contains(&(name.trim_matches('`').to_owned(), beside(path, file)))
    };
    let bare = claims.iter().filter(|(_, claim)| !links(claim).iter().any(is_test));
    bare.map(|(n, _)| format!("{path}:{n}: links to no test")).collect()
}

fn functions_of(path: &str, code: &str) -> Vec<(String, String)> {
    let names = code.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next());
    let pairs = names.map(|name| (name.to_owned(), path.to_owned()));
    pairs.chain(cases_of(path, code)).collect()
}

fn documents() -> Vec<(String, String)> {
    let own = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "tests/README.md"];
    let paths = own.map(str::to_owned).into_iter().chain(files("docs", "md"));
    paths.map(|path| (path.clone(), read(&path))).collect()
}

fn violations(path: &str, text: &str, known: &Known) -> Vec<String> {
    let mut violations = Vec::new();
    let mut fenced = false;
    for (n, line) in text.lines().enumerate() {
        fenced ^= line.trim_start().starts_with("```");
        if fenced {
            continue;
        }
        let mut say = |problem: String| violations.push(format!("{path}:{}: {problem}", n + 1));
        for (text, target) in links(line) {
            let target = target.split('#').next().unwrap_or_default();
            let file = beside(path, target);
            let name = text.trim_matches('`');
            if !target.is_empty() && !(known.is_there)(&file) {
                say(format!("links to {target}, which does not exist"));
            } else if is_sentence(name) && !known.has_in(name, &file) {
                say(format!("links to {target}, which has no `{name}`"));
            }
        }
        for code in quoted(line) {
            if is_sentence(code) && !known.has(code) {
                say(format!("names `{code}`, but no function has this name"));
            } else if is_path(code) && !(known.is_there)(code) {
                say(format!("names `{code}`, which does not exist"));
            }
        }
    }
    violations
}

/// Text and target of each `[text](target)` that stays in this repository.
fn links(line: &str) -> Vec<(&str, &str)> {
    let ends = line.match_indices("](").filter_map(|(at, _)| {
        let text = line[..at].rsplit('[').next()?;
        Some((text, line[at + 2..].split(')').next()?))
    });
    ends.filter(|(_, to)| !to.contains("://") && !to.starts_with("mailto:")).collect()
}

/// The text between backticks.
fn quoted(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

fn is_sentence(code: &str) -> bool {
    code.split('_').filter(|word| !word.is_empty()).count() >= WORDS_MIN
        && code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// `tests/journeys/refund_payment.rs`: a path of ours, not a pattern.
fn is_path(code: &str) -> bool {
    let ours = ["shared/", "functions/", "dev-stack/", "tests/", "events/", "docs/"];
    ours.iter().any(|folder| code.starts_with(folder))
        && !code.contains(['*', '<', '{', ' ', '…', '('])
        && !code.contains("NNNN")
}

/// A link's target relative to the root; the document at `path` gives it relative to itself.
fn beside(path: &str, target: &str) -> String {
    let joined = Path::new(path).parent().unwrap_or(Path::new("")).join(target);
    let mut parts: Vec<String> = Vec::new();
    for part in joined.components() {
        if part == Component::ParentDir {
            parts.pop();
        } else {
            parts.push(part.as_os_str().to_string_lossy().into_owned());
        }
    }
    parts.join("/")
}

#[test]
fn what_a_document_names_exists() {
    let known = real();
    let all = documents();
    none(&all.iter().flat_map(|(path, text)| violations(path, text, &known)).collect::<Vec<_>>());
}

#[test]
fn every_promise_and_every_invariant_links_to_its_test() {
    let all = all();
    let tests = all.iter().flat_map(|source| tests_of(&source.path, &source.code)).collect();
    let sections = [("README.md", "## What it promises"), ("ARCHITECTURE.md", "## Invariants")];
    let unproven = sections.map(|(path, section)| unproven(path, section, &read(path), &tests));
    none(&unproven.concat());
}

#[test]
fn a_claim_without_a_test_is_found() {
    let code = "fn helps() {} #[test] fn a_sum_is_exact() { b(); } async fn f() {}\n\
                #[tokio::test]\n#[ignore]\nasync fn one_wins() {}\n\
                each! {\n    one_dies_at_last: A, B;\n}";
    let tests = tests_of("tests/a.rs", code).into_iter().collect();
    let text = "- Before.\n## Invariants\n\nEach.\n\n- Exact:\n  [`a_sum_is_exact`](tests/a.rs)\n\
                - Bare: `one_wins`.\n- A helper: [`helps`](tests/a.rs)\n\
                - [`one_wins`](tests/a.rs)\n- [`one_wins`](tests/b.rs)\n\
                - [`one_dies_at_last`](tests/a.rs)\n## More\n- After.";
    let expected = [8, 9, 11].map(|n| format!("x.md:{n}: links to no test"));
    assert_eq!(unproven("x.md", "## Invariants", text, &tests), expected);
    let table =
        "## P\n| promise | proven by |\n|---|---|\n| a | [`one_wins`](tests/a.rs) |\n| b | c |";
    found(&unproven("x.md", "## P", table, &tests), &["x.md:5: links to no test"]);
    found(&unproven("x.md", "## Q", table, &tests), &["x.md: no claims under ## Q"]);
}

#[test]
fn the_documents_of_a_stranger_are_there() {
    let missing = documents().into_iter().filter(|(_, text)| text.is_empty());
    none(&missing.map(|(path, _)| format!("{path} is not there")).collect::<Vec<_>>());
}

#[test]
fn a_document_that_lags_is_found() {
    let code = "async fn an_order_is_paid_once() {} fn f<T>() {}";
    let known = Known {
        is_there: |path| ["docs/problems.md", "tests/tidy/main.rs"].contains(&path),
        functions: functions_of("tests/journeys/a.rs", code).into_iter().collect(),
    };
    let text = "See [a](problems.md#x), [b](../tests/gone.rs), [c](https://x.example) and \
                `an_order_is_paid_once`.\n```\n[d](gone.md)\n```\n`an_order_is_paid_twice` in \
                `tests/tidy/main.rs`, `tests/gone.rs`, `functions/<name>`, `amount_captured`\n\
                [`an_order_is_paid_once`](../tests/tidy/main.rs)";
    found(
        &violations("docs/x.md", text, &known),
        &[
            "docs/x.md:1: links to ../tests/gone.rs, which does not exist",
            "docs/x.md:5: names `an_order_is_paid_twice`, but no function has this name",
            "docs/x.md:5: names `tests/gone.rs`, which does not exist",
            "docs/x.md:6: links to ../tests/tidy/main.rs, which has no `an_order_is_paid_once`",
        ],
    );
}
