use std::sync::Arc;

use http::{HeaderMap, HeaderValue};

use super::{open, secret, show_token, sign};
use crate::domain::time::Timestamp;
use crate::gateways::contract::{self, Scripted};
use crate::ports::{Delivery, Gateway, SignatureError};
use crate::standard_webhooks::{ID, TOLERANCE_SECONDS};

const BODY: &[u8] = include_bytes!("../fixtures/event_completed.json");
const NOW: Timestamp = Timestamp::from_unix(1_795_165_200);

fn gateway(profile: &str) -> Arc<dyn Gateway> {
    contract::opened(open, &secret(profile), Arc::new(Scripted::default()), false).unwrap()
}

fn verdict(
    gateway: &dyn Gateway,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<(), SignatureError> {
    gateway.verify(&Delivery { headers, body }, now).map(|_| ())
}

/// The headers with each bit of each value altered, except for values that cannot be sent.
fn altered(headers: &HeaderMap) -> impl Iterator<Item = HeaderMap> {
    headers.iter().flat_map(move |(name, value)| {
        (0..value.len() * 8).filter_map(move |bit| {
            let mut bytes = value.as_bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let mut altered = headers.clone();
            altered.insert(name, HeaderValue::from_bytes(&bytes).ok()?);
            Some(altered)
        })
    })
}

#[test]
fn no_bit_of_a_signed_event_can_be_altered() {
    let (gateway, headers) = (gateway("full"), sign(BODY, NOW));
    assert_eq!(verdict(&*gateway, &headers, BODY, NOW), Ok(()));
    let mut count = 0;
    for headers in altered(&headers) {
        assert!(verdict(&*gateway, &headers, BODY, NOW).is_err(), "{headers:?}");
        count += 1;
    }
    assert!(count > 300, "{count}");
    for bit in 0..BODY.len() * 8 {
        let mut body = BODY.to_vec();
        body[bit / 8] ^= 1 << (bit % 8);
        let refused = verdict(&*gateway, &headers, &body, NOW);
        assert_eq!(refused, Err(SignatureError::Mismatch), "bit {bit}");
    }
}

#[test]
fn no_bit_of_a_shown_token_can_be_altered() {
    let (gateway, mut headers) = (gateway("paypal-like"), show_token(BODY, NOW));
    assert_eq!(verdict(&*gateway, &headers, BODY, NOW), Ok(()));
    // The event's id is not part of what such a gateway proves.
    headers.remove(ID);
    for headers in altered(&headers) {
        assert!(verdict(&*gateway, &headers, BODY, NOW).is_err(), "{headers:?}");
    }
}

#[test]
fn an_event_is_good_for_five_minutes_and_not_a_second_more() {
    let (gateway, headers) = (gateway("full"), sign(BODY, NOW));
    let edge = i64::try_from(TOLERANCE_SECONDS).unwrap();
    assert_eq!(edge, 300);
    for (late, expected) in [
        (edge, Ok(())),
        (-edge, Ok(())),
        (edge + 1, Err(SignatureError::Stale)),
        (-edge - 1, Err(SignatureError::Stale)),
    ] {
        assert_eq!(verdict(&*gateway, &headers, BODY, NOW.plus(late)), expected, "{late} s");
    }
}
