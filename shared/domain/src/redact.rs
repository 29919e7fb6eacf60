//! Redaction removes personal data from an order once nothing about it is unfinished.

use super::attempt::{Attempt, Failure};
use super::cart::{Cart, Item, Line, Shipping, Tax};
use super::idempotency::Fingerprint;
use super::ledger::{CaptureClass, Dispute, Operation};
use super::order::{Details, Order, State};
use super::phase::{DisputePhase, OperationPhase};
use super::time::Timestamp;

/// Replaces the names of discounts, fees and taxes, into which a merchant may type anything.
const NAME_OF_A_LINE: &str = "redacted";

/// Why an order cannot be redacted yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// The order can still be paid, or its end is not recorded yet.
    Open,
    Payment,
    /// An ended payment still holds an authorization.
    Hold,
    Operation,
    /// A person has to decide.
    Review,
    Dispute,
    /// The gateway is still being asked about an event.
    Question,
    Confirmation,
    /// A stored gateway event can still be merged.
    Event,
    /// Anything else that the order is due for.
    Other,
}

/// Everything unfinished: all that makes an order due, and all that waits for a person.
pub fn unfinished(order: &Order) -> Vec<Unfinished> {
    let mut all = Vec::new();
    let mut find = |found: bool, what| {
        if found {
            all.push(what);
        }
    };
    find(order.state == State::Open, Unfinished::Open);
    find(order.live.is_some(), Unfinished::Payment);
    find(order.attempts.values().any(Attempt::has_stray_authorization), Unfinished::Hold);
    let open = order.operations.values().any(Operation::is_open);
    let pending = order.refunds.values().any(|refund| refund.phase() == OperationPhase::Pending);
    find(open || pending, Unfinished::Operation);
    let for_review = order.operations.values().any(|op| op.for_review);
    let kept = order.captures.iter().any(|(id, capture)| {
        capture.class == CaptureClass::Review && order.returned(id) < capture.amount.amount_minor
    });
    find(for_review || kept, Unfinished::Review);
    let disputed = order.disputes.values().any(|dispute| dispute.phase() == DisputePhase::Open);
    find(disputed, Unfinished::Dispute);
    find(!order.ask.is_empty(), Unfinished::Question);
    find(!order.outbox.is_empty(), Unfinished::Confirmation);
    if all.is_empty() && order.due_at.is_some() {
        all.push(Unfinished::Other);
    }
    all
}

/// Repeating it removes data that has arrived since, and changes nothing else.
pub fn redact(order: &mut Order, now: Timestamp) -> Result<(), Vec<Unfinished>> {
    let unfinished = unfinished(order);
    if !unfinished.is_empty() {
        return Err(unfinished);
    }
    let mut redacted = order.clone();
    forget(&mut redacted);
    if &redacted != order || order.redacted_at.is_none() {
        redacted.redacted_at = Some(now);
    }
    *order = redacted;
    Ok(())
}

/// Every member of the merchant's data is named here, so that a new one does not compile until somebody
/// decides whether it is personal.
fn forget(order: &mut Order) {
    forget_what_gateways_say(order);
    let Details { cart, reference: _, customer, metadata } = &mut order.details;
    forget_names(cart);
    *customer = None;
    metadata.clear();
    order.fingerprint = Fingerprint::erased();
    for attempt in order.attempts.values_mut() {
        attempt.fingerprint = Fingerprint::erased();
        attempt.return_url = None;
    }
    for Operation { note, fingerprint, .. } in order.operations.values_mut() {
        *note = None;
        *fingerprint = fingerprint.take().map(|_| Fingerprint::erased());
    }
}

/// Gateways repeat themselves, and removed data must not be stored again.
pub(super) fn stay_redacted(order: &mut Order) {
    if order.redacted_at.is_some() {
        forget_what_gateways_say(order);
    }
}

/// Messages may contain anything; codes come from a fixed list.
fn forget_what_gateways_say(order: &mut Order) {
    let attempts = order.attempts.values_mut().filter_map(|attempt| attempt.failure.as_mut());
    let operations = order.operations.values_mut().filter_map(|op| op.failure.as_mut());
    let refunds = order.refunds.values_mut().filter_map(|refund| refund.failure.as_mut());
    for failure in attempts.chain(operations).chain(refunds) {
        let Failure { code: _, message } = failure;
        message.clear();
    }
    for Dispute { reason, .. } in order.disputes.values_mut() {
        reason.take_if(|reason| !is_a_word_for_programs(reason));
    }
}

/// A code like `product_not_received`.
fn is_a_word_for_programs(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn forget_names(cart: &mut Cart) {
    let Cart { items, discounts, shipping, fees, taxes, tax_included: _ } = cart;
    for Item { product_id: _, quantity: _, unit_amount: _, discount_amount: _, name } in items {
        *name = None;
    }
    let named = discounts.iter_mut().chain(fees).flatten();
    for Line { name, amount: _ } in named {
        NAME_OF_A_LINE.clone_into(name);
    }
    for Tax { name, rate: _, amount: _ } in taxes.iter_mut().flatten() {
        NAME_OF_A_LINE.clone_into(name);
    }
    if let Some(Shipping { name, amount: _ }) = shipping {
        *name = None;
    }
}
