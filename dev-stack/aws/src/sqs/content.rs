//! The content of a message: which bodies and attributes are allowed, how long they are, their MD5.

use std::collections::BTreeMap;

use data_encoding::{BASE64, HEXLOWER};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use super::error::SqsError;

const ATTRIBUTES_MAX: usize = 10;
const ATTRIBUTE_NAME_MAX: usize = 256;
/// The most characters of group and deduplication ids.
const ID_MAX: usize = 128;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MessageAttribute {
    pub data_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
    /// In base64, as it is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary_value: Option<String>,
}

pub type MessageAttributes = BTreeMap<String, MessageAttribute>;

impl MessageAttribute {
    /// The bytes of the value, and the digit that marks text or binary in its MD5.
    fn value(&self) -> Option<(u8, Vec<u8>)> {
        let kind = self.data_type.split('.').next();
        match (kind, &self.string_value, &self.binary_value) {
            (Some("String"), Some(text), None) => Some((1, text.clone().into_bytes())),
            (Some("Number"), Some(text), None) if is_number(text) => {
                Some((1, text.clone().into_bytes()))
            }
            (Some("Binary"), None, Some(base64)) => {
                BASE64.decode(base64.as_bytes()).ok().map(|bytes| (2, bytes))
            }
            _ => None,
        }
        .filter(|(_, bytes)| !bytes.is_empty())
    }
}

fn is_number(text: &str) -> bool {
    // `parse` alone would take "inf" and "nan" too.
    text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)) && text.parse::<f64>().is_ok()
}

/// The length that counts against the queue's limit, if everything in it is allowed.
pub(super) fn checked_length(
    body: &str,
    attributes: &MessageAttributes,
) -> Result<usize, SqsError> {
    if body.is_empty() {
        return Err(SqsError::MissingParameter("MessageBody".to_owned()));
    }
    if attributes.len() > ATTRIBUTES_MAX {
        let reason = format!("At most {ATTRIBUTES_MAX} attributes are allowed.");
        return Err(SqsError::parameter("MessageAttributes", &attributes.len(), reason));
    }
    let mut length = body.len();
    for (name, attribute) in attributes {
        let invalid = |reason: &str| SqsError::parameter("MessageAttributes", &name, reason);
        if !is_attribute_name(name) {
            return Err(invalid("The name is not allowed."));
        }
        let Some((_, value)) = attribute.value() else {
            return Err(invalid("The value is empty or not of its DataType."));
        };
        length = length.saturating_add(name.len() + attribute.data_type.len() + value.len());
    }
    let texts = attributes.values().filter_map(|attribute| attribute.string_value.as_deref());
    if texts.chain([body]).all(|text| text.chars().all(is_allowed)) {
        Ok(length)
    } else {
        Err(SqsError::InvalidMessageContents)
    }
}

/// The characters of XML 1.0. A `char` is never a surrogate, so that gap needs no check.
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

fn is_attribute_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    (1..=ATTRIBUTE_NAME_MAX).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
        && !lower.starts_with("aws.")
        && !lower.starts_with("amazon.")
}

/// A group or deduplication id: letters, digits and punctuation.
pub(super) fn check_id(parameter: &'static str, id: &str) -> Result<(), SqsError> {
    if (1..=ID_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(());
    }
    let reason = format!(
        "{parameter} can only include alphanumeric and punctuation characters. 1 to {ID_MAX} in length."
    );
    Err(SqsError::parameter(parameter, &id, reason))
}

pub(super) fn md5_of_body(body: &str) -> String {
    HEXLOWER.encode(&Md5::digest(body))
}

/// SQS's own recipe: sorted by name; each text after its length, and a value also after its kind.
pub(super) fn md5_of_attributes(attributes: &MessageAttributes) -> Option<String> {
    fn update(md5: &mut Md5, bytes: &[u8]) {
        md5.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        md5.update(bytes);
    }
    let mut md5 = Md5::new();
    for (name, attribute) in attributes {
        let (kind, value) = attribute.value().unwrap_or_default();
        update(&mut md5, name.as_bytes());
        update(&mut md5, attribute.data_type.as_bytes());
        md5.update([kind]);
        update(&mut md5, &value);
    }
    (!attributes.is_empty()).then(|| HEXLOWER.encode(&md5.finalize()))
}
