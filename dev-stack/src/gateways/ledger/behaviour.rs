//! How the gateway is made to misbehave: for all references, or for one.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::money::{AMOUNT_MAX, Currency};
use super::payment::RefundStatus;
use super::reference::Reference;

/// Longer than any key is remembered.
const HIDE_SECONDS_MAX: u32 = 172_800;
const DELAY_MS_MAX: u32 = 86_400_000;
const TIMES_MAX: u32 = 100;

/// What a caller gets for a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CallMode {
    #[default]
    Ok,
    /// 500, and nothing was done.
    ErrorBefore,
    /// 500, and it was done.
    ErrorAfter,
    /// No answer, and nothing was done.
    TimeoutBefore,
    /// No answer, and it was done.
    TimeoutAfter,
    /// The connection ends without an answer, and it was done.
    Close,
    /// 422, and nothing was done.
    Refuse,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WebhookMode {
    #[default]
    Now,
    /// Kept back until `POST /control/deliver`.
    Hold,
    /// Never sent.
    Never,
    /// Sent `delay_ms` later.
    Late,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    #[default]
    Fifo,
    Reversed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WebhookBehaviour {
    pub(crate) mode: WebhookMode,
    #[serde(deserialize_with = "delay_ms")]
    pub(crate) delay_ms: u32,
    /// How often each event is sent, under one id.
    #[serde(deserialize_with = "times")]
    pub(crate) times: u32,
    pub(crate) order: Order,
    /// Added to the captured amount. Look-ups, events and the truth agree on the wrong amount, because
    /// a look-up would otherwise correct an unsigned event.
    #[serde(deserialize_with = "amount_delta")]
    pub(crate) amount_delta: i64,
    /// The currency really captured.
    #[serde(deserialize_with = "currency")]
    pub(crate) currency: Option<Currency>,
    pub(crate) bad_signature: bool,
}

impl Default for WebhookBehaviour {
    fn default() -> Self {
        Self {
            mode: WebhookMode::default(),
            delay_ms: 0,
            times: 1,
            order: Order::default(),
            amount_delta: 0,
            currency: None,
            bad_signature: false,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Behaviour {
    /// Absent: for all references that have no behaviour of their own.
    #[serde(deserialize_with = "payment")]
    pub(crate) reference: Option<String>,
    pub(crate) create: CallMode,
    pub(crate) capture: CallMode,
    pub(crate) void: CallMode,
    pub(crate) cancel: CallMode,
    pub(crate) refund: CallMode,
    /// The status of new refunds.
    pub(crate) refund_status: RefundStatus,
    /// How long a new payment or refund is hidden from look-ups.
    #[serde(deserialize_with = "hide_seconds")]
    pub(crate) hide_seconds: u32,
    #[serde(deserialize_with = "object")]
    pub(crate) webhooks: WebhookBehaviour,
}

impl Behaviour {
    pub(crate) fn visible_at(&self, now: i64) -> i64 {
        now.saturating_add(i64::from(self.hide_seconds) * 1_000)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Behaviours {
    for_all: Behaviour,
    by_reference: BTreeMap<String, Behaviour>,
}

impl Behaviours {
    pub(crate) fn of(&self, reference: &str) -> &Behaviour {
        self.by_reference.get(reference).unwrap_or(&self.for_all)
    }

    pub(crate) fn put(&mut self, behaviour: Behaviour) {
        match behaviour.reference.clone() {
            Some(reference) => {
                self.by_reference.insert(reference, behaviour);
            }
            None => self.for_all = behaviour,
        }
    }
}

/// Serde would also accept a list, member by member.
fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<WebhookBehaviour, D::Error> {
    struct Object;
    impl<'de> de::Visitor<'de> for Object {
        type Value = WebhookBehaviour;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: de::MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
            Deserialize::deserialize(de::value::MapAccessDeserializer::new(members))
        }
    }
    deserializer.deserialize_map(Object)
}

fn payment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Option::<Reference>::deserialize(deserializer)? {
        Some(Reference(id)) if !id.starts_with("PAY_") => {
            Err(de::Error::custom("a payment's id must begin with PAY_"))
        }
        reference => Ok(reference.map(|Reference(id)| id)),
    }
}

fn currency<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Currency>, D::Error> {
    match Option::<Currency>::deserialize(deserializer)? {
        Some(currency) if !currency.is_money() => Err(de::Error::custom(format_args!(
            "{currency} is not an ISO 4217 currency with a minor unit"
        ))),
        currency => Ok(currency),
    }
}

fn hide_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    within(deserializer, 0, HIDE_SECONDS_MAX)
}

fn delay_ms<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    within(deserializer, 0, DELAY_MS_MAX)
}

fn times<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    within(deserializer, 1, TIMES_MAX)
}

fn within<'de, D: Deserializer<'de>>(d: D, min: u32, max: u32) -> Result<u32, D::Error> {
    let number = u32::deserialize(d)?;
    if (min..=max).contains(&number) {
        Ok(number)
    } else {
        Err(de::Error::custom(format_args!("{number} is not between {min} and {max}")))
    }
}

fn amount_delta<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let delta = i64::deserialize(deserializer)?;
    if delta.unsigned_abs() <= AMOUNT_MAX {
        Ok(delta)
    } else {
        Err(de::Error::custom(format_args!(
            "amount_delta must be between -{AMOUNT_MAX} and {AMOUNT_MAX}"
        )))
    }
}
