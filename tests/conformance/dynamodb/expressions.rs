//! The parts of the store's expressions: conditions, functions, updates, names.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Row, set};
use crate::Case;

const FUNCTIONS: &str =
    "Condition and filter expressions, operators and functions (developer guide)";
const UPDATES: &str = "Update expressions (developer guide)";
const NAMES: &str = "Expression attribute names (developer guide)";
const VALUES: &str = "Expression attribute values (developer guide)";
const RESERVED: &str = "Reserved words in DynamoDB (developer guide)";
const COUNTERS: &str = "Atomic counters (developer guide)";

pub(super) fn cases() -> Vec<Case> {
    let chapters =
        [conditions(), updates(), answers(), refused(), reserved(), free(), given(), counters()];
    chapters.into_iter().flatten().collect()
}

/// Conditions of the kinds that the store uses, on `{n: 5, s: "abc", m: {a: 1}}`.
fn conditions() -> Vec<Case> {
    let truths = [
        ("attribute_exists(pk)", true),
        ("attribute_not_exists(pk)", false),
        ("attribute_not_exists(#m.#b)", true),
        ("attribute_not_exists(#m.#a)", false),
        ("attribute_not_exists(#none.#a)", true),
        ("size(#m) < :two", true),
        ("size(#m) < :one", false),
        ("size(#none) < :two", false),
        ("size(#s) < :two", false),
        ("#n = :five", true),
        ("#n = :text_five", false),
        ("#n > :five", false),
        ("#n > :one AND #n <= :five", true),
        ("#none = :five", false),
        ("#none <> :five", true),
        ("#s > :five", false),
        ("NOT #n = :five", false),
        ("attribute_not_exists(pk) OR #n < :five", false),
        ("attribute_not_exists(pk) OR #n <= :five", true),
    ];
    let case = |(condition, holds): (&'static str, bool)| {
        let name = format!("`{condition}` is {holds}");
        let expected = if holds { "taken" } else { "ConditionalCheckFailedException" };
        Case::new(name, FUNCTIONS, expected, move |desk| async move {
            let attributes = json!({
                "n": { "N": "5" }, "s": { "S": "abc" }, "m": { "M": { "a": { "N": "1" } } },
            });
            let row = Row::of(&desk, attributes).await?;
            row.update_outcome(conditional(condition)).await
        })
    };
    truths.into_iter().map(case).collect()
}

/// An update under this condition, with exactly the names and values it uses.
fn conditional(condition: &str) -> Value {
    let mut members = json!({
        "UpdateExpression": "SET x = :v",
        "ConditionExpression": condition,
        "ExpressionAttributeValues": { ":v": { "S": "v" } },
    });
    for name in ["n", "s", "m", "a", "b", "none"] {
        let placeholder = format!("#{name}");
        if uses(condition, &placeholder) {
            members["ExpressionAttributeNames"][placeholder] = name.into();
        }
    }
    let values = [
        (":one", json!({ "N": "1" })),
        (":two", json!({ "N": "2" })),
        (":five", json!({ "N": "5" })),
        (":text_five", json!({ "S": "5" })),
    ];
    for (name, value) in values.into_iter().filter(|(name, _)| uses(condition, name)) {
        members["ExpressionAttributeValues"][name] = value;
    }
    members
}

