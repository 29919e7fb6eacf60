//! A table for the terminal: each case with its expectation and its result.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Played, Row};

/// Columns wider than this are cut.
const CELL_MAX: usize = 70;

/// All cases of a service, beside another target's results.
pub(super) fn table(ours: &Played, other: Option<(&str, &Played)>) -> String {
    let mut lines = vec![vec!["case".to_owned(), "expected".to_owned(), "ours".to_owned()]];
    if let (Some((name, _)), Some(head)) = (other, lines.first_mut()) {
        head.push(name.to_owned());
    }
    for (n, row) in ours.rows.iter().enumerate() {
        let mut line = vec![row.name.clone(), row.expected.clone(), got(row)];
        line.extend(other.and_then(|(_, played)| played.rows.get(n)).map(got));
        lines.push(line);
    }
    let mut text = format!("{}\n", ours.service.title());
    let widths: Vec<usize> = (0..lines.first().map_or(0, Vec::len))
        .map(|column| {
            lines.iter().map(|line| cut(&line[column]).chars().count()).max().unwrap_or(0)
        })
        .collect();
    for line in &lines {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{:<width$}", cut(cell)));
        let _ = writeln!(text, "  {}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    text
}

fn got(row: &Row) -> String {
    if row.matches() { "as expected".to_owned() } else { row.got() }
}

fn cut(cell: &str) -> String {
    let plain: String = cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if plain.chars().count() <= CELL_MAX {
        return plain;
    }
    let kept: String = plain.chars().take(CELL_MAX - 1).collect();
    format!("{kept}…")
}

/// `SQS: 120 of 121 as expected, 3 not run`.
pub(super) fn summary(name: &str, played: &Played) -> String {
    let (matching, run, all) = (played.matching(), played.was_run(), played.rows.len());
    let left = if run == all { String::new() } else { format!(", {} not run", all - run) };
    format!("{}, {name}: {matching} of {run} as expected{left}", played.service.title())
}

pub(super) fn machine(name: &str, played: &Played) -> Value {
    let row = |row: &Row| {
        json!({
            "case": row.name, "page": row.page, "expected": row.expected, "got": row.got(),
            "matches": row.matches(), "run": row.was_run(),
        })
    };
    json!({
        "service": played.service.word(), "target": name,
        "matching": played.matching(), "run": played.was_run(),
        "cases": played.rows.iter().map(row).collect::<Vec<_>>(),
    })
}
