//! Code that some mutants need in order to go wrong.

use crate::domain::names::{MessageId, Nonce, TargetName};
use crate::domain::order::Order;

/// Every waiting confirmation, as if it had been sent.
pub fn unsent(order: &Order) -> Vec<(MessageId, TargetName)> {
    let waiting = order.outbox.iter();
    let pairs = waiting.flat_map(|(id, out)| out.targets.iter().map(move |target| (id, target)));
    pairs.map(|(id, target)| (id.clone(), target.clone())).collect()
}

/// Whether the write begins an attempt.
pub fn begins(before: &Order, after: &Order) -> bool {
    after.attempts.len() > before.attempts.len()
}

/// Whether the write claims a capture or refund.
pub fn claims(before: &Order, after: &Order) -> bool {
    after.operations.len() > before.operations.len()
}

/// Whether the write takes over an attempt.
pub fn takes_over(before: &Order, after: &Order) -> bool {
    let owners = |order: &Order| -> Vec<Nonce> {
        order.attempts.values().map(|attempt| attempt.owner.clone()).collect()
    };
    !begins(before, after) && owners(after) != owners(before)
}

/// Whether the write takes an owed operation.
pub fn takes(before: &Order, after: &Order) -> bool {
    let sends = |order: &Order| order.operations.values().map(|op| op.sends).sum::<u32>();
    !claims(before, after) && sends(after) > sends(before)
}

/// The image as seen by an author who does not know its own name. It is never written.
pub fn disowned(mut known: Order, author: &Nonce) -> Order {
    let nobody = Nonce(String::new());
    for attempt in known.attempts.values_mut().filter(|attempt| &attempt.owner == author) {
        attempt.owner = nobody.clone();
    }
    for op in known.operations.values_mut().filter(|op| op.owner.as_ref() == Some(author)) {
        op.owner = None;
    }
    known
}
