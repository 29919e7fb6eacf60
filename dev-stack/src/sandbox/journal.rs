//! The changes of a call, written as one transaction before the call is answered.

use serde::Serialize;
use tracing::error;

use crate::disk::{Change, Disk, DiskError};

/// The collections on disk.
pub(super) const PAYMENTS: &str = "sandbox_payments";
pub(super) const REPLIES: &str = "sandbox_replies";
pub(super) const DELIVERIES: &str = "sandbox_deliveries";
pub(super) const BEHAVIOURS: &str = "sandbox_behaviours";
pub(super) const CREATE_CALLS: &str = "sandbox_create_calls";

#[derive(Debug)]
pub(super) struct Journal {
    disk: Disk,
    changes: Vec<Change>,
    refused: Option<DiskError>,
}

/// The call must not be answered as done. The cause is in the log.
#[derive(Debug)]
pub(super) struct NotWritten;

impl Journal {
    pub(super) fn new(disk: Disk) -> Self {
        Self { disk, changes: Vec::new(), refused: None }
    }

    pub(super) fn put(&mut self, collection: &'static str, key: String, value: &impl Serialize) {
        match Change::put(collection, key, value) {
            Ok(change) => self.changes.push(change),
            Err(error) => self.refused = Some(error),
        }
    }

    pub(super) fn remove(&mut self, collection: &'static str, key: String) {
        self.changes.push(Change::remove(collection, key));
    }

    /// Changes that could not be written are written with those of the next call.
    pub(super) fn commit(&mut self) -> Result<(), NotWritten> {
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
pub(super) fn number_key(number: u64) -> String {
    format!("{number:020}")
}
