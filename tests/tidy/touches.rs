//! What a change touches: the lists of ARCHITECTURE.md are those of the code.

use std::collections::BTreeSet;

use dev_stack::functions;

use crate::source::{Source, files, read};
use crate::{found, none};

/// What commands write.
const NOT_BY_HAND: [&str; 6] = [
    "docs/calls.md",
    "docs/openapi.json",
    "docs/permissions.md",
    "docs/problems.md",
    "docs/soak.md",
    "shared/api-description/src/examples.json",
];

/// One bullet of the section: its subject, the number that it states, and the files that it lists.
struct Bullet {
    about: String,
    number: usize,
    files: BTreeSet<String>,
}

fn bullets(document: &str) -> Vec<Bullet> {
    let section = document.split("\n## What a change touches\n").nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    section.split("\n- **").skip(1).map(bullet).collect()
}

fn bullet(text: &str) -> Bullet {
    let (about, rest) = text.split_once("**").unwrap_or_default();
    let number = rest.split(|c: char| !c.is_ascii_digit()).find(|word| !word.is_empty());
    let spans = rest.split('`').skip(1).step_by(2);
    let is_file = |span: &&str| ENDINGS.iter().any(|ending| span.ends_with(&format!(".{ending}")));
    Bullet {
        about: about.to_owned(),
        number: number.and_then(|word| word.parse().ok()).unwrap_or_default(),
        files: spans.filter(is_file).map(str::to_owned).collect(),
    }
}

const ENDINGS: [&str; 6] = ["rs", "toml", "md", "json", "py", "yaml"];

/// The files that a person edits, with their texts.
type Files = Vec<(String, String)>;

fn by_hand() -> Files {
    let folders = ["shared", "functions", "dev-stack", "tests", "docs", "events"];
    let below = folders
        .into_iter()
        .flat_map(|folder| ENDINGS.into_iter().flat_map(move |ending| files(folder, ending)));
    let top = ["Cargo.toml", "template.yaml", "README.md"].map(str::to_owned);
    let all = below.chain(top).filter(|path| {
        !NOT_BY_HAND.contains(&path.as_str()) && !path.starts_with("docs/decisions/")
    });
    all.map(|path| (path.clone(), read(&path))).collect()
}

/// The example of a function for HTTP.
const OF_HTTP: &str = "capture-payment";

/// `create-order`, `create_order` and `CreateOrder`.
fn spellings(function: &str) -> [String; 3] {
    let words = function.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
    [function.to_owned(), function.replace('-', "_"), words.collect()]
}

fn naming_every_function(files: &Files) -> BTreeSet<String> {
    let names_all = |text: &str| {
        let named = |name: &&str| spellings(name).iter().any(|spelling| text.contains(spelling));
        functions::NAMES.iter().all(named)
    };
    files.iter().filter(|(_, text)| names_all(text)).map(|(path, _)| path.clone()).collect()
}

/// The files outside the tests that contain one of the words.
fn naming(files: &Files, words: &[&str]) -> BTreeSet<String> {
    let is_test = |path: &str| Source::sample(path, "").is_test();
    let product = files.iter().filter(|(path, _)| !is_test(path));
    let naming = product.filter(|(_, text)| words.iter().any(|word| text.contains(word)));
    naming.map(|(path, _)| path.clone()).collect()
}

/// The files outside the tests and the function's own folder that name this function, but not every one.
fn naming_one_function(files: &Files, function: &str) -> BTreeSet<String> {
    let spellings = spellings(function);
    let naming = naming(files, &spellings.each_ref().map(String::as_str));
    let every = naming_every_function(files);
    let own = format!("functions/{function}/");
    naming.into_iter().filter(|path| !every.contains(path) && !path.starts_with(&own)).collect()
}

fn differences(document: &str, about: &str, actual: &BTreeSet<String>) -> Vec<String> {
    let Some(bullet) = bullets(document).into_iter().find(|bullet| bullet.about == about) else {
        return vec![format!("no bullet is about {about}")];
    };
    let mut wrong = Vec::new();
    if bullet.number != actual.len() {
        wrong.push(format!("{about}: {} files, not {}", actual.len(), bullet.number));
    }
    let (listed, there) = (&bullet.files, actual);
    wrong.extend(there.difference(listed).map(|path| format!("{about}: not listed: {path}")));
    wrong.extend(listed.difference(there).map(|path| format!("{about}: not touched: {path}")));
    wrong
}

#[test]
fn a_change_touches_the_files_that_the_architecture_lists() {
    let (document, files) = (read("ARCHITECTURE.md"), by_hand());
    let mut wrong = differences(&document, "A function", &naming_every_function(&files));
    let of_http = naming_one_function(&files, OF_HTTP);
    wrong.extend(differences(&document, "A function for HTTP", &of_http));
    for (about, words) in [
        ("A member of a request", &["discount_amount"][..]),
        ("A member of an answer", &["gateway_reference"][..]),
        ("A fact from a gateway", &["respond_by"][..]),
        ("An alarm", &["WebhookNotParked", "webhook.not_parked"][..]),
    ] {
        wrong.extend(differences(&document, about, &naming(&files, words)));
    }
    none(&wrong);
}

#[test]
fn a_list_with_a_file_too_many_or_too_few_is_found() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let files = vec![
        file("docs/a.md", &functions::NAMES.join(" ")),
        file("tests/b.rs", &functions::NAMES.join(" ").replace('-', "_")),
        file("docs/c.md", functions::NAMES[0]),
        file("functions/create-order/d.rs", "create_order"),
    ];
    let document = "\n## What a change touches\n\n- **A function** is in 3 files: `docs/a.md`,\n  \
                    `docs/c.md`.\n\n## Next\n";
    found(
        &differences(document, "A function", &naming_every_function(&files)),
        &[
            "A function: 2 files, not 3",
            "A function: not listed: tests/b.rs",
            "A function: not touched: docs/c.md",
        ],
    );
    assert_eq!(naming(&files, &["create-order"]).len(), 2, "a test is no place of the product");
    let of_one = naming_one_function(&files, "create-order");
    assert_eq!(of_one, BTreeSet::from(["docs/c.md".to_owned()]), "its folder is not listed");
    found(&differences(document, "An alarm", &BTreeSet::new()), &["no bullet is about An alarm"]);
}
