use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue};

use super::pace::{WAIT_SECONDS_MAX, asked_seconds, backoff};
use super::{Confirmation, DeliveryError};
use crate::domain::time::Timestamp;

#[test]
fn the_server_names_its_wait_in_seconds_or_as_a_date() {
    let now = Timestamp::from_unix(1_795_165_200);
    let asked = |text: &'static str| {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]);
        asked_seconds(&headers, now)
    };
    assert_eq!(asked("120"), Some(120));
    assert_eq!(asked("Fri, 20 Nov 2026 09:02:00 GMT"), Some(120));
    assert_eq!(asked("Fri, 20 Nov 2026 08:59:00 GMT"), Some(0), "that time has come");
    assert_eq!(asked("Sat, 20 Nov 2027 09:00:00 GMT"), Some(WAIT_SECONDS_MAX));
    assert_eq!(asked("99999999999999999999"), Some(WAIT_SECONDS_MAX));
    assert_eq!((asked("-5"), asked("soon"), asked("1.5"), asked("")), (None, None, None, None));
}

#[test]
fn a_short_wait_that_a_server_asks_for_does_not_shorten_the_schedule() {
    let wait = |asked_seconds, tries| {
        let why = "the merchant's server did not accept it";
        DeliveryError::NotDelivered { why, status: Some(503), asked_seconds }.wait_seconds(tries)
    };
    let hasty: i32 = (1..15).map(|tries| wait(Some(1), tries)).sum();
    let patient: i32 = (1..15).map(|tries| wait(None, tries)).sum();
    assert_eq!(hasty, patient);
    assert!(hasty > 2 * 86_400, "{hasty} s");
    assert_eq!((wait(Some(120), 1), wait(Some(120), 4)), (120, 600));
}

#[test]
fn waits_grow_to_eleven_hours() {
    let waits: Vec<i32> = (1..=12).map(backoff).collect();
    assert_eq!(waits, [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 39_600, 39_600, 39_600]);
}

#[test]
fn the_longest_waits_are_over_before_the_queue_forgets() {
    const { assert!(15 * WAIT_SECONDS_MAX < 14 * 86_400) };
}

#[test]
fn a_confirmation_says_itself_what_it_is() {
    let body = r#"{"type":"order.expired","id":"msg_1","timestamp":"2026-11-20T09:00:00Z","data":{"order_id":"ORD_1"}}"#;
    let read = Confirmation::read(body).unwrap();
    assert_eq!((read.id.as_str(), read.order.as_str()), ("msg_1", "ORD_1"));
    assert_eq!((read.payment, read.body.as_str()), (None, body));
    assert_eq!(read.recorded_at, Timestamp::from_rfc3339("2026-11-20T09:00:00Z"));
    for id in ["", "a.b", "a\\nb", "\u{e4}"] {
        assert!(Confirmation::read(&body.replace("msg_1", id)).is_err(), "{id:?}");
    }
    assert!(Confirmation::read("{}").is_err());
}
