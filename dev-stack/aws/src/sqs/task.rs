//! A task that moves dead letters back, as it is stored and shown.

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::queue_arn;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Move {
    pub(super) id: String,
    pub(super) source: String,
    pub(super) destination: Option<String>,
    pub(super) per_second: Option<i64>,
    pub(super) started_ms: i64,
    pub(super) expected: usize,
    pub(super) moved: usize,
    pub(super) status: Status,
    pub(super) failure: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Status {
    Running,
    Completed,
    Cancelled,
    Failed,
}

/// The handle by which callers know a task.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Handle {
    pub(super) task_id: String,
    pub(super) source_arn: String,
}

impl Move {
    pub(super) fn handle(&self) -> String {
        let handle =
            json!(Handle { task_id: self.id.clone(), source_arn: queue_arn(&self.source) });
        BASE64.encode(handle.to_string().as_bytes())
    }

    /// How many may have moved by now.
    pub(super) fn allowed(&self, now_ms: i64) -> usize {
        let Some(per_second) = self.per_second else {
            return self.expected;
        };
        let seconds = (now_ms - self.started_ms).max(0) / 1000 + 1;
        usize::try_from(seconds.saturating_mul(per_second)).unwrap_or(self.expected)
    }

    pub(super) fn shown(&self) -> Value {
        let mut shown = json!({
            "SourceArn": queue_arn(&self.source),
            "Status": self.status,
            "StartedTimestamp": self.started_ms,
            "ApproximateNumberOfMessagesMoved": self.moved,
            "ApproximateNumberOfMessagesToMove": self.expected,
        });
        let more = [
            ("TaskHandle", (self.status == Status::Running).then(|| json!(self.handle()))),
            ("DestinationArn", self.destination.as_deref().map(|name| json!(queue_arn(name)))),
            ("MaxNumberOfMessagesPerSecond", self.per_second.map(|rate| json!(rate))),
            ("FailureReason", self.failure.as_deref().map(|why| json!(why))),
        ];
        for (name, value) in more {
            if let (Some(value), Some(members)) = (value, shown.as_object_mut()) {
                members.insert(name.to_owned(), value);
            }
        }
        shown
    }
}
