//! What SQS refuses, and the name, code and status by which SDKs know each refusal.

use crate::AwsError;
use crate::disk::DiskError;
use crate::protocol::Unreadable;

const NON_EXISTENT_QUEUE: &str = "AWS.SimpleQueueService.NonExistentQueue";

#[derive(Debug, thiserror::Error)]
pub enum SqsError {
    #[error("The specified queue does not exist.")]
    QueueDoesNotExist,
    #[error("A queue already exists with the same name and a different value for attribute {0}")]
    QueueNameExists(String),
    #[error("Only one PurgeQueue operation on {0} is allowed every 60 seconds.")]
    PurgeQueueInProgress(String),
    #[error("Unknown Attribute {0}.")]
    InvalidAttributeName(String),
    #[error("Invalid value for the parameter {0}.")]
    InvalidAttributeValue(String),
    #[error("Value {value} for parameter {parameter} is invalid. Reason: {reason}")]
    InvalidParameterValue { parameter: &'static str, value: String, reason: String },
    #[error("The request must contain the parameter {0}.")]
    MissingParameter(String),
    #[error(
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
    )]
    InvalidMessageContents,
    #[error("The input receipt handle \"{0}\" is not a valid receipt handle.")]
    ReceiptHandleIsInvalid(String),
    #[error("The specified message isn't in flight.")]
    MessageNotInflight,
    #[error("Too many messages are in flight.")]
    OverLimit,
    #[error("The resource that you specified for the {0} parameter doesn't exist.")]
    ResourceNotFound(&'static str),
    #[error("Task does not exist.")]
    NoSuchTask,
    #[error("Value for parameter TaskHandle is invalid.")]
    TaskHandleIsInvalid,
    #[error("Source queue must be configured as a Dead Letter Queue.")]
    NoDeadLetterQueue,
    #[error(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time."
    )]
    TaskIsRunning,
    #[error("Only active tasks can be cancelled.")]
    TaskNotRunning,
    #[error("There should be at least one entry in the request.")]
    EmptyBatchRequest,
    #[error("Maximum number of entries per request are 10. You have sent {0}.")]
    TooManyEntriesInBatchRequest(usize),
    #[error("Id {0} repeated.")]
    BatchEntryIdsNotDistinct(String),
    #[error(
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long."
    )]
    InvalidBatchEntryId,
    #[error("Batch requests cannot be longer than 1048576 bytes. You have sent {0} bytes.")]
    BatchRequestTooLong(usize),
    #[error("The action {0} is not valid for this endpoint.")]
    InvalidAction(String),
    #[error("The body does not have this action's shape, at line {line} column {column}.")]
    Serialization { line: usize, column: usize },
    #[error("The state could not be stored.")]
    Disk(#[from] DiskError),
}

/// The code of the query protocol, which SQS used before and older code compares with.
enum Code {
    /// The name in the model.
    Same,
    /// That name after `AWS.SimpleQueueService.`.
    Prefixed,
    Other(&'static str),
}

impl SqsError {
    pub(super) fn parameter(
        parameter: &'static str,
        value: &impl ToString,
        reason: impl Into<String>,
    ) -> Self {
        let (value, reason) = (value.to_string(), reason.into());
        Self::InvalidParameterValue { parameter, value, reason }
    }

    /// Its name in the service's model, its code, its HTTP status.
    fn row(&self) -> (&'static str, Code, u16) {
        use Code::{Other, Prefixed, Same};
        match self {
            Self::QueueDoesNotExist => ("QueueDoesNotExist", Other(NON_EXISTENT_QUEUE), 400),
            Self::QueueNameExists(_) => ("QueueNameExists", Other("QueueAlreadyExists"), 400),
            Self::PurgeQueueInProgress(_) => ("PurgeQueueInProgress", Prefixed, 403),
            Self::InvalidAttributeName(_) => ("InvalidAttributeName", Same, 400),
            Self::InvalidAttributeValue(_) => ("InvalidAttributeValue", Same, 400),
            Self::InvalidParameterValue { .. }
            | Self::TaskHandleIsInvalid
            | Self::NoDeadLetterQueue
            | Self::TaskIsRunning
            | Self::TaskNotRunning => {
                ("InvalidParameterValueException", Other("InvalidParameterValue"), 400)
            }
            Self::MissingParameter(_) => {
                ("MissingRequiredParameterException", Other("MissingParameter"), 400)
            }
            Self::InvalidMessageContents => ("InvalidMessageContents", Same, 400),
            Self::ReceiptHandleIsInvalid(_) => ("ReceiptHandleIsInvalid", Same, 404),
            Self::MessageNotInflight => ("MessageNotInflight", Prefixed, 400),
            Self::ResourceNotFound(_) | Self::NoSuchTask => {
                ("ResourceNotFoundException", Same, 404)
            }
            Self::OverLimit => ("OverLimit", Same, 403),
            Self::EmptyBatchRequest => ("EmptyBatchRequest", Prefixed, 400),
            Self::TooManyEntriesInBatchRequest(_) => {
                ("TooManyEntriesInBatchRequest", Prefixed, 400)
            }
            Self::BatchEntryIdsNotDistinct(_) => ("BatchEntryIdsNotDistinct", Prefixed, 400),
            Self::InvalidBatchEntryId => ("InvalidBatchEntryId", Prefixed, 400),
            Self::BatchRequestTooLong(_) => ("BatchRequestTooLong", Prefixed, 400),
            Self::InvalidAction(_) => ("InvalidAction", Same, 400),
            Self::Serialization { .. } => ("SerializationException", Same, 400),
            Self::Disk(_) => ("InternalFailure", Same, 500),
        }
    }

    pub(super) fn code(&self) -> String {
        match self.row() {
            (name, Code::Same, _) => name.to_owned(),
            (name, Code::Prefixed, _) => format!("AWS.SimpleQueueService.{name}"),
            (_, Code::Other(code), _) => code.to_owned(),
        }
    }

    pub(super) fn is_the_senders_fault(&self) -> bool {
        let (_, _, status) = self.row();
        status < 500
    }
}

impl From<Unreadable> for SqsError {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Missing(name) => Self::MissingParameter(name),
            Unreadable::Malformed { line, column } => Self::Serialization { line, column },
        }
    }
}

impl From<SqsError> for AwsError {
    fn from(error: SqsError) -> Self {
        if let SqsError::Disk(cause) = &error {
            tracing::error!(%cause, "a change to the queues could not be stored");
        }
        let (kind, _, status) = error.row();
        Self { status, kind, query_code: Some(error.code()), message: error.to_string() }
    }
}
