//! `docs/conformance.md`, written by the command.

use std::fmt::Write as _;

use super::{KNOWN, Known, Played, Row};

const INTRODUCTION: &str = "\
This file lists, as cases, the behaviour that AWS documents for DynamoDB, SQS and Secrets Manager, and the results. The
command below writes it; a test fails when a case is missing. Ours are the imitations that `cargo dev` and
`cargo test` run on: DynamoDB is the embedded engine, and the other two are in `dev-stack/aws/`. `cargo test` runs
every case against ours, and the cases of DynamoDB both over HTTP and in process.

```sh
cargo conformance                                      # ours alone
cargo conformance --endpoint URL --name NAME           # another emulator beside them
cargo conformance --endpoint URL --name NAME --write docs/conformance.md
cargo conformance --help                               # one service, AWS itself, JSON
```

The cases about the table are played by the functions' own `store` through the stock Rust SDK, so they use exactly its
expressions; `every_expression_of_the_store_has_a_case` fails on an expression that no case plays. The other cases are
awsJson, signed as the SDKs sign it. To see a refusal as the stock Python SDK parses it, call the running `cargo dev` with
the AWS CLI:

```sh
aws --endpoint-url http://127.0.0.1:3003 sqs get-queue-url --queue-name none
```

API Gateway's events, answers and limits are tested against its pages in `dev-stack/src/api_gateway/tests/`.

Expectations come from the named pages of AWS. Where a page leaves something open (for example, which of two error
names a malformed length gets), the case accepts either, or is left out. No case was run against AWS itself.
";

/// The compared targets, and the date.
pub(super) struct Heading<'a> {
    pub(super) date: &'a str,
    pub(super) ours: &'a str,
    pub(super) other: &'a str,
}

pub(super) fn document(heading: &Heading<'_>, compared: &[(Played, Option<Played>)]) -> String {
    let Heading { date, ours, other } = heading;
    let mut text = format!("# Conformance\n\n{INTRODUCTION}\n");
    let _ = writeln!(text, "Last compared on {date}: ours ({ours}) and {other}.\n");
    let _ = writeln!(
        text,
        "| service | cases | ours as expected | {other} as expected | not run there |"
    );
    let _ = writeln!(text, "|---|---:|---:|---:|---:|");
    for (played, theirs) in compared {
        let (title, cases, matching) =
            (played.service.title(), played.rows.len(), played.matching());
        let (there, not_run) = match theirs {
            Some(theirs) => {
                let not_run = theirs.rows.len() - theirs.was_run();
                (format!("{} of {}", theirs.matching(), theirs.was_run()), not_run.to_string())
            }
            None => ("–".to_owned(), "–".to_owned()),
        };
        let _ =
            writeln!(text, "| {title} | {cases} | {matching} of {cases} | {there} | {not_run} |");
    }
    text.push('\n');
    differences(&mut text, other, compared);
    for (played, theirs) in compared {
        section(&mut text, played, theirs.as_ref());
    }
    text
}

fn differences(text: &mut String, other: &str, compared: &[(Played, Option<Played>)]) {
    let _ = writeln!(text, "## Differences\n");
    let _ = writeln!(text, "Each expectation comes from the named page.\n");
    let _ = writeln!(text, "| service | case | expected | ours | {other} | AWS: |");
    let _ = writeln!(text, "|---|---|---|---|---|---|");
    for (played, theirs) in compared {
        for (n, row) in played.rows.iter().enumerate() {
            let their = theirs.as_ref().and_then(|theirs| theirs.rows.get(n));
            let differs = |row: &Row| row.was_run() && !row.matches();
            if !differs(row) && !their.is_some_and(differs) {
                continue;
            }
            let title = played.service.title();
            let (name, expected, page) = (cell(&row.name), cell(&row.expected), row.page);
            let (got, their) = (shown(row), their.map_or("–".to_owned(), shown));
            let _ = writeln!(text, "| {title} | {name} | {expected} | {got} | {their} | {page} |");
        }
    }
    text.push('\n');
    for Known { case, why, .. } in KNOWN {
        let _ = writeln!(
            text,
            "Known difference of our imitation: {case}. It does no harm here: {why}.\n"
        );
    }
}

fn section(text: &mut String, played: &Played, theirs: Option<&Played>) {
    let _ = writeln!(text, "## {}\n", played.service.title());
    let _ = writeln!(text, "| case | expected | AWS: |");
    let _ = writeln!(text, "|---|---|---|");
    for (n, row) in played.rows.iter().enumerate() {
        let waits = theirs.and_then(|theirs| theirs.rows.get(n)).is_some_and(|row| !row.was_run());
        let note = if waits { " (only with its own clock)" } else { "" };
        let _ = writeln!(
            text,
            "| {}{note} | {} | {} |",
            cell(&row.name),
            cell(&row.expected),
            row.page
        );
    }
    text.push('\n');
}

fn shown(row: &Row) -> String {
    if row.matches() { "as expected".to_owned() } else { cell(&row.got()) }
}

/// A case as shown in the document.
pub fn cell(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let plain = if plain.chars().count() > 120 {
        format!("{}…", plain.chars().take(119).collect::<String>())
    } else {
        plain
    };
    plain.replace('|', "\\|").replace('<', "&lt;")
}
