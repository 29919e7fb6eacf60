//! A queue's attributes: their names, their allowed values, and their defaults.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::SqsError;

/// The requested attributes, checked and normalised; all others have their defaults.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Settings(BTreeMap<String, String>);

#[derive(Debug)]
pub(super) struct Number {
    pub(super) name: &'static str,
    default: i64,
    min: i64,
    max: i64,
}

/// 12 hours, the most that SQS hides a message.
pub(super) const VISIBILITY_SECONDS_MAX: i64 = 43_200;
/// 1 MiB, of a message and of a whole batch.
pub(super) const MESSAGE_BYTES_MAX: i64 = 1_048_576;
pub(super) const DELAY_SECONDS_MAX: i64 = 900;

const fn number(name: &'static str, default: i64, min: i64, max: i64) -> Number {
    Number { name, default, min, max }
}

pub(super) const DELAY: Number = number("DelaySeconds", 0, 0, DELAY_SECONDS_MAX);
pub(super) const MESSAGE_SIZE: Number =
    number("MaximumMessageSize", MESSAGE_BYTES_MAX, 1_024, MESSAGE_BYTES_MAX);
pub(super) const RETENTION: Number = number("MessageRetentionPeriod", 345_600, 60, 1_209_600);
pub(super) const WAIT: Number = number("ReceiveMessageWaitTimeSeconds", 0, 0, 20);
pub(super) const VISIBILITY: Number = number("VisibilityTimeout", 30, 0, VISIBILITY_SECONDS_MAX);
const NUMBERS: [&Number; 5] = [&DELAY, &MESSAGE_SIZE, &RETENTION, &WAIT, &VISIBILITY];

/// Name, allowed values with the default first.
const FIFO_ONLY: [(&str, [&str; 2]); 3] = [
    ("ContentBasedDeduplication", ["false", "true"]),
    ("DeduplicationScope", ["queue", "messageGroup"]),
    ("FifoThroughputLimit", ["perQueue", "perMessageGroupId"]),
];

/// Stored and returned; nothing here acts on them. An empty value removes one.
const KEPT: [&str; 5] = [
    "Policy",
    "RedriveAllowPolicy",
    "KmsMasterKeyId",
    "KmsDataKeyReusePeriodSeconds",
    "SqsManagedSseEnabled",
];

const MALFORMED_REDRIVE: &str =
    "Redrive policy needs a deadLetterTargetArn and a maxReceiveCount of 1 to 1000.";

impl Settings {
    /// The attributes of a new queue.
    pub(super) fn new(wanted: &BTreeMap<String, String>) -> Result<Self, SqsError> {
        let mut settings = Self::default();
        match wanted.get("FifoQueue").map(String::as_str) {
            None => {}
            Some("true") => settings.put("FifoQueue", "true"),
            // SQS knows the attribute of FIFO queues only, so even `false` is refused.
            Some(_) => return Err(SqsError::InvalidAttributeName("FifoQueue".to_owned())),
        }
        let others = wanted.iter().filter(|(name, _)| *name != "FifoQueue");
        settings.set(others)?;
        Ok(settings)
    }

