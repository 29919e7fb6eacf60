//! I24: an order is redacted only when it has no unfinished work, and then names nobody.

use quittance::domain::attempt::Failure;
use quittance::domain::order::Order;
use quittance::domain::phase::DisputePhase;

use crate::hold::under_way::has_work;

pub(crate) fn redaction(old: &Order, new: &Order) -> Vec<String> {
    let mut wrong = Vec::new();
    let kept = new.attempts.values().any(|it| it.failure.as_ref().is_some_and(has_sentence))
        || new.operations.values().any(|it| it.failure.as_ref().is_some_and(has_sentence))
        || new.refunds.values().any(|it| it.failure.as_ref().is_some_and(has_sentence));
    if new.redacted_at.is_some() && kept {
        wrong.push("I24 redacted, but a gateway's sentence is kept".to_owned());
    }
    if old.redacted_at == new.redacted_at {
        return wrong;
    }
    let waits = old.operations.values().any(|op| op.for_review)
        || old.disputes.values().any(|dispute| dispute.phase() == DisputePhase::Open);
    if has_work(old) || old.due_at.is_some() || waits {
        wrong.push("I24 redacted with unfinished work".to_owned());
    }
    let details = &new.details;
    let named = details.customer.is_some()
        || !details.metadata.is_empty()
        || details.cart.items.iter().any(|item| item.name.is_some())
        || new.attempts.values().any(|attempt| attempt.return_url.is_some())
        || new.operations.values().any(|op| op.note.is_some());
    if named || !new.fingerprint.is_erased() {
        wrong.push("I24 redacted, but still names somebody".to_owned());
    }
    wrong
}

fn has_sentence(failure: &Failure) -> bool {
    !failure.message.is_empty()
}
