//! What Secrets Manager refuses. No message here holds a value.

use crate::AwsError;
use crate::disk::DiskError;
use crate::protocol::Unreadable;

#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    #[error("Secrets Manager can't find the specified secret.")]
    NotFound,
    #[error("Secrets Manager can't find the specified secret value for {0}")]
    VersionNotFound(String),
    #[error("{0}")]
    AlreadyExists(String),
    #[error("{0}")]
    InvalidParameter(String),
    #[error("{0}")]
    InvalidRequest(&'static str),
    #[error("This endpoint does not support the action {0}.")]
    UnknownOperation(String),
    #[error("The body does not have this action's shape, at line {line} column {column}.")]
    Serialization { line: usize, column: usize },
    #[error("The state could not be stored.")]
    Disk(#[from] DiskError),
}

impl SecretsError {
    pub(super) fn parameter(reason: impl Into<String>) -> Self {
        Self::InvalidParameter(reason.into())
    }
}

impl From<Unreadable> for SecretsError {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Missing(name) => Self::parameter(format!("{name} is required.")),
            Unreadable::Malformed { line, column } => Self::Serialization { line, column },
        }
    }
}

impl From<SecretsError> for AwsError {
    fn from(error: SecretsError) -> Self {
        if let SecretsError::Disk(cause) = &error {
            tracing::error!(%cause, "a change to the secrets could not be stored");
        }
        let (kind, status) = match &error {
            SecretsError::NotFound | SecretsError::VersionNotFound(_) => {
                ("ResourceNotFoundException", 400)
            }
            SecretsError::AlreadyExists(_) => ("ResourceExistsException", 400),
            SecretsError::InvalidParameter(_) => ("InvalidParameterException", 400),
            SecretsError::InvalidRequest(_) => ("InvalidRequestException", 400),
            SecretsError::UnknownOperation(_) => ("UnknownOperationException", 400),
            SecretsError::Serialization { .. } => ("SerializationException", 400),
            SecretsError::Disk(_) => ("InternalServiceError", 500),
        };
        Self { status, kind, query_code: None, message: error.to_string() }
    }
}
