//! The form of a file: short, named for its content, introduced by a sentence, without ornament. (Clippy
//! checks the length of functions.)

use crate::source::{Source, all, files, read};
use crate::{found, none};

const LINES_MAX: usize = 300;

/// Names that say nothing about the content.
const NO_NAMES: [&str; 8] =
    ["utils", "helpers", "common", "types", "models", "traits", "prelude", "macros"];

/// Only `TODO(name): when …` has an owner.
const LATER: [&str; 3] = ["TODO", "FIXME", "XXX"];

fn too_long(sources: &[Source]) -> Vec<String> {
    let lengths = sources.iter().map(|source| (&source.path, source.text.lines().count()));
    lengths
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(path, lines)| format!("{path}: {lines} lines; the limit is {LINES_MAX}"))
        .collect()
}

fn unnamed(sources: &[Source]) -> Vec<String> {
    let mut violations = Vec::new();
    for path in sources.iter().map(|source| &source.path) {
        for part in path.split('/').map(|part| part.trim_end_matches(".rs")) {
            if NO_NAMES.contains(&part) {
                violations.push(format!("{path}: `{part}` says nothing about the content"));
            }
        }
    }
    violations
}

/// Unit tests beside the code need no introduction: the code and their names provide it.
fn unintroduced(sources: &[Source]) -> Vec<String> {
    let beside = |source: &Source| source.is_test() && !source.path.starts_with("tests/");
    sources
        .iter()
        .filter(|source| !beside(source) && !source.text.starts_with("//! "))
        .map(|source| format!("{}: does not begin with `//! ` and its purpose", source.path))
        .collect()
}

fn ornamented(path: &str, text: &str) -> Vec<String> {
    let mut violations = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let Some(comment) = line.strip_prefix("//").or_else(|| line.strip_prefix('#')) else {
            continue;
        };
        let comment = comment.trim_start_matches(['/', '!', '#']).trim();
        let rule = |c: char| "-=*~_#/".contains(c);
        let banner = comment.len() > 2 && comment.chars().take(3).all(rule);
        if banner || comment.starts_with("region") || comment.starts_with("endregion") {
            violations.push(format!("{path}:{}: a banner; let names structure the file", n + 1));
        }
    }
    violations
}

fn unowned(path: &str, text: &str) -> Vec<String> {
    let mut violations = Vec::new();
    for (n, line) in text.lines().enumerate() {
        for word in LATER {
            let unowned = |(at, _): (usize, &str)| {
                let owner = line[at + word.len()..].strip_prefix('(');
                let whole = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                    && !line[at + word.len()..]
                        .starts_with(|c: char| c.is_alphanumeric() || c == '_');
                whole && !owner.is_some_and(|rest| rest.contains("): "))
            };
            if line.match_indices(word).any(unowned) {
                violations.push(format!("{path}:{}: `{word}` without an owner", n + 1));
            }
        }
    }
    violations
}

/// Code and documentation, except this file, whose samples contain the words.
fn texts() -> Vec<(String, String)> {
    let mut paths: Vec<String> =
        all().into_iter().map(|s| s.path).filter(|path| path != "tests/tidy/form.rs").collect();
    paths.extend(files("docs", "md"));
    paths.extend(
        [
            "README.md",
            "ARCHITECTURE.md",
            "CHANGELOG.md",
            "Cargo.toml",
            "template.yaml",
            "deny.toml",
        ]
        .map(str::to_owned),
    );
    paths.into_iter().map(|path| (path.clone(), read(&path))).collect()
}

fn is_document(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|ending| ending == "md")
}

#[test]
fn a_file_fits_one_sitting() {
    none(&too_long(&all()));
}

#[test]
fn a_file_is_named_for_what_it_holds() {
    none(&unnamed(&all()));
}

#[test]
fn a_file_begins_with_what_it_is_for() {
    none(&unintroduced(&all()));
}

#[test]
fn nothing_is_ornament() {
    let code = texts().into_iter().filter(|(path, _)| !is_document(path));
    none(&code.flat_map(|(path, text)| ornamented(&path, &text)).collect::<Vec<_>>());
}

#[test]
fn what_is_left_to_do_has_an_owner() {
    let all = texts();
    none(&all.iter().flat_map(|(path, text)| unowned(path, text)).collect::<Vec<_>>());
}

#[test]
fn a_file_out_of_form_is_found() {
    let long = Source::sample("shared/src/utils.rs", &"x\n".repeat(301));
    found(
        &[too_long(&[long]), unnamed(&[Source::sample("shared/src/http/common/a.rs", "")])]
            .concat(),
        &[
            "shared/src/utils.rs: 301 lines; the limit is 300",
            "shared/src/http/common/a.rs: `common` says nothing about the content",
        ],
    );
    let bare = [Source::sample("a.rs", "use x;"), Source::sample("a/tests.rs", "use x;")];
    found(&unintroduced(&bare), &["a.rs: does not begin with `//! ` and its purpose"]);
}

#[test]
fn ornament_and_unowned_work_are_found() {
    let text = "// ---- store ----\n/// Fine - really.\n//======\n# region x\n// TODO: later\n\
                // TODO(ana): when a second store exists\nlet x = TODO_LIST;";
    found(
        &[ornamented("a.rs", text), unowned("a.rs", text)].concat(),
        &[
            "a.rs:1: a banner; let names structure the file",
            "a.rs:3: a banner; let names structure the file",
            "a.rs:4: a banner; let names structure the file",
            "a.rs:5: `TODO` without an owner",
        ],
    );
}
