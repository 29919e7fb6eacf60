//! The tests that every gateway must pass, written once. A gateway supplies answers and signed events in its
//! own format; the tests check what they are translated to.
#![cfg(test)]

mod fixtures;
mod scripted;

use std::sync::Arc;

use http::HeaderMap;

pub(crate) use self::fixtures::{Fixtures, OneCapture, means, opened};
use self::fixtures::{TIMEOUT, now};
pub(crate) use self::scripted::{Canned, Scene, Scripted};
use crate::domain::fact::Seen;
use crate::domain::phase::Phase;
use crate::domain::time::Timestamp;
use crate::ports::{Answer, Delivery, LookUpError, Notice, SignatureError, TransportError};

/// An age that no signature scheme tolerates.
const STALE_SECONDS: i64 = 3600;

pub(crate) async fn check(fixtures: &Fixtures) {
    a_repeated_create_is_the_same_request(fixtures).await;
    decline_refusal_and_lost_answer_are_distinguished(fixtures).await;
    a_lost_answer_is_never_an_effect_or_a_refusal(fixtures).await;
    every_status_maps(fixtures).await;
    absence_is_distinguished_from_silence(fixtures).await;
    one_capture_has_one_id(fixtures).await;
    only_what_was_signed_is_believed(fixtures);
    an_unknown_event_is_ignored(fixtures);
    no_secret_shows(fixtures);
    a_placeholder_fails_closed(fixtures);
}

/// Two sends of one attempt are byte for byte the same request under one name, and their one answer is one
/// object, so the gateway can see that it was asked for one charge.
async fn a_repeated_create_is_the_same_request(fixtures: &Fixtures) {
    let paid = Ok(fixtures.one_capture.create.clone());
    let (gateway, transport) = fixtures.gateway([paid.clone(), paid]);
    let first = gateway.create(&fixtures.create, TIMEOUT).await;
    let second = gateway.create(&fixtures.create, TIMEOUT).await;
    assert_eq!(first, second);
    let sent = transport.sent();
    let [(a, a_timeout), (b, b_timeout)] = sent.as_slice() else { panic!("two requests") };
    assert_eq!((a_timeout, b_timeout), (&TIMEOUT, &TIMEOUT));
    assert_eq!((a.method(), a.uri(), a.headers()), (b.method(), b.uri(), b.headers()));
    assert_eq!(a.body(), b.body());
    let name = (fixtures.name_of)(a);
    assert_eq!(name.as_deref(), Some(fixtures.create.payment.as_str()));
}

async fn decline_refusal_and_lost_answer_are_distinguished(fixtures: &Fixtures) {
    let Answer::Seen(declined) = fixtures.created(Ok(fixtures.declined.clone())).await else {
        panic!("a decline is an object that failed");
    };
    assert_eq!(declined.phase, Some(Phase::Failed));
    assert!(declined.failure.is_some());
    let refused = fixtures.created(Ok(fixtures.refused.clone())).await;
    assert!(matches!(refused, Answer::Refused(_)), "{refused:?}");
    assert_eq!(fixtures.created(Err(TransportError::NotSent)).await, Answer::NotSent);
    assert_eq!(fixtures.created(Err(TransportError::Unknown)).await, Answer::Unknown);
    assert_eq!(fixtures.created(Err(TransportError::Broken)).await, Answer::Unknown);
    for unclear in &fixtures.unclear {
        assert_eq!(fixtures.created(Ok(unclear.clone())).await, Answer::Unknown, "{unclear:?}");
    }
}

async fn a_lost_answer_is_never_an_effect_or_a_refusal(fixtures: &Fixtures) {
    let effect = fixtures.effect();
    let cases = [
        (TransportError::NotSent, Answer::NotSent),
        (TransportError::Unknown, Answer::Unknown),
        (TransportError::Broken, Answer::Unknown),
    ];
    for (error, expected) in cases {
        let (gateway, _) = fixtures.gateway(vec![Err(error); 4]);
        assert_eq!(gateway.capture(&effect, TIMEOUT).await, expected);
        assert_eq!(gateway.void(&effect, TIMEOUT).await, expected);
        assert_eq!(gateway.refund(&effect, TIMEOUT).await, expected);
        assert_eq!(gateway.close(&effect.payment, &effect.object, TIMEOUT).await, expected);
    }
}

