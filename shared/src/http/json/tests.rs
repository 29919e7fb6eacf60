use proptest::prelude::*;
use serde_json::{Value, json};

use super::{LEVELS_MAX, Malformed, canonical, parse, pointer};

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
    assert_eq!(parse(b"\xef\xbb\xbf{}"), Err(Malformed::NotJson));
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
}
