//! What is played: scripts, each at every kind of gateway that can play it, with webhooks that come in
//! every way.

use std::fmt;

use dev_stack::sandbox::Profile;

use super::breaches::BREACHES;
use super::script::Act;
use super::scripts::SCENARIOS;

/// How the gateway's webhooks come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Webhooks {
    InOrder,
    Doubled,
    /// All at the end, the newest first.
    Reversed,
    /// Two minutes after their cause.
    Late,
    Lost,
    /// After each, the first of all once more.
    Replayed,
}

impl Webhooks {
    const ALL: [Self; 6] =
        [Self::InOrder, Self::Doubled, Self::Reversed, Self::Late, Self::Lost, Self::Replayed];

    fn name(self) -> &'static str {
        match self {
            Self::InOrder => "in-order",
            Self::Doubled => "doubled",
            Self::Reversed => "reversed",
            Self::Late => "late",
            Self::Lost => "lost",
            Self::Replayed => "replayed",
        }
    }

    pub(super) fn behaviour(self) -> &'static str {
        match self {
            Self::InOrder | Self::Replayed => r#"{"mode":"now"}"#,
            Self::Doubled => r#"{"mode":"now","times":2}"#,
            Self::Reversed => r#"{"mode":"hold","order":"reversed"}"#,
            Self::Late => r#"{"mode":"late","delay_ms":120000}"#,
            Self::Lost => r#"{"mode":"never"}"#,
        }
    }
}

pub(super) struct Scenario {
    pub name: &'static str,
    /// The outcome that the order's metadata choose, without a page.
    pub chosen: Option<&'static str>,
    pub acts: &'static [Act],
    pub needs: &'static [Need],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Authorizing first and capturing later.
    Manual,
    PartialCapture,
    /// Only an event tells of it: what happens to what has ended, or in the dashboard.
    Events,
    /// A repeated create call makes a second object.
    NoKeys,
    /// The body of an event is not signed.
    Unsigned,
    /// An ending and what follows it: told the wrong way round they cannot be told from their opposite.
    EventsInOrder,
}

/// A scenario at a gateway, with webhooks of one kind.
#[derive(Clone, Copy)]
pub struct Setting {
    pub(super) scenario: &'static Scenario,
    pub(super) profile: Profile,
    pub(super) webhooks: Webhooks,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.scenario.name, self.profile, self.webhooks.name())
    }
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Setting {
    fn is_possible(&self) -> bool {
        self.scenario.needs.iter().all(|need| match need {
            Need::Manual => self.profile != Profile::PhonepeLike,
            Need::PartialCapture => {
                !matches!(self.profile, Profile::PhonepeLike | Profile::RazorpayLike)
            }
            Need::NoKeys => matches!(self.profile, Profile::NoKeys | Profile::RazorpayLike),
            Need::Unsigned => matches!(self.profile, Profile::PhonepeLike | Profile::PaypalLike),
            Need::Events => self.webhooks != Webhooks::Lost,
            Need::EventsInOrder => !matches!(self.webhooks, Webhooks::Lost | Webhooks::Reversed),
        })
    }
}

/// Every setting, the main ones first.
pub fn settings() -> Vec<Setting> {
    let mut all = Vec::new();
    for webhooks in Webhooks::ALL {
        for profile in Profile::ALL {
            for scenario in SCENARIOS.iter().chain(BREACHES) {
                all.push(Setting { scenario, profile, webhooks });
            }
        }
    }
    all.retain(Setting::is_possible);
    all
}