async fn every_status_maps(fixtures: &Fixtures) {
    for (status, phase) in &fixtures.statuses {
        let seen = fixtures.looked_up(Ok(status.clone())).await.unwrap();
        let phases: Vec<_> = seen.iter().map(|seen| seen.phase).collect();
        assert_eq!(phases, [Some(*phase)], "{status:?}");
    }
    let strange = fixtures.looked_up(Ok(fixtures.strange_status.clone())).await.unwrap();
    let [strange] = strange.as_slice() else { panic!("the object is there all the same") };
    assert_eq!(strange.phase, None, "what is not known is no outcome");
}

async fn absence_is_distinguished_from_silence(fixtures: &Fixtures) {
    assert_eq!(fixtures.looked_up(Ok(fixtures.absent.clone())).await, Ok(Vec::new()));
    for error in [TransportError::NotSent, TransportError::Unknown, TransportError::Broken] {
        assert_eq!(fixtures.looked_up(Err(error)).await, Err(LookUpError::Unavailable));
    }
    for answer in &fixtures.unavailable {
        let found = fixtures.looked_up(Ok(answer.clone())).await;
        assert_eq!(found, Err(LookUpError::Unavailable), "{answer:?}");
    }
}

/// With two ids, the one real capture would look like a second one and be returned.
async fn one_capture_has_one_id(fixtures: &Fixtures) {
    let one = &fixtures.one_capture;
    let Answer::Seen(created) = fixtures.created(Ok(one.create.clone())).await else {
        panic!("paid")
    };
    let mut all = fixtures.looked_up(Ok(one.look_up.clone())).await.unwrap();
    let (gateway, _) = fixtures.gateway([Ok(one.list.clone())]);
    let listed = gateway.list(now(), None, TIMEOUT).await.unwrap();
    for (payment, seen) in listed.payments {
        assert_eq!(payment.as_ref(), Some(&fixtures.create.payment));
        all.push(seen);
    }
    if let Notice::Fact { payment, seen } = fixtures.notice(one.event) {
        assert_eq!(payment, fixtures.create.payment);
        all.push(seen);
    }
    let shown = |seen: &Seen| {
        let captures: Vec<_> = seen.captures.iter().map(|c| (c.id.clone(), c.amount)).collect();
        (seen.object.clone(), captures)
    };
    assert_eq!(created.captures.len(), 1);
    for seen in &all {
        assert_eq!(shown(seen), shown(&created));
    }
}

fn only_what_was_signed_is_believed(fixtures: &Fixtures) {
    let (gateway, _) = fixtures.gateway([]);
    let (body, now) = (fixtures.one_capture.event.as_bytes(), now());
    let headers = (fixtures.sign)(body, now);
    let verify = |headers: &HeaderMap, body: &[u8], now: Timestamp| {
        gateway.verify(&Delivery { headers, body }, now).map(|verified| verified.body().to_vec())
    };
    assert_eq!(verify(&headers, body, now).as_deref(), Ok(body));
    assert_eq!(verify(&HeaderMap::new(), body, now), Err(SignatureError::Missing));
    if !gateway.capabilities().signed_events {
        return;
    }
    for at in 0..body.len() {
        let mut altered = body.to_vec();
        altered[at] ^= 1;
        assert_eq!(verify(&headers, &altered, now), Err(SignatureError::Mismatch), "byte {at}");
    }
    for late in [STALE_SECONDS, -STALE_SECONDS] {
        let stale = verify(&headers, body, now.plus(late));
        assert_eq!(stale, Err(SignatureError::Stale));
    }
}

fn an_unknown_event_is_ignored(fixtures: &Fixtures) {
    assert_eq!(fixtures.notice(fixtures.unknown_event), Notice::Ignored);
}

fn no_secret_shows(fixtures: &Fixtures) {
    let (gateway, _) = fixtures.gateway([]);
    let shown = format!("{gateway:?} {gateway:#?}");
    for hidden in fixtures.hidden {
        assert!(fixtures.secret.contains(hidden), "a part of the secret");
        assert!(!shown.contains(hidden), "{shown}");
    }
}

fn a_placeholder_fails_closed(fixtures: &Fixtures) {
    for hidden in fixtures.hidden {
        let text = fixtures.secret.replace(hidden, "REPLACE_ME");
        let opened = opened(fixtures.open, &text, Arc::new(Scripted::default()), false);
        assert!(opened.is_err_and(|fault| fault.is_a_placeholder()));
    }
}
