//! Parks events that cannot be merged yet.

use crate::app::App;
use crate::domain::id::PaymentId;
use crate::domain::names::GatewayName;
use crate::domain::time::Timestamp;
use crate::ports::Gateway;
use crate::store::{Parked, StoreError};
use crate::telemetry::{self, Metric};

/// Why an event cannot be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unmerged {
    /// Its order does not exist, not yet or never, or the event names none.
    Unknown(&'static str),
    /// Its order exists but cannot take it, not yet or never.
    Unfit(&'static str),
}

pub(super) enum Kept {
    Parked,
    NoRoom(NoRoom),
}

/// The limit that was reached. The event is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRoom {
    /// The hour's limit for events of unknown orders.
    Hour { seconds_left: u32 },
    /// The limit of one order.
    Order,
}

/// How many events are ever parked for one order. Few are needed, since events of known payments are merged,
/// and a redaction must get through all of them in one call.
const OF_AN_ORDER_MAX: u32 = 100;

/// Parks the event unless a limit is reached. Without limits, anybody with the webhook secret could fill the
/// table.
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
            return Ok(full(&name, NoRoom::Hour { seconds_left: seconds_of_hour_left(now) }));
        }
    }
    if let Some(payment) = payment
        && !app.store.note_parked(&payment.order(), &parked, OF_AN_ORDER_MAX).await?
    {
        return Ok(full(&name, NoRoom::Order));
    }
    if app.store.park(&parked).await? {
        tracing::error!(gateway.name = %name, reason, "event parked");
        telemetry::metric(Metric::WebhookParked, name.as_str());
    }
    Ok(Kept::Parked)
}

fn full(gateway: &GatewayName, what: NoRoom) -> Kept {
    telemetry::metric(Metric::WebhookNotParked, gateway.as_str());
    Kept::NoRoom(what)
}

fn seconds_of_hour_left(now: Timestamp) -> u32 {
    u32::try_from(3600 - now.unix().rem_euclid(3600)).unwrap_or(3600)
}
