//! Rules that can be broken, one at a time, and the switch that does so.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// One rule as its text has it.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub mutant: Mutant,
    pub name: &'static str,
    /// What is wrong while it is broken.
    pub what: &'static str,
    /// The invariant that is to fall.
    pub breaks: &'static str,
    /// The setting and plan known to notice it; none if a law does.
    pub noticed: Option<(&'static str, &'static str)>,
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
    /// Of one thread: a run has one thread, and tests run beside each other.
    static BROKEN: Cell<Option<Mutant>> = const { Cell::new(None) };
    static REACHED: RefCell<BTreeSet<Mutant>> = const { RefCell::new(BTreeSet::new()) };
}

/// Whether `mutant` is what this thread has broken.
pub fn broken(mutant: Mutant) -> bool {
    REACHED.with_borrow_mut(|reached| reached.insert(mutant));
    BROKEN.get() == Some(mutant)
}

/// What this thread has come to that could be broken, since this was asked last. Work that does not come
/// to a rule is the same when that is broken.
pub fn reached() -> BTreeSet<Mutant> {
    REACHED.take()
}

/// Does `work` with a rule broken, or with none.
pub fn breaking<T>(mutant: Option<Mutant>, work: impl FnOnce() -> T) -> T {
    /// Mends also when `work` panics.
    struct Mend(Option<Mutant>);
    impl Drop for Mend {
        fn drop(&mut self) {
            BROKEN.set(self.0);
        }
    }
    let _mend = Mend(BROKEN.replace(mutant));
    work()
}
