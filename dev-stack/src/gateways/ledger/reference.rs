//! The merchant's own name for a payment or a refund.

use serde::Deserialize;

const BYTES_MAX: usize = 64;

#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Reference(pub(crate) String);

impl TryFrom<String> for Reference {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = (1..=BYTES_MAX).contains(&text.len());
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if fits && text.bytes().all(plain) {
            Ok(Self(text))
        } else {
            Err("a reference must be 1 to 64 letters, digits, _ or -")
        }
    }
}
