//! `template.yaml` as JSON: `!Ref x` is `{"Ref": "x"}`, `!GetAtt x.y` is `{"GetAtt": "x.y"}`.

use serde_json::{Map, Value, json};
use yaml_serde::Value as Yaml;

use crate::source::read;

/// Every function of the template that has a folder here, with its resource.
pub(crate) fn functions(template: &Value) -> Vec<(String, Value)> {
    let resources = template["Resources"].as_object().cloned().unwrap_or_default();
    let functions = resources.into_iter().filter_map(|(name, resource)| {
        (resource["Type"] == "AWS::Serverless::Function").then_some((name, resource))
    });
    functions.map(|(name, resource)| (name, resource["Properties"].clone())).collect()
}

/// `CreateOrderFunction` of `create-order`.
pub(crate) fn resource_name(function: &str) -> String {
    let words = function.split('-').map(|word| {
        let (first, rest) = word.split_at(1.min(word.len()));
        format!("{}{rest}", first.to_uppercase())
    });
    words.chain(["Function".to_owned()]).collect()
}

pub(crate) fn ours() -> Value {
    parse(&read("template.yaml"))
}

pub(crate) fn parse(text: &str) -> Value {
    json(&yaml_serde::from_str(text).unwrap())
}

fn json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => json!(value),
        Yaml::Number(number) => number.as_i64().map_or(Value::Null, |number| json!(number)),
        Yaml::String(text) => json!(text),
        Yaml::Sequence(values) => values.iter().map(json).collect(),
        Yaml::Mapping(members) => {
            let members = members.iter();
            members.map(|(name, value)| (key(name), json(value))).collect::<Map<_, _>>().into()
        }
        Yaml::Tagged(tagged) => {
            let name = tagged.tag.to_string();
            json!({ name.trim_start_matches('!'): json(&tagged.value) })
        }
    }
}

fn key(yaml: &Yaml) -> String {
    yaml.as_str().unwrap_or_default().to_owned()
}

#[test]
fn tags_survive() {
    let template = parse("a: !Ref B\nc: [!GetAtt D.Arn, 1, e]\n");
    assert_eq!(template, json!({ "a": { "Ref": "B" }, "c": [{ "GetAtt": "D.Arn" }, 1, "e"] }));
}

#[test]
fn a_folder_has_its_resource() {
    assert_eq!(resource_name("create-order"), "CreateOrderFunction");
}
