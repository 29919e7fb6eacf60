//! Rules that can be broken, and the switch that breaks one of them. A mutant is the bundle with one rule
//! broken.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// A rule, as its text describes it.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub mutant: Mutant,
    pub name: &'static str,
    /// What is wrong while the rule is broken.
    pub what: &'static str,
    /// The invariant expected to fail.
    pub breaks: &'static str,
    pub noticed_by: NoticedBy,
}

/// What is known to notice a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticedBy {
    Nothing,
    /// The batch of which the merchant takes a part.
    Batch,
    /// The run of this setting under this plan.
    Run(&'static str, &'static str),
}

impl Mutant {
    pub fn rule(self) -> Rule {
        RULES[self as usize]
    }

    /// `no-due-marker`
    pub fn name(self) -> &'static str {
        self.rule().name
    }
}

thread_local! {
    /// One per thread: a run has one thread, and tests run in parallel.
    static BROKEN: Cell<Option<Mutant>> = const { Cell::new(None) };
    static REACHED: RefCell<BTreeSet<Mutant>> = const { RefCell::new(BTreeSet::new()) };
}

/// Whether this thread currently breaks the rule of `mutant`.
pub fn broken(mutant: Mutant) -> bool {
    REACHED.with_borrow_mut(|reached| reached.insert(mutant));
    BROKEN.get() == Some(mutant)
}

/// The mutants whose rules this thread has reached since the last call. Work that does not reach a rule
/// is the same with that rule broken.
pub fn reached() -> BTreeSet<Mutant> {
    REACHED.take()
}

/// Does `work` with one rule broken, or none.
pub fn breaking<T>(mutant: Option<Mutant>, work: impl FnOnce() -> T) -> T {
    /// Restores the rule also when `work` panics.
    struct Mend(Option<Mutant>);
    impl Drop for Mend {
        fn drop(&mut self) {
            BROKEN.set(self.0);
        }
    }
    let _mend = Mend(BROKEN.replace(mutant));
    work()
}
