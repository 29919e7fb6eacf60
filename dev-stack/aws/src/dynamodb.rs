//! The embedded `DynamoDB`: opened, given its tables, served on a thread of its own.

mod front;
mod table;
#[cfg(test)]
mod tests;

use std::future::pending;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use dynoxide::server::serve_with_shutdown;
use dynoxide::{Database, DynoxideError, storage_backend};
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

pub use table::{IndexDescription, Key, KeyAttribute, Projection, TableDescription};

use crate::clock::Clock;

/// `DynamoDB` itself takes days; a developer waits a second.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, thiserror::Error)]
pub enum DynamoDbError {
    #[error("the database cannot be opened: {0}")]
    Open(DynoxideError),
    #[error("cannot create the table {table}: {source}")]
    Table { table: String, source: DynoxideError },
    #[error("cannot create the table {table}: {source}")]
    Description { table: String, source: serde_json::Error },
    #[error("DynamoDB cannot be served: {0}")]
    Serve(#[from] std::io::Error),
}

/// In memory, reading the given clock.
pub fn open_memory(clock: Clock) -> Result<Database, DynamoDbError> {
    Database::memory_with_clock(Arc::new(Seconds(clock))).map_err(DynamoDbError::Open)
}

/// In `dir`, which the caller has locked. A committed write survives the death of the process. The
/// engine reads the machine's clock here, so a shifted clock expires nothing.
pub fn open_file(dir: &Path) -> Result<Database, DynamoDbError> {
    let path = dir.join("dynamodb.sqlite");
    Database::new(&path.to_string_lossy()).map_err(DynamoDbError::Open)
}

/// Creates missing tables. An existing table stays as it is, because its keys could not be changed.
pub fn provide(database: &Database, tables: &[TableDescription]) -> Result<(), DynamoDbError> {
    tables.iter().try_for_each(|table| table.create_in(database))
}

/// A served database; dropping it stops the server.
#[derive(Debug)]
#[must_use]
pub struct Served {
    _stop: oneshot::Sender<()>,
}

/// Serves on a thread and runtime of its own, because the engine's handlers block theirs.
pub fn serve(database: Database, listener: TcpListener) -> Result<Served, DynamoDbError> {
    listener.set_nonblocking(true)?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let engine = front::private_listener()?;
    let (listener, engine) = {
        let _within = runtime.enter();
        (tokio::net::TcpListener::from_std(listener)?, tokio::net::TcpListener::from_std(engine)?)
    };
    let routes = front::routes(&listener, &engine)?;
    let (stop, stopped) = oneshot::channel();
    thread::Builder::new().name("dynamodb".to_owned()).spawn(move || {
        runtime.block_on(async {
            let sweeping = tokio::spawn(sweep(database.clone()));
            // The sender is dropped and never sends, so an error is the signal.
            let stopped = async { drop(stopped.await) };
            let serving = tokio::spawn(serve_with_shutdown(engine, database, pending()));
            let fronting = axum::serve(listener, routes).with_graceful_shutdown(stopped);
            if let Err(error) = fronting.await {
                tracing::error!(%error, "DynamoDB is no longer served");
            }
            serving.abort();
            sweeping.abort();
        });
    })?;
    Ok(Served { _stop: stop })
}

async fn sweep(database: Database) {
    let mut ticks = interval(SWEEP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let database = database.clone();
        // It waits for requests that are being served, so it must not block their thread.
        match spawn_blocking(move || database.sweep_ttl()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "expired items were not removed"),
            Err(_) => return,
        }
    }
}

/// Our clock, as the engine asks for it.
struct Seconds(Clock);

impl storage_backend::Clock for Seconds {
    fn now_unix_secs(&self) -> u64 {
        u64::try_from(self.0.now_ms() / 1000).unwrap_or_default()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        // Whole seconds suffice, and 32 bits of them reach the year 2106.
        u32::try_from(self.now_unix_secs()).unwrap_or(u32::MAX).into()
    }
}
