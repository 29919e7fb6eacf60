//! Which secrets open a gateway, and which webhooks they authenticate.

use std::sync::Arc;

use serde_json::json;

use super::{WEBHOOK_SECRET, fixtures, headers, open, secret, show_token, sign};
use crate::domain::time::Timestamp;
use crate::gateways::contract::{self, Scripted};
use crate::ports::{Delivery, SignatureError};
use crate::secrets::{Fault, parse};

fn now() -> Timestamp {
    Timestamp::from_unix(1_795_165_200)
}

fn opened(text: &str) -> Result<(), Fault> {
    contract::opened(open, text, Arc::new(Scripted::default()), false).map(|_| ())
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
        let text = with_address(address);
        contract::opened(open, &text, Arc::new(Scripted::default()), true).map(|_| ())
    };
    assert!(opened("http://172.17.0.1:3001").is_ok());
    assert!(opened("ftp://172.17.0.1").is_err());
    assert!(opened("http://user:pass@172.17.0.1").is_err());
}

#[test]
fn what_is_not_set_is_distinguished_from_what_is_malformed() {
    let placeholders = [
        "REPLACE_ME".to_owned(),
        with_address("REPLACE_ME"),
        secret("full").replace(WEBHOOK_SECRET, "REPLACE_ME"),
        // As the template writes it.
        json!({ "mode": "test", "api_key": "REPLACE_ME", "base_url": "REPLACE_ME", "webhook_secrets": [] })
            .to_string(),
    ];
    for text in placeholders {
        assert!(opened(&text).is_err_and(|fault| fault.is_a_placeholder()), "{text}");
    }
    let malformed = [
        String::new(),
        "{}".to_owned(),
        r#"{"mode":"test","api_key":"k","base_url":"https://a.example","webhook_secrets":[]}"#
            .to_owned(),
        secret("full").replace("\"api_key\"", "\"api_keey\""),
        secret("full").replace("\"mode\"", "\"Mode\""),
        secret("full").replace("\"webhook_secrets\"", "\"webhook_secret\""),
        secret("full").replace(super::API_KEY, ""),
        with_address(""),
        secret("stripe-like"),
        secret("full").replace("\"test\"", "\"real\""),
        secret("full").replace(WEBHOOK_SECRET, "whsec_%"),
        "[]".to_owned(),
        secret("full").replace("\"test\"", "1"),
    ];
    for text in malformed {
        assert!(opened(&text).is_err_and(|fault| !fault.is_a_placeholder()), "{text}");
    }
}

#[test]
fn quotes_and_white_space_around_the_values_of_a_secret_are_ignored() {
    let address = "http://127.0.0.1:3001";
    for (before, after) in
        [(" ", "\\n"), ("\u{feff}", ""), ("'", "'"), ("“", "”"), ("\\\"", "\\\"")]
    {
        let around =
            |text: String, value: &str| text.replace(value, &format!("{before}{value}{after}"));
        let text = around(around(around(secret("full"), address), WEBHOOK_SECRET), super::API_KEY);
        assert_eq!(opened(&text), Ok(()), "{text}");
    }
}

#[test]
fn an_unreadable_secret_beside_a_good_one_costs_that_one_only() {
    let good = format!(r#"[{{"id":"w1","key":"{WEBHOOK_SECRET}","not_after":null}}]"#);
    let bad = [
        r#"{"id":"w2","key":"whsec_%"}"#,
        r#"{"id":"w2","key":17}"#,
        r#"{"id":"w2"}"#,
        r#""whsec_bmV3ZXI=""#,
        r#"{"id":"w2","key":"whsec_bmV3ZXI=","not_after":"tomorrow"}"#,
    ];
    for bad in bad {
        let both = format!("[{bad},{}", good.trim_start_matches('['));
        let text = secret("full").replace(&good, &both);
        let mut faults = Vec::new();
        let value = parse(&text).unwrap();
        let means = contract::means(Arc::new(Scripted::default()), false);
        let gateway = open(&value, &mut faults, &means).unwrap();
        let messages: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(messages.len(), 1, "{bad}");
        assert!(messages[0].starts_with("webhook_secrets[0]"), "{messages:?}");
        let headers = sign(b"{}", now());
        let delivery = Delivery { headers: &headers, body: b"{}" };
        assert!(gateway.verify(&delivery, now()).is_ok(), "{bad}");
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
