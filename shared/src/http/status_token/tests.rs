use proptest::prelude::*;

use super::{TokenError, sign, verify};

const KEY: &[u8] = b"0123456789abcdef0123456789abcdef";
const OTHER: &[u8] = b"another key, another key, another";
const PAYMENT: &str = "PAY_7Q2M9X4KD1T8V3N6B0ZC4H9K2A";
const EXP: i64 = 1_767_225_600;

fn check(token: &str, payment_id: &str, now: i64) -> Result<(), TokenError> {
    verify([("k2", OTHER), ("k1", KEY), ("k0", b"")], token, payment_id, now)
}

#[test]
fn a_token_is_good_until_its_end() {
    let token = sign("k1", KEY, PAYMENT, EXP);
    assert!(token.starts_with("v1.k1.1767225600."), "{token}");
    assert_eq!(check(&token, PAYMENT, EXP - 1), Ok(()));
    assert_eq!(check(&token, PAYMENT, EXP), Err(TokenError::Expired));
}

#[test]
fn the_format_stays_as_it_is_because_browsers_hold_tokens_for_days() {
    let token = sign("k1", KEY, PAYMENT, EXP);
    assert_eq!(token, "v1.k1.1767225600.nSeUF7XoWXf5NXWP5oBqMZyO43G0o8yHbkKTUp4x_fE");
}

#[test]
fn a_token_opens_its_own_payment_only() {
    let token = sign("k1", KEY, PAYMENT, EXP);
    let other = PAYMENT.replace('A', "B");
    assert_eq!(check(&token, &other, 0), Err(TokenError::WrongSignature));
    assert_eq!(
        check(&sign("k1", OTHER, PAYMENT, EXP), PAYMENT, 0),
        Err(TokenError::WrongSignature)
    );
    assert_eq!(check(&sign("k9", KEY, PAYMENT, EXP), PAYMENT, 0), Err(TokenError::UnknownKey));
    assert_eq!(check(&token.replace(".k1.", ".k2."), PAYMENT, 0), Err(TokenError::WrongSignature));
    assert_eq!(
        check(&token.replace("5600.", "5601."), PAYMENT, 0),
        Err(TokenError::WrongSignature)
    );
}

#[test]
fn two_keys_of_one_name_both_open() {
    let both = [("k2", OTHER), ("k2", KEY)];
    for key in [KEY, OTHER] {
        assert_eq!(verify(both, &sign("k2", key, PAYMENT, EXP), PAYMENT, 0), Ok(()));
    }
    let strange = sign("k2", b"a third key", PAYMENT, EXP);
    assert_eq!(verify(both, &strange, PAYMENT, 0), Err(TokenError::WrongSignature));
}

#[test]
fn an_empty_key_opens_nothing() {
    let token = sign("k0", b"", PAYMENT, EXP);
    assert_eq!(check(&token, PAYMENT, 0), Err(TokenError::UnknownKey));
}

#[test]
fn a_key_id_may_hold_a_full_stop() {
    let token = sign("2026.11", KEY, PAYMENT, EXP);
    assert_eq!(verify([("2026.11", KEY)], &token, PAYMENT, 0), Ok(()));
}

#[test]
fn a_token_has_one_spelling() {
    let token = sign("k1", KEY, PAYMENT, EXP);
    for other in [
        token.replace(".1767", ".+1767"),
        token.replace(".1767", ".01767"),
        token.replace("v1", "V1"),
        format!("{token}="),
        format!("{token} "),
        format!("{token}.{}", "x".repeat(600)),
        String::new(),
        "v1.".to_owned(),
        "v1...".to_owned(),
        "v1.k1.99999999999999999999.AAAA".to_owned(),
    ] {
        assert_eq!(check(&other, PAYMENT, 0), Err(TokenError::Malformed), "{other}");
    }
    assert_eq!(check("v1.k1.0.", PAYMENT, -1), Err(TokenError::WrongSignature));
}

#[test]
fn every_altered_bit_is_refused() {
    let token = sign("k1", KEY, PAYMENT, EXP);
    for bit in 0..token.len() * 8 {
        let mut altered = token.clone().into_bytes();
        altered[bit / 8] ^= 1 << (bit % 8);
        // A header's text is always UTF-8.
        let Ok(altered) = String::from_utf8(altered) else { continue };
        assert!(check(&altered, PAYMENT, 0).is_err(), "{altered}");
    }
}

proptest! {
    #[test]
    fn any_altered_character_is_refused(place: prop::sample::Index, with in "[ -~é]") {
        let token = sign("k1", KEY, PAYMENT, EXP);
        let place = place.index(token.len());
        let mut other = token.clone();
        other.replace_range(place..=place, &with);
        prop_assert_eq!(check(&other, PAYMENT, 0).is_ok(), other == token);
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,80}", like in "v1\\.[k1.]{0,4}\\.[0-9+-]{0,22}\\.[A-Za-z0-9_=-]{0,50}") {
        prop_assert!(check(&text, PAYMENT, 0).is_err());
        prop_assert!(check(&like, PAYMENT, 0).is_err());
    }

    #[test]
    fn every_payment_and_end_has_its_own_token(
        a in "[A-Z0-9_\0]{0,6}", b in "[A-Z0-9_\0]{0,6}", x: i64, y: i64,
    ) {
        prop_assert_eq!(sign("k", KEY, &a, x) == sign("k", KEY, &b, y), a == b && x == y);
    }
}
