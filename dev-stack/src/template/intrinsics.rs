//! The template's intrinsic functions, resolved to plain JSON as a deployment would.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use yaml_serde::Value as Yaml;
use yaml_serde::value::Tag;

use super::TemplateError;

/// The meaning of names in the template: parameters, conditions and the resources' own names.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// Parameters and pseudo parameters (`AWS::Region`, …).
    pub(super) parameters: BTreeMap<String, Json>,
    pub(super) conditions: BTreeMap<String, bool>,
    pub(super) resources: BTreeMap<String, Attributes>,
}

/// What `!Ref` and `!GetAtt` return for one resource.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    pub(super) reference: Option<String>,
    pub(super) by_name: BTreeMap<&'static str, String>,
}

/// Stands for "this property is not set"; it never reaches a reader.
const NO_VALUE: &str = "AWS::NoValue";

impl Scope {
    /// The value with every intrinsic function resolved; `None` for `AWS::NoValue`.
    pub(super) fn resolve(&self, place: &str, value: &Yaml) -> Result<Option<Json>, TemplateError> {
        match value {
            Yaml::Null => Ok(Some(Json::Null)),
            Yaml::Bool(flag) => Ok(Some(json!(flag))),
            Yaml::Number(_) => number(place, value).map(Some),
            Yaml::String(text) => Ok(Some(json!(text))),
            Yaml::Sequence(items) => self.list(place, items).map(|list| Some(Json::Array(list))),
            Yaml::Mapping(members) => {
                let mut object = serde_json::Map::new();
                for (name, member) in members {
                    let name = text(place, name)?;
                    if name == "Ref" || name.starts_with("Fn::") {
                        return Err(TemplateError::at(place, format!("write {name} as a tag")));
                    }
                    if let Some(member) = self.resolve(place, member)? {
                        object.insert(name.to_owned(), member);
                    }
                }
                Ok(Some(Json::Object(object)))
            }
            Yaml::Tagged(tagged) => self.call(place, &function_name(&tagged.tag), &tagged.value),
        }
    }

    /// Whether a condition (`!Equals`, `!Not`, or the name of one) holds.
    pub(super) fn holds(&self, place: &str, condition: &Yaml) -> Result<bool, TemplateError> {
        if let Yaml::String(name) = condition {
            let known = self.conditions.get(name).copied();
            return known.ok_or_else(|| TemplateError::at(place, format!("no condition {name}")));
        }
        let wrong =
            || TemplateError::at(place, "a condition that the dev stack does not understand");
        let Yaml::Tagged(tagged) = condition else {
            return Err(wrong());
        };
        let arguments = tagged.value.as_sequence().map(Vec::as_slice);
        match (function_name(&tagged.tag).as_str(), arguments) {
            ("Equals", Some([left, right])) => {
                // Compared as text: a deployment has no other kind of parameter.
                let (left, right) = (self.resolve(place, left)?, self.resolve(place, right)?);
                Ok(left.as_ref().map(plain) == right.as_ref().map(plain))
            }
            ("Not", Some([inner])) => Ok(!self.holds(place, inner)?),
            _ => Err(wrong()),
        }
    }

    fn list(&self, place: &str, items: &[Yaml]) -> Result<Vec<Json>, TemplateError> {
        let resolved = items.iter().map(|item| self.resolve(place, item));
        resolved.filter_map(Result::transpose).collect()
    }

    fn call(
        &self,
        place: &str,
        name: &str,
        argument: &Yaml,
    ) -> Result<Option<Json>, TemplateError> {
        match (name, argument) {
            ("Ref", Yaml::String(target)) if target == NO_VALUE => Ok(None),
            ("Ref", Yaml::String(target)) => self.reference(place, target).map(Some),
            ("GetAtt", Yaml::String(path)) => self.attribute(place, path).map(|a| Some(json!(a))),
            ("Sub", Yaml::String(pattern)) => {
                self.substitute(place, pattern).map(|text| Some(json!(text)))
            }
            ("If", Yaml::Sequence(parts)) => match parts.as_slice() {
                [condition, then, otherwise] => {
                    let holds = self.holds(place, condition)?;
                    self.resolve(place, if holds { then } else { otherwise })
                }
                _ => Err(TemplateError::at(place, "!If takes three values")),
            },
            _ => {
                Err(TemplateError::at(place, format!("!{name} is not understood by the dev stack")))
            }
        }
    }

    fn reference(&self, place: &str, target: &str) -> Result<Json, TemplateError> {
        if let Some(value) = self.parameters.get(target) {
            return Ok(value.clone());
        }
        let resource = self.resources.get(target).and_then(|found| found.reference.clone());
        let unknown =
            || TemplateError::at(place, format!("!Ref {target}: nothing local has this name"));
        resource.map(Json::String).ok_or_else(unknown)
    }

    fn attribute(&self, place: &str, path: &str) -> Result<String, TemplateError> {
        let found = path.split_once('.').and_then(|(resource, attribute)| {
            self.resources.get(resource).and_then(|known| known.by_name.get(attribute))
        });
        let unknown = || TemplateError::at(place, format!("!GetAtt {path}: nothing local has it"));
        found.cloned().ok_or_else(unknown)
    }

    /// `${Name}`, `${Resource.Attribute}`, and `${!Literal}`, which stays as `${Literal}`.
    fn substitute(&self, place: &str, pattern: &str) -> Result<String, TemplateError> {
        let mut result = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            let unclosed = || TemplateError::at(place, format!("!Sub {pattern}: unclosed ${{"));
            let (name, tail) = after.split_once('}').ok_or_else(unclosed)?;
            result.push_str(before);
            if let Some(literal) = name.strip_prefix('!') {
                result.extend(["${", literal, "}"]);
            } else if name.contains('.') {
                result.push_str(&self.attribute(place, name)?);
            } else {
                result.push_str(&plain(&self.reference(place, name)?));
            }
            rest = tail;
        }
        result.push_str(rest);
        Ok(result)
    }
}

/// A value as a deployment writes it into a text.
pub(super) fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => value.to_string(),
    }
}

pub(super) fn text<'y>(place: &str, value: &'y Yaml) -> Result<&'y str, TemplateError> {
    value.as_str().ok_or_else(|| TemplateError::at(place, "a name that is not a text"))
}

fn function_name(tag: &Tag) -> String {
    tag.to_string().trim_start_matches('!').to_owned()
}

/// Integers only: nothing that we read from a template has a fraction.
fn number(place: &str, value: &Yaml) -> Result<Json, TemplateError> {
    let integer = value.as_i64().map(Json::from);
    integer.ok_or_else(|| TemplateError::at(place, "a number that is not an integer"))
}
