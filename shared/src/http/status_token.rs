//! The token with which a shopper's browser reads the status of one payment and nothing else:
//! `v1.<key id>.<exp>.<HMAC-SHA256 in base64url>`.

#[cfg(test)]
mod tests;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const VERSION: &str = "v1.";

/// Longer than any of our tokens, so that a hostile one costs nothing.
const LENGTH_MAX: usize = 512;

/// Why a token is refused. The client gets a 401 for all of these. `UnknownKey` and `WrongSignature` may also
/// mean that our keys are older than the token.
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

/// A token for `payment_id` that is valid until `exp`, in Unix seconds.
pub fn sign(key_id: &str, key: &[u8], payment_id: &str, exp: i64) -> String {
    let signature = mac(key, payment_id, exp).finalize().into_bytes();
    format!("{VERSION}{key_id}.{exp}.{}", BASE64URL_NOPAD.encode(&signature))
}

/// Checks `token` against the key that it names among those in use, given as (id, key). If several keys have
/// that id, each is tried.
pub fn verify<'k>(
    keys: impl IntoIterator<Item = (&'k str, &'k [u8])>,
    token: &str,
    payment_id: &str,
    now: i64,
) -> Result<(), TokenError> {
    let Token { key_id, exp, signature } = Token::parse(token).ok_or(TokenError::Malformed)?;
    // Everybody would know an empty key.
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
    /// Each token has only one spelling: `exp` without sign or leading zeros, base64 without trailing bits.
    fn parse(token: &'t str) -> Option<Self> {
        let rest = token.strip_prefix(VERSION).filter(|_| token.len() <= LENGTH_MAX)?;
        let (rest, signature) = rest.rsplit_once('.')?;
        let (key_id, exp_text) = rest.rsplit_once('.')?;
        let exp: i64 = exp_text.parse().ok()?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).ok()?;
        (exp.to_string() == exp_text).then_some(Self { key_id, exp, signature })
    }
}

/// Signs `status`, the payment and `exp`, separated by zero bytes. Whatever the payment's id contains, the
/// last zero byte comes before `exp`, which is a number, so the parts cannot be confused.
fn mac(key: &[u8], payment_id: &str, exp: i64) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.chain_update(format!("status\0{payment_id}\0{exp}"))
}
