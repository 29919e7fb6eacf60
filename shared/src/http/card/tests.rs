use proptest::prelude::*;
use serde_json::{Value, json};

use super::{BRANDS, find, is_in, is_product_code};

/// Numbers that payment processors publish for tests.
const PUBLISHED: [&str; 25] = [
    "4111111111111111",
    "4242424242424242",
    "4222222222222",
    "5555555555554444",
    "5105105105105100",
    "2223003122003222",
    "2720990000000007",
    "378282246310005",
    "341111111111111",
    "30569309025904",
    "36227206271667",
    "38520000023237",
    "3530111333300000",
    "3566002020360505",
    "6011111111111117",
    "6445644564456445",
    "6200000000000005",
    "6205500000000000004",
    "8171999927660000",
    "6759649826438453",
    "6304000000000000",
    "6799990100000000019",
    "5000550000000029",
    "50339619890917",
    "6074819900004939",
];

#[test]
fn the_numbers_that_processors_publish_are_found() {
    for number in PUBLISHED {
        assert!(is_in(number), "{number}");
        assert!(is_in(&format!("card: {number}, please")), "{number}");
    }
}

#[test]
fn a_number_is_found_however_it_is_spelled() {
    for text in [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4-1-1-1 1111 1111-1111",
        "(4111111111111111)",
        "a 4111111111111111 b",
        "x_4111111111111111_x",
        "4111111111111111/123",
        "4111111111111111  12",
        "12--4111111111111111",
        "- 4111111111111111 -",
        "+4111111111111111",
        "4111\u{a0}1111\u{202f}1111\u{2011}1111",
        "４１１１１１１１１１１１１１１１",
        "४१११ ११११ ११११ ११११",
        "1 x 4111111111111111",
    ] {
        assert!(is_in(text), "{text}");
    }
}

#[test]
fn a_number_that_is_part_of_something_else_is_not_found() {
    for text in [
        "x4111111111111111",
        "4111111111111111x",
        "é4111111111111111",
        "94111111111111111",
        "41111111111111110",
        "4111 1111 1111 1111 12",
        "4111111111111112",
        "411111111111111",
        "4111.1111.1111.1111",
        "",
        " - ",
    ] {
        assert!(!is_in(text), "{text}");
    }
}

#[test]
fn numbers_of_orders_and_phones_and_products_are_accepted_though_they_pass_luhn() {
    for text in [
        "79927398713",      // the example in most texts on Luhn
        "1234567812345670", // orders
        "7000000000000005",
        "9000000000000001",
        "202611200000008",
        "1763629200009",    // milliseconds
        "1763629200000009", // microseconds
        "+4915112345678",   // phones
        "+49 1511 2345678",
        "573001234562",
        "4006381333023", // bar codes
        "4000000000006",
        "490154203237518", // the identity of a telephone
    ] {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        assert!(luhn_by_table(&digits) && !is_in(text), "{text}");
    }
    assert!(!is_in("550e8400-e29b-41d4-a716-446655440000"));
}

#[test]
fn an_old_visa_number_is_found_unless_it_is_a_bar_code() {
    let bar_code = [4, 0, 0, 6, 3, 8, 1, 3, 3, 3, 0, 2, 3];
    assert!(is_product_code(&bar_code));
    assert!(is_in("4222222222222"));
}

#[test]
fn the_pointer_names_the_place_and_never_the_number() {
    let card = "4111 1111 1111 1111";
    let value = json!({
        "a": {"b/c": [1, "x", card]},
        "customer": {"phone": card, "name": card},
        "metadata": {card: {"deep": card}, "ok": "1"},
        "n": 4_111_111_111_111_111_u64,
    });
    let found = find(&value, |pointer| pointer == "/customer/phone");
    assert_eq!(found, ["/a/b~1c/2", "/customer/name", "/metadata"]);
    assert_eq!(find(&json!(card), |_| false), [""]);
}

/// `digits` of a brand, with the last digit that passes Luhn.
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
        let digits: Vec<u32> = card.chars().filter_map(|c| c.to_digit(10)).collect();
        !is_product_code(&digits)
    })
}

/// Luhn, said another way than the code under test says it.
fn luhn_by_table(number: &str) -> bool {
    const DOUBLED: [u32; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let mut total = 0;
    for (place, c) in number.chars().rev().enumerate() {
        let digit = c.to_digit(10).unwrap();
        total += if place % 2 == 1 { DOUBLED[usize::try_from(digit).unwrap()] } else { digit };
    }
    total % 10 == 0
}

fn grouped(card: &str, gaps: &[u8]) -> String {
    let mut text = String::new();
    for (digit, gap) in card.chars().zip(gaps.iter().chain(&[0; 19])) {
        match gap {
            1 if !text.is_empty() => text.push(' '),
            2 if !text.is_empty() => text.push('-'),
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
        gaps in prop::collection::vec(0_u8..3, 19),
        before in "([a-z]{0,3}[ ,.:;/(_])?",
        after in "([ ,.:;/)_][a-z]{0,3})?",
    ) {
        let text = format!("{before}{}{after}", grouped(&card, &gaps));
        prop_assert!(is_in(&text), "{text}");
    }

    #[test]
    fn no_card_inside_a_word_is_found(
        card in any_card(),
        gaps in prop::collection::vec(0_u8..3, 19),
        letter in "[A-Za-zé]",
    ) {
        let text = grouped(&card, &gaps);
        for word in [format!("{letter}{text}"), format!("{text}{letter}")] {
            prop_assert!(!is_in(&word), "{word}");
        }
    }

    #[test]
    fn no_number_that_fails_luhn_is_found(card in any_card(), place: prop::sample::Index) {
        let place = place.index(card.len());
        for digit in '0'..='9' {
            let mut other = card.clone();
            other.replace_range(place..=place, &digit.to_string());
            prop_assert_eq!(is_in(&other) && other != card, false);
        }
    }

    #[test]
    fn no_short_or_long_number_is_found(digits in "[0-9]{1,11}|[0-9]{20,40}") {
        prop_assert!(!is_in(&digits));
    }

    #[test]
    fn none_of_our_own_ids_is_found(
        kind in "ORD|PAY|RFD|CAP|VOI", order in "[0-9]{20}", attempt in "[0-9]{6}",
    ) {
        let ids = [format!("ORD_{order}"), format!("{kind}_{order}{attempt}")];
        prop_assert!(find(&Value::from(ids.to_vec()), |_| false).is_empty());
    }
}
