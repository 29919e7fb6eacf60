//! Finishes the work left by a crash, a lost answer or the passage of time: publishes the outbox, asks about
//! unknown outcomes, sends owed operations, ends expired orders, retries parked events.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::stream;
use futures_util::{FutureExt, StreamExt};

use crate::app::{App, Budget};
use crate::domain::claims::{EndRefused, end};
use crate::domain::history::Source;
use crate::domain::id::OrderId;
use crate::domain::order::{Ending, Order, State};
use crate::operations::perform::settle;
use crate::operations::resolve::resolve;
use crate::operations::retry_parked::retry;
use crate::operations::work::Work;
use crate::operations::{Unavailable, chain};
use crate::pause::{self, Point};
use crate::store::{Due, DueKey, PARKED_SHARD, StoreError};
use crate::telemetry::{self, Metric};

const AT_ONCE: usize = 8;
/// No entry is started later than this in a run; the rest is due again in the next one.
const RUN_MAX: Duration = Duration::from_secs(25);
/// How much later an entry that failed is due again.
const FAILED_SECONDS: i64 = 60;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub due: u32,
    pub failed: u32,
    pub left: u32,
    /// How long the oldest entry had been due.
    pub age_seconds: i64,
}

/// One run of the sweep.
struct Run<'a> {
    work: Work<'a>,
    /// The time left when the run began.
    at_start: Duration,
}

impl Run<'_> {
    fn is_over(&self) -> bool {
        self.at_start.saturating_sub(self.work.budget.left()) > RUN_MAX
    }
}

pub async fn sweep(app: &App, budget: Budget) -> Result<Swept, Unavailable> {
    let run = Run { work: Work::begin(app, budget).await?, at_start: budget.left() };
    let mut swept = Swept::default();
    for shard in shards(app) {
        let now = app.clock.now();
        let mut due = app.store.due(shard.into(), now).await?;
        // Events parked by an older version are in these shards too.
        due.sort_by_key(|due| matches!(due.key, DueKey::Parked(_)));
        let oldest = due.iter().map(|due| now.since(due.since)).max();
        swept.age_seconds = swept.age_seconds.max(oldest.unwrap_or_default());
        handle_all(&run, due, &mut swept).await;
    }
    sweep_parked(&run, &mut swept).await?;
    telemetry::measure(Metric::SweepBacklogAge, swept.age_seconds, "");
    if swept.left > 0 {
        telemetry::measure(Metric::SweepLeft, i64::from(swept.left), "");
    }
    Ok(swept)
}

/// Parked events come after all orders: a sender with a valid signature can cause any number of them, and no
/// order may wait for them.
async fn sweep_parked(run: &Run<'_>, swept: &mut Swept) -> Result<(), Unavailable> {
    let app = run.work.app;
    let mut known = BTreeSet::new();
    loop {
        let mut due = app.store.due(PARKED_SHARD, app.clock.now()).await?;
        // The index may still list entries that were just handled.
        due.retain(|due| known.insert(due.key.clone()));
        if due.is_empty() || run.is_over() {
            swept.left += u32::try_from(due.len()).unwrap_or(u32::MAX);
            return Ok(());
        }
        handle_all(run, due, swept).await;
    }
}

async fn handle_all(run: &Run<'_>, due: Vec<Due>, swept: &mut Swept) {
    let mut handled =
        stream::iter(due).map(|Due { key, .. }| handle(run, key).boxed()).buffer_unordered(AT_ONCE);
    while let Some(outcome) = handled.next().await {
        match outcome {
            Outcome::Done => swept.due += 1,
            Outcome::Failed => swept.failed += 1,
            Outcome::Left => swept.left += 1,
        }
    }
}

/// The shards in a different order each time, so that runs that are cut short do not neglect the same ones.
fn shards(app: &App) -> impl Iterator<Item = u32> {
    let count = app.config.due_shards.max(1);
    let start = app
        .ids
        .nonce()
        .0
        .bytes()
        .fold(0_u32, |sum, b| sum.wrapping_mul(31).wrapping_add(u32::from(b)));
    (0..count).map(move |n| n.wrapping_add(start % count) % count)
}

