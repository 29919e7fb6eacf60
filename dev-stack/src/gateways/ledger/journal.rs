//! The changes of a call, written as one transaction before the call is answered.

use serde::Serialize;
use tracing::error;

use crate::disk::{Change, Disk, DiskError};

/// The collections on disk.
pub(crate) const PAYMENTS: &str = "sandbox_payments";
pub(crate) const REPLIES: &str = "sandbox_replies";
pub(crate) const DELIVERIES: &str = "sandbox_deliveries";
pub(crate) const BEHAVIOURS: &str = "sandbox_behaviours";
pub(crate) const CREATE_CALLS: &str = "sandbox_create_calls";

#[derive(Debug)]
pub(crate) struct Journal {
    disk: Disk,
    changes: Vec<Change>,
    refused: Option<DiskError>,
}

/// The call must not be answered as done. The cause is in the log.
#[derive(Debug)]
pub(crate) struct NotWritten;

impl Journal {
    pub(crate) fn new(disk: Disk) -> Self {
        Self { disk, changes: Vec::new(), refused: None }
    }

    pub(crate) fn put(&mut self, collection: &'static str, key: String, value: &impl Serialize) {
        match Change::put(collection, key, value) {
            Ok(change) => self.changes.push(change),
            Err(error) => self.refused = Some(error),
        }
    }

    pub(crate) fn remove(&mut self, collection: &'static str, key: String) {
        self.changes.push(Change::remove(collection, key));
    }

    /// Changes that could not be written are written with those of the next call.
    pub(crate) fn commit(&mut self) -> Result<(), NotWritten> {
        let written = match self.refused.take() {
            Some(error) => Err(error),
            None if self.changes.is_empty() => return Ok(()),
            None => self.disk.write(&self.changes),
        };
        written.map(|()| self.changes.clear()).map_err(|error| {
            error!(%error, "the sandbox gateway cannot write its state");
            NotWritten
        })
    }
}

/// Numbers as keys that sort as numbers do.
pub(crate) fn number_key(number: u64) -> String {
    format!("{number:020}")
}
