//! What the members of a request mean. Their shapes and limits are what the functions read; why one would
//! send them is for people alone, and so stands here. The members of an answer have theirs where the code
//! writes them.

use serde_json::{Value, json};

const CREATE_ORDER: &[(&str, &str)] = &[
    ("items", "What is bought."),
    ("items[].product_id", "The merchant's own name of it."),
    ("items[].name", "As the shopper reads it."),
    ("items[].quantity", "How many of it."),
    ("items[].unit_amount", "The price of one, in the currency's minor unit; 0 for a gift."),
    ("items[].discount_amount", "What the whole line is reduced by, at most to nothing."),
    (
        "discounts",
        "What the whole order is reduced by; shipping that is free has its discount here, too.",
    ),
    ("discounts[].name", "As the shopper reads it."),
    ("discounts[].amount", "What is taken off, in the currency's minor unit."),
    ("shipping", "What the parcel costs."),
    ("shipping.name", "As the shopper reads it."),
    ("shipping.amount", "In the currency's minor unit; 0 where it is free."),
    ("fees", "What is charged beside the items."),
    ("fees[].name", "As the shopper reads it."),
    ("fees[].amount", "In the currency's minor unit."),
    ("taxes", "Added to the total unless `tax_included`."),
    ("taxes[].name", "As the shopper reads it."),
    ("taxes[].rate", "In per cent; it is shown, and nothing is computed with it."),
    ("taxes[].amount", "In the currency's minor unit."),
    (
        "tax_included",
        "The prices hold the taxes, so that these are not added; `false` unless told.",
    ),
    ("total_amount", "What is to be paid, in the currency's minor unit."),
    ("currency", "Of all amounts."),
    ("reference", "The merchant's own number of the order."),
    ("customer", "Who buys; kept with the order."),
    ("customer.id", "The merchant's own number of the customer."),
    ("customer.name", "Kept with the order; no gateway is told."),
    ("customer.email", "Kept with the order; nothing is sent there."),
    ("customer.phone", "Kept with the order; nothing is sent there."),
    ("metadata", "The merchant's own notes; confirmations bring them back."),
    ("expires_in", "For how many seconds it can be paid; 86400 unless told."),
];

const CREATE_PAYMENT: &[(&str, &str)] = &[
    ("order_id", "The order to be paid."),
    ("amount", "The order's, in the currency's minor unit."),
    ("currency", "The order's."),
    ("gateway", "Without it, the first of the stack's that takes the payment."),
    ("method", "Without it, the shopper chooses."),
    ("capture", "`manual` reserves the money, to be captured later; `automatic` unless told."),
    ("return_url", "Where the gateway sends the shopper afterwards;"),
    ("replace", "Ends the live attempt first, so that another can begin; `false` unless told."),
];

const CAPTURE_PAYMENT: &[(&str, &str)] =
    &[("amount", "What to take, in the currency's minor unit; all that is reserved unless told.")];

const REFUND_PAYMENT: &[(&str, &str)] = &[
    ("amount", "What to give back, in the currency's minor unit; all that is left unless told."),
    ("reason", "The merchant's own words, kept with the refund."),
    ("despite_dispute", "Refunds what the shopper's bank disputes, too; `false` unless told."),
];

fn of(operation: &str) -> &'static [(&'static str, &'static str)] {
    match operation {
        "createOrder" => CREATE_ORDER,
        "createPayment" => CREATE_PAYMENT,
        "capturePayment" => CAPTURE_PAYMENT,
        "refundPayment" => REFUND_PAYMENT,
        _ => &[],
    }
}

/// The schema of the operation's body, its members with their meanings before their limits.
pub(super) fn told(operation: &str, schema: &Value) -> Value {
    let mut schema = schema.clone();
    for (way, meaning) in of(operation) {
        let way = way.replace("[].", "/items/properties/").replace('.', "/properties/");
        let pointer = format!("/properties/{way}");
        if let Some(member) = schema.pointer_mut(&pointer) {
            let limit = member["description"].as_str().map(|limit| format!(" {limit}"));
            member["description"] = json!(format!("{meaning}{}", limit.unwrap_or_default()));
        }
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::super::operation::{Caller, Operation};
    use super::super::operations::all;
    use super::super::{all_schemas, event};
    use super::*;

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

    fn bodies() -> Vec<(Operation, Value)> {
        let read = |it: Operation| Some((it.clone(), it.body?));
        all().into_iter().filter(|it| it.caller != Caller::Gateway).filter_map(read).collect()
    }

    #[test]
    fn every_member_that_a_merchant_may_send_has_a_meaning() {
        for (operation, body) in bodies() {
            let known: Vec<&str> = of(operation.id).iter().map(|(way, _)| *way).collect();
            for (way, _) in members(&body, "") {
                assert!(known.contains(&way.as_str()), "{}: {way}", operation.id);
            }
        }
    }

    /// All that we answer, and what gateways send.
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

    #[test]
    fn a_meaning_is_told_once_and_of_a_member_that_is_read() {
        for (operation, body) in bodies() {
            let body = told(operation.id, &body);
            let members = members(&body, "");
            for (way, meaning) in of(operation.id) {
                let member = members.iter().find(|(name, _)| name == way);
                let told = member.and_then(|(_, it)| it["description"].as_str()).unwrap();
                assert!(told.starts_with(meaning), "{}: {way}: {told}", operation.id);
            }
        }
    }
}
