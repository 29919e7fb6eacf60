//! What is played: scripts, each at every kind of gateway that can play it, with webhooks that come in
//! every way.

use std::fmt;

use dev_stack::sandbox::Profile;

use crate::play::act::Act;
use crate::play::breaches::BREACHES;
use crate::play::races::RACES;
use crate::play::scripts::SCENARIOS;

/// How the gateway's webhooks come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Webhooks {
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
    /// The outcome that the order's metadata choose, without a page.
    pub chosen: Option<&'static str>,
    pub acts: &'static [Act],
    pub needs: &'static [Need],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
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
    pub(crate) scenario: &'static Scenario,
    pub(crate) profile: Profile,
    pub(crate) webhooks: Webhooks,
    /// So many acts of its end are left out.
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

    /// The same without its last act.
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

/// Every setting in which one thing happens after another, the main ones first.
pub fn settings() -> Vec<Setting> {
    all(SCENARIOS.iter().chain(BREACHES))
}

/// Every setting in which several are at work at once.
pub fn races() -> Vec<Setting> {
    all(RACES.iter())
}

/// The setting that is shown as `name`; `approve-1/full/in-order` leaves out the last act.
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
