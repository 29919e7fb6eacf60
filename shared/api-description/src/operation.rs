//! One operation of the API, before it is written into the document.

use quittance::http::auth::{self, Scope};
use quittance::http::input::KeyRule;
use quittance::http::problem::Kind;
use serde_json::Value;

/// A method of a path.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    /// As in the template.
    pub(super) route: &'static str,
    pub(super) id: &'static str,
    pub(super) tag: &'static str,
    pub(super) summary: &'static str,
    pub(super) description: &'static str,
    pub(super) caller: Caller,
    pub(super) key: KeyRule,
    pub(super) body: Option<Value>,
    pub(super) answers: Vec<Answer>,
    /// Besides those of admission.
    pub(super) problems: &'static [Kind],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    Merchant(Scope),
    /// The merchant's server, or a shopper's browser with the payment's status token.
    MerchantOrShopper,
    Gateway,
    /// A browser that asks whether a page may send a request.
    Browser,
}

/// A success.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The name of its schema; none without a body.
    pub(super) schema: Option<&'static str>,
    pub(super) when: &'static str,
    /// With `Idempotent-Replayed`.
    pub(super) replayed: bool,
}

impl Answer {
    pub(super) const fn new(status: u16, schema: &'static str, when: &'static str) -> Self {
        Self { status, schema: Some(schema), when, replayed: false }
    }

    pub(super) const fn replayed(schema: &'static str, when: &'static str) -> Self {
        Self { status: 200, schema: Some(schema), when, replayed: true }
    }
}

impl Operation {
    pub(super) fn method(&self) -> &'static str {
        self.route.split_once(' ').map_or("", |(method, _)| method)
    }

    pub(super) fn path(&self) -> &'static str {
        self.route.split_once(' ').map_or("", |(_, path)| path)
    }

    /// The names in the path's braces.
    pub(super) fn path_parameters(&self) -> Vec<&'static str> {
        let segments = self.path().split('/');
        segments.filter_map(|s| s.strip_prefix('{')?.strip_suffix('}')).collect()
    }

    /// Every kind of problem that it can answer, each once, in the order in which a request meets them.
    pub(super) fn all_problems(&self) -> Vec<Kind> {
        let door = match self.caller {
            Caller::Merchant(_) if self.body.is_some() => {
                [auth::REFUSALS.to_vec(), self.key.refusals()].concat()
            }
            // Its query is read as strictly as a body.
            Caller::Merchant(_) | Caller::MerchantOrShopper => {
                [auth::REFUSALS.as_slice(), &[Kind::InvalidRequest]].concat()
            }
            Caller::Gateway | Caller::Browser => Vec::new(),
        };
        let named = |kind: &Kind| door.contains(kind) || self.problems.contains(kind);
        Kind::ALL.into_iter().filter(named).collect()
    }
}
