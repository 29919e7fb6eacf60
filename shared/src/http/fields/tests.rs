use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{FieldError, Fields, Pairs, Text, read};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Capture {
    Automatic,
    Manual,
}

#[derive(Debug, PartialEq)]
struct Item {
    product_id: String,
    quantity: u32,
}

#[derive(Debug, PartialEq)]
struct Body {
    items: Vec<Item>,
    total_amount: u64,
    capture: Option<Capture>,
    replace: Option<bool>,
    phone: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
}

fn item(fields: &mut Fields<'_, '_>) -> Option<Item> {
    let product_id = fields.required("product_id").string(Text::chars(4));
    let quantity = fields.required("quantity").integer(1..=10_000);
    Some(Item { product_id: product_id?, quantity: quantity? })
}

fn body(fields: &mut Fields<'_, '_>) -> Option<Body> {
    let items = fields.required("items").array(1..=2, |member| member.object(item));
    let total_amount = fields.required("total_amount").integer(1..=999_999_999_999);
    let words = [("automatic", Capture::Automatic), ("manual", Capture::Manual)];
    let capture = fields.optional("capture").word(&words);
    let replace = fields.optional("replace").boolean();
    let phone = fields.optional("customer").object(|customer| customer.optional("phone").phone());
    let limits = Pairs { count_max: 2, name: Text::chars(3), value: Text::chars(5).prose() };
    let metadata = fields.optional("metadata").pairs(limits);
    if total_amount == Some(13) {
        fields.refuse("total_amount", "must not be thirteen");
    }
    let (items, total_amount) = (items?, total_amount?);
    Some(Body { items, total_amount, capture, replace, phone, metadata })
}

fn errors(value: &Value) -> Vec<(String, String)> {
    let errors = read(value, body).unwrap_err();
    errors.into_iter().map(|FieldError { pointer, detail }| (pointer, detail)).collect()
}

/// The errors of a body that is right except for the member `name`.
fn errors_with(name: &str, value: Value) -> Vec<(String, String)> {
    let mut body = json!({"items": [{"product_id": "A", "quantity": 1}], "total_amount": 5});
    body[name] = value;
    errors(&body)
}

fn check(name: &str, value: Value, pointer: &str, detail: &str) {
    assert_eq!(errors_with(name, value), [(pointer.to_owned(), detail.to_owned())]);
}

