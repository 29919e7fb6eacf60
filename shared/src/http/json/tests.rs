mod length;
mod reference;

use proptest::prelude::*;
use serde_json::{Value, json};

use self::reference::Shape;
use super::{LEVELS_MAX, Malformed, canonical, parse, pointer, without_nulls};
use crate::domain::idempotency::Fingerprint;

fn refused(text: &str) -> Malformed {
    parse(text.as_bytes()).unwrap_err()
}

fn nested(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

#[test]
fn a_body_is_read_as_it_stands() {
    let text = r#"{"a":[1,-2,18446744073709551615,1.5,true,null,"\u00e9\n"],"b":{}}"#;
    let expected = json!({"a": [1, -2, u64::MAX, 1.5, true, null, "é\n"], "b": {}});
    assert_eq!(parse(text.as_bytes()), Ok(expected));
}

#[test]
fn each_way_of_being_malformed_has_its_own_sentence() {
    assert_eq!(refused(""), Malformed::Empty);
    assert_eq!(refused(" \n"), Malformed::Empty);
    assert_eq!(parse(b"{\"a\":\"\xff\"}"), Err(Malformed::NotUtf8));
    assert_eq!(parse(b"{\xef\xbb\xbf}"), Err(Malformed::NotJson));
    for text in
        ["{'a':1}", "{\"a\":01}", "[1,]", "NaN", "+1", ".5", "1.]", "{a:1}", "nil", "\"\t\""]
    {
        assert_eq!(refused(text), Malformed::NotJson, "{text}");
    }
    assert_eq!(refused(r#""\ud800""#), Malformed::NotJson);
    assert_eq!(refused("{\"a\":"), Malformed::Unfinished);
    assert_eq!(refused("{} {}"), Malformed::TrailingCharacters);
    assert_eq!(refused("{}x"), Malformed::TrailingCharacters);
    assert_eq!(refused(r#"{"a":1,"a":1}"#), Malformed::DuplicateMember);
    assert_eq!(refused(r#"{"a":1,"\u0061":2}"#), Malformed::DuplicateMember);
    assert_eq!(refused(r#"[{"b":{"a":1,"a":2}}]"#), Malformed::DuplicateMember);
}

#[test]
fn a_byte_order_mark_before_the_text_is_no_part_of_it() {
    assert_eq!(parse(b"\xef\xbb\xbf{\"a\":1}"), Ok(json!({"a": 1})));
    assert_eq!(parse(b"\xef\xbb\xbf \n"), Err(Malformed::Empty));
    assert_eq!(parse(b"\xef\xbb\xbf\xef\xbb\xbf{}"), Err(Malformed::NotJson), "one is enough");
    assert_eq!(parse(b"\xff\xfe{\0}\0"), Err(Malformed::NotUtf8), "that of UTF-16 is another");
}

#[test]
fn a_member_that_is_null_says_as_little_as_one_that_is_left_out() {
    let value = json!({"a": null, "b": {"c": null, "d": [null, {"e": null}]}});
    assert_eq!(without_nulls(&value), json!({"b": {"d": [null, {}]}}));
    assert_eq!(without_nulls(&json!(null)), json!(null));
}

#[test]
fn thirty_two_levels_are_taken_and_one_more_is_not() {
    assert!(parse(nested(LEVELS_MAX).as_bytes()).is_ok());
    assert_eq!(refused(&nested(LEVELS_MAX + 1)), Malformed::TooDeep);
    assert_eq!(refused(&"[".repeat(60_000)), Malformed::TooDeep);
    assert_eq!(refused(&"{\"a\":".repeat(10_000)), Malformed::TooDeep);
}

#[test]
fn a_huge_number_is_a_float_for_the_reader_to_refuse() {
    let digits = "9".repeat(400);
    for number in ["1e400", "-1e400", "1E+999999999999", &digits, "18446744073709551616"] {
        let value = parse(format!(r#"{{"a":"1e400 \"9","b":[{number}, 7]}}"#).as_bytes()).unwrap();
        assert_eq!(value["a"], "1e400 \"9");
        assert!(value["b"][0].is_f64(), "{number}");
        assert_eq!(value["b"][1], 7);
    }
    assert_eq!(refused(&format!("[1e400, {digits}, ]")), Malformed::NotJson);
    assert_eq!(refused(r#"{"a":1e400,"a":1}"#), Malformed::DuplicateMember);
    assert_eq!(refused("1e400e"), Malformed::NotJson);
}

#[test]
fn the_canonical_spelling_sorts_members_at_every_level() {
    let value = parse(br#"{ "b" : [ {"d":1, "c":"\u00e9\""} ], "a" : null }"#).unwrap();
    assert_eq!(canonical(&value), r#"{"a":null,"b":[{"c":"é\"","d":1}]}"#);
}

#[test]
fn a_pointer_escapes_tilde_and_slash() {
    assert_eq!(pointer("/metadata", "a/b~c"), "/metadata/a~1b~0c");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

#[test]
fn a_huge_number_in_a_spelling_that_is_not_json_is_malformed() {
    for text in ["[01e310]", "[-01e310]", "[1.e310]"] {
        assert_eq!(parse(text.as_bytes()), Err(Malformed::NotJson), "{text}");
    }
    assert!(parse(b"[1e310]").is_ok());
}

proptest! {
    #[test]
    fn a_canonical_spelling_reads_back_as_the_same_value(value in any_json()) {
        let text = canonical(&value);
        prop_assert_eq!(parse(text.as_bytes()), Ok(value.clone()));
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(canonical(&parse(pretty.as_bytes()).unwrap()), text);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn no_near_json_makes_it_panic(text in r#"[\[\]{}",:0-9eE+\-.\\nutrfalse é]{0,60}"#) {
        let _ = parse(text.as_bytes());
    }
    #[test]
    fn json_is_read_as_by_serde_json_except_repeats_depth_and_huge_numbers(text in near_json()) {
        let theirs: Result<Value, _> = serde_json::from_str(&text);
        match (parse(text.as_bytes()), theirs, serde_json::from_str::<Shape>(&text)) {
            (Ok(ours), Ok(theirs), Ok(shape)) => {
                prop_assert!(!shape.repeats() && shape.levels() <= LEVELS_MAX);
                prop_assert_eq!(ours, theirs);
            }
            (Err(Malformed::DuplicateMember), _, Ok(shape)) => prop_assert!(shape.repeats()),
            (Err(Malformed::TooDeep), _, Ok(shape)) => prop_assert!(shape.levels() > LEVELS_MAX),
            (Err(_), Err(_), _) => {}
            // The reader refuses a number beyond a double, with its pointer.
            (Ok(_), Err(error), _) => prop_assert!(error.to_string().contains("out of range")),
            (ours, theirs, shape) => prop_assert!(false, "{:?} {:?} {:?}", ours, theirs, shape.is_ok()),
        }
    }

    #[test]
    fn the_order_of_members_changes_no_fingerprint(value in any_json(), turn: prop::sample::Index) {
        let fingerprint = |text: &str| {
            Fingerprint::of("POST /api/orders", &canonical(&parse(text.as_bytes()).unwrap()))
        };
        let (straight, turned) = (written(&value, None), written(&value, Some(turn)));
        prop_assert_eq!(fingerprint(&straight), fingerprint(&turned));
    }

    #[test]
    fn every_value_has_a_spelling_of_its_own(a in any_json(), b in any_json(), at: prop::sample::Index) {
        prop_assert_eq!(canonical(&a) == canonical(&b), a == b);
        let altered = altered(&a, at);
        prop_assert_ne!(canonical(&altered), canonical(&a));
    }
}

/// The value as text, with the members of each object rotated.
fn written(value: &Value, turn: Option<prop::sample::Index>) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<String> = members
                .iter()
                .map(|(name, member)| format!("{} : {}", json!(name), written(member, turn)))
                .collect();
            if let Some(turn) = turn.filter(|_| !members.is_empty()) {
                let by = turn.index(members.len());
                members.rotate_left(by);
            }
            format!("{{ {} }}", members.join(" , "))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| written(item, turn)).collect();
            format!("[ {} ]", items.join(" , "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

/// The same value with one leaf changed or one member added.
fn altered(value: &Value, at: prop::sample::Index) -> Value {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let mut members = members.clone();
            let count = members.len();
            let member = members.values_mut().nth(at.index(count)).unwrap();
            *member = altered(member, at);
            Value::Object(members)
        }
        Value::Array(items) if !items.is_empty() => {
            let mut items = items.clone();
            let place = at.index(items.len());
            items[place] = altered(&items[place], at);
            Value::Array(items)
        }
        Value::Object(_) => json!({ "more": null }),
        Value::Array(_) => json!([null]),
        Value::Null => json!(0),
        Value::Bool(known) => json!(!known),
        Value::Number(known) => json!(known.to_string()),
        Value::String(known) => json!(format!("{known} ")),
    }
}

/// JSON, and texts that differ from it by one cut or one character.
fn near_json() -> impl Strategy<Value = String> {
    let deep = (0..40_usize, any_json())
        .prop_map(|(levels, value)| format!("{}{value}{}", "[".repeat(levels), "]".repeat(levels)));
    let repeated = (any_json(), "[ab]{1}", "[ab]{1}")
        .prop_map(|(value, a, b)| format!(r#"[{{"{a}":{value},"{b}":1}}]"#));
    let numbers = r"\[-?[0-9]{1,25}(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,4})?\]";
    let whole =
        prop_oneof![any_json().prop_map(|value| value.to_string()), deep, repeated, numbers];
    let letter = prop_oneof![Just(String::new()), "[\\[\\]{}\",:0-9eE+\\-. \\\\u]"];
    (whole, any::<prop::sample::Index>(), letter, any::<bool>()).prop_map(
        |(mut text, place, letter, kept)| {
            let place = place.index(text.len());
            if !kept && text.is_char_boundary(place) && text.is_char_boundary(place + 1) {
                text.replace_range(place..=place, &letter);
            }
            text
        },
    )
}
