//! The document as two pages for people, the operations and their responses: rendered by the server, without
//! scripts and without anything from other origins.

mod table;

use askama::Template;
use serde_json::{Map, Value};

use self::table::{Row, kind_of, rows};

/// Schemas whose members are repeated in others.
const EXTENDED: [(&str, &[&str]); 2] =
    [("Order", &["OrderInFull"]), ("Payment", &["CreatedPayment", "PaymentInFull"])];

/// A longer table is closed at first.
const ROWS_SHOWN_MAX: usize = 8;

/// The introduction mentions it once for all.
const ON_EVERY_ANSWER: &str = "Cache-Control";

pub const STYLE: &str = include_str!("../templates/reference/style.css");

#[derive(Template)]
#[template(path = "reference/operations.html")]
struct Operations {
    version: String,
    introduction: Vec<Prose>,
    groups: Vec<Group>,
}

#[derive(Template)]
#[template(path = "reference/schemas.html")]
struct Schemas {
    version: String,
    schemas: Vec<Schema>,
}

struct Schema {
    name: String,
    /// Another schema whose members this one repeats; they are shown there.
    base: Option<&'static str>,
    rows: Vec<Row>,
}

struct Group {
    name: String,
    about: Prose,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    about: Prose,
    callers: Vec<String>,
    parameters: Vec<Row>,
    body: Option<Body>,
    answers: Vec<Answer>,
}

struct Body {
    rows: Vec<Row>,
    examples: Vec<Example>,
}

struct Answer {
    status: String,
    /// Statuses of 400 and more are grouped and closed, because nobody would read a page with all of them.
    refuses: bool,
    is_problem: bool,
    lines: Vec<Prose>,
    headers: String,
    schema: Option<String>,
    examples: Vec<Example>,
}

struct Example {
    name: String,
    text: String,
}

/// A sentence; the parts between backticks are code.
#[derive(PartialEq)]
struct Prose(Vec<(bool, String)>);

/// `None` only if the template cannot be rendered.
pub fn operations(document: &Value) -> Option<String> {
    Operations {
        version: text(&document["info"]["version"]),
        introduction: paragraphs(&document["info"]["description"]),
        groups: list(&document["tags"]).map(|tag| group(document, tag)).collect(),
    }
    .render()
    .ok()
}

pub fn schemas(document: &Value) -> Option<String> {
    let all = &document["components"]["schemas"];
    let shown = members(all).filter(|(name, _)| !name.starts_with("problem."));
    Schemas {
        version: text(&document["info"]["version"]),
        schemas: shown.map(|(name, _)| Schema::of(all, name)).collect(),
    }
    .render()
    .ok()
}

fn group(document: &Value, tag: &Value) -> Group {
    let mut operations = Vec::new();
    for (path, methods) in members(&document["paths"]) {
        for (method, operation) in members(methods) {
            if operation["tags"][0] == tag["name"] {
                operations.push(Operation::of(method, path, operation));
            }
        }
    }
    Group { name: text(&tag["name"]), about: Prose::of(&text(&tag["description"])), operations }
}

impl Body {
    fn is_long(&self) -> bool {
        self.rows.len() > ROWS_SHOWN_MAX
    }
}

impl Schema {
    fn of(all: &Value, name: &str) -> Self {
        let mut rows = rows(&all[name]);
        let base = EXTENDED.iter().find(|(_, names)| names.contains(&name)).map(|(base, _)| *base);
        let known = base.map(|base| table::rows(&all[base])).unwrap_or_default();
        rows.retain(|row| !known.contains(row));
        Self { name: name.to_owned(), base, rows }
    }
}

impl Operation {
    fn of(method: &str, path: &str, operation: &Value) -> Self {
        let body = &operation["requestBody"]["content"]["application/json"];
        Self {
            id: text(&operation["operationId"]),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(&operation["summary"]),
            about: Prose::of(&text(&operation["description"])),
            callers: list(&operation["security"]).flat_map(callers).collect(),
            parameters: list(&operation["parameters"]).map(parameter).collect(),
            body: body
                .is_object()
                .then(|| Body { rows: rows(&body["schema"]), examples: examples(body) }),
            answers: members(&operation["responses"])
                .filter(|(_, it)| !is_api_gateways_alone(it))
                .map(|(status, it)| answer(status, it))
                .collect(),
        }
    }
}

fn callers(required: &Value) -> Vec<String> {
    let named = members(required).map(|(scheme, scopes)| {
        let scope = scopes[0].as_str().map(|scope| format!(" with {scope}"));
        let who = match scheme.as_str() {
            "apiKey" => "API key",
            "statusToken" => "status token",
            _ => "status token as ?token=",
        };
        format!("{who}{}", scope.unwrap_or_default())
    });
    named.collect()
}

fn parameter(parameter: &Value) -> Row {
    let about = Prose::of(&text(&parameter["description"]));
    Row {
        name: text(&parameter["name"]),
        kind: format!("{} · {}", text(&parameter["in"]), kind_of(&parameter["schema"])),
        required: parameter["required"] == true,
        about,
    }
}

/// Responses of API Gateway alone are described once, at the top.
fn is_api_gateways_alone(answer: &Value) -> bool {
    let content = &answer["content"];
    content["application/problem+json"].is_null()
        && content["application/json"]["schema"]["$ref"] == "#/components/schemas/ApiGatewayError"
}

fn answer(status: &str, answer: &Value) -> Answer {
    let content = &answer["content"];
    let headers = members(&answer["headers"]).map(|(name, _)| name.as_str());
    let headers: Vec<&str> = headers.filter(|name| *name != ON_EVERY_ANSWER).collect();
    let problems = &content["application/problem+json"];
    let success = &content["application/json"];
    let schema = success["schema"]["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    Answer {
        status: status.to_owned(),
        refuses: status >= "400",
        is_problem: problems.is_object(),
        lines: paragraphs(&answer["description"]),
        headers: headers.join(", "),
        schema: schema.map(str::to_owned),
        examples: [examples(success), examples(problems)].into_iter().flatten().collect(),
    }
}

/// The examples that are written out here; the others are references.
fn examples(media: &Value) -> Vec<Example> {
    let own = members(&media["examples"]).filter(|(_, it)| it.get("value").is_some());
    own.map(|(name, it)| Example { name: name.clone(), text: format!("{:#}", it["value"]) })
        .collect()
}

fn paragraphs(value: &Value) -> Vec<Prose> {
    text(value).split("\n\n").map(Prose::of).collect()
}

impl Prose {
    fn of(text: &str) -> Self {
        let parts = text.split('`').enumerate().filter(|(_, part)| !part.is_empty());
        Self(parts.map(|(n, part)| (n % 2 == 1, part.to_owned())).collect())
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::all_schemas;
    use super::*;

    /// Otherwise the page would promise members that do not exist, or hide one that differs.
    #[test]
    fn an_extended_schema_has_all_members_of_its_base() {
        let all = all_schemas();
        for (base, names) in EXTENDED {
            let base = rows(&all[base]);
            for name in names {
                let extended = rows(&all[*name]);
                assert!(extended.len() > base.len(), "{name}");
                assert!(base.iter().all(|row| extended.contains(row)), "{name}");
            }
        }
    }
}
