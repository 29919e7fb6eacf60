//! Secrets, read from a store with scripted answers.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use serde_json::{Value, json};

use super::{Fault, Keys, SecretError, Secrets, parse};
use crate::config::AwsConfig;
use crate::domain::time::Timestamp;
use crate::ports::Clock;
use crate::standard_webhooks::wrong_with;

const GOOD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Gives its answers in turn, repeating the last one.
#[derive(Clone, Debug)]
struct Store {
    answers: Arc<Mutex<VecDeque<(u16, Value)>>>,
    asked: Arc<AtomicUsize>,
}

impl HttpConnector for Store {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        let (status, body) = next.unwrap();
        let response = HttpResponse::new(status.try_into().unwrap(), body.to_string().into());
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl HttpClient for Store {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

#[derive(Clone, Debug, Default)]
struct Hands(Arc<AtomicI64>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(1_795_165_200 + self.0.load(Ordering::SeqCst))
    }
}

struct Desk {
    secrets: Secrets,
    store: Store,
    hands: Hands,
}

impl Desk {
    /// A desk whose store returns these values; `None` is a refusal.
    fn of(values: &[Option<&str>]) -> Self {
        Self::answering(values.iter().map(|value| match value {
            Some(value) => (200, json!({ "Name": "s", "SecretString": value })),
            None => (400, refusal("AccessDeniedException", "no")),
        }))
    }

    fn answering(answers: impl IntoIterator<Item = (u16, Value)>) -> Self {
        let answers = Arc::new(Mutex::new(answers.into_iter().collect()));
        let store = Store { answers, asked: Arc::default() };
        let config = AwsConfig {
            region: "us-east-1".to_owned(),
            access_key_id: "k".to_owned(),
            secret_access_key: "s".to_owned(),
            ..AwsConfig::default()
        };
        let aws = crate::aws::sdk_config(&config, SharedHttpClient::new(store.clone()));
        let hands = Hands::default();
        let client = aws_sdk_secretsmanager::Client::new(&aws);
        let secrets = Secrets::new(client, "shop".to_owned(), Arc::new(hands.clone()));
        Self { secrets, store, hands }
    }

    async fn key(&self) -> Result<String, SecretError> {
        let key = |value: &Value, _: &mut Vec<Fault>| Ok(value["key"].as_str().unwrap().to_owned());
        self.secrets.read("s", key).await
    }

    fn pass(&self, seconds: i64) {
        self.hands.0.fetch_add(seconds, Ordering::SeqCst);
    }

