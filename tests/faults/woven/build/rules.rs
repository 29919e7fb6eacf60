//! Reads the texts of `../broken`, and writes the table of them.

use std::fs;
use std::path::Path;

/// The folder of the texts.
pub(crate) const TEXTS: &str = "../broken";

pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) what: String,
    pub(crate) breaks: String,
    /// A variant of the table's `NoticedBy`.
    pub(crate) noticed_by: String,
    pub(crate) changes: Vec<Change>,
}

pub(crate) struct Change {
    pub(crate) file: String,
    pub(crate) lines: Vec<(Mark, String)>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Mark {
    Around,
    Existing,
    Broken,
}

pub(crate) fn rules() -> Vec<Rule> {
    let mut files: Vec<_> = fs::read_dir(TEXTS).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    files.iter().flat_map(|file| parse(file)).collect()
}

fn parse(file: &Path) -> Vec<Rule> {
    let text = fs::read_to_string(file).unwrap();
    let mut rules: Vec<Rule> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let wrong = |why: &str| -> ! { panic!("{}:{}: {why}: {line}", file.display(), n + 1) };
        if let Some(name) = line.strip_prefix("rule ") {
            let [what, breaks] = [String::new(), String::new()];
            let name = name.to_owned();
            let noticed_by = "Nothing".to_owned();
            rules.push(Rule { name, what, breaks, noticed_by, changes: Vec::new() });
            continue;
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some(rule) = rules.last_mut() else { wrong("comes before any rule") };
        if let Some(invariant) = line.strip_prefix("breaks ") {
            invariant.clone_into(&mut rule.breaks);
        } else if line == "noticed by the batch" {
            "Batch".clone_into(&mut rule.noticed_by);
        } else if let Some(run) = line.strip_prefix("noticed in ") {
            let Some((setting, plan)) = run.split_once(' ') else { wrong("names no plan") };
            rule.noticed_by = format!("Run({setting:?}, {plan:?})");
        } else if let Some(file) = line.strip_prefix("in ") {
            rule.changes.push(Change { file: file.to_owned(), lines: Vec::new() });
        } else if let Some(change) = rule.changes.last_mut() {
            let mark = match line.get(..2) {
                Some("  ") => Mark::Around,
                Some("- ") => Mark::Existing,
                Some("+ ") => Mark::Broken,
                _ => wrong("begins with neither two spaces nor - nor +"),
            };
            change.lines.push((mark, line[2..].to_owned()));
        } else if rule.what.is_empty() {
            line.clone_into(&mut rule.what);
        } else {
            wrong("is not a known kind of line");
        }
    }
    rules
}

pub(crate) fn camel(name: &str) -> String {
    let words = name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
    words.collect()
}

pub(crate) fn table(rules: &[Rule]) -> String {
    let mut text = String::from(
        "#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]\npub enum Mutant {\n",
    );
    for rule in rules {
        text.push_str(&format!("    {},\n", camel(&rule.name)));
    }
    text.push_str(&format!("}}\n\npub const RULES: [Rule; {}] = [\n", rules.len()));
    for Rule { name, what, breaks, noticed_by, .. } in rules {
        let variant = camel(name);
        text.push_str(&format!(
            "    Rule {{ mutant: Mutant::{variant}, name: {name:?}, what: {what:?}, breaks: {breaks:?}, noticed_by: NoticedBy::{noticed_by} }},\n",
        ));
    }
    text.push_str("];\n");
    text
}
