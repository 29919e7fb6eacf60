//! The expressions in the store's source code, and those that no case has played.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use conformance::Said;

const KINDS: [(&str, &str); 5] = [
    ("key_condition_expression", "KeyConditionExpression"),
    ("condition_expression", "ConditionExpression"),
    ("update_expression", "UpdateExpression"),
    ("filter_expression", "FilterExpression"),
    ("projection_expression", "ProjectionExpression"),
];

/// Expressions that the store builds: the variable, and the parts that the cases must have shown.
const BUILT: [(&str, &[&str]); 1] = [("expression", &["SET #", " REMOVE #"])];

/// Every file of the store without its tests, as text.
pub(crate) fn store() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/src/store");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let sources = files.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    let sources = sources.filter(|path| !path.ends_with("tests.rs"));
    sources.map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Expressions that the sources pass to the SDK and no case has used.
pub(crate) fn unplayed(sources: &[String], said: &Said) -> Vec<String> {
    let constants: BTreeMap<String, String> =
        sources.iter().flat_map(|text| constants(text)).collect();
    let mut missing = Vec::new();
    for source in sources {
        for (member, argument) in arguments(source) {
            let was_said = |text: &str| {
                let end = format!(" {member} {text}");
                said.iter().any(|line| line.ends_with(&end))
            };
            let built = BUILT.iter().find(|(variable, _)| *variable == argument);
            if let Some((_, shapes)) = built {
                missing.extend(unshown(member, shapes, said));
                continue;
            }
            let texts = texts(&argument, sources, &constants);
            if texts.is_empty() {
                missing.push(format!(
                    "{member} `{argument}` is built at run time: list in BUILT the parts that \
                     cases must show"
                ));
            }
            for text in texts.iter().filter(|text| !was_said(text)) {
                missing.push(format!("{member} `{text}` has no case"));
            }
        }
    }
    missing
}

/// The possible values of an argument: a literal, a constant, or the constants that a function of the
/// sources names. The replacements made by broken rules are not expressions of the store.
fn texts(argument: &str, sources: &[String], constants: &BTreeMap<String, String>) -> Vec<String> {
    if let Some(text) = literal(argument) {
        return vec![text];
    }
    let name = argument.split('(').next().unwrap_or_default();
    let name = name.rsplit("::").next().unwrap_or_default();
    if let Some(text) = constants.get(name) {
        return vec![text.clone()];
    }
    let head = format!("fn {name}(");
    let body = sources.iter().find_map(|source| source.split_once(&head));
    let body = body.and_then(|(_, rest)| rest.split("\n}\n").next()).unwrap_or_default();
    let words = body.split(|c: char| !c.is_alphanumeric() && c != '_');
    let named: BTreeSet<&String> = words.filter_map(|word| constants.get(word)).collect();
    named.into_iter().cloned().collect()
}

fn unshown(member: &str, shapes: &[&str], said: &Said) -> Vec<String> {
    let of_member = || said.iter().filter(|line| line.contains(&format!(" {member} ")));
    let shown = |shape: &&&str| of_member().any(|line| line.contains(**shape));
    let unshown = shapes.iter().filter(|shape| !shown(shape));
    unshown.map(|shape| format!("{member}: no case has `{shape}`")).collect()
}

/// `(member, argument)` of every call that takes an expression.
fn arguments(source: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (method, member) in KINDS {
        for (at, call) in source.match_indices(&format!(".{method}(")) {
            found.push((member, argument(&source[at + call.len()..])));
        }
    }
    found
}

/// Up to the parenthesis that closes the call; those within quotes do not count.
fn argument(rest: &str) -> String {
    let (mut depth, mut quoted) = (0_u32, false);
    let end = rest.char_indices().find(|(_, c)| {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth == 0 => return true,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        false
    });
    rest[..end.map_or(rest.len(), |(at, _)| at)].trim().to_owned()
}

/// A quoted literal, with its lines joined as Rust joins them.
fn literal(argument: &str) -> Option<String> {
    let inner = argument.trim_end_matches(',').trim().strip_prefix('"')?.strip_suffix('"')?;
    let mut lines = inner.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    Some(lines.fold(first, |joined, line| joined + line.trim_start()))
}

fn constants(source: &str) -> Vec<(String, String)> {
    let named = source.split("const ").skip(1).filter_map(|rest| {
        let (name, value) = rest.split_once(": &str =")?;
        let value = value.split_once(';')?.0.trim();
        Some((name.to_owned(), literal(value)?))
    });
    named.collect()
}

#[test]
fn an_expression_without_a_case_is_found() {
    let source = "const SAID: &str = \"attribute_not_exists(pk)\";\n\
                  const UNSAID: &str = \"#a = :a \\\n    AND size(#b) < :c\";\n\
                  call.condition_expression(SAID);\n\
                  call.condition_expression(conditions::UNSAID)\n\
                  .update_expression(\"SET a = :a\");\n\
                  call.key_condition_expression(made).update_expression(expression);\n\
                  call.filter_expression(chosen(1));\nfn chosen(n: u8) -> String {\n  UNSAID\n}\n";
    let said = [
        "PutItem ConditionExpression attribute_not_exists(pk)",
        "UpdateItem UpdateExpression SET #x = :x",
    ];
    let said = said.map(str::to_owned).into();
    let mut found = unplayed(&[source.to_owned()], &said);
    found.sort();
    assert_eq!(
        found,
        [
            "ConditionExpression `#a = :a AND size(#b) < :c` has no case",
            "FilterExpression `#a = :a AND size(#b) < :c` has no case",
            "KeyConditionExpression `made` is built at run time: list in BUILT the parts that \
             cases must show",
            "UpdateExpression `SET a = :a` has no case",
            "UpdateExpression: no case has ` REMOVE #`",
        ]
    );
}