#[test]
fn a_right_body_is_read_whole() {
    let value = json!({
        "items": [{"product_id": "ÄÖÜß", "quantity": 10_000}], "total_amount": 999_999_999_999_u64,
        "capture": "manual", "replace": true, "customer": {"phone": "+14155550100"},
        "metadata": {"a": "", "b": "x\n\ty"},
    });
    let metadata = [("a", ""), ("b", "x\n\ty")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    let expected = Body {
        items: vec![Item { product_id: "ÄÖÜß".to_owned(), quantity: 10_000 }],
        total_amount: 999_999_999_999,
        capture: Some(Capture::Manual),
        replace: Some(true),
        phone: Some("+14155550100".to_owned()),
        metadata: Some(metadata.into()),
    };
    assert_eq!(read(&value, body), Ok(expected));
}

#[test]
fn all_errors_are_reported_at_once() {
    let value = json!({
        "items": [{"quantity": 0, "a/b~": 1}, 7], "total_amount": 1.5, "capture": "later",
        "replace": "yes", "customer": {"phone": "911"}, "metadata": {"long": 1}, "extra": null,
    });
    let pointers: Vec<String> = errors(&value).into_iter().map(|(pointer, _)| pointer).collect();
    let expected = [
        "/items/0/product_id",
        "/items/0/quantity",
        "/items/0/a~1b~0",
        "/items/1",
        "/total_amount",
        "/capture",
        "/replace",
        "/customer/phone",
        "/metadata/long",
        "/metadata/long",
        "/extra",
    ];
    assert_eq!(pointers, expected);
}

#[test]
fn an_integer_is_whole_and_in_range() {
    let range = "must be an integer between 1 and 999999999999";
    for wrong in [
        json!(0),
        json!(-1),
        json!(1_000_000_000_000_u64),
        json!(u64::MAX),
        json!(1.0),
        json!(1e300),
        json!("5"),
        json!(null),
        json!([5]),
    ] {
        check("total_amount", wrong, "/total_amount", range);
    }
}

#[test]
fn a_string_has_a_length_and_no_control_characters() {
    let detail = "must be a string of 1 to 4 characters without control characters";
    for wrong in ["", "ABCDE", "A\0", "A\nB", "\u{7f}", "\u{85}"] {
        let items = json!([{"product_id": wrong, "quantity": 1}]);
        check("items", items, "/items/0/product_id", detail);
    }
    assert!(Text::bytes(4).admits("éé") && !Text::bytes(3).admits("éé"));
    assert!(!Text::chars(9).prose().admits("\0"));
}

#[test]
fn every_other_kind_of_member_says_what_it_wants() {
    check("capture", json!(1), "/capture", "must be one of \"automatic\", \"manual\"");
    check("replace", json!(0), "/replace", "must be true or false");
    check("items", json!([]), "/items", "must be an array of 1 to 2 items");
    check("items", json!([1, 2, 3]), "/items", "must be an array of 1 to 2 items");
    check("items", json!({}), "/items", "must be an array of 1 to 2 items");
    check("items", json!([[]]), "/items/0", "must be an object");
    check("customer", json!("Ada"), "/customer", "must be an object");
    let pairs = "must be an object of at most 2 strings";
    check("metadata", json!({"a": "", "b": "", "c": ""}), "/metadata", pairs);
    let value = "must be a string of 0 to 5 characters without control characters other than tabs and line breaks";
    check("metadata", json!({"a": {}}), "/metadata/a", value);
    let name = "its name must be a string of 1 to 3 characters without control characters";
    check("metadata", json!({"": "x"}), "/metadata/", name);
    check("extra", json!(1), "/extra", "unknown field");
    let thirteen = "must not be thirteen";
    check("total_amount", json!(13), "/total_amount", thirteen);
}

#[test]
fn a_phone_number_is_kept_as_it_is_typed() {
    for typed in [
        "+14155550100",
        "+12",
        "+1 415 555 0100",
        "+49 (0) 1511 / 234 56-78",
        "0151 12345678",
        "(415) 555-0100",
        "415.555.0100",
        "00 49 1511 2345678",
        "01\u{a0}23\u{a0}45\u{a0}67\u{a0}89",
        "٠١٠ ١٢٣٤ ٥٦٧٨",
        "090‐1234‐5678",
        "555-0100 ext. 12",
        "5550100x7",
        "+4915112345678",
        "21034",
    ] {
        let value = json!({"items": [{"product_id": "A", "quantity": 1}], "total_amount": 5,
            "customer": {"phone": typed}});
        assert_eq!(read(&value, body).unwrap().phone.as_deref(), Some(typed));
    }
}

#[test]
fn what_is_no_phone_number_is_refused() {
    for wrong in [
        "",
        "911",
        "+",
        "+1",
        "+0123456",
        "+1234567890123456",
        "1234567890123456",
        "+1415555010a",
        "call me",
        "(---)",
        "0151 12345678\n",
        "0151 12345678 or 0152 3456789",
        "ext. 1234",
        "555-0100 ext.",
        "555-0100 ext. 12345678",
        "4111111111111111",
        "378282246310005",
        "3782 822463 10005",
        "30569309025904",
        &" 5".repeat(40),
    ] {
        assert_eq!(errors_with("customer", json!({"phone": wrong})).len(), 1, "{wrong}");
    }
}

#[test]
fn null_for_an_optional_member_means_that_it_was_left_out() {
    let plain = json!({"items": [{"product_id": "A", "quantity": 1}], "total_amount": 5});
    let mut with_nulls = plain.clone();
    for name in ["capture", "replace", "customer", "metadata"] {
        with_nulls[name] = json!(null);
    }
    assert_eq!(read(&with_nulls, body), read(&plain, body));
    with_nulls["customer"] = json!({"phone": null});
    assert_eq!(read(&with_nulls, body), read(&plain, body));
    assert_eq!(errors_with("extra", json!(null)).len(), 1, "a member that is not known is none");
    assert_eq!(errors_with("metadata", json!({"a": null})).len(), 1, "a pair is two strings");
    let strict =
        |body: &mut Fields<'_, '_>| Some(body.optional_not_null("amount").integer::<u64>(1..=5));
    assert_eq!(read(&json!({}), strict), Ok(None));
    let errors = read(&json!({"amount": null}), strict).unwrap_err();
    assert_eq!(errors[0].detail, "must be an integer between 1 and 5");
}

#[test]
fn a_body_that_is_no_object_is_one_error_at_the_root() {
    for wrong in [json!(null), json!([]), json!("x"), json!(1)] {
        assert_eq!(errors(&wrong), [(String::new(), "must be an object".to_owned())]);
    }
}

#[test]
fn a_reader_without_a_value_or_an_error_still_refuses() {
    assert!(read(&json!({}), |_| None::<()>).is_err());
}

#[test]
fn no_detail_repeats_what_was_sent() {
    let secret = "SECRET-VALUE";
    for name in ["items", "total_amount", "capture", "replace", "customer", "metadata", "extra"] {
        for value in [json!(secret), json!([secret]), json!({"a": {"b": secret}})] {
            let errors = format!("{:?}", errors_with(name, value));
            assert!(!errors.contains(secret), "{errors}");
        }
    }
}

#[test]
fn a_reader_shows_its_place_and_not_what_it_reads() {
    let shown = read(&json!({"a": "SECRET"}), |body| {
        let shown = format!("{body:?}");
        let member = body.optional("a");
        Some(format!("{shown} {member:?}"))
    });
    assert_eq!(shown.unwrap(), "Fields(\"\", ..) Member(\"/a\", ..)");
}
