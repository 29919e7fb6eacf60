//! The idempotency key of a request, and the fingerprint of its content.

use serde::{Deserialize, Serialize};

use super::digest::digest;

const KEY_CHARS_MAX: usize = 255;

/// 1 to 255 visible ASCII characters without commas, chosen by the caller. API Gateway joins repeated
/// headers with a comma.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key is 1 to 255 visible ASCII characters without a comma")]
pub struct KeyError;

impl Key {
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let may_be_in_a_key = |byte: u8| byte.is_ascii_graphic() && byte != b',';
        let well_formed =
            (1..=KEY_CHARS_MAX).contains(&text.len()) && text.bytes().all(may_be_in_a_key);
        if well_formed { Ok(Self(text.to_owned())) } else { Err(KeyError) }
    }

    /// The regular expression of the texts that `parse` accepts: `!` to `~` are the visible ASCII characters,
    /// and the comma lies between `+` and `-`.
    #[cfg(feature = "openapi")]
    pub fn pattern() -> String {
        format!("^[!-+.-~-]{{1,{KEY_CHARS_MAX}}}$")
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The full hash of the key within `scope` (a route and its subject). Ids hold only a part of it, so only
    /// the full hash distinguishes a retry from a collision.
    pub fn hash(&self, scope: &str) -> KeyHash {
        KeyHash(hex(&digest(&["quittance/key/1", scope, &self.0])))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyHash(String);

/// SHA-256 of a route and the canonical JSON sent to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    pub fn of(route: &str, canonical_json: &str) -> Self {
        Self(hex(&digest(&["quittance/request/1", route, canonical_json])))
    }

    /// Replaces a fingerprint that could reveal what was sent to somebody who tries guesses.
    pub fn erased() -> Self {
        Self(String::new())
    }

    pub fn is_erased(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `asked` may repeat the request of this fingerprint. Once it is erased, the key alone decides.
    pub fn is_of(&self, asked: &Self) -> bool {
        self.is_erased() || self == asked
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
