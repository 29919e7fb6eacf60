//! Items of the table as orders.

use quittance::domain::order::Order;
use serde_json::{Map, Number, Value};

/// The order in an item of the table, decoded as the store decodes it.
pub(crate) fn order(item: &Value) -> Option<Order> {
    let members = item.as_object()?;
    let key = members.get("pk")?.get("S")?.as_str()?;
    let id = key.strip_prefix("O#")?;
    let mut plain: Map<String, Value> =
        members.iter().map(|(name, value)| (name.clone(), plain(value))).collect();
    plain.insert("id".to_owned(), id.into());
    match serde_json::from_value(Value::Object(plain)) {
        Ok(order) => Some(order),
        Err(error) => panic!("an order that cannot be read: {error}: {item}"),
    }
}

/// `{"S":"x"}` to `"x"`.
fn plain(value: &Value) -> Value {
    let Some((kind, inner)) = value.as_object().and_then(|members| members.iter().next()) else {
        return Value::Null;
    };
    match (kind.as_str(), inner) {
        ("N", Value::String(digits)) => digits.parse::<Number>().map_or(Value::Null, Value::Number),
        ("M", Value::Object(members)) => {
            members.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
        }
        ("L", Value::Array(entries)) => entries.iter().map(plain).collect(),
        ("NULL", _) => Value::Null,
        (_, inner) => inner.clone(),
    }
}

/// The essentials of an order, for a reader of a trace.
pub(crate) fn digest(order: &Order) -> String {
    let mut parts = vec![format!("v{} {:?}", order.version, order.state)];
    if let Some(ending) = order.ending {
        parts.push(format!("ending={ending:?}"));
    }
    for (id, attempt) in &order.attempts {
        let page = if attempt.page.is_some() { " page" } else { "" };
        let close = attempt.close.map(|close| format!(" close={close:?}")).unwrap_or_default();
        let objects: Vec<String> = attempt
            .objects
            .iter()
            .map(|(object, phase)| format!("{}:{phase:?}", short(object.as_str())))
            .collect();
        let id = short(id.as_str());
        let objects = objects.join(",");
        parts.push(format!("{id}={:?}[{objects}]{page}{close}", attempt.phase()));
    }
    for (id, capture) in &order.captures {
        let id = short(id.as_str());
        parts.push(format!("cap {id}={}:{:?}", capture.amount.amount_minor, capture.class));
    }
    for (id, op) in &order.operations {
        let flags = match (op.repeat_refused, op.for_review) {
            (_, true) => " rv",
            (true, _) => " rf",
            _ => "",
        };
        let (start, end) = (id.as_str().get(..3).unwrap_or_default(), short(id.as_str()));
        parts.push(format!(
            "{start}_{end}={:?} {} sends={}{flags}",
            op.phase(),
            op.amount_minor,
            op.sends
        ));
    }
    for (id, refund) in &order.refunds {
        parts.push(format!(
            "ref {}={}:{:?}",
            short(id.as_str()),
            refund.amount_minor,
            refund.phase()
        ));
    }
    if !order.outbox.is_empty() {
        parts.push(format!("out={}", order.outbox.len()));
    }
    if !order.ask.is_empty() {
        parts.push("ask".to_owned());
    }
    if let Some(due) = order.due_at {
        parts.push(format!("due={}s", due.unix() % 100_000));
    }
    parts.join(" · ")
}

/// The end of a name, which distinguishes it from similar names.
pub(crate) fn short(name: &str) -> &str {
    name.get(name.len().saturating_sub(6)..).unwrap_or(name)
}
