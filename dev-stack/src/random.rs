//! Random ids and keys.

use data_encoding::BASE64;

/// Bytes of a signing key, as Standard Webhooks recommends them.
const KEY_BYTES: usize = 32;

/// A random UUID.
pub(crate) fn uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// 32 random hexadecimal digits: an id that cannot be guessed.
pub(crate) fn hex() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// A random signing key in base64.
pub(crate) fn key() -> Result<String, getrandom::Error> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(BASE64.encode(&bytes))
}
