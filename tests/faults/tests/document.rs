//! Everything the fault search prints is explained in `docs/proof.md`: its invariants and its faults.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use faults::{INVARIANTS, Mode};

const DOCUMENT: &str = "docs/proof.md";
/// The folders whose code reports violations.
const FOLDERS: [&str; 5] = ["explore", "hold", "play", "rest", "world"];

/// Rows of tables: their first two cells.
fn rows(text: &str) -> Vec<(&str, &str)> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    cells.map(|(first, rest)| (first, rest.trim_end_matches(" |"))).collect()
}

fn unexplained(text: &str) -> Vec<String> {
    let rows = rows(text);
    let invariants = INVARIANTS.iter().filter(|row| !rows.contains(row));
    let invariants =
        invariants.map(|(name, what)| format!("{DOCUMENT}: no row | {name} | {what} |"));
    let explained: BTreeSet<&str> = rows.iter().flat_map(|(name, _)| name.split('`')).collect();
    let faults = Mode::names().filter(|name| !explained.contains(name));
    invariants.chain(faults.map(|name| format!("{DOCUMENT}: no row for `{name}`"))).collect()
}

/// The names that violations begin with and the names in the table must be the same; returns the
/// differences.
fn unheld(sources: &str) -> Vec<String> {
    let used: BTreeSet<String> = sources
        .split("\"I")
        .skip(1)
        .filter_map(|rest| rest.split_once(' '))
        .filter(|(digits, _)| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
        .map(|(digits, _)| format!("I{digits}"))
        .collect();
    let known: BTreeSet<String> = INVARIANTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let unknown = used.difference(&known).map(|name| format!("{name} is not in the table"));
    // I8 is a law, which needs no run: facts may be reported in any order.
    let idle = known.difference(&used).filter(|name| *name != "I8");
    unknown.chain(idle.map(|name| format!("nothing checks {name}"))).collect()
}

fn here(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn document() -> String {
    fs::read_to_string(here("../../docs/proof.md")).unwrap()
}

fn sources() -> String {
    let folders = FOLDERS.iter().flat_map(|folder| fs::read_dir(here(folder)).unwrap());
    let files = folders.map(|file| file.unwrap().path());
    let sources = files.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    sources.map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn what_the_search_prints_is_explained() {
    assert_eq!(unexplained(&document()), [""; 0]);
    assert_eq!(unheld(&sources()), [""; 0]);
}

#[test]
fn an_unexplained_name_is_found() {
    let text = document();
    let (name, what) = INVARIANTS[4];
    let less = text.replace(&format!("| {name} | {what} |"), "").replace("`die-after`", "death");
    assert_eq!(
        unexplained(&less),
        [
            "docs/proof.md: no row | I4 | A capture that matches the order pays it, without a client's \
             or a webhook's help. |",
            "docs/proof.md: no row for `die-after`",
        ],
    );
    let sources = sources().replace("\"I15 ", "\"I99 ");
    assert_eq!(unheld(&sources), ["I99 is not in the table", "nothing checks I15"]);
}
