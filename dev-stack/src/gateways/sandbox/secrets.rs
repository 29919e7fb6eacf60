//! The merchant's API key and the webhook secret, in types whose `Debug` shows nothing.

use std::fmt;

use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

pub struct ApiKey(String);

impl ApiKey {
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    pub(crate) fn matches(&self, presented: &str) -> bool {
        self.0.as_bytes().ct_eq(presented.as_bytes()).into()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(..)")
    }
}

pub struct WebhookSecret {
    signer: Hmac<Sha256>,
    token: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret must be `whsec_` followed by base64")]
pub struct MalformedSecret;

impl WebhookSecret {
    pub fn parse(text: &str) -> Result<Self, MalformedSecret> {
        let base64 = text.strip_prefix("whsec_").ok_or(MalformedSecret)?;
        let key = BASE64_NOPAD
            .decode(base64.trim_end_matches('=').as_bytes())
            .map_err(|_| MalformedSecret)?;
        Ok(Self {
            signer: Hmac::new_from_slice(&key).map_err(|_| MalformedSecret)?,
            token: HEXLOWER.encode(&Sha256::digest(text)),
        })
    }

    /// A secret that no merchant has.
    pub(crate) fn nobodys() -> Self {
        let key = hmac::digest::Key::<Hmac<Sha256>>::default();
        Self { signer: Hmac::new(&key), token: HEXLOWER.encode(&Sha256::digest("nobody's")) }
    }

    /// The `webhook-signature` of Standard Webhooks.
    pub(crate) fn sign(&self, event_id: &str, timestamp: i64, body: &str) -> String {
        let signed = format!("{event_id}.{timestamp}.{body}");
        let signature = self.signer.clone().chain_update(signed).finalize().into_bytes();
        format!("v1,{}", BASE64.encode(&signature))
    }

    /// What gateways without signatures send as `Authorization`: the same with every event. It is
    /// a hash, so that the secret itself is never sent.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(..)")
    }
}
