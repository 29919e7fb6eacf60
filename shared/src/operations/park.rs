//! Keeps events that cannot be merged yet.

use crate::app::App;
use crate::domain::id::PaymentId;
use crate::domain::time::Timestamp;
use crate::mutants::{Mutant, broken};
use crate::ports::Gateway;
use crate::store::{Parked, StoreError};
use crate::telemetry::{self, Metric};

/// Why an event cannot be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unmerged {
    /// Of an order that is not there (yet), or nobody's.
    Unknown(&'static str),
    /// Of an order that is there and cannot take it (yet).
    Unfit(&'static str),
}

pub(super) enum Kept {
    Parked,
    /// None of its kind is kept any more for so many seconds.
    NoRoom {
        retry_after: u32,
    },
}

/// Of orders that are there everything is kept; of others so much in an hour, as whoever has a signature
/// could fill the table with them.
pub(super) async fn keep(
    app: &App,
    gateway: &dyn Gateway,
    (event, payment): (Option<&str>, Option<&PaymentId>),
    body: &[u8],
    why: Unmerged,
) -> Result<Kept, StoreError> {
    let (reason, bound) = match why {
        Unmerged::Unknown(reason) => (reason, app.config.parked_per_hour),
        Unmerged::Unfit(reason) => (reason, None),
    };
    let (name, now) = (gateway.name(), app.clock.now());
    let parked = Parked { of: payment.cloned(), ..Parked::new(&name, event, body, reason, now) };
    if let Some(max) = bound {
        if app.store.parked(&parked.key).await?.is_some() {
            return Ok(Kept::Parked);
        }
        if !app.store.take_place(now, max).await? {
            telemetry::metric(Metric::WebhookNotParked, name.as_str());
            if broken(Mutant::FullIsAcknowledged) {
                return Ok(Kept::Parked);
            }
            return Ok(Kept::NoRoom { retry_after: seconds_of_hour_left(now) });
        }
    }
    if let Some(payment) = payment {
        app.store.note_parked(&payment.order(), &parked).await?;
    }
    if app.store.park(&parked).await? {
        tracing::error!(gateway.name = %name, reason, "event parked");
        telemetry::metric(Metric::WebhookParked, name.as_str());
    }
    Ok(Kept::Parked)
}

fn seconds_of_hour_left(now: Timestamp) -> u32 {
    u32::try_from(3600 - now.unix().rem_euclid(3600)).unwrap_or(3600)
}
