use serde_json::Value;

use super::operation::Caller;
use super::operations::all;
use super::{all_schemas, event};

fn members<'a>(schema: &'a Value, before: &str) -> Vec<(String, &'a Value)> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let mut found = Vec::new();
    for (name, member) in properties {
        found.push((format!("{before}{name}"), member));
        found.extend(members(member, &format!("{before}{name}.")));
        found.extend(members(&member["items"], &format!("{before}{name}[].")));
    }
    for variants in ["anyOf", "oneOf"] {
        let variants = schema[variants].as_array().into_iter().flatten();
        found.extend(variants.flat_map(|variant| members(variant, before)));
    }
    found
}

#[test]
fn every_member_that_a_merchant_may_send_has_a_meaning() {
    let merchants = all().into_iter().filter(|it| it.caller != Caller::Gateway);
    let bodies = merchants.filter_map(|it| Some((it.id, it.body?)));
    let mut seen = Vec::new();
    for (operation, body) in bodies {
        for (way, member) in members(&body, "") {
            let meaning = member["description"].as_str().unwrap_or_default();
            let is_sentence = meaning.starts_with(|c: char| c.is_uppercase() || c == '`');
            assert!(is_sentence, "{operation}: {way}: {meaning:?}");
            seen.push(format!("{operation}: {way}"));
        }
    }
    for deep in ["createOrder: items[].quantity", "createOrder: customer.phone"] {
        assert!(seen.iter().any(|way| way == deep), "{deep}: {seen:?}");
    }
}

/// Everything that we answer, and everything that gateways send.
#[test]
fn every_member_that_is_read_elsewhere_has_a_meaning() {
    let event = event::webhook().body.map(|body| ("event".to_owned(), body));
    let mut seen = Vec::new();
    for (name, schema) in all_schemas().into_iter().chain(event) {
        for (way, member) in members(&schema, "") {
            let meaning = member["description"].as_str().unwrap_or_default();
            assert!(meaning.ends_with('.'), "{name}: {way}: {meaning:?}");
            seen.push(format!("{name}: {way}"));
        }
    }
    for deep in ["NextAction: url", "OrderInFull: payments", "event: refund.status"] {
        assert!(seen.iter().any(|way| way == deep), "{deep}: {seen:?}");
    }
}
