//! Which secrets make a gateway, and who is believed with them.

use std::sync::Arc;

use secrecy::SecretString;

use super::{WEBHOOK_SECRET, fixtures, headers, open, secret, show_token, sign};
use crate::domain::time::Timestamp;
use crate::gateways::contract::Scripted;
use crate::ports::{Delivery, SignatureError};
use crate::secrets::SecretError;

fn now() -> Timestamp {
    Timestamp::from_unix(1_795_165_200)
}

fn opened(text: &str) -> Result<(), SecretError> {
    open(&SecretString::from(text), Arc::new(Scripted::default()), false).map(|_| ())
}

fn with_address(address: &str) -> String {
    secret("full").replace("http://127.0.0.1:3001", address)
}

#[test]
fn the_key_travels_in_the_clear_only_within_the_machine() {
    for address in ["https://sandbox.example", "http://localhost:1", "http://[::1]:1"] {
        assert!(opened(&with_address(address)).is_ok(), "{address}");
    }
    let refused = [
        "http://sandbox.example",
        "http://127.0.0.1.example",
        "https://user:pass@sandbox.example",
        "https://sandbox.example/?a=b",
        "ftp://127.0.0.1",
        "",
    ];
    for address in refused {
        assert!(opened(&with_address(address)).is_err(), "{address}");
    }
}

#[test]
fn the_dev_stack_may_be_reached_from_its_containers() {
    let opened = |address: &str| {
        let text = SecretString::from(with_address(address));
        open(&text, Arc::new(Scripted::default()), true).map(|_| ())
    };
    assert!(opened("http://172.17.0.1:3001").is_ok());
    assert!(opened("ftp://172.17.0.1").is_err());
    assert!(opened("http://user:pass@172.17.0.1").is_err());
}

#[test]
fn what_is_not_set_is_told_from_what_is_malformed() {
    let without_secrets =
        r#"{"mode":"test","api_key":"k","base_url":"https://a.example","webhook_secrets":[]}"#;
    assert!(matches!(opened("REPLACE_ME"), Err(SecretError::NotSet)));
    assert!(matches!(opened(without_secrets), Err(SecretError::NotSet)));
    assert!(matches!(opened(&with_address("REPLACE_ME")), Err(SecretError::NotSet)));
    let malformed = [
        secret("stripe-like"),
        secret("full").replace("\"test\"", "\"real\""),
        secret("full").replace(WEBHOOK_SECRET, "whsec_%"),
        "{}".to_owned(),
    ];
    for text in malformed {
        assert!(matches!(opened(&text), Err(SecretError::Malformed)), "{text}");
    }
}

#[test]
fn during_a_rotation_both_secrets_count_until_the_old_one_ends() {
    let old = format!(r#"{{"key":"{WEBHOOK_SECRET}","not_after":"2026-11-20T09:00:10Z"}}"#);
    let both = format!(r#"[{{"key":"whsec_bmV3ZXI="}},{old}]"#);
    let one = format!(r#"[{{"id":"w1","key":"{WEBHOOK_SECRET}","not_after":null}}]"#);
    let fixtures = contract_with(secret("full").replace(&one, &both));
    let (gateway, _) = fixtures.gateway([]);
    let headers = sign(b"{}", now());
    let delivery = Delivery { headers: &headers, body: b"{}" };
    let verified = gateway.verify(&delivery, now()).unwrap();
    assert_eq!(verified.event(), Some("evt_1"));
    let later = gateway.verify(&delivery, now().plus(10));
    assert_eq!(later.err(), Some(SignatureError::Mismatch));
}

#[test]
fn an_unsigned_profile_believes_its_token_only() {
    let (gateway, _) = fixtures("paypal-like", show_token).gateway([]);
    let verify = |headers| {
        let delivery = Delivery { headers: &headers, body: b"{}" };
        gateway.verify(&delivery, now()).map(|verified| verified.event().map(str::to_owned))
    };
    assert_eq!(verify(show_token(b"", now())), Ok(Some("evt_1".to_owned())));
    assert_eq!(verify(headers(&[("authorization", "spoilt")])), Err(SignatureError::Mismatch));
    assert_eq!(verify(sign(b"{}", now())), Err(SignatureError::Missing));
}

#[test]
fn an_event_id_that_could_not_be_a_key_is_not_taken() {
    let (gateway, _) = fixtures("paypal-like", show_token).gateway([]);
    let mut headers = show_token(b"", now());
    headers.insert("webhook-id", "e".repeat(256).parse().unwrap());
    let delivery = Delivery { headers: &headers, body: b"{}" };
    assert_eq!(gateway.verify(&delivery, now()).unwrap().event(), None);
}

fn contract_with(secret: String) -> crate::gateways::contract::Fixtures {
    crate::gateways::contract::Fixtures { secret, ..fixtures("full", sign) }
}
