//! The settings to play: each script at every kind of gateway that can play it, with webhooks delivered
//! in every way.

use std::fmt;

use dev_stack::gateways::sandbox::Profile;

use crate::play::act::Act;
use crate::play::races::RACES;
use crate::play::rare_scripts::RARE_SCRIPTS;
use crate::play::scenario::{Need, Scenario, Webhooks};
use crate::play::scripts::SCRIPTS;
use crate::play::two_gateways::TWO_GATEWAYS;
use crate::world::World;
use crate::world::plan::Plan;

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

    fn orders(&self) -> u32 {
        let beside = |act: &Act| matches!(act, Act::Beside(_));
        1 + u32::from(self.acts().iter().any(beside))
    }

    fn gateways(&self) -> usize {
        1 + usize::from(self.scenario.needs.contains(&Need::SecondGateway))
    }

    pub(crate) fn world(&self, plan: &Plan, traced: bool) -> World {
        World::new(self.profile, self.gateways(), self.orders(), plan.clone(), traced)
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
            Need::SecondGateway => true,
            Need::Events => self.webhooks != Webhooks::Lost,
            Need::EventsInOrder => !matches!(self.webhooks, Webhooks::Lost | Webhooks::Reversed),
        })
    }
}

/// Every setting without concurrency, the main ones first.
pub fn settings() -> Vec<Setting> {
    all(SCRIPTS.iter().chain(RARE_SCRIPTS).chain(TWO_GATEWAYS))
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
