//! A script with what it asks of a gateway, and the ways in which webhooks come.

use crate::play::act::Act;

/// How the gateway delivers its webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Webhooks {
    InOrder,
    Doubled,
    /// All at the end, newest first.
    Reversed,
    /// Two minutes after their cause.
    Late,
    Lost,
    /// After each webhook, the very first one again.
    Replayed,
}

impl Webhooks {
    pub(crate) const ALL: [Self; 6] =
        [Self::InOrder, Self::Doubled, Self::Reversed, Self::Late, Self::Lost, Self::Replayed];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::InOrder => "in-order",
            Self::Doubled => "doubled",
            Self::Reversed => "reversed",
            Self::Late => "late",
            Self::Lost => "lost",
            Self::Replayed => "replayed",
        }
    }

    pub(crate) fn behaviour(self) -> &'static str {
        match self {
            Self::InOrder | Self::Replayed => r#"{"mode":"now"}"#,
            Self::Doubled => r#"{"mode":"now","times":2}"#,
            Self::Reversed => r#"{"mode":"hold","order":"reversed"}"#,
            Self::Late => r#"{"mode":"late","delay_ms":120000}"#,
            Self::Lost => r#"{"mode":"never"}"#,
        }
    }
}

pub(crate) struct Scenario {
    pub name: &'static str,
    /// The outcome chosen by the order's metadata, without a page.
    pub chosen: Option<&'static str>,
    pub acts: &'static [Act],
    pub needs: &'static [Need],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Authorizing first and capturing later.
    Manual,
    PartialCapture,
    /// Events are the only source: for changes after the end, or in the dashboard.
    Events,
    /// A repeated create call makes a second object.
    NoKeys,
    /// The body of an event is not signed.
    Unsigned,
    /// A second gateway, which takes what the first does not.
    SecondGateway,
    /// An ending and what follows it; reported in the wrong order they look like the opposite.
    EventsInOrder,
}

pub(crate) const fn plain(name: &'static str, acts: &'static [Act]) -> Scenario {
    Scenario { name, chosen: None, acts, needs: &[] }
}

pub(crate) const fn with(
    name: &'static str,
    needs: &'static [Need],
    acts: &'static [Act],
) -> Scenario {
    Scenario { name, chosen: None, acts, needs }
}

pub(crate) const fn chosen(
    name: &'static str,
    outcome: &'static str,
    acts: &'static [Act],
) -> Scenario {
    Scenario { name, chosen: Some(outcome), acts, needs: &[] }
}
