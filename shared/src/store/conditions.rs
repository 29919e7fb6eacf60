//! The exact conditions of all writes to the table, each under the sentence that it enforces.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::domain::attempt::Attempt;
use crate::domain::history::HistoryEntry;
use crate::domain::id::PaymentId;
use crate::domain::money::Money;
use crate::domain::names::Nonce;
use crate::domain::order::ATTEMPTS_MAX;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::item::Item;

/// There is no such item yet, so nothing is overwritten.
pub(super) const ABSENT: &str = "attribute_not_exists(pk)";

/// Fewer than `:max` events have been parked in this hour.
pub(super) const ROOM_TO_PARK: &str = "attribute_not_exists(parked) OR parked < :max";

/// Fewer than `:max` events of this order have been parked, or this one already was.
pub(super) const ROOM_FOR_AN_ORDERS_EVENT: &str =
    "attribute_not_exists(events) OR size(events) < :max OR contains(events, :one)";

/// Nobody has written since this image was read. Every change of an order requires it, except a claim with a
/// key and a postponement.
pub(super) const UNCHANGED: &str = "#ver = :read";

/// The order is open and unexpired, has exactly this total, has no capture in review, is not ending, has no
/// live attempt, does not have this attempt yet, and has room for one more.
pub(super) const CLAIMABLE: &str = "#st = :open AND #exp > :now \
    AND #sum.#amt = :amt AND #sum.#cur = :cur \
    AND attribute_not_exists(#rev_open) AND attribute_not_exists(#end) \
    AND attribute_not_exists(#live) AND attribute_not_exists(#atts.#a) \
    AND size(#atts) < :max";

const CLAIM: &str = "SET #atts.#a = :att, #live = :a, #due_s = :due_s, #due_at = :due_at, #w = :w, \
    #polls = :zero, #hist = list_append(#hist, :hist) ADD #ver :one";

const CLAIM_NAMES: [&str; 14] = [
    "st", "exp", "sum", "amt", "cur", "rev_open", "end", "live", "atts", "due_s", "due_at", "w",
    "polls", "hist",
];

pub(super) struct Claim<'a> {
    pub id: &'a PaymentId,
    pub attempt: &'a Attempt,
    pub total: Money,
    pub now: Timestamp,
    pub due_shard: u32,
    pub due_at: Timestamp,
    pub nonce: &'a Nonce,
    pub history: &'a HistoryEntry,
}

pub(super) fn claim(
    update: UpdateItemFluentBuilder,
    claim: &Claim<'_>,
) -> Result<UpdateItemFluentBuilder, StoreError> {
    let mut update = update
        .condition_expression(CLAIMABLE)
        .update_expression(CLAIM)
        .expression_attribute_names("#a", claim.id.as_str())
        .expression_attribute_names("#ver", "ver");
    for name in CLAIM_NAMES {
        update = update.expression_attribute_names(format!("#{name}"), name);
    }
    let values = [
        (":open", AttributeValue::S("open".to_owned())),
        (":now", number(claim.now.unix())),
        (":amt", number(claim.total.amount_minor)),
        (":cur", AttributeValue::S(claim.total.currency.code().to_owned())),
        (":max", number(ATTEMPTS_MAX)),
        (":a", AttributeValue::S(claim.id.as_str().to_owned())),
        (":att", serde_dynamo::to_attribute_value(claim.attempt)?),
        (":due_s", number(claim.due_shard)),
        (":due_at", number(claim.due_at.unix())),
        (":w", AttributeValue::S(claim.nonce.0.clone())),
        (":zero", number(0)),
        (":one", number(1)),
        (":hist", serde_dynamo::to_attribute_value([claim.history])?),
    ];
    for (name, value) in values {
        update = update.expression_attribute_values(name, value);
    }
    Ok(update)
}

/// Writes the difference between two images, under the version of the first.
pub(super) fn change(
    mut update: UpdateItemFluentBuilder,
    before: &Item,
    after: &Item,
    read_version: u64,
) -> UpdateItemFluentBuilder {
    let mut set = Vec::new();
    let mut remove = Vec::new();
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    for name in names.into_iter().filter(|name| before.get(*name) != after.get(*name)) {
        update = update.expression_attribute_names(format!("#{name}"), name);
        match after.get(name) {
            Some(value) => {
                set.push(format!("#{name} = :{name}"));
                update = update.expression_attribute_values(format!(":{name}"), value.clone());
            }
            None => remove.push(format!("#{name}")),
        }
    }
    let mut expression = format!("SET {}", set.join(", "));
    if !remove.is_empty() {
        expression = format!("{expression} REMOVE {}", remove.join(", "));
    }
    update.update_expression(expression).expression_attribute_values(":read", number(read_version))
}

pub(super) fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
