//! What the members of a request mean, for people. Their shapes and limits come from the code of the
//! functions that reads them. The members of an answer are described where the code writes them.

use serde_json::{Value, json};

const CREATE_ORDER: &[(&str, &str)] = &[
    ("items", "The purchased items."),
    ("items[].product_id", "Your SKU."),
    ("items[].name", "The name that the shopper sees."),
    ("items[].quantity", "Quantity."),
    (
        "items[].unit_amount",
        "The price of one unit of the item, in the currency's minor unit; 0 for a gift.",
    ),
    ("items[].discount_amount", "The discount on the whole line, at most its full price."),
    ("discounts", "Discounts on the whole order, including a discount for free shipping."),
    ("discounts[].name", "The name that the shopper sees."),
    ("discounts[].amount", "The reduction, in the currency's minor unit."),
    ("shipping", "The shipping charge."),
    ("shipping.name", "The name that the shopper sees."),
    ("shipping.amount", "In the currency's minor unit; 0 if free."),
    ("fees", "Charges in addition to the items."),
    ("fees[].name", "The name that the shopper sees."),
    ("fees[].amount", "In the currency's minor unit."),
    ("taxes", "Added to the total unless `tax_included`."),
    ("taxes[].name", "The name that the shopper sees."),
    ("taxes[].rate", "In percent; shown, but nothing is computed from it."),
    ("taxes[].amount", "In the currency's minor unit."),
    ("tax_included", "The prices include the taxes, so these are not added. Default `false`."),
    ("total_amount", "The amount to pay, in the currency's minor unit."),
    ("currency", "The currency of all amounts."),
    ("reference", "Your own number for the order."),
    ("customer", "The buyer; kept with the order."),
    ("customer.id", "Your own number for the customer."),
    ("customer.name", "Kept with the order; sent to no gateway."),
    ("customer.email", "Kept with the order; nothing is sent to it."),
    ("customer.phone", "Kept with the order; nothing is sent to it."),
    ("metadata", "Your own notes; confirmations return them."),
    ("expires_in", "How many seconds the order can be paid. Default 86400."),
];

const CREATE_PAYMENT: &[(&str, &str)] = &[
    ("order_id", "The order to pay."),
    ("amount", "The order's amount, in the currency's minor unit."),
    ("currency", "The order's currency."),
    ("gateway", "Default: the first of the stack's gateways that takes the payment."),
    ("method", "By default the shopper chooses."),
    ("capture", "`manual` reserves the money to be captured later. Default `automatic`."),
    ("return_url", "Where the gateway sends the shopper afterwards;"),
    ("replace", "Ends the live attempt first, so that another can begin. Default `false`."),
];

const CAPTURE_PAYMENT: &[(&str, &str)] = &[(
    "amount",
    "The amount to capture, in the currency's minor unit. Default: all that is reserved.",
)];

const REFUND_PAYMENT: &[(&str, &str)] = &[
    ("amount", "The amount to refund, in the currency's minor unit. Default: all that is left."),
    ("reason", "Your own words, kept with the refund."),
    ("despite_dispute", "Also refunds money that the shopper's bank disputes. Default `false`."),
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
