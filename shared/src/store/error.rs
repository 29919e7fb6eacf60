//! What can go wrong with the store that is not an answer of its own.

use std::error::Error;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The write may or may not have been made; whoever retries finds out by its nonce.
    #[error("the table did not answer")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    #[error("an item cannot be read or written")]
    Shape(#[from] serde_dynamo::Error),
    #[error("an order would outgrow its item")]
    TooLarge,
    #[error("an item of the table is none of ours")]
    Foreign,
    /// Others changed the order again and again while this write tried.
    #[error("the order is being changed too often")]
    Contended,
}

impl StoreError {
    pub(super) fn unavailable(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Unavailable(Box::new(error))
    }
}