/// Whether an expression contains this name or value as a whole.
fn uses(expression: &str, name: &str) -> bool {
    expression.match_indices(name).any(|(at, _)| {
        let after = expression[at + name.len()..].chars().next();
        !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

fn update(expression: &str, values: Value) -> Value {
    let mut members = json!({
        "UpdateExpression": expression, "ExpressionAttributeNames": { "#a": "a" },
    });
    if !values.is_null() {
        members["ExpressionAttributeValues"] = values;
    }
    members
}

fn updates() -> Vec<Case> {
    let effects = [
        (
            "sets what was absent",
            json!({}),
            "SET #a = :v",
            json!({ ":v": { "N": "1" } }),
            r#"{"a":{"N":"1"}}"#,
        ),
        (
            "adds to what was absent",
            json!({}),
            "ADD #a :v",
            json!({ ":v": { "N": "1" } }),
            r#"{"a":{"N":"1"}}"#,
        ),
        (
            "adds to a number",
            json!({ "a": { "N": "41" } }),
            "ADD #a :v",
            json!({ ":v": { "N": "1" } }),
            r#"{"a":{"N":"42"}}"#,
        ),
        ("removes", json!({ "a": { "N": "1" } }), "REMOVE #a", Value::Null, "{}"),
        ("removes what was absent", json!({}), "REMOVE #a", Value::Null, "{}"),
        (
            "appends to a list",
            json!({ "a": { "L": [{ "N": "1" }] } }),
            "SET #a = list_append(#a, :v)",
            json!({ ":v": { "L": [{ "N": "2" }] } }),
            r#"{"a":{"L":[{"N":"1"},{"N":"2"}]}}"#,
        ),
        (
            "sets a member of a map",
            json!({ "a": { "M": {} } }),
            "SET #a.b = :v",
            json!({ ":v": { "N": "1" } }),
            r#"{"a":{"M":{"b":{"N":"1"}}}}"#,
        ),
    ];
    let case =
        |(which, before, expression, values, after): (&str, Value, &'static str, Value, &str)| {
            Case::new(format!("an update {which}"), UPDATES, after, move |desk| async move {
                let row = Row::of(&desk, before).await?;
                row.update(update(expression, values)).await?;
                Ok(row.read().await?.to_string())
            })
        };
    effects.into_iter().map(case).collect()
}

fn answers() -> Vec<Case> {
    vec![
        Case::new(
            "an update creates a missing item",
            "UpdateItem (DynamoDB API reference)",
            r#"{"a":{"N":"1"}}"#,
            |desk| async move {
                let row = Row::new(&desk);
                row.update(update("SET #a = :v", json!({ ":v": { "N": "1" } }))).await?;
                Ok(row.read().await?.to_string())
            },
        ),
        Case::new(
            "an update returns the whole item with its key",
            "UpdateItem (DynamoDB API reference)",
            "a pk",
            |desk| async move {
                let row = Row::new(&desk);
                let mut members = update("SET #a = :v", json!({ ":v": { "N": "1" } }));
                members["ReturnValues"] = "ALL_NEW".into();
                let answer = row.update(members).await?;
                let mut names: Vec<String> = answer["Attributes"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, _)| name.clone())
                    .collect();
                names.sort();
                Ok(names.join(" "))
            },
        ),
    ]
}

fn refused() -> Vec<Case> {
    let text = || json!({ ":v": { "S": "v" } });
    let rules = [
        (
            "appends to a list that is absent",
            "SET #a = list_append(#a, :v)",
            json!({ ":v": { "L": [] } }),
        ),
        ("sets a member of a map that is absent", "SET #a.b = :v", text()),
        ("adds to a text", "SET #a = #a + :v", text()),
        ("sets one attribute twice", "SET #a = :v, #a.b = :v", text()),
        ("has one clause twice", "SET #a = :v SET #a = :v", text()),
        ("sets the key", "SET pk = :v, #a = :v", text()),
        ("is not an expression", "SET #a =", Value::Null),
        ("names a value that was not given", "SET #a = :other", text()),
    ];
    rules
        .into_iter()
        .map(|(which, expression, values)| {
            Case::new(
                format!("an update that {which} is refused"),
                UPDATES,
                "ValidationException",
                move |desk| async move {
                    let row = Row::of(&desk, json!({})).await?;
                    row.update_outcome(update(expression, values)).await
                },
            )
        })
        .collect()
}

fn names_of(name: &str) -> Value {
    json!({
        "UpdateExpression": format!("SET {name} = :v"),
        "ExpressionAttributeValues": { ":v": { "S": "v" } },
    })
}

/// Words that our attributes have or might have had as names.
const WORDS: [&str; 8] = ["end", "status", "ttl", "name", "exists", "date", "size", "counter"];

fn reserved() -> Vec<Case> {
    let case = |word: &'static str| {
        Case::new(
            format!("`{word}` is reserved: refused as it is, taken under a name"),
            RESERVED,
            "ValidationException taken",
            move |desk| async move {
                let row = Row::of(&desk, json!({})).await?;
                let bare = row.update_outcome(names_of(word)).await?;
                let named = row.update_outcome(set(word, json!({ "S": "v" }))).await?;
                Ok(format!("{bare} {named}"))
            },
        )
    };
    WORDS.into_iter().map(case).collect()
}

/// Names that the store uses without a placeholder.
fn free() -> Vec<Case> {
    let case = |word: &'static str| {
        Case::new(format!("`{word}` is not reserved"), RESERVED, "taken", move |desk| async move {
            Row::of(&desk, json!({})).await?.update_outcome(names_of(word)).await
        })
    };
    ["w", "st", "fp"].into_iter().map(case).collect()
}

fn given() -> Vec<Case> {
    let unused = |member: &'static str, page, extra: Value| {
        Case::new(
            format!("an entry of {member} that no expression uses is refused"),
            page,
            "ValidationException",
            move |desk| async move {
                let mut members = set("a", json!({ "S": "v" }));
                for (name, value) in extra.as_object().into_iter().flatten() {
                    members[member][name] = value.clone();
                }
                Row::of(&desk, json!({})).await?.update_outcome(members).await
            },
        )
    };
    vec![
        unused("ExpressionAttributeNames", NAMES, json!({ "#idle": "idle" })),
        unused("ExpressionAttributeValues", VALUES, json!({ ":idle": { "S": "idle" } })),
    ]
}

fn counters() -> Vec<Case> {
    vec![Case::new(
        "none of many concurrent additions is lost",
        COUNTERS,
        r#"{"a":{"N":"16"}}"#,
        |desk| async move {
            let row = Row::new(&desk);
            let one = || update("ADD #a :v", json!({ ":v": { "N": "1" } }));
            let additions = join_all((0..16).map(|_| row.update(one()))).await;
            additions.into_iter().collect::<Result<Vec<Value>, _>>()?;
            Ok(row.read().await?.to_string())
        },
    )]
}
