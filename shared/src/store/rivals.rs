//! What the store would take for a rival's write if it did not know its own (`crate::mutants`).

use crate::domain::names::Nonce;
use crate::domain::order::Order;
use crate::mutants::{Mutant, broken};

/// Whether the author of this write is not to recognise it after a lost answer.
pub(super) fn is_unrecognised(before: &Order, after: &Order) -> bool {
    let owners = |order: &Order| -> Vec<Nonce> {
        order.attempts.values().map(|attempt| attempt.owner.clone()).collect()
    };
    let sends = |order: &Order| order.operations.values().map(|op| op.sends).sum::<u32>();
    let begins = after.attempts.len() > before.attempts.len();
    let claims = after.operations.len() > before.operations.len();
    broken(Mutant::LostWriteIsARival)
        || (broken(Mutant::LostNumberedClaimIsARival) && begins)
        || (broken(Mutant::LostTakeOverIsARival) && !begins && owners(after) != owners(before))
        || (broken(Mutant::LostOperationClaimIsARival) && claims)
        || (broken(Mutant::LostTakeIsARival) && !claims && sends(after) > sends(before))
}

/// The image as it looks to an author who does not know its own name. Nothing of this is written.
pub(super) fn disowned(mut known: Order, author: &Nonce) -> Order {
    let nobody = Nonce(String::new());
    for attempt in known.attempts.values_mut().filter(|attempt| &attempt.owner == author) {
        attempt.owner = nobody.clone();
    }
    for op in known.operations.values_mut().filter(|op| op.owner.as_ref() == Some(author)) {
        op.owner = None;
    }
    known
}
