//! The source of ids: random when the stack runs, counted when a search must be repeatable.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct Ids(Option<Arc<AtomicU64>>);

impl Ids {
    pub fn random() -> Self {
        Self(None)
    }

    /// 1, 2, 3, … in the shape of a UUID.
    pub fn counting() -> Self {
        Self(Some(Arc::new(AtomicU64::new(1))))
    }

    pub fn next(&self) -> Uuid {
        match &self.0 {
            Some(counter) => Uuid::from_u128(counter.fetch_add(1, Ordering::SeqCst).into()),
            None => Uuid::new_v4(),
        }
    }
}
