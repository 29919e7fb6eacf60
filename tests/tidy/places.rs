//! Things with a single place: each text on the left occurs only in the files on the right.

use std::collections::BTreeSet;

use crate::source::{Source, all};
use crate::{found, none};

struct Place {
    what: &'static str,
    words: &'static [&'static str],
    /// The beginnings of the allowed paths; `*` is any folder.
    only_in: &'static [&'static str],
}

const PLACES: [Place; 7] = [
    Place {
        what: "a rule that can be broken",
        words: &["mutants", "Mutant", "woven"],
        only_in: &["tests/faults/"],
    },
    Place {
        what: "DynamoDB",
        words: &["aws_sdk_dynamodb"],
        only_in: &["shared/src/store/", "shared/src/app.rs"],
    },
    Place {
        what: "SQS",
        words: &["aws_sdk_sqs", ".send_message()", ".change_message_visibility()"],
        only_in: &["shared/src/queues.rs", "shared/src/app.rs"],
    },
    Place {
        what: "Secrets Manager",
        words: &["aws_sdk_secretsmanager"],
        only_in: &["shared/src/secrets.rs", "shared/src/app.rs"],
    },
    // Bytes become an event only here: where a signature is checked, and where an event that was checked
    // before it was parked is tried again.
    Place {
        what: "the proof of a sender",
        words: &["vouch_for"],
        only_in: &[
            "shared/src/gateways/*/signature.rs",
            "shared/src/ports.rs",
            "shared/src/operations/retry_parked.rs",
        ],
    },
    // The dev stack passes on to its children what tests request, and its clock reads the same file.
    Place {
        what: "the environment",
        words: &["env::var", "env::var_os", "env::vars", "env::vars_os"],
        only_in: &[
            "shared/src/config.rs",
            "dev-stack/src/environment.rs",
            "dev-stack/aws/src/clock.rs",
        ],
    },
    Place {
        what: "the machine's clock",
        words: &["SystemTime::now", "now_utc"],
        only_in: &["shared/src/system.rs", "dev-stack/aws/src/clock.rs"],
    },
];

/// The domain rules know nothing of the outside world.
const NOT_IN_DOMAIN: [&str; 17] = [
    "async",
    "await",
    "aws_smithy_types",
    "aws_sdk_dynamodb",
    "aws_types",
    "tracing",
    "tokio",
    "SystemTime",
    "Instant",
    "now_utc",
    "getrandom",
    "rand",
    "reqwest",
    "lambda_http",
    "std::env",
    "std::fs",
    "std::net",
];

fn is_at(path: &str, place: &str) -> bool {
    match place.split_once('*') {
        Some((before, after)) => path.starts_with(before) && path.ends_with(after),
        None => path.starts_with(place),
    }
}

fn displaced(sources: &[Source], places: &[Place]) -> Vec<String> {
    let mut violations = Vec::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        for place in places {
            if place.only_in.iter().any(|place| is_at(&source.path, place)) {
                continue;
            }
            for word in place.words {
                for line in source.lines_naming(word) {
                    let (path, what, only_in) =
                        (&source.path, place.what, place.only_in.join(", "));
                    violations
                        .push(format!("{path}:{line}: `{word}`: {what} is for {only_in} only"));
                }
            }
        }
    }
    violations
}

fn impure(sources: &[Source]) -> Vec<String> {
    let domain = sources.iter().filter(|source| source.path.starts_with("shared/domain/src/"));
    let mut violations = Vec::new();
    for source in domain {
        for word in NOT_IN_DOMAIN {
            for line in source.lines_naming(word) {
                violations.push(format!("{}:{line}: `{word}` in the domain", source.path));
            }
        }
    }
    violations
}

#[test]
fn what_has_one_place_is_named_only_there() {
    none(&displaced(&all(), &PLACES));
}

#[test]
fn every_place_is_in_use() {
    let sources = all();
    for path in PLACES.iter().flat_map(|place| place.only_in) {
        let named = sources.iter().any(|source| is_at(&source.path, path));
        assert!(named, "{path} is allowed something, but is not there");
    }
}

#[test]
fn the_domain_knows_no_world() {
    none(&impure(&all()));
}

