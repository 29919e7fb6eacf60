//! Reads the members of one mapping by name; a member that nobody asked for is an error.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use yaml_serde::Value as Yaml;

use super::TemplateError;
use super::intrinsics::{Scope, plain, text};

/// A mapping in which every member must be taken or ignored by name before [`Fields::end`].
#[derive(Debug)]
pub(super) struct Fields<'t> {
    pub(super) place: String,
    scope: &'t Scope,
    members: BTreeMap<&'t str, &'t Yaml>,
}

impl<'t> Fields<'t> {
    pub(super) fn of(
        place: impl Into<String>,
        scope: &'t Scope,
        value: &'t Yaml,
    ) -> Result<Self, TemplateError> {
        let place = place.into();
        let mut members = BTreeMap::new();
        match value {
            Yaml::Mapping(mapping) => {
                for (name, member) in mapping {
                    members.insert(text(&place, name)?, member);
                }
            }
            Yaml::Null => {}
            Yaml::Bool(_)
            | Yaml::Number(_)
            | Yaml::String(_)
            | Yaml::Sequence(_)
            | Yaml::Tagged(_) => return Err(TemplateError::at(&place, "is not a mapping")),
        }
        Ok(Self { place, scope, members })
    }

    /// The member as it stands, with its tags.
    pub(super) fn raw(&mut self, name: &str) -> Option<&'t Yaml> {
        self.members.remove(name)
    }

    /// The members of a mapping within this one; empty when it is absent.
    pub(super) fn inner(&mut self, name: &str) -> Result<Fields<'t>, TemplateError> {
        let place = format!("{}, {name}", self.place);
        let value = self.raw(name).unwrap_or(&Yaml::Null);
        Fields::of(place, self.scope, value)
    }

    /// Every remaining member, as fields of its own.
    pub(super) fn each(mut self) -> Result<Vec<(&'t str, Fields<'t>)>, TemplateError> {
        let members = std::mem::take(&mut self.members);
        let fields = members.into_iter().map(|(name, value)| {
            let place = format!("{}, {name}", self.place);
            Fields::of(place, self.scope, value).map(|fields| (name, fields))
        });
        fields.collect()
    }

    pub(super) fn take(&mut self, name: &str) -> Result<Option<Json>, TemplateError> {
        match self.members.remove(name) {
            Some(value) => self.scope.resolve(&format!("{}, {name}", self.place), value),
            None => Ok(None),
        }
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, TemplateError> {
        Ok(self.take(name)?.map(|value| plain(&value)))
    }

    pub(super) fn required(&mut self, name: &str) -> Result<String, TemplateError> {
        let missing = TemplateError::at(&self.place, format!("{name} is missing"));
        self.text(name)?.ok_or(missing)
    }

    pub(super) fn integer(&mut self, name: &str) -> Result<Option<u64>, TemplateError> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let wrong = |_| TemplateError::at(&self.place, format!("{name} is not a whole number"));
        text.parse().map(Some).map_err(wrong)
    }

    pub(super) fn texts(&mut self, name: &str) -> Result<Vec<String>, TemplateError> {
        match self.take(name)? {
            None => Ok(Vec::new()),
            Some(Json::Array(items)) => Ok(items.iter().map(plain).collect()),
            Some(single) => Ok(vec![plain(&single)]),
        }
    }

    /// The member in a shape of its own; an absent one is an empty list.
    pub(super) fn shape<T: DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Vec<T>, TemplateError> {
        let value = self.take(name)?.unwrap_or_else(|| Json::Array(Vec::new()));
        let wrong = |error| TemplateError::at(format!("{}, {name}", self.place), error);
        serde_json::from_value(value).map_err(wrong)
    }

    /// Every remaining member as text: the shape of environment variables and queue attributes.
    pub(super) fn all_texts(mut self) -> Result<BTreeMap<String, String>, TemplateError> {
        let names: Vec<&str> = self.members.keys().copied().collect();
        let mut all = BTreeMap::new();
        for name in names {
            if let Some(value) = self.text(name)? {
                all.insert(name.to_owned(), value);
            }
        }
        Ok(all)
    }

    /// Drops members that mean something only in the cloud.
    pub(super) fn cloud_only(&mut self, names: &[&str]) {
        for name in names {
            self.members.remove::<str>(name);
        }
    }

    pub(super) fn end(self) -> Result<(), TemplateError> {
        match self.members.keys().next() {
            None => Ok(()),
            Some(name) => Err(TemplateError::at(
                &self.place,
                format!("{name} is not understood by the dev stack"),
            )),
        }
    }
}
