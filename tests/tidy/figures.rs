//! Figures in documents match the code, and their sums are right.

use crate::source::read;
use crate::{found, none};

/// A document, a phrase in it, the file of ours and the line in it that makes the phrase true.
type Figure = (&'static str, &'static str, &'static str, &'static str);

const FIGURES: [Figure; 20] = [
    (
        "docs/security.md",
        "of any one order at most 100",
        "shared/src/operations/park.rs",
        "OF_AN_ORDER_MAX: u32 = 100;",
    ),
    (
        "docs/scaling.md",
        "16 look-ups a second",
        "shared/src/operations/sweep.rs",
        "AT_ONCE: usize = 8;",
    ),
    (
        "docs/scaling.md",
        "after 25 s",
        "shared/src/operations/sweep.rs",
        "RUN_MAX: Duration = Duration::from_secs(25);",
    ),
    ("docs/scaling.md", "50 × `DueShards`", "shared/src/store/mod.rs", "DUE_PAGE: i32 = 50;"),
    (
        "docs/scaling.md",
        "16 shards a day",
        "shared/domain/src/conclude.rs",
        "DAY_SHARDS: u32 = 16;",
    ),
    (
        "docs/scaling.md",
        "after 1, 2, 5, 15 min",
        "shared/domain/src/due.rs",
        "[30, 60, 120, 300, 900, 3600, 21_600, 86_400]",
    ),
    (
        "docs/scaling.md",
        "waits up to 15 s",
        "shared/src/app.rs",
        "GATEWAY_TIMEOUT_MAX: Duration = Duration::from_secs(15);",
    ),
    (
        "docs/scaling.md",
        "those to a gateway only 5 s",
        "shared/src/system.rs",
        "POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(5);",
    ),
    (
        "docs/scaling.md",
        "secret and five minutes",
        "shared/src/secrets.rs",
        "FRESH_SECONDS: i64 = 300;",
    ),
    (
        "docs/security.md",
        "at most every 30 s",
        "shared/src/secrets.rs",
        "RELOAD_AFTER_SECONDS: i64 = 30;",
    ),
    (
        "docs/security.md",
        "at most every 5 s",
        "shared/src/operations/read_order.rs",
        "REFRESH_SECONDS_MIN: i64 = 5;",
    ),
    (
        "docs/security.md",
        "within 300 s",
        "shared/src/standard_webhooks.rs",
        "TOLERANCE_SECONDS: u64 = 300;",
    ),
    (
        "docs/security.md",
        "until 72 h",
        "shared/src/http/auth.rs",
        "TOKEN_SECONDS_MIN: i64 = 72 * 3600;",
    ),
    (
        "docs/security.md",
        "at most 64 KiB",
        "shared/src/http/input.rs",
        "BODY_BYTES_MAX: usize = 64 * 1024;",
    ),
    (
        "docs/security.md",
        "512 KiB",
        "functions/webhook-receiver/src/lib.rs",
        "EVENT_BYTES_MAX: usize = 512 * 1024;",
    ),
    (
        "docs/security.md",
        "parked for 90 days",
        "shared/src/store/parking.rs",
        "KEPT_DAYS: i64 = 90;",
    ),
    (
        "docs/security.md",
        "at most 20 attempts",
        "shared/domain/src/order.rs",
        "ATTEMPTS_MAX: usize = 20;",
    ),
    (
        "docs/integrate.md",
        "You have 10 s",
        "shared/src/operations/deliver.rs",
        "TIMEOUT: Duration = Duration::from_secs(10);",
    ),
    (
        "docs/integrate.md",
        "up to 43,050 s",
        "shared/src/operations/deliver/pace.rs",
        "WAIT_SECONDS_MAX: i32 = 43_050;",
    ),
    (
        "docs/integrate.md",
        "300 to 2 592 000 s",
        "functions/create-order/src/body.rs",
        "300..=2_592_000",
    ),
];

/// A phrase of `docs/scaling.md`, a parameter of the template, and its default.
const DEFAULTS: [(&str, &str, i64); 4] = [
    ("`ThrottleRate`, 100 requests", "ThrottleRate", 100),
    ("`DeliveryConcurrency`, 10:", "DeliveryConcurrency", 10),
    ("64 shards end at", "DueShards", 64),
    ("0.15 GB-s at 256 MB", "MemorySize", 256),
];

