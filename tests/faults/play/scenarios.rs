//! The settings to play: each script at every kind of gateway that can play it, with webhooks delivered
//! in every way.

use std::fmt;

use dev_stack::sandbox::Profile;

use crate::play::act::Act;
use crate::play::breaches::BREACHES;
use crate::play::races::RACES;
use crate::play::scripts::SCENARIOS;

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
    /// An ending and what follows it; reported in the wrong order they look like the opposite.
    EventsInOrder,
}

/// A scenario at a gateway, with webhooks of one kind.
#[derive(Clone, Copy)]
pub struct Setting {
    pub(crate) scenario: &'static Scenario,
    pub(crate) profile: Profile,
    pub(crate) webhooks: Webhooks,
    /// How many acts are left out at its end.
    cut: usize,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.scenario.name)?;
        if self.cut > 0 {
            write!(f, "-{}", self.cut)?;
        }
        write!(f, "/{}/{}", self.profile, self.webhooks.name())
    }
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Setting {
    pub(crate) fn acts(&self) -> &'static [Act] {
        let acts = self.scenario.acts;
        acts.get(..acts.len() - self.cut).unwrap_or_default()
    }

    pub(crate) fn orders(&self) -> u32 {
        let beside = |act: &Act| matches!(act, Act::Beside(_));
        1 + u32::from(self.acts().iter().any(beside))
    }

    pub(crate) fn is_main(&self) -> bool {
        self.profile == Profile::Full && self.webhooks == Webhooks::InOrder
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.cut == 0
    }

    /// The same setting without its last act.
    pub(crate) fn shorter(&self) -> Option<Self> {
        (self.acts().len() > 1).then(|| Self { cut: self.cut + 1, ..*self })
    }

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

/// Every setting without concurrency, the main ones first.
pub fn settings() -> Vec<Setting> {
    all(SCENARIOS.iter().chain(BREACHES))
}

/// Every setting with concurrent actors.
pub fn races() -> Vec<Setting> {
    all(RACES.iter())
}

/// The setting displayed as `name`; `approve-1/full/in-order` leaves out the last act.
pub(crate) fn named(name: &str) -> Option<Setting> {
    let known = settings().into_iter().chain(races());
    let cuts = |setting: Setting| std::iter::successors(Some(setting), Setting::shorter);
    known.flat_map(cuts).find(|known| known.to_string() == name)
}

fn all(scenarios: impl Iterator<Item = &'static Scenario> + Clone) -> Vec<Setting> {
    let mut all = Vec::new();
    for webhooks in Webhooks::ALL {
        for profile in Profile::ALL {
            for scenario in scenarios.clone() {
                all.push(Setting { scenario, profile, webhooks, cut: 0 });
            }
        }
    }
    all.retain(Setting::is_possible);
    all
}