    fn asked(&self) -> usize {
        self.store.asked.load(Ordering::SeqCst)
    }
}

fn refusal(kind: &str, message: &str) -> Value {
    json!({ "__type": kind, "Message": message })
}

fn keys(text: &str) -> Result<(usize, Vec<String>), String> {
    let mut faults = Vec::new();
    let read = parse(text).and_then(|value| Keys::read(&value, &mut faults, wrong_with));
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    match read {
        Ok(keys) => Ok((keys.live(Hands::default().now()).unwrap().len(), faults)),
        Err(fault) => Err(fault.to_string()),
    }
}

#[tokio::test]
async fn a_good_secret_is_kept_until_another_was_read() {
    let old = r#"{"key":"old"}"#;
    let desk = Desk::of(&[Some(old), None, None, Some(r#"{"key":"new"}"#)]);
    assert_eq!(desk.key().await.unwrap(), "old");
    desk.pass(31);
    assert!(desk.secrets.doubt("s"), "it may have been rotated");
    assert_eq!((desk.key().await.unwrap().as_str(), desk.asked()), ("old", 2));
    assert!(!desk.secrets.doubt("s"), "the store has just failed");
    assert_eq!((desk.key().await.unwrap().as_str(), desk.asked()), ("old", 2));
    desk.pass(300);
    assert_eq!((desk.key().await.unwrap().as_str(), desk.asked()), ("old", 3));
    desk.pass(5);
    assert_eq!((desk.key().await.unwrap().as_str(), desk.asked()), ("new", 4));
    assert_eq!((desk.key().await.unwrap().as_str(), desk.asked()), ("new", 4));
}

#[tokio::test]
async fn a_store_that_has_just_failed_is_left_alone() {
    let desk = Desk::of(&[None, Some(r#"{"key":"k"}"#)]);
    assert!(matches!(desk.key().await, Err(SecretError::Unavailable { .. })));
    assert!(matches!(desk.key().await, Err(SecretError::Unavailable { .. })));
    assert_eq!(desk.asked(), 1);
    desk.pass(5);
    assert_eq!((desk.key().await.unwrap().as_str(), desk.asked()), ("k", 2));
}

#[tokio::test]
async fn a_mismatch_reloads_a_secret_once_in_half_a_minute() {
    let desk = Desk::of(&[Some(r#"{"key":"k"}"#)]);
    assert!(!desk.secrets.doubt("s"), "never read");
    desk.key().await.unwrap();
    assert!(!desk.secrets.doubt("s"));
    desk.pass(31);
    assert!(desk.secrets.doubt("s"));
    desk.key().await.unwrap();
    assert!(!desk.secrets.doubt("s"));
    assert_eq!(desk.asked(), 2);
}

#[tokio::test]
async fn a_secret_that_cannot_be_used_is_read_again_once_in_half_a_minute() {
    let desk = Desk::of(&[Some("no json"), Some(r#"{"key":"k"}"#)]);
    assert!(matches!(desk.key().await, Err(SecretError::Unusable { .. })));
    desk.pass(30);
    assert!(matches!(desk.key().await, Err(SecretError::Unusable { .. })));
    assert_eq!(desk.asked(), 1);
    desk.pass(1);
    assert_eq!((desk.key().await.unwrap().as_str(), desk.asked()), ("k", 2));
}

#[tokio::test]
async fn a_secret_without_a_text_is_a_placeholder_only_if_it_never_had_one() {
    let none = "Secrets Manager can't find the specified secret";
    let never = format!("{none} value for staging label: AWSCURRENT");
    let cases = [
        (400, refusal("ResourceNotFoundException", &never), true, "still a placeholder"),
        (400, refusal("ResourceNotFoundException", none), false, "gone: there is no such secret"),
        (
            400,
            refusal("InvalidRequestException", "-"),
            false,
            "gone: the secret is marked as deleted",
        ),
        (200, json!({ "Name": "s", "SecretBinary": "e30=" }), false, "binary and not text"),
    ];
    for (status, body, placeholder, why) in cases {
        let desk = Desk::answering([(status, body)]);
        let Err(SecretError::Unusable { secret, fault }) = desk.key().await else {
            panic!("{why}: it has a value");
        };
        assert_eq!((secret.as_str(), fault.to_string()), ("s", format!("its value is {why}")));
        assert_eq!(fault.is_a_placeholder(), placeholder, "{why}");
    }
}

#[test]
fn stray_characters_around_values_are_trimmed() {
    let plain = format!(r#"{{"key":"{GOOD}"}}"#);
    let quoted = Value::String(plain.clone()).to_string();
    let around = [
        plain.clone(),
        format!("\u{feff}{plain}"),
        format!("  {plain}\r\n"),
        format!("'{plain}'"),
        format!("\"{plain}\""),
        format!("`{plain}`"),
        quoted,
        plain.replace(GOOD, &format!(" {GOOD}\\n")),
        plain.replace(GOOD, &format!("\u{feff}{GOOD}\u{200b}")),
        plain.replace(GOOD, &format!("'{GOOD}'")),
        plain.replace(GOOD, &format!("\\\"{GOOD}\\\"")),
        plain.replace(GOOD, &format!("“{GOOD}”")),
    ];
    for text in around {
        assert_eq!(keys(&text), Ok((1, Vec::new())), "{text}");
    }
}

#[test]
fn one_unreadable_key_costs_that_key_only_and_is_named_without_its_value() {
    let with = |other: Value| json!({ "keys": [other, { "key": GOOD }] }).to_string();
    let cases = [
        (
            json!({ "key": "whsec_hush%" }),
            "keys[0].key is not base64, with or without whsec_ before it",
        ),
        (json!({ "key": ["hush"] }), "keys[0].key is not a string"),
        (json!("hush"), "keys[0] is not an object"),
        (json!({ "key": GOOD, "not_after": "hush" }), "keys[0].not_after is not a date (RFC 3339)"),
        (json!({ "key": GOOD, "notAfter": "2026" }), "keys[0].notAfter is not a field of a key"),
        (json!({ "key": "REPLACE_ME" }), "keys[0].key is still a placeholder"),
        (json!({ "key": "" }), "keys[0].key is empty"),
        (json!({ "kee": GOOD }), "keys[0].key is missing"),
    ];
    for (other, fault) in cases {
        assert_eq!(keys(&with(other)), Ok((1, vec![fault.to_owned()])));
    }
}

#[test]
fn a_secret_without_a_usable_key_names_what_is_wrong() {
    let cases = [
        ("", "its value is empty"),
        (" \u{feff}", "its value is empty"),
        ("REPLACE_ME", "its value is still a placeholder"),
        ("\"REPLACE_ME\"", "its value is still a placeholder"),
        ("hush", "its value is not JSON"),
        (r#"["hush"]"#, "its value is not a JSON object"),
        ("{}", "keys is missing or empty"),
        (r#"{"keys":[]}"#, "keys is missing or empty"),
        (r#"{"kee":"hush"}"#, "keys is missing or empty"),
        (r#"{"keys":"hush"}"#, "keys is not a list"),
        (r#"{"keys":[{"key":"REPLACE_ME"}]}"#, "keys is still a placeholder"),
        (r#"{"keys":[{"key":"REPLACE_ME"},{}]}"#, "keys[1].key is missing"),
        (r#"{"key":"hush%"}"#, "key is not base64, with or without whsec_ before it"),
        (r#"{"key":"hush","url":17}"#, "url is not a string"),
    ];
    for (text, fault) in cases {
        assert_eq!(keys(text), Err(fault.to_owned()), "{text}");
    }
}
