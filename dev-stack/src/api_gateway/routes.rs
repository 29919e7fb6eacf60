//! Finds the function that answers a method and a path.

use std::collections::BTreeMap;

use axum::http::Method;
use percent_encoding::percent_decode_str;

use crate::template::Template;

/// All routes of the HTTP API.
#[derive(Debug)]
pub(super) struct Routes(Vec<Route>);

#[derive(Debug)]
struct Route {
    key: String,
    method: String,
    segments: Vec<Segment>,
    function: String,
}

#[derive(Debug)]
enum Segment {
    Fixed(String),
    /// `{name}`: exactly one segment, never an empty one.
    Parameter(String),
}

/// The route of a request, with the parameters of its path decoded.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) key: String,
    pub(super) function: String,
    pub(super) parameters: BTreeMap<String, String>,
}

impl Routes {
    pub(super) fn of(template: &Template) -> Self {
        let mut routes: Vec<Route> = Vec::new();
        for function in &template.functions {
            routes.extend(function.routes.iter().map(|route| Route {
                key: format!("{} {}", route.method, route.path),
                method: route.method.clone(),
                segments: route.path.split('/').skip(1).map(Segment::of).collect(),
                function: function.name.clone(),
            }));
        }
        // API Gateway prefers fixed segments to parameters, and a named method to `ANY`.
        routes.sort_by_key(|route| (route.parameters(), route.method == "ANY"));
        Self(routes)
    }

    /// The path is split before it is decoded, so an encoded slash stays in its parameter.
    pub(super) fn find(&self, method: &Method, path: &str) -> Option<Found> {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        self.0.iter().find_map(|route| {
            let named = route.method == "ANY" || route.method == method.as_str();
            let parameters = if named {
                route.parameters_of(&segments)?
            } else {
                return None;
            };
            Some(Found { key: route.key.clone(), function: route.function.clone(), parameters })
        })
    }
}

impl Route {
    fn parameters(&self) -> usize {
        self.segments.iter().filter(|segment| matches!(segment, Segment::Parameter(_))).count()
    }

    fn parameters_of(&self, given: &[&str]) -> Option<BTreeMap<String, String>> {
        if given.len() != self.segments.len() {
            return None;
        }
        let mut parameters = BTreeMap::new();
        for (segment, given) in self.segments.iter().zip(given) {
            let given = percent_decode_str(given).decode_utf8_lossy();
            match segment {
                Segment::Fixed(expected) if *expected == given => {}
                Segment::Parameter(name) if !given.is_empty() => {
                    parameters.insert(name.clone(), given.into_owned());
                }
                Segment::Fixed(_) | Segment::Parameter(_) => return None,
            }
        }
        Some(parameters)
    }
}

impl Segment {
    fn of(text: &str) -> Self {
        let name = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        name.map_or_else(|| Self::Fixed(text.to_owned()), |name| Self::Parameter(name.to_owned()))
    }
}
