//! Laws of the cards of every brand, in any grouping.

use proptest::prelude::*;
use serde_json::Value;

use super::super::brands::{BRANDS, is_product_code};
use super::super::{Place, digit, find};
use super::{luhn_by_table, typed};

/// The digits of a card of any brand, the last one chosen to pass Luhn.
fn any_card() -> impl Strategy<Value = String> {
    let brand = (0..BRANDS.len(), any::<prop::sample::Index>(), any::<u64>(), any::<u64>());
    let card = brand.prop_map(|(brand, length, prefix, rest)| {
        let (prefixes, lengths) = &BRANDS[brand];
        let span = u64::from(prefixes.end() - prefixes.start() + 1);
        let prefix = u64::from(*prefixes.start()) + prefix % span;
        let length = lengths[length.index(lengths.len())];
        let digits = format!("{prefix}{rest:020}");
        let body = &digits[..length - 1];
        (0..10).map(|check| format!("{body}{check}")).find(|card| luhn_by_table(card)).unwrap()
    });
    card.prop_filter("a bar code", |card| {
        let digits: Vec<u8> = card.chars().filter_map(digit).collect();
        !is_product_code(&digits)
    })
}

fn grouped(card: &str, gaps: &[u8]) -> String {
    let mut text = String::new();
    for (digit, gap) in card.chars().zip(gaps.iter().chain(&[0; 19])) {
        match gap {
            1 | 2 if !text.is_empty() => text.push(' '),
            3 if !text.is_empty() => text.push('-'),
            4 if !text.is_empty() => text.push('.'),
            5 if !text.is_empty() => text.push_str("_\u{200b}"),
            _ => {}
        }
        text.push(digit);
    }
    text
}

proptest! {
    #[test]
    fn every_card_in_every_grouping_is_found(
        card in any_card(),
        gaps in prop::collection::vec(0_u8..6, 19),
        before in "([a-z]{0,3}[ ,.:;/(_]?)?",
        after in "([ ,.:;/)_]?[a-z]{0,3})?",
        expiry in "( [0-9]{2}/[0-9]{2}( [0-9]{3})?)?",
    ) {
        let text = format!("{before}{}{expiry}{after}", grouped(&card, &gaps));
        prop_assert!(typed(&text), "{text}");
    }

    #[test]
    fn no_number_that_fails_luhn_is_found(card in any_card(), place: prop::sample::Index) {
        let place = place.index(card.len());
        for digit in '0'..='9' {
            let mut other = card.clone();
            other.replace_range(place..=place, &digit.to_string());
            prop_assert_eq!(typed(&other) && other != card, false);
        }
    }

    #[test]
    fn no_short_or_long_number_is_found(digits in "[0-9]{1,11}|[0-9]{20,40}") {
        prop_assert!(!typed(&digits));
    }

    #[test]
    fn none_of_our_own_ids_is_found(
        kind in "ORD|PAY|RFD|CAP|VOI", order in "[0-9]{20}", attempt in "[0-9]{6}",
    ) {
        let ids = [format!("ORD_{order}"), format!("{kind}_{order}{attempt}")];
        prop_assert!(find(&Value::from(ids.to_vec()), |_| Place::Typed).is_empty());
    }
}
