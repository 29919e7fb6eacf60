//! Failures of the store.

use std::error::Error;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The write may or may not have happened; a retry finds out by its nonce.
    #[error("the table did not answer")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    #[error("an item cannot be read or written")]
    Shape(#[from] serde_dynamo::Error),
    #[error("an order would outgrow its item")]
    TooLarge,
    #[error("an item in the table is not ours")]
    Foreign,
    /// Other writers kept changing the order while this write was tried.
    #[error("the order is being changed too often")]
    Contended,
}

impl StoreError {
    pub(super) fn unavailable(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Unavailable(Box::new(error))
    }
}
