//! Checks the signature of a confirmation, as Standard Webhooks describes it.
//!
//! On its own, as a merchant would: the bundle's code is not asked whether it signs well.

use axum::http::HeaderMap;
use data_encoding::{BASE64, BASE64_NOPAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

/// How far a timestamp may be off, both ways: what was recorded long ago is not replayed.
const TOLERANCE_S: i64 = 300;

/// The headers of a confirmation.
#[derive(Debug, Clone)]
pub(super) struct Envelope {
    pub(super) id: String,
    pub(super) timestamp: String,
    pub(super) signature: String,
}

impl Envelope {
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
        Some(Self {
            id: text("webhook-id").filter(|id| !id.is_empty())?,
            timestamp: text("webhook-timestamp")?,
            signature: text("webhook-signature")?,
        })
    }

    /// Whether one of the signatures was made with one of the keys, and recently.
    pub(super) fn is_genuine(&self, body: &[u8], keys: &[String], now_ms: i64) -> bool {
        let Ok(timestamp) = self.timestamp.parse::<i64>() else {
            return false;
        };
        let age_s = now_ms.div_euclid(1000).saturating_sub(timestamp);
        if age_s.saturating_abs() > TOLERANCE_S {
            return false;
        }
        keys.iter().filter_map(|key| decoded(key)).any(|key| self.is_signed_with(&key, body))
    }

    fn is_signed_with(&self, key: &[u8], body: &[u8]) -> bool {
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(key) else {
            return false;
        };
        let head = format!("{}.{}.", self.id, self.timestamp);
        let mac = mac.chain_update(head).chain_update(body);
        let signatures = self.signature.split(' ').filter_map(|entry| entry.strip_prefix("v1,"));
        signatures
            .filter_map(|signature| BASE64.decode(signature.as_bytes()).ok())
            .any(|signature| mac.clone().verify_slice(&signature).is_ok())
    }
}

/// The keys in the secret of deliveries: `{"keys":[{"key"}]}`, or `{"key"}`.
pub(super) fn keys(secret: &Value) -> Vec<String> {
    let listed = secret["keys"].as_array().into_iter().flatten().map(|entry| &entry["key"]);
    let keys = listed.chain([&secret["key"]]);
    keys.filter_map(|key| key.as_str().map(str::to_owned)).collect()
}

fn decoded(key: &str) -> Option<Vec<u8>> {
    let base64 = key.strip_prefix("whsec_")?.trim_end_matches('=');
    BASE64_NOPAD.decode(base64.as_bytes()).ok().filter(|key| !key.is_empty())
}
