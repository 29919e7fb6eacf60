//! The calls of a run that go wrong, and how.

use std::fmt;
use std::str::FromStr;

use crate::world::faults::{Count, Mode};

/// `12:after+20:die-before`: call number 12 takes effect without an answer, and so on. Turns are numbered
/// by steps of concurrent actors, problems with secrets by reads of secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan(pub Vec<(usize, Mode)>);

impl Plan {
    pub fn one(k: usize, mode: Mode) -> Self {
        Self(vec![(k, mode)])
    }

    pub fn and(&self, k: usize, mode: Mode) -> Self {
        let mut faults = self.0.clone();
        faults.push((k, mode));
        Self(faults)
    }

    /// The fault of number `n` among what `count` counts.
    pub fn at(&self, count: Count, n: usize) -> Option<Mode> {
        let here = |(at, mode): &&(usize, Mode)| *at == n && mode.counts() == count;
        self.0.iter().find(here).map(|(_, mode)| *mode)
    }

    /// The last place that `count` counts, if any.
    pub fn last(&self, count: Count) -> Option<usize> {
        self.0.iter().filter(|(_, mode)| mode.counts() == count).map(|(n, _)| *n).max()
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        let faults: Vec<String> =
            self.0.iter().map(|(k, mode)| format!("{k}:{}", mode.name())).collect();
        f.write_str(&faults.join("+"))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPlan;

impl FromStr for Plan {
    type Err = NoPlan;

    fn from_str(text: &str) -> Result<Self, NoPlan> {
        if text == "none" {
            return Ok(Self::default());
        }
        let fault = |part: &str| {
            let (k, name) = part.split_once(':')?;
            Some((k.parse().ok()?, Mode::named(name)?))
        };
        text.split('+').map(fault).collect::<Option<Vec<_>>>().map(Self).ok_or(NoPlan)
    }
}
