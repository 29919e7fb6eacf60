//! What each answer of the sandbox proves. Only an explicit success or failure counts; anything else leaves
//! the outcome unknown.

use bytes::Bytes;
use http::Response;

use super::super::wire;
use super::{failure, read, seen, seen_refund};
use crate::domain::fact::{Seen, SeenRefund};
use crate::domain::id::PaymentId;
use crate::domain::names::ObjectId;
use crate::domain::phase::Phase;
use crate::ports::{Answer, Effect, MappingError};

/// What the answer to a create call proves.
pub(in super::super) fn created(answer: &Response<Bytes>, payment: &PaymentId) -> Answer {
    let settles = |refusal: &wire::Refusal, _: &Seen| {
        matches!(refusal.error.code.as_str(), "payment_declined" | "duplicate_reference")
    };
    judge(answer, payment, settles)
}

/// What the answer to a capture or void proves. A refusal that shows an ended payment proves more than the
/// refusal itself.
pub(in super::super) fn moved(answer: &Response<Bytes>, effect: &Effect) -> Answer {
    let ended = |_: &wire::Refusal, seen: &Seen| {
        seen.phase.is_some_and(|phase| phase.is_negative() || phase == Phase::Captured)
    };
    about(&effect.object, unless_unauthorized(answer, judge(answer, &effect.payment, ended)))
}

/// Only the answer to a capture call shows that this call took the money.
pub(in super::super) fn captured(answer: &Response<Bytes>, effect: &Effect) -> Answer {
    let mut moved = moved(answer, effect);
    if let (Answer::Seen(seen), true) = (&mut moved, succeeded(answer)) {
        for capture in &mut seen.captures {
            capture.operation = Some(effect.operation.clone());
        }
    }
    moved
}

/// A refused close shows the object, and the object shows whether it is closed.
pub(in super::super) fn closed(
    answer: &Response<Bytes>,
    payment: &PaymentId,
    object: &ObjectId,
) -> Answer {
    about(object, unless_unauthorized(answer, judge(answer, payment, |_, _| true)))
}

pub(in super::super) fn refunded(answer: &Response<Bytes>, effect: &Effect) -> Answer {
    let ours = |refund: &SeenRefund| refund.operation.as_ref() == Some(&effect.operation);
    let shown = |refund: wire::Refund| {
        let of_this = refund.payment_id.as_deref() == Some(effect.object.as_str());
        let capture = effect.capture.as_ref()?;
        let refund = seen_refund(&refund, capture);
        (of_this && ours(&refund)).then(|| {
            let object = effect.object.clone();
            Answer::Seen(Seen { object, refunds: vec![refund], ..Seen::default() })
        })
    };
    if succeeded(answer) {
        return read(answer.body()).ok().and_then(shown).unwrap_or(Answer::Unknown);
    }
    let known = read::<wire::Refusal>(answer.body()).ok().and_then(|refusal| refusal.refund);
    if let Some(answer) = known.and_then(shown) {
        return answer;
    }
    let settles = |_: &wire::Refusal, seen: &Seen| seen.refunds.iter().any(ours);
    about(&effect.object, unless_unauthorized(answer, judge(answer, &effect.payment, settles)))
}

/// A success shows the object. A refusal counts only in the gateway's own format: it either shows an object
/// that settles the question, or proves that the request had no effect.
fn judge(
    answer: &Response<Bytes>,
    payment: &PaymentId,
    settles: impl Fn(&wire::Refusal, &Seen) -> bool,
) -> Answer {
    let ours = |shown: &wire::Payment| {
        if shown.reference == payment.as_str() { seen(shown).ok() } else { None }
    };
    if succeeded(answer) {
        let seen = read(answer.body()).ok().and_then(|shown| ours(&shown));
        return seen.map_or(Answer::Unknown, Answer::Seen);
    }
    let Ok(refusal) = read::<wire::Refusal>(answer.body()) else {
        return Answer::Unknown;
    };
    match refusal.payment.as_ref().and_then(ours) {
        Some(seen) if settles(&refusal, &seen) => Answer::Seen(seen),
        _ if proves_no_effect(answer.status().as_u16(), &refusal.error.code) => {
            Answer::Refused(failure(&refusal.error))
        }
        _ => Answer::Unknown,
    }
}

/// This gateway uses no other success codes.
fn succeeded(answer: &Response<Bytes>) -> bool {
    matches!(answer.status().as_u16(), 200 | 201)
}

/// A reused idempotency key proves nothing about this request.
fn proves_no_effect(status: u16, code: &str) -> bool {
    match status {
        400 | 401 | 403 | 404 | 405 | 413 | 422 => code != "idempotency_key_reused",
        409 => matches!(code, "wrong_status" | "payment_processing"),
        _ => false,
    }
}

/// A gateway that rejects our credentials has not refused the capture or refund. Treating it as a refusal
/// would give up a debt while a key is being changed, so the request is repeated under the same name.
fn unless_unauthorized(answer: &Response<Bytes>, judged: Answer) -> Answer {
    if is_unauthorized(answer) { Answer::Unknown } else { judged }
}

pub(in super::super) fn is_unauthorized(answer: &Response<Bytes>) -> bool {
    matches!(answer.status().as_u16(), 401 | 403)
}

/// An answer about another object proves nothing.
fn about(object: &ObjectId, judged: Answer) -> Answer {
    let other = matches!(&judged, Answer::Seen(seen) if &seen.object != object);
    if other { Answer::Unknown } else { judged }
}

/// What a look-up of one object shows. Absence counts only in the gateway's own format.
pub(in super::super) fn shown(
    answer: &Response<Bytes>,
    payment: &PaymentId,
) -> Result<Option<Seen>, MappingError> {
    match answer.status().as_u16() {
        200 => {
            let shown: wire::Payment = read(answer.body())?;
            if shown.reference == payment.as_str() { seen(&shown).map(Some) } else { Ok(None) }
        }
        404 => {
            let refusal: wire::Refusal = read(answer.body())?;
            if refusal.error.code == "not_found" { Ok(None) } else { Err(MappingError::Unreadable) }
        }
        _ => Err(MappingError::Unreadable),
    }
}

pub(in super::super) fn page(answer: &Response<Bytes>) -> Result<wire::List, MappingError> {
    if answer.status().as_u16() == 200 {
        read(answer.body())
    } else {
        Err(MappingError::Unreadable)
    }
}
