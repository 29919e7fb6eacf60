//! The token with which a shopper's browser reads the status of one payment, and nothing else:
//! `v1.<key id>.<exp>.<HMAC-SHA256 in base64url>`.

#[cfg(test)]
mod tests;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const VERSION: &str = "v1.";

/// Longer than any token of ours, so that a hostile one costs nothing.
const LENGTH_MAX: usize = 512;

/// Why a token does not open a payment. All are a 401 to the client; `UnknownKey` and
/// `WrongSignature` may also mean that our keys are older than the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("the status token is not of the form v1.<key id>.<exp>.<signature>")]
    Malformed,
    #[error("the status token names a key that is not in use")]
    UnknownKey,
    #[error("the status token is not for this payment, or was altered")]
    WrongSignature,
    #[error("the status token has expired")]
    Expired,
}

/// A token for `payment_id` that is good before `exp`, in seconds of Unix time.
pub fn sign(key_id: &str, key: &[u8], payment_id: &str, exp: i64) -> String {
    let signature = mac(key, payment_id, exp).finalize().into_bytes();
    format!("{VERSION}{key_id}.{exp}.{}", BASE64URL_NOPAD.encode(&signature))
}

/// Checks `token` against the key that it names, among those in use as (id, key). If several keys share the
/// name, each is tried.
pub fn verify<'k>(
    keys: impl IntoIterator<Item = (&'k str, &'k [u8])>,
    token: &str,
    payment_id: &str,
    now: i64,
) -> Result<(), TokenError> {
    let Token { key_id, exp, signature } = Token::parse(token).ok_or(TokenError::Malformed)?;
    // An empty key would be known to everybody.
    let in_use = |(id, key): &(&str, &[u8])| *id == key_id && !key.is_empty();
    let mut named = keys.into_iter().filter(in_use).peekable();
    named.peek().ok_or(TokenError::UnknownKey)?;
    // `verify_slice` takes the same time wherever the first wrong byte is.
    if !named.any(|(_, key)| mac(key, payment_id, exp).verify_slice(&signature).is_ok()) {
        return Err(TokenError::WrongSignature);
    }
    if now < exp { Ok(()) } else { Err(TokenError::Expired) }
}

struct Token<'t> {
    key_id: &'t str,
    exp: i64,
    signature: Vec<u8>,
}

impl<'t> Token<'t> {
    /// Each token has one spelling: `exp` without sign or leading zeros, base64 without slack.
    fn parse(token: &'t str) -> Option<Self> {
        let rest = token.strip_prefix(VERSION).filter(|_| token.len() <= LENGTH_MAX)?;
        let (rest, signature) = rest.rsplit_once('.')?;
        let (key_id, exp_text) = rest.rsplit_once('.')?;
        let exp: i64 = exp_text.parse().ok()?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).ok()?;
        (exp.to_string() == exp_text).then_some(Self { key_id, exp, signature })
    }
}

/// Over `status`, the payment and the end, apart by a byte that is in none of them: whatever the
/// payment's id may be, the last such byte begins the end, which is a number.
fn mac(key: &[u8], payment_id: &str, exp: i64) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.chain_update(format!("status\0{payment_id}\0{exp}"))
}
