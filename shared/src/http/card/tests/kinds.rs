//! Numbers that are clearly not a card, and cards that look like them.

use super::{made, typed};

#[test]
fn digits_written_as_another_kind_of_number_are_accepted() {
    for text in [
        "40.741857,-74.034153",
        "[48.85341, 2.348802, 35.25]",
        "39.99 45.99 92.99 82.99",
        "$41.99, $45.99, $92.99, $82.95",
        "36.5 37.5 38.5 39.5 40.5 41.7",
        "2026-11-03T22:21:23.123456+00:01",
        "2026-11-03 22:21:23,123456 +0001",
        "22:21 22:35 23:10 23:55",
        "24.12.2026 - 27.12.2021",
        "24/12/2026, 27/12/2021",
    ] {
        let plain = text.replace(|c: char| !c.is_ascii_alphanumeric(), "*");
        assert!(typed(&plain) && !typed(text), "{text}");
    }
    let phones = (0..10).map(|digit| format!("415-555-012{digit}, (212) 555-0199 or -0198"));
    for phones in phones {
        assert!(!typed(&phones), "{phones}");
    }
    for sizes in ["Sizes 36 38 40 42 44 46 48 50 52", "Shoes EU 40/41/42/43/44/45/46/47/48"] {
        assert!(!typed(sizes), "{sizes}");
    }
}

#[test]
fn a_card_is_found_though_parts_of_it_look_like_something_else() {
    for text in [
        "4111.1111 1111.1111",
        "4111.1111, 1111.1111",
        "3782.822463 10005",
        "4111 1111 1111 1111 12.27",
        "4111 1111 1111 1111 24.12.2026 22:21",
        "24.12.2026 4111 1111 1111 1111",
        "41 11 11 11 11 11 11 11",
        "411111 1111111111",
        "41:11:11:11:11:11:11:11",
        "41.11.11.11.11.11.11.11",
        "12 13 14 15 16 4111111111111111",
        "4111,1111,1111,1111",
        "4222 222 222 222",
        "411 111 1111 111 111",
        "411 211 1111 311 116",
    ] {
        assert!(typed(text), "{text}");
    }
}

#[test]
fn digits_after_a_plus_are_a_phone_number_only_if_they_can_be_one() {
    for text in [
        "Amex +3782 822463 10005 12/27 1234",
        "Amex: +378282246310005 exp 12/27 cvc 1234",
        "Tel. +30569309025904",
        "+36227206271667",
        "+4222 222 222 222",
        "\u{ff0b}378282246310005",
    ] {
        assert!(typed(text), "{text}");
    }
    for text in ["+49 1511 2345678", "\u{ff0b}4915112345678", "Tel. +4915112345678, bitte"] {
        assert!(!typed(text), "{text}");
    }
}

#[test]
fn a_sign_beside_a_machine_made_number_changes_nothing() {
    for text in [
        "gro\u{308}\u{df}e-4222222222222",
        "Lego\u{ae} 4111111111111111",
        "\u{2116}4111111111111111",
        "4111111111111111\u{2122}",
        "caf\u{e9} \u{2013} 4111111111111111",
    ] {
        assert!(!made(text), "{text}");
    }
    for text in [
        "Lego\u{ae} 4111 1111 1111 1111",
        "4111\u{2013}11111111\u{2013}1111",
        "4\u{fe0f}\u{20e3}111111111111111",
        "41111111\u{3164}11111111",
        "\u{664}111111111111111",
    ] {
        assert!(made(text), "{text}");
    }
}
