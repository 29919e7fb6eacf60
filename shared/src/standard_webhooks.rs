//! Standard Webhooks: signs our confirmations and verifies the sandbox's events.

#[cfg(test)]
mod tests;

use std::fmt;

use data_encoding::{BASE64, BASE64_NOPAD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

pub const ID: &str = "webhook-id";
pub const TIMESTAMP: &str = "webhook-timestamp";
pub const SIGNATURE: &str = "webhook-signature";

/// How far a timestamp may be from now, either way, as in the reference libraries. Within it, a delivery can
/// be replayed, which is harmless: a fact that is merged twice is one fact.
pub const TOLERANCE_SECONDS: u64 = 300;

/// A symmetric key, written as base64 with or without the prefix `whsec_`.
pub struct SigningKey(SecretSlice<u8>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a webhook key is not base64, with or without `whsec_` before it")]
pub struct NotAKey;

/// The three headers of a delivery, as received.
#[derive(Clone, Copy, Debug, Default)]
pub struct Headers<'h> {
    pub id: Option<&'h str>,
    pub timestamp: Option<&'h str>,
    pub signature: Option<&'h str>,
}

/// Why a delivery is not authentic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    #[error("a header of the webhook's signature is missing")]
    MissingHeader,
    #[error("the webhook's timestamp is not a whole number of seconds")]
    MalformedTimestamp,
    #[error("the webhook's timestamp is more than {TOLERANCE_SECONDS} s from now")]
    StaleTimestamp,
    #[error("no signature of the webhook matches a key in use")]
    WrongSignature,
}

impl SigningKey {
    /// Padding may be missing, as in the reference libraries. An empty key is refused.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let base64 = text.strip_prefix("whsec_").unwrap_or(text);
        let key = decode(base64).filter(|key| !key.is_empty()).ok_or(NotAKey)?;
        Ok(Self(key.into()))
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).expect("any length");
        mac.chain_update(format!("{id}.{timestamp}.")).chain_update(body)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SigningKey(..)")
    }
}

/// What is wrong with the text of a key, if anything.
pub fn wrong_with(text: &str) -> Option<&'static str> {
    SigningKey::parse(text).err().map(|NotAKey| "is not base64, with or without whsec_ before it")
}

/// The value of `webhook-signature`: one signature for each key, so that a receiver can switch from the old
/// key to the new one at any time. `timestamp` is that of this attempt, in Unix seconds. Our ids contain no
/// full stop, so the signed text is unambiguous.
pub fn sign<'k>(
    keys: impl IntoIterator<Item = &'k SigningKey>,
    id: &str,
    timestamp: i64,
    body: &[u8],
) -> String {
    let timestamp = timestamp.to_string();
    let signature = |key: &SigningKey| {
        let mac = key.mac(id, &timestamp, body).finalize();
        format!("v1,{}", BASE64.encode(&mac.into_bytes()))
    };
    let signatures: Vec<String> = keys.into_iter().map(signature).collect();
    signatures.join(" ")
}

/// Checks that `body` was signed with one of `keys` around `now`, in Unix seconds. Signatures of other
/// versions are skipped.
pub fn verify<'k>(
    keys: impl IntoIterator<Item = &'k SigningKey>,
    headers: Headers<'_>,
    body: &[u8],
    now: i64,
) -> Result<(), VerifyError> {
    let Headers { id: Some(id), timestamp: Some(timestamp), signature: Some(signatures) } = headers
    else {
        return Err(VerifyError::MissingHeader);
    };
    let seconds: i64 = timestamp.parse().map_err(|_| VerifyError::MalformedTimestamp)?;
    if seconds.abs_diff(now) > TOLERANCE_SECONDS {
        return Err(VerifyError::StaleTimestamp);
    }
    let signatures: Vec<Vec<u8>> = signatures
        .split(' ')
        .filter_map(|signature| decode(signature.strip_prefix("v1,")?))
        .collect();
    // Every signature is compared with that of every key, to the end, so that timing reveals nothing.
    let mut matches = Choice::from(0);
    for key in keys {
        let expected = key.mac(id, timestamp, body).finalize().into_bytes();
        for signature in &signatures {
            matches |= expected.as_slice().ct_eq(signature);
        }
    }
    if matches.into() { Ok(()) } else { Err(VerifyError::WrongSignature) }
}

fn decode(base64: &str) -> Option<Vec<u8>> {
    let padded = BASE64.decode(base64.as_bytes());
    padded.or_else(|_| BASE64_NOPAD.decode(base64.as_bytes())).ok()
}
