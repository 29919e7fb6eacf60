//! The API's description matches the code, covers the template's routes and is accurate: its examples are
//! executed, and each of its answers is produced.

mod answers;
mod examples;

use std::collections::BTreeSet;
use std::fmt::Write;

use api_description::{document, recorded};
use e2e::Stack;
use e2e::contract::DOCUMENT;
use quittance::http::fields;
use serde_json::{Value, json};

use crate::STACK;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
const EXAMPLES: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/api-description/src/examples.json");
const ADVICE: &str =
    "regenerate it: cargo test -p e2e --test journeys write_the_api_document -- --ignored";

fn written(value: &Value) -> String {
    format!("{value:#}\n")
}

#[test]
fn the_document_is_what_the_code_says() {
    let file = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(file == written(&DOCUMENT), "docs/openapi.json differs from the code; {ADVICE}");
}

/// Records the answers to the examples, then writes the document with them.
#[tokio::test]
#[ignore = "writes docs/openapi.json and the examples; run it after a change of the API"]
async fn write_the_api_document() {
    let examples = examples::carried_out(recorded().unwrap()).await;
    std::fs::write(EXAMPLES, written(&json!(examples))).unwrap();
    std::fs::write(FILE, written(&document(&examples))).unwrap();
}

/// The announced words stand in the code as `Self::Kind => "word"`; the others are listed before the
/// first `=> false`.
#[test]
fn the_document_names_every_confirmation_that_a_shop_can_hear() {
    let code = include_str!("../../shared/domain/src/changes.rs");
    let (words, rest) = code.split_once("pub fn is_announced").unwrap();
    let silent: Vec<&str> =
        rest.split("=> false").next().unwrap().split("Self::").skip(1).collect();
    let silent: Vec<&str> = silent.iter().filter_map(|it| it.split_whitespace().next()).collect();
    let mut announced = BTreeSet::new();
    for line in words.lines().filter(|line| line.contains("=> \"")) {
        let (kinds, word) = line.split_once("=> \"").unwrap();
        let mut kinds = kinds.split('|').map(|kind| kind.trim().trim_start_matches("Self::"));
        if kinds.any(|kind| !silent.contains(&kind)) {
            announced.insert(word.trim_end_matches("\",").to_owned());
        }
    }
    let documented = DOCUMENT["webhooks"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(announced, documented);
}

#[test]
fn the_document_and_the_template_have_the_same_routes() {
    let mut documented = BTreeSet::new();
    for (path, methods) in DOCUMENT["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            documented.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    assert_eq!(documented, routes_of_the_template());
}

fn routes_of_the_template() -> BTreeSet<String> {
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml");
    let text = std::fs::read_to_string(template).unwrap();
    let template: yaml_serde::Value = yaml_serde::from_str(&text).unwrap();
    let mut routes = BTreeSet::new();
    let resources = template["Resources"].as_mapping().unwrap();
    for resource in resources.values() {
        let events = resource["Properties"]["Events"].as_mapping();
        for event in events.into_iter().flat_map(|events| events.values()) {
            if event["Type"].as_str() == Some("HttpApi") {
                let text = |name: &str| event["Properties"][name].as_str().unwrap().to_owned();
                routes.insert(format!("{} {}", text("Method"), text("Path")));
            }
        }
    }
    routes
}

/// The document's pattern against the code's check, character by character.
#[test]
fn a_text_and_its_pattern_accept_the_same_characters() {
    for (text, kept) in [(fields::Text::chars(1), ""), (fields::Text::chars(1).prose(), "\t\n\r")] {
        let schema = fields::described(|body| body.required("text").string(text));
        let pattern = schema["properties"]["text"]["pattern"].as_str().unwrap();
        let mut refused = String::from("^[^");
        let is_admitted = |c: char| {
            fields::read(&json!({ "text": c.to_string() }), |body| {
                body.required("text").string(text)
            })
            .is_ok()
        };
        let all: Vec<u32> =
            (0..0x300).filter(|c| !is_admitted(char::from_u32(*c).unwrap())).collect();
        for run in all.chunk_by(|before, next| before + 1 == *next) {
            match run {
                [only] => write!(refused, "\\u{only:04x}").unwrap(),
                [first, second] => write!(refused, "\\u{first:04x}\\u{second:04x}").unwrap(),
                _ => write!(refused, "\\u{:04x}-\\u{:04x}", run[0], run[run.len() - 1]).unwrap(),
            }
        }
        assert_eq!(pattern, format!("{refused}]*$"), "{kept:?}");
    }
}

#[tokio::test]
async fn the_dev_stack_shows_the_document_and_its_page() {
    let stack = Stack::start(STACK).await;
    let shown = stack.get("/openapi.json").await.expect(200);
    assert_eq!(shown.header("content-type"), "application/json");
    assert_eq!(shown.body, *DOCUMENT);
    let page = stack.get("/docs").await.expect(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    for (path, methods) in DOCUMENT["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(page.text.contains(&format!("<h3 id=\"{id}\">")), "{id} of {path}");
        }
    }
    let schemas = stack.get("/docs/schemas").await.expect(200);
    let links: Vec<&str> = page.text.split("/docs/schemas#").skip(1).collect();
    assert!(!links.is_empty());
    for link in links {
        let (id, _) = link.split_once('"').unwrap();
        assert!(schemas.text.contains(&format!("id=\"{id}\"")), "{id}");
    }
    for text in [&page.text, &schemas.text] {
        let text = text.replace("src=\"/docs.svg\"", "");
        for elsewhere in ["<script", "style=\"", "src=\"", "href=\"http"] {
            assert!(!text.contains(elsewhere), "{elsewhere}");
        }
    }
    let style = stack.get("/docs.css").await.expect(200);
    assert!(style.text.contains("prefers-color-scheme: dark") && !style.text.contains("url("));
    stack.act("/docs").await.expect(404);
}