/// The text as a reader sees it, regardless of line breaks.
fn flat(path: &str) -> String {
    read(path).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn outdated(figures: &[Figure], read_flat: impl Fn(&str) -> String) -> Vec<String> {
    let mut violations = Vec::new();
    for (document, phrase, source, line) in figures {
        if !read_flat(document).contains(phrase) {
            violations.push(format!("{document} no longer says `{phrase}`"));
        }
        if !read_flat(source).contains(line) {
            violations
                .push(format!("{document} says `{phrase}`; {source} no longer says `{line}`"));
        }
    }
    violations
}

/// The cells of each row of the table whose head begins like this.
fn table(text: &str, head: &str) -> Vec<Vec<String>> {
    let rows = text.lines().skip_while(|line| !line.starts_with(head)).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let cells = |row: &str| {
        let cells = row.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().trim_matches('*').to_owned()).collect()
    };
    rows.map(cells).collect()
}

/// In hundredths, so that sums are integers.
fn hundredths(cell: &str) -> i64 {
    let (whole, part) = cell.split_once('.').unwrap_or((cell, "00"));
    whole.parse::<i64>().unwrap() * 100 + part.parse::<i64>().unwrap()
}

/// Rows that are not the sum of the rows above them, in the columns from `first` on.
fn wrong_sums(rows: &[Vec<String>], first: usize) -> Vec<String> {
    let (last, above) = rows.split_last().unwrap();
    let mut violations = Vec::new();
    for (column, total) in last.iter().enumerate().skip(first) {
        let sum: i64 = above.iter().map(|row| hundredths(&row[column])).sum();
        if sum != hundredths(total) {
            violations.push(format!("{}: {total} is not the sum of column {column}", last[0]));
        }
    }
    violations
}

/// Steps whose calls differ from those in `docs/calls.md`.
fn uncounted(steps: &[Vec<String>], counted: &[Vec<String>]) -> Vec<String> {
    let known = |name: &str| counted.iter().find(|row| row[0] == name);
    let mut violations = Vec::new();
    for step in steps {
        let Some(row) = known(&step[0]) else { continue };
        let (dynamodb, sqs, gateway) = (&step[3], &step[6], &step[7]);
        if [dynamodb, sqs, gateway] != [&row[1], &row[2], &row[3]] {
            violations.push(format!("{}: {step:?}, counted {row:?}", step[0]));
        }
    }
    violations
}

#[test]
fn a_figure_of_a_document_is_that_of_the_code() {
    none(&outdated(&FIGURES, flat));
    let (scaling, template) = (flat("docs/scaling.md"), crate::template::ours());
    for (phrase, parameter, default) in DEFAULTS {
        assert!(scaling.contains(phrase), "docs/scaling.md no longer says `{phrase}`");
        assert_eq!(template["Parameters"][parameter]["Default"], default, "{parameter}");
    }
}

#[test]
fn the_calls_of_one_payment_are_those_that_were_counted() {
    let (scaling, calls) = (read("docs/scaling.md"), read("docs/calls.md"));
    let (steps, counted) = (table(&scaling, "| step |"), table(&calls, "| request |"));
    let found_there = steps.iter().filter(|step| counted.iter().any(|row| row[0] == step[0]));
    assert_eq!(found_there.count(), 3, "{steps:?}");
    none(&[uncounted(&steps, &counted), wrong_sums(&steps, 1)].concat());
}

#[test]
fn the_price_of_a_million_payments_is_a_sum() {
    let prices = table(&read("docs/scaling.md"), "| what | counted |");
    assert!(prices.len() > 5, "{prices:?}");
    none(&wrong_sums(&prices, 3));
}

#[test]
fn a_figure_that_lags_is_found() {
    let text = "| step | n | $ |\n|---|---:|---:|\n| a | 2 | 0.40 |\n| **b** | **3** | **0.50** |\n\n| x |";
    let rows = table(text, "| step |");
    assert_eq!(rows, [["a", "2", "0.40"], ["b", "3", "0.50"]]);
    let of = |text: &'static str| move |_: &str| text.to_owned();
    found(
        &[
            outdated(&[("d.md", "8 s", "s.rs", "= 8;")], of("8 s and = 9;")),
            outdated(&[("d.md", "8 s", "s.rs", "= 8;")], of("9 s and = 8;")),
            wrong_sums(&rows, 1),
        ]
        .concat(),
        &[
            "d.md says `8 s`; s.rs no longer says `= 8;`",
            "d.md no longer says `8 s`",
            "b: 3 is not the sum of column 1",
            "b: 0.50 is not the sum of column 2",
        ],
    );
    let step = ["create-order", "1", "1", "2", "2", "0", "0", "0"].map(str::to_owned).to_vec();
    let row = ["create-order", "1", "0", "0"].map(str::to_owned).to_vec();
    assert_eq!(uncounted(&[step], &[row]).len(), 1);
}
