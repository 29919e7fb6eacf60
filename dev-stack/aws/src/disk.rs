//! Named collections of JSON documents on disk, so that a killed stack continues where it stopped.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A stack that was killed takes a moment to be gone, and a process that it was just starting has
/// a copy of its lock until it executes.
const LOCK_WAIT: Duration = Duration::from_millis(300);
const LOCK_RETRY: Duration = Duration::from_millis(10);

/// Where the imitations keep their state. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Disk {
    folder: Option<Arc<Folder>>,
    /// Put before the name of every collection.
    prefix: Arc<str>,
}

#[derive(Debug)]
struct Folder {
    connection: Mutex<Connection>,
    /// Held for as long as the stack runs. The kernel releases it even after `kill -9`.
    _lock: File,
}

/// One document to be written or removed; `Debug` shows no content, which may be a secret.
pub enum Change {
    Put { collection: &'static str, key: String, json: String },
    Remove { collection: &'static str, key: String },
}

#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    #[error("{} is in use by another dev stack; stop it or choose another --data folder", .0.display())]
    Locked(PathBuf),
    #[error("cannot use the folder {}: {source}", .folder.display())]
    Folder { folder: PathBuf, source: std::io::Error },
    #[error("the state file cannot be read or written: {0}")]
    Database(#[from] rusqlite::Error),
    /// Without the cause: it may quote the document, and that may be a secret.
    #[error("a document of {0} does not have the shape that this version stores")]
    Document(String),
}

impl Disk {
    /// Stores nothing.
    pub fn none() -> Self {
        Self { folder: None, prefix: "".into() }
    }

    /// Collections of its own on the same disk, beside those of everybody else.
    #[must_use]
    pub fn of(&self, owner: &str) -> Self {
        Self { folder: self.folder.clone(), prefix: format!("{}{owner}/", self.prefix).into() }
    }

    pub fn open(dir: &Path) -> Result<Self, DiskError> {
        let lock = locked(dir)?;
        let connection = Connection::open(dir.join("state.sqlite"))?;
        // With a write-ahead log, NORMAL is enough: a commit survives the death of the process, and only a
        // power cut can undo the last ones.
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = NORMAL;
             CREATE TABLE IF NOT EXISTS documents (
                 collection TEXT NOT NULL,
                 key TEXT NOT NULL,
                 json TEXT NOT NULL,
                 PRIMARY KEY (collection, key)
             ) WITHOUT ROWID;",
        )?;
        let folder = Folder { connection: Mutex::new(connection), _lock: lock };
        Ok(Self { folder: Some(Arc::new(folder)), prefix: "".into() })
    }

    /// All of the changes or none; on disk when it returns. Takes a fraction of a millisecond, so
    /// async callers do not leave their thread for it.
    pub fn write(&self, changes: &[Change]) -> Result<(), DiskError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let mut connection = folder.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        let prefix = &self.prefix;
        for change in changes {
            match change {
                Change::Put { collection, key, json } => transaction
                    .prepare_cached("INSERT OR REPLACE INTO documents VALUES (?1, ?2, ?3)")?
                    .execute(params![format!("{prefix}{collection}"), key, json])?,
                Change::Remove { collection, key } => transaction
                    .prepare_cached("DELETE FROM documents WHERE collection = ?1 AND key = ?2")?
                    .execute(params![format!("{prefix}{collection}"), key])?,
            };
        }
        Ok(transaction.commit()?)
    }

    /// A whole collection, sorted by key.
    pub fn all<T: DeserializeOwned>(
        &self,
        collection: &str,
    ) -> Result<Vec<(String, T)>, DiskError> {
        let Some(folder) = &self.folder else {
            return Ok(Vec::new());
        };
        let connection = folder.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let mut statement = connection
            .prepare("SELECT key, json FROM documents WHERE collection = ?1 ORDER BY key")?;
        let mut rows = statement.query(params![format!("{}{collection}", self.prefix)])?;
        let mut documents = Vec::new();
        while let Some(row) = rows.next()? {
            let json: String = row.get(1)?;
            let document = serde_json::from_str(&json)
                .map_err(|_| DiskError::Document(collection.to_owned()))?;
            documents.push((row.get(0)?, document));
        }
        Ok(documents)
    }
}

fn locked(dir: &Path) -> Result<File, DiskError> {
    let unusable = |source| DiskError::Folder { folder: dir.to_owned(), source };
    fs::create_dir_all(dir).map_err(unusable)?;
    let lock = File::create(dir.join("lock")).map_err(unusable)?;
    let until = Instant::now() + LOCK_WAIT;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) if Instant::now() < until => thread::sleep(LOCK_RETRY),
            Err(TryLockError::WouldBlock) => return Err(DiskError::Locked(dir.to_owned())),
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
    }
}

impl Change {
    pub fn put(
        collection: &'static str,
        key: impl Into<String>,
        value: &impl Serialize,
    ) -> Result<Self, DiskError> {
        let json =
            serde_json::to_string(value).map_err(|_| DiskError::Document(collection.to_owned()))?;
        Ok(Self::Put { collection, key: key.into(), json })
    }

    pub fn remove(collection: &'static str, key: impl Into<String>) -> Self {
        Self::Remove { collection, key: key.into() }
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put { collection, key, .. } => write!(f, "Put({collection}/{key})"),
            Self::Remove { collection, key } => write!(f, "Remove({collection}/{key})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_there_after_opening_again_sorted_by_key() {
        let dir = tempfile::tempdir().unwrap();
        let disk = Disk::open(dir.path()).unwrap();
        let put = |key: &str, value: u32| Change::put("numbers", key, &value).unwrap();
        disk.write(&[put("b", 2), put("a", 1), put("c", 3)]).unwrap();
        disk.write(&[put("b", 20), Change::remove("numbers", "c")]).unwrap();
        drop(disk);
        let disk = Disk::open(dir.path()).unwrap();
        let expected = vec![("a".to_owned(), 1), ("b".to_owned(), 20)];
        assert_eq!(disk.all::<u32>("numbers").unwrap(), expected);
        assert!(disk.all::<u32>("others").unwrap().is_empty());
    }

    #[test]
    fn a_second_stack_on_the_same_folder_is_refused_in_one_sentence() {
        let dir = tempfile::tempdir().unwrap();
        let first = Disk::open(dir.path()).unwrap();
        let second = Disk::open(dir.path()).unwrap_err();
        assert!(second.to_string().contains("in use by another dev stack"), "{second}");
        drop(first);
        Disk::open(dir.path()).unwrap();
    }

    #[test]
    fn no_disk_keeps_nothing() {
        let disk = Disk::none();
        disk.write(&[Change::put("numbers", "a", &1).unwrap()]).unwrap();
        assert!(disk.all::<u32>("numbers").unwrap().is_empty());
    }

    #[test]
    fn the_debug_form_of_a_change_shows_no_content() {
        let change = Change::put("secrets", "quittance/api-keys", &"sk_hidden").unwrap();
        assert_eq!(format!("{change:?}"), "Put(secrets/quittance/api-keys)");
    }
}