    pub(super) fn set<'a>(
        &mut self,
        wanted: impl IntoIterator<Item = (&'a String, &'a String)>,
    ) -> Result<(), SqsError> {
        for (name, value) in wanted {
            match self.checked(name, value)? {
                Some(value) => self.put(name, &value),
                None => drop(self.0.remove(name)),
            }
        }
        let per_group = self.get("FifoThroughputLimit") == Some("perMessageGroupId");
        if per_group && !self.deduplicates_per_group() {
            return Err(SqsError::InvalidAttributeValue("FifoThroughputLimit".to_owned()));
        }
        Ok(())
    }

    /// The value as it is stored; `None` removes the attribute.
    fn checked(&self, name: &str, value: &str) -> Result<Option<String>, SqsError> {
        let invalid = || SqsError::InvalidAttributeValue(name.to_owned());
        if let Some(number) = NUMBERS.iter().find(|number| number.name == name) {
            let value: i64 = value.parse().map_err(|_| invalid())?;
            let fits = (number.min..=number.max).contains(&value);
            return if fits { Ok(Some(value.to_string())) } else { Err(invalid()) };
        }
        if let Some((_, values)) = FIFO_ONLY.iter().find(|(fifo_only, _)| *fifo_only == name) {
            if !self.is_fifo() {
                return Err(SqsError::InvalidAttributeName(name.to_owned()));
            }
            return if values.contains(&value) {
                Ok(Some(value.to_owned()))
            } else {
                Err(invalid())
            };
        }
        match (name, value) {
            ("RedrivePolicy", "") => Ok(None),
            ("RedrivePolicy", policy) => match Redrive::parse(policy) {
                Some(redrive) => Ok(Some(redrive.json())),
                None => Err(SqsError::parameter("RedrivePolicy", &policy, MALFORMED_REDRIVE)),
            },
            (kept, "") if KEPT.contains(&kept) => Ok(None),
            (kept, value) if KEPT.contains(&kept) => Ok(Some(value.to_owned())),
            _ => Err(SqsError::InvalidAttributeName(name.to_owned())),
        }
    }

    /// Whether a queue can have the attribute, so that asking for it is not an error.
    pub(super) fn knows(name: &str) -> bool {
        let numbers = NUMBERS.iter().map(|number| number.name);
        let fifo_only = FIFO_ONLY.iter().map(|(name, _)| *name);
        numbers
            .chain(fifo_only)
            .chain(KEPT)
            .chain(["FifoQueue", "RedrivePolicy"])
            .any(|n| n == name)
    }

    fn put(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), value.to_owned());
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn number(&self, number: &Number) -> i64 {
        self.get(number.name).and_then(|value| value.parse().ok()).unwrap_or(number.default)
    }

    pub(super) fn is_fifo(&self) -> bool {
        self.get("FifoQueue").is_some()
    }

    pub(super) fn deduplicates_by_content(&self) -> bool {
        self.get("ContentBasedDeduplication") == Some("true")
    }

    /// High throughput: an id is a duplicate only within its group.
    pub(super) fn deduplicates_per_group(&self) -> bool {
        self.get("DeduplicationScope") == Some("messageGroup")
    }

    pub(super) fn redrive(&self) -> Option<Redrive> {
        self.get("RedrivePolicy").and_then(Redrive::parse)
    }

    /// Every attribute, with its default, as `GetQueueAttributes` shows it.
    pub(super) fn all(&self) -> BTreeMap<String, String> {
        let mut all: BTreeMap<_, _> = NUMBERS
            .iter()
            .map(|number| (number.name.to_owned(), number.default.to_string()))
            .collect();
        if self.is_fifo() {
            let defaults = FIFO_ONLY.iter().map(|(name, [default, _])| (*name, *default));
            all.extend(defaults.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        all.extend(self.0.clone());
        all
    }

    /// The first of the wanted attributes that is not what this queue has.
    pub(super) fn difference(&self, wanted: &Self) -> Option<String> {
        let mine = self.all();
        wanted
            .0
            .iter()
            .find(|(name, value)| mine.get(*name) != Some(value))
            .map(|(name, _)| name.clone())
    }
}

/// Where a queue moves the messages that it gives up on, and after how many receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Redrive {
    pub(super) target_arn: String,
    pub(super) receives_max: u32,
}

impl Redrive {
    pub(super) fn parse(policy: &str) -> Option<Self> {
        let policy: Value = serde_json::from_str(policy).ok()?;
        let limit = policy.get("maxReceiveCount")?;
        // A number or its text: both are common in templates.
        let receives_max = match limit.as_str() {
            Some(text) => text.parse().ok()?,
            None => limit.as_u64()?.try_into().ok()?,
        };
        let target_arn = policy.get("deadLetterTargetArn")?.as_str()?.to_owned();
        (1..=1_000).contains(&receives_max).then_some(Self { target_arn, receives_max })
    }

    pub(super) fn json(&self) -> String {
        let Self { target_arn, receives_max } = self;
        json!({ "deadLetterTargetArn": target_arn, "maxReceiveCount": receives_max }).to_string()
    }
}