/// The public fields of what is stored of an order.
fn stored_fields(sources: &[Source]) -> BTreeSet<String> {
    let files = ["order.rs", "attempt.rs", "ledger.rs"];
    let is_stored = |source: &&Source| {
        source.path.strip_prefix("shared/domain/src/").is_some_and(|file| files.contains(&file))
    };
    let lines = sources.iter().filter(is_stored).flat_map(|source| source.code.lines());
    lines
        .filter_map(|line| Some(line.strip_prefix("    pub ")?.split_once(':')?.0.to_owned()))
        .collect()
}

/// What the product calls an order and its parts.
const PARTS: [&str; 4] = ["order", "image", "attempt", "op"];

/// Lines that change such a field of an order or of a part of it. `order.id = %id,` is a field of a log line.
fn changed_elsewhere(sources: &[Source], fields: &BTreeSet<String>) -> Vec<String> {
    let product = |source: &&Source| {
        let path = source.path.as_str();
        let above = path.starts_with("shared/src/") || path.starts_with("functions/");
        above && !source.is_test()
    };
    let changes = |line: &str, field: &str| {
        line.match_indices(&format!(".{field}")).any(|(at, found)| {
            let owner = line[..at].rsplit(|c: char| !c.is_alphanumeric()).next();
            let after = &line[at + found.len()..];
            let assigned = [" = ", " += ", ".insert(", ".remove(", ".push(", ".clear()"];
            assigned.iter().any(|way| after.starts_with(way))
                && !after.starts_with(" = %")
                && !line.ends_with(',')
                && PARTS.contains(&owner.unwrap_or_default())
        })
    };
    let mut found = Vec::new();
    for source in sources.iter().filter(product) {
        for (n, line) in source.code.lines().enumerate() {
            if let Some(field) = fields.iter().find(|field| changes(line, field)) {
                found.push(format!("{}:{}: changes `{field}`", source.path, n + 1));
            }
        }
    }
    found
}

#[test]
fn only_the_domain_changes_an_order() {
    let all = all();
    let fields = stored_fields(&all);
    assert!(fields.len() > 50, "{fields:?}");
    none(&changed_elsewhere(&all, &fields));
}

#[test]
fn a_change_of_an_order_outside_the_domain_is_found() {
    let domain = Source::sample(
        "shared/domain/src/order.rs",
        "pub struct Order {\n    pub ending: Option<Ending>,\n    pub ask: BTreeMap<A, B>,\n    phase: P,\n}",
    );
    let bad = Source::sample(
        "shared/src/operations/x.rs",
        "if order.ending == None {}\norder.ending = None;\nself.ending = None;\nimage.ask.insert(a, b);\n\
         order.ask.get(a);",
    );
    let fields = stored_fields(&[domain]);
    found(
        &changed_elsewhere(&[bad], &fields),
        &[
            "shared/src/operations/x.rs:2: changes `ending`",
            "shared/src/operations/x.rs:4: changes `ask`",
        ],
    );
}

#[test]
fn a_displaced_name_is_found() {
    let bad = [
        Source::sample("shared/src/operations/x.rs", "use aws_sdk_dynamodb::Client;"),
        Source::sample("functions/a/src/lib.rs", "let a = std::env::var(\"A\");"),
        Source::sample("shared/src/http/x.rs", "\nVerified::vouch_for(body)"),
        Source::sample("shared/src/store/mod.rs", "use aws_sdk_dynamodb::Client;"),
        Source::sample("shared/src/http/y.rs", "// SystemTime::now would be wrong\nenv!(\"X\")"),
    ];
    found(
        &displaced(&bad, &PLACES),
        &[
            "shared/src/operations/x.rs:1: `aws_sdk_dynamodb`: DynamoDB is for shared/src/store/, \
             shared/src/app.rs only",
            "functions/a/src/lib.rs:1: `env::var`: the environment is for shared/src/config.rs, \
             dev-stack/src/environment.rs, dev-stack/aws/src/clock.rs only",
            "shared/src/http/x.rs:2: `vouch_for`: the proof of a sender is for \
             shared/src/gateways/*/signature.rs, shared/src/ports.rs, \
             shared/src/operations/retry_parked.rs only",
        ],
    );
}

#[test]
fn an_impure_domain_is_found() {
    let bad = Source::sample(
        "shared/domain/src/order.rs",
        "//! async\nasync fn f() {\n tracing::info!() }",
    );
    found(
        &impure(&[bad]),
        &[
            "shared/domain/src/order.rs:2: `async` in the domain",
            "shared/domain/src/order.rs:3: `tracing` in the domain",
        ],
    );
}
