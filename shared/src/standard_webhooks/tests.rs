use proptest::prelude::*;
use serde_json::Value;

use super::{Headers, NotAKey, SigningKey, VerifyError, sign, verify};

const VECTORS: &str = include_str!("../fixtures/standard-webhooks.json");
const ID: &str = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
const NOW: i64 = 1_767_225_600;
const BODY: &[u8] = br#"{"type":"payment.completed","data":{"amount":7500}}"#;

fn key(text: &str) -> SigningKey {
    SigningKey::parse(text).unwrap()
}

fn old() -> SigningKey {
    key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
}

fn new() -> SigningKey {
    key("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
}

fn check(keys: &[SigningKey], signature: &str, now: i64) -> Result<(), VerifyError> {
    let timestamp = NOW.to_string();
    let headers = Headers { id: Some(ID), timestamp: Some(&timestamp), signature: Some(signature) };
    verify(keys, headers, BODY, now)
}

#[test]
fn we_agree_with_the_reference_library_on_every_vector() {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert!(vectors.len() >= 9);
    for vector in vectors {
        let header = |name: &str| vector["headers"][name].as_str();
        let headers = Headers {
            id: header(super::ID),
            timestamp: header(super::TIMESTAMP),
            signature: header(super::SIGNATURE),
        };
        let keys = [key(vector["secret"].as_str().unwrap())];
        let (body, now) = (vector["body"].as_str().unwrap(), vector["now_unix"].as_i64().unwrap());
        let verdict = verify(&keys, headers, body.as_bytes(), now);
        assert_eq!(verdict.is_ok(), vector["valid"].as_bool().unwrap(), "{}", vector["id"]);
        if verdict.is_ok() {
            let timestamp = headers.timestamp.unwrap().parse().unwrap();
            let signed = sign(&keys, headers.id.unwrap(), timestamp, body.as_bytes());
            assert_eq!(Some(signed.as_str()), headers.signature, "{}", vector["id"]);
        }
    }
}

#[test]
fn during_a_rotation_either_key_verifies() {
    let both = sign(&[new(), old()], ID, NOW, BODY);
    assert_eq!(both.split(' ').count(), 2);
    assert_eq!(check(&[old()], &both, NOW), Ok(()));
    assert_eq!(check(&[new()], &both, NOW), Ok(()));
    let one = sign(&[old()], ID, NOW, BODY);
    assert_eq!(check(&[new(), old()], &one, NOW), Ok(()));
    assert_eq!(check(&[new()], &one, NOW), Err(VerifyError::WrongSignature));
    assert_eq!(check(&[], &one, NOW), Err(VerifyError::WrongSignature));
}

#[test]
fn five_minutes_either_way_are_tolerated() {
    let signature = sign(&[old()], ID, NOW, BODY);
    for seconds in [-300, 0, 300] {
        assert_eq!(check(&[old()], &signature, NOW + seconds), Ok(()));
    }
    for seconds in [-301, 301, i64::MIN / 2, i64::MAX / 2] {
        let verdict = check(&[old()], &signature, NOW.saturating_add(seconds));
        assert_eq!(verdict, Err(VerifyError::StaleTimestamp));
    }
}

#[test]
fn signatures_of_other_versions_are_skipped() {
    let v1 = sign(&[old()], ID, NOW, BODY);
    let value = v1.trim_start_matches("v1,");
    let good = [format!("v1a,{value} {v1}"), format!("v2,x  , v1, {v1} v1,%%")];
    for header in good {
        assert_eq!(check(&[old()], &header, NOW), Ok(()), "{header}");
    }
    let unpadded = v1.trim_end_matches('=');
    assert_eq!(check(&[old()], unpadded, NOW), Ok(()));
    for header in [value, &format!("v1a,{value}"), &format!("v2,{value}"), "v1,", "", "v1"] {
        assert_eq!(check(&[old()], header, NOW), Err(VerifyError::WrongSignature), "{header}");
    }
}

#[test]
fn a_timestamp_is_a_number_and_every_header_is_there() {
    let headers = Headers { id: Some(ID), timestamp: Some("1.5"), signature: Some("v1,AAAA") };
    let malformed = Err(VerifyError::MalformedTimestamp);
    for timestamp in ["1.5", "", " 1", "1e9", "99999999999999999999", "now"] {
        let headers = Headers { timestamp: Some(timestamp), ..headers };
        assert_eq!(verify(&[old()], headers, BODY, NOW), malformed, "{timestamp}");
    }
    let missing = Err(VerifyError::MissingHeader);
    assert_eq!(verify(&[old()], Headers { id: None, ..headers }, BODY, NOW), missing);
    assert_eq!(verify(&[old()], Headers { timestamp: None, ..headers }, BODY, NOW), missing);
    assert_eq!(verify(&[old()], Headers { signature: None, ..headers }, BODY, NOW), missing);
}

#[test]
fn a_placeholder_is_no_key() {
    for text in ["", "whsec_", "REPLACE_ME", "whsec_REPLACE_ME", "whsec_ä", "whsec_A"] {
        assert_eq!(SigningKey::parse(text).unwrap_err(), NotAKey, "{text}");
    }
}

#[test]
fn a_key_is_read_with_or_without_prefix_and_padding() {
    let signature = sign(&[new()], ID, NOW, BODY);
    for text in [
        "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY",
        "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY",
    ] {
        assert_eq!(check(&[key(text)], &signature, NOW), Ok(()), "{text}");
    }
}

#[test]
fn a_key_shows_nothing() {
    assert_eq!(format!("{:?}", old()), "SigningKey(..)");
}

#[test]
fn every_altered_bit_is_refused() {
    let timestamp = NOW.to_string();
    let signature = sign(&[old()], ID, NOW, BODY);
    let parts = [ID.as_bytes(), timestamp.as_bytes(), signature.as_bytes(), BODY];
    for part in 0..parts.len() {
        for bit in 0..parts[part].len() * 8 {
            let mut parts = parts.map(<[u8]>::to_vec);
            parts[part][bit / 8] ^= 1 << (bit % 8);
            let [id, timestamp, signature, body] = &parts;
            let headers = Headers {
                id: str::from_utf8(id).ok(),
                timestamp: str::from_utf8(timestamp).ok(),
                signature: str::from_utf8(signature).ok(),
            };
            assert!(verify(&[old()], headers, body, NOW).is_err(), "part {part}, bit {bit}");
        }
    }
}

proptest! {
    #[test]
    fn any_altered_byte_is_refused(part in 0..4_usize, place: prop::sample::Index, flip in 1..=255_u8) {
        let timestamp = NOW.to_string();
        let signature = sign(&[old()], ID, NOW, BODY);
        let mut parts =
            [ID.as_bytes(), timestamp.as_bytes(), signature.as_bytes(), BODY].map(<[u8]>::to_vec);
        let place = place.index(parts[part].len());
        parts[part][place] ^= flip;
        let [id, timestamp, signature, body] = &parts;
        let headers = Headers {
            id: str::from_utf8(id).ok(),
            timestamp: str::from_utf8(timestamp).ok(),
            signature: str::from_utf8(signature).ok(),
        };
        prop_assert!(verify(&[old()], headers, body, NOW).is_err());
    }

    #[test]
    fn what_is_signed_verifies(body: Vec<u8>, secret in prop::collection::vec(any::<u8>(), 1..80)) {
        let keys = [key(&data_encoding::BASE64.encode(&secret))];
        let signature = sign(&keys, ID, NOW, &body);
        let timestamp = NOW.to_string();
        let headers =
            Headers { id: Some(ID), timestamp: Some(&timestamp), signature: Some(&signature) };
        prop_assert_eq!(verify(&keys, headers, &body, NOW), Ok(()));
    }

    #[test]
    fn no_header_makes_it_panic(id in ".{0,20}", timestamp in "[0-9.+-]{0,22}", signature in ".{0,60}") {
        let headers =
            Headers { id: Some(&id), timestamp: Some(&timestamp), signature: Some(&signature) };
        prop_assert!(verify(&[old()], headers, b"", NOW).is_err());
    }
}
