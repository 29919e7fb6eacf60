//! The outcome of an operation, derived from the captures, refunds and objects that show its effect.

use super::ledger::{OperationKind, Refund};
use super::order::Order;
use super::phase::{OperationPhase, Phase};

/// Advances each operation to the phase that its effect shows.
pub(super) fn follow_effects(order: &mut Order) {
    let Order { operations, refunds, captures, attempts, .. } = order;
    for (id, op) in operations.iter_mut() {
        let attempt = attempts.get(&op.attempt);
        let object = attempt.and_then(|attempt| attempt.objects.get(&op.object)).copied();
        let held = attempt.is_some_and(|attempt| attempt.holds(&op.object));
        let shown = match op.kind {
            OperationKind::Refund => refunds
                .values()
                .filter(|refund| refund.operation.as_ref() == Some(id))
                .map(Refund::phase)
                .max(),
            OperationKind::Capture => {
                let linked = captures.values_mut().any(|capture| {
                    let same = capture.object == op.object
                        && capture.operation.is_none()
                        && op.sends > 0
                        && capture.amount.amount_minor == op.amount_minor;
                    if same {
                        capture.operation = Some(id.clone());
                    }
                    capture.operation.as_ref() == Some(id)
                });
                match object {
                    _ if linked => Some(OperationPhase::Done),
                    Some(Phase::Captured) if op.sends > 0 => Some(OperationPhase::Done),
                    Some(Phase::Captured) => Some(OperationPhase::Refused),
                    Some(phase) if phase.is_negative() => Some(OperationPhase::Refused),
                    _ => None,
                }
            }
            OperationKind::Void if held => None,
            OperationKind::Void => match object {
                // The void was never sent: the ending may be older than the hold.
                Some(phase) if phase.is_negative() && op.sends == 0 => None,
                Some(phase) if phase.is_negative() => Some(OperationPhase::Done),
                Some(Phase::Captured) => Some(OperationPhase::Refused),
                _ => None,
            },
        };
        if let Some(shown) = shown {
            op.advance(shown);
            op.for_review = false;
            op.lease = None;
        }
    }
}
