//! Checks the signature of a confirmation, as Standard Webhooks describes it.
//!
//! Independent of the bundle's signing code, as a merchant's check would be.

use axum::http::HeaderMap;
use data_encoding::{BASE64, BASE64_NOPAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How far a timestamp may be off in either direction, so that an old recording cannot be replayed.
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

/// The keys in the delivery secret that are still valid: `{"keys":[{"key","not_after"}]}`, or
/// `{"key"}`, each with an optional `not_after`. A key whose `not_after` cannot be read has expired.
pub(crate) fn keys(secret: &Value, now_ms: i64) -> Vec<String> {
    let ended = |entry: &&Value| {
        let end = entry.get("not_after").filter(|end| !end.is_null());
        end.is_some_and(|end| {
            let end = end.as_str().and_then(|end| OffsetDateTime::parse(end, &Rfc3339).ok());
            end.is_none_or(|end| now_ms.div_euclid(1000) >= end.unix_timestamp())
        })
    };
    let listed = secret["keys"].as_array().into_iter().flatten();
    let entries = listed.chain([secret]).filter(|entry| !ended(entry));
    entries.filter_map(|entry| entry["key"].as_str().map(str::to_owned)).collect()
}

fn decoded(key: &str) -> Option<Vec<u8>> {
    let base64 = key.strip_prefix("whsec_")?.trim_end_matches('=');
    BASE64_NOPAD.decode(base64.as_bytes()).ok().filter(|key| !key.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::keys;

    #[test]
    fn a_key_signs_until_its_end() {
        let secret = json!({ "keys": [
            { "key": "new", "not_after": null }, { "key": "newer" },
            { "key": "old", "not_after": "2026-01-01T00:00:01Z" },
            { "key": "elsewhere", "not_after": "2026-01-01T01:00:01+01:00" },
            { "key": "odd", "not_after": "tomorrow" }, { "key": "odder", "not_after": 5 },
        ] });
        let end_ms = 1_767_225_601_000;
        assert_eq!(keys(&secret, end_ms - 1), ["new", "newer", "old", "elsewhere"]);
        assert_eq!(keys(&secret, end_ms), ["new", "newer"]);
        assert_eq!(keys(&json!({ "key": "one" }), end_ms), ["one"]);
        let beside = json!({
            "key": "old", "not_after": "2026-01-01T00:00:01Z", "keys": [{ "key": "new" }],
        });
        assert_eq!(keys(&beside, end_ms - 1), ["new", "old"]);
        assert_eq!(keys(&beside, end_ms), ["new"]);
    }
}
