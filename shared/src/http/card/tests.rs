mod brands;
mod kinds;
mod laws;
mod rates;

use serde_json::json;

use super::brands::is_product_code;
use super::{Place, digit, find, is_in};

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

fn typed(text: &str) -> bool {
    is_in(text, Place::Typed)
}

fn made(text: &str) -> bool {
    is_in(text, Place::Made)
}

#[test]
fn the_numbers_that_processors_publish_are_found_where_people_type() {
    for number in PUBLISHED {
        assert!(typed(number), "{number}");
        assert!(typed(&format!("card: {number}, please")), "{number}");
        assert!(!made(number), "a machine's own number may look like {number}");
    }
}

#[test]
fn a_number_is_found_however_it_is_typed() {
    for text in [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4-1-1-1 1111 1111-1111",
        "(4111111111111111)",
        "4111111111111111/123",
        "4111111111111111  12",
        "12--4111111111111111",
        "+4111111111111111",
        "4111\u{a0}1111\u{202f}1111\u{2011}1111",
        "４１１１１１１１１１１１１１１１",
        "४१११ ११११ ११११ ११११",
        "๔๑๑๑๑๑๑๑๑๑๑๑๑๑๑๑",
        "𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏",
        "⁴¹¹¹ ¹¹¹¹ ¹¹¹¹ ①①①①",
        "4️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣",
        "4111\u{200b}1111\u{200d}1111\u{feff}1111",
        "41\u{ad}11111111\u{2060}111111",
        "4111\u{3164}1111\u{3164}1111\u{3164}1111",
        "1 x 4111111111111111",
        "4111.1111.1111.1111",
        "4111_1111_1111_1111",
        "4111  1111  1111  1111",
        "4111\n1111\n1111\n1111",
        "4111+1111+1111+1111",
        "4111, 1111, 1111, 1111",
        "4111 - 1111 - 1111 - 1111",
        "4111 1111 1111 1111 12/27 123",
        "12/27 4111 1111 1111 1111",
        "4111111111111111 0127",
        "4111111111111111 12 27",
        "4111 1111 1111 1111 12",
        "%B4111111111111111^DOE/JANE^27121010000000000000?",
        ";4111111111111111=27121010000012345678?",
        "PAN4111111111111111",
        "4111111111111111x",
        "é4111111111111111é",
        "x_4111111111111111_x",
        "卡号4111111111111111",
        "tel +49 1511 2345678, card 4111111111111111",
        "+49 1511 2345678 4111111111111111",
        "+1 4111 1111 1111 1111",
    ] {
        assert!(typed(text), "{text}");
    }
}

#[test]
fn a_run_of_digits_counts_as_a_whole() {
    for text in [
        "94111111111111111",
        "41111111111111110",
        "41111111111111110127",
        "4111111111111112",
        "411111111111111",
        "4111a1111b1111c1111",
        "ORD_41111111111111114111",
        "",
        " - ",
    ] {
        assert!(!typed(text) && !made(text), "{text}");
    }
}

#[test]
fn a_machine_made_number_is_refused_only_in_card_groups_or_as_a_track() {
    for text in [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "SKU 4111_1111_1111_1111",
        "4111 1111 1111 1111 12/27 123",
        "3782 822463 10005",
        "3622 720627 1667",
        "6205 5000 0000 0000 004",
        "620550 0000000000004",
        "%B4111111111111111^DOE/JANE^2712",
        ";4111111111111111=2712101",
        "B4111 1111 1111 1111^DOE",
        "4111111111111111D27121010000",
        "4111\u{200b}111111111111",
        "४१११११११११११११११",
    ] {
        assert!(made(text), "{text}");
    }
    for text in [
        "4111111111111111",
        "4222222222222",
        "PAN4111111111111111",
        "4111111111111111 0127",
        "41 1111 1111 1111 11",
        "4111111111111111-1",
        "4111111111111111D2713101",
        "größe-4222222222222",
        "4405398372397",
        "550e8400-e29b-41d4-a716-446655440000",
    ] {
        assert!(!made(text), "{text}");
    }
}

#[test]
fn an_address_is_read_in_its_encoding_too() {
    assert!(is_in("https://shop.example/?q=4111%201111%201111%201111", Place::Address));
    assert!(is_in("https://shop.example/?q=4111+1111+1111+1111", Place::Address));
    assert!(!is_in("https://shop.example/return?order=8731&at=1763629200009", Place::Address));
}

#[test]
fn an_order_id_is_one_of_ours_or_is_searched_like_typed_text() {
    assert!(!is_in("ORD_X4111111111111111XYZ", Place::Order));
    assert!(is_in("ORD_X4111111111111111XYZ", Place::Typed));
    assert!(is_in("4111111111111111", Place::Order));
}

#[test]
fn every_digit_has_its_value() {
    let of = |text: &str| -> Vec<Option<u8>> { text.chars().map(digit).collect() };
    let values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(Some).to_vec();
    for digits in [
        "0123456789",
        "٠١٢٣٤٥٦٧٨٩",
        "۰۱۲۳۴۵۶۷۸۹",
        "০১২৩৪৫৬৭৮৯",
        "０１２３４５６７８９",
        "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿",
        "⁰¹²³⁴⁵⁶⁷⁸⁹",
        "₀₁₂₃₄₅₆₇₈₉",
        "⓪①②③④⑤⑥⑦⑧⑨",
    ] {
        assert_eq!(of(digits), values, "{digits}");
    }
    assert_eq!(of("a/:⑩½Ⅷ四"), vec![None; 7]);
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
        "490154203237518", // an IMEI
    ] {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        assert!(luhn_by_table(&digits) && !typed(text) && !made(text), "{text}");
    }
    assert!(!typed("550e8400-e29b-41d4-a716-446655440000"));
}

#[test]
fn an_old_visa_number_is_found_unless_it_is_a_bar_code() {
    let bar_code: [u8; 13] = [4, 0, 0, 6, 3, 8, 1, 3, 3, 3, 0, 2, 3];
    assert!(is_product_code(&bar_code));
    assert!(typed("4222222222222"));
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
    let place = |pointer: &str| match pointer {
        "/customer/phone" => Place::Phone,
        _ => Place::Typed,
    };
    assert_eq!(find(&value, place), ["/a/b~1c/2", "/customer/name", "/metadata"]);
    assert_eq!(find(&json!(card), place), [""]);
}

/// Luhn, implemented differently from the code under test.
fn luhn_by_table(number: &str) -> bool {
    const DOUBLED: [u32; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let mut total = 0;
    for (place, c) in number.chars().rev().enumerate() {
        let digit = c.to_digit(10).unwrap();
        total += if place % 2 == 1 { DOUBLED[usize::try_from(digit).unwrap()] } else { digit };
    }
    total % 10 == 0
}
