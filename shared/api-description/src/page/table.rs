//! A schema as the rows of a table.

use serde_json::Value;

use super::{Prose, members, text};

/// How many words of a closed set are listed; beyond that, only their number is shown.
const WORDS_MAX: usize = 12;
const VARIANTS: [&str; 2] = ["anyOf", "oneOf"];

#[derive(PartialEq)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) required: bool,
    pub(super) about: Prose,
}

/// All members of an object, those of inner objects by their path: `items[].quantity`.
pub(super) fn rows(schema: &Value) -> Vec<Row> {
    let mut all = Vec::new();
    add_rows(schema, "", &mut all);
    if all.is_empty() && schema.get("properties").is_none() {
        all.push(Row {
            name: "(the value)".to_owned(),
            kind: kind_of(schema),
            required: true,
            about: Prose::of(&text(&schema["description"])),
        });
    }
    all
}

fn add_rows(schema: &Value, before: &str, all: &mut Vec<Row>) {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for (name, member) in members(&schema["properties"]) {
        all.push(Row {
            name: format!("{before}{name}"),
            kind: kind_of(member),
            required: required.iter().any(|known| known == name),
            about: Prose::of(&text(&member["description"])),
        });
        add_rows(member, &format!("{before}{name}."), all);
        add_rows(&member["items"], &format!("{before}{name}[]."), all);
    }
    for any in VARIANTS {
        for variant in schema[any].as_array().into_iter().flatten() {
            add_rows(variant, before, all);
        }
    }
}

/// The type and the limits of a value, in a few words.
pub(super) fn kind_of(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return name.to_owned();
    }
    if let Some(only) = schema.get("const") {
        return format!("always {only}");
    }
    if let Some(words) = schema["enum"].as_array() {
        let listed: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        let few = listed.len() <= WORDS_MAX;
        return if few { listed.join(" | ") } else { format!("one of {} words", listed.len()) };
    }
    for any in VARIANTS {
        if let Some(kinds) = schema[any].as_array() {
            return kinds.iter().map(kind_of).collect::<Vec<_>>().join(" or ");
        }
    }
    let kinds: Vec<String> = match schema["type"].as_array() {
        Some(kinds) => kinds.iter().map(text).collect(),
        None => vec![text(&schema["type"])],
    };
    let items = || format!("array of {}", kind_of(&schema["items"]));
    let kinds = kinds.into_iter().map(|kind| if kind == "array" { items() } else { kind });
    let kind = kinds.collect::<Vec<_>>().join(" or ");
    [kind].into_iter().chain(limits(schema)).collect::<Vec<_>>().join(", ")
}

fn limits(schema: &Value) -> Vec<String> {
    let mut limits: Vec<String> =
        schema["format"].as_str().map(str::to_owned).into_iter().collect();
    let ranges = [
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
    ];
    for (least, most, unit) in ranges {
        match (schema.get(least), schema.get(most)) {
            (Some(least), Some(most)) => limits.push(format!("{least} to {most}{unit}")),
            (Some(least), None) => limits.push(format!("at least {least}{unit}")),
            (None, Some(most)) => limits.push(format!("at most {most}{unit}")),
            (None, None) => {}
        }
    }
    if let Some(pattern) = schema["pattern"].as_str().filter(|pattern| !pattern.contains("\\u")) {
        limits.push(pattern.to_owned());
    }
    limits.extend(schema.get("maxProperties").map(|most| format!("at most {most} members")));
    limits
}