enum Outcome {
    Done,
    Failed,
    Left,
}

async fn handle(run: &Run<'_>, key: DueKey) -> Outcome {
    let app = run.work.app;
    if run.is_over() {
        return Outcome::Left;
    }
    let handled = match &key {
        DueKey::Order(id) => sweep_order(&run.work, id).await,
        DueKey::Parked(key) => retry(&run.work, key).await,
        DueKey::Unreadable(_) => Err(Unavailable::Store(StoreError::Foreign)),
    };
    let Err(error) = handled else {
        return Outcome::Done;
    };
    tracing::error!(error = %chain(&error), key = ?key, "due work failed");
    telemetry::metric(Metric::SweepFailed, "");
    let until = app.clock.now().plus(FAILED_SECONDS);
    if let Err(error) = app.store.push_back(&key, until).await {
        tracing::error!(error = %error, key = ?key, "failed work not pushed back");
    }
    Outcome::Failed
}

async fn sweep_order(work: &Work<'_>, id: &OrderId) -> Result<(), Unavailable> {
    let Some(order) = work.app.store.order(id).await? else {
        return Ok(());
    };
    let now = work.app.clock.now();
    // The index may be stale; only the item decides.
    if order.due_at.is_none_or(|due| due > now) {
        return Ok(());
    }
    let version = order.version;
    let order = work.publish(order).await;
    let order = expire(work, order).await?;
    let order = settle_live(work, order).await?;
    let order = settle_operations(work, order).await?;
    let order = ask_about_the_rest(work, order).await?;
    let order = work.publish(order).await;
    if order.version == version {
        work.alter(&work.app.occasion(Source::Sweep), order, Order::put_off).await?;
    }
    Ok(())
}

async fn expire(work: &Work<'_>, order: Order) -> Result<Order, StoreError> {
    let occasion = work.app.occasion(Source::Sweep);
    let past =
        order.state == State::Open && order.ending.is_none() && order.expires_at <= occasion.now;
    if !past {
        return Ok(order);
    }
    let expire = |order: &mut Order| match end(order, Ending::Expire, occasion.now) {
        Ok(())
        | Err(
            EndRefused::Paid
            | EndRefused::Expired
            | EndRefused::Canceled
            | EndRefused::NotYetExpired
            | EndRefused::CaptureInFlight,
        ) => {}
    };
    let order = work.alter(&occasion, order, expire).await?;
    pause::reached(&work.app.config, Point::EndRecorded).await;
    Ok(order)
}

async fn settle_live(work: &Work<'_>, order: Order) -> Result<Order, Unavailable> {
    let now = work.app.clock.now();
    let Some((id, attempt)) = order.live_attempt() else {
        return Ok(order);
    };
    if attempt.is_leased(now) {
        return Ok(order);
    }
    let id = id.clone();
    Ok(resolve(work, order, &id, Source::Sweep).await?.order)
}

async fn settle_operations(work: &Work<'_>, mut order: Order) -> Result<Order, Unavailable> {
    for id in order.unsettled_operations(work.app.clock.now()) {
        order = Box::pin(settle(work, order, &id)).await?;
    }
    Ok(order)
}

async fn ask_about_the_rest(work: &Work<'_>, mut order: Order) -> Result<Order, Unavailable> {
    for payment in order.attempts_to_ask_about() {
        let over = order.ask.get(&payment).is_some_and(|until| *until <= work.app.clock.now());
        if order.live.as_ref() == Some(&payment) && !over {
            continue;
        }
        let resolved = resolve(work, order, &payment, Source::Sweep).await?;
        order = resolved.order;
        // The question ends with the first answer after its deadline, not at the deadline itself; or when
        // nothing can answer it any more.
        if over && !resolved.unanswered {
            let occasion = work.app.occasion(Source::Sweep);
            order = work.alter(&occasion, order, |order| order.stop_asking(&payment)).await?;
        }
    }
    Ok(order)
}
