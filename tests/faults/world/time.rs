//! One clock for everything, and numbered names.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use quittance::domain::id::OrderId;
use quittance::domain::names::Nonce;
use quittance::domain::time::Timestamp;
use quittance::ports::{Clock, Ids};
use tokio::time::Instant;

/// 2026-11-20T09:00:00Z.
const START_MS: i64 = 1_795_165_200_000;

/// The runtime's paused time, which passes during timeouts and backoffs, plus the time that the script
/// lets pass.
#[derive(Debug)]
pub(crate) struct Time {
    started: Instant,
    shift_ms: AtomicI64,
    now_ms: Arc<AtomicI64>,
}

impl Time {
    pub(crate) fn start() -> Self {
        let now_ms = Arc::new(AtomicI64::new(START_MS));
        Self { started: Instant::now(), shift_ms: AtomicI64::new(0), now_ms }
    }

    /// The time that the imitations read; `now_ms` advances it.
    pub(crate) fn hands(&self) -> Arc<AtomicI64> {
        Arc::clone(&self.now_ms)
    }

    pub(crate) fn now_ms(&self) -> i64 {
        let slept = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let now = START_MS + slept + self.shift_ms.load(Ordering::SeqCst);
        self.now_ms.store(now, Ordering::SeqCst);
        now
    }

    pub(crate) fn pass_ms(&self, ms: i64) {
        self.shift_ms.fetch_add(ms, Ordering::SeqCst);
        self.now_ms();
    }
}

#[derive(Debug)]
pub(crate) struct SharedClock(pub Arc<Time>);

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.0.now_ms() / 1000)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Counted(AtomicU64);

impl Ids for Counted {
    fn nonce(&self) -> Nonce {
        Nonce(format!("w{}", self.0.fetch_add(1, Ordering::SeqCst)))
    }

    fn order_id(&self) -> OrderId {
        let n = self.0.fetch_add(1, Ordering::SeqCst);
        OrderId::from_random(u128::from(n).to_be_bytes())
    }
}
