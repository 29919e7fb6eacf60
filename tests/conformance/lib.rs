//! AWS's documented behaviour of the services that the bundle relies on, as cases for any endpoint: our
//! imitations on every `cargo test`, another emulator or AWS itself by hand (`cargo conformance --help`).
//! The table's cases are played by the functions' own store, so that they use its exact expressions.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "tests panic on failure, and write bodies where they send them"
)]

mod case;
mod cli;
mod desk;
mod document;
mod dynamodb;
mod engine;
mod known;
mod recorder;
mod report;
mod secrets;
mod service;
mod sqs;
mod sweeping;
mod target;
mod wire;

use futures_util::stream::{self, StreamExt};

pub use self::case::{Case, Row, Stop};
pub use self::cli::main;
pub use self::desk::{Desk, local};
pub use self::document::cell;
pub use self::known::{KNOWN, Known, known};
pub use self::recorder::{Recorder, Said};
pub use self::service::Service;
use self::target::Stage;
pub use self::target::Target;

/// How many cases are played at the same time. Most of them only wait.
const AT_ONCE: usize = 16;

/// The results of one service on one target: a row per case, and the expressions that the store used.
#[derive(Debug)]
pub struct Played {
    pub service: Service,
    pub rows: Vec<Row>,
    pub said: Said,
}

impl Played {
    pub fn matching(&self) -> usize {
        self.rows.iter().filter(|row| row.matches()).count()
    }

    pub fn was_run(&self) -> usize {
        self.rows.iter().filter(|row| row.was_run()).count()
    }
}

/// Every case of a service, in the document's order.
pub fn cases(service: Service) -> Vec<Case> {
    match service {
        Service::DynamoDb => dynamodb::cases(),
        Service::Sqs => sqs::cases(),
        Service::SecretsManager => secrets::cases(),
    }
}

/// Plays the cases of a service whose names contain `filter`.
pub async fn play(service: Service, target: &Target, filter: &str) -> Result<Played, Stop> {
    let stage = Stage::set(service, target)?;
    if service == Service::DynamoDb {
        dynamodb::make_table(&stage.desk().await?).await?;
    }
    let chosen = cases(service).into_iter().filter(|case| case.name.contains(filter));
    let playing = chosen.map(|case| async { Ok(case.play(stage.desk().await?).await) });
    let rows: Vec<Result<Row, Stop>> = stream::iter(playing).buffered(AT_ONCE).collect().await;
    let rows = rows.into_iter().collect::<Result<Vec<Row>, Stop>>()?;
    if matches!(target, Target::Endpoint { .. }) {
        sweeping::sweep(&stage.desk().await?).await?;
    }
    Ok(Played { service, rows, said: stage.recorder.said() })
}
