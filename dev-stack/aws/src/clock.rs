//! The time that every imitation reads, injected so that a test can set it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

#[derive(Clone)]
pub struct Clock {
    now: Hands,
    outside: Hands,
}

type Hands = Arc<dyn Fn() -> i64 + Send + Sync>;

impl Clock {
    /// The machine's clock; in debug builds ahead of it by the offset file's seconds, so that a
    /// test can pass an expiry without waiting for it.
    pub fn system() -> Self {
        let now = || machine_ms().saturating_add(offset_seconds().saturating_mul(1000));
        Self { now: Arc::new(now), outside: Arc::new(machine_ms) }
    }

    pub fn fixed(now_ms: Arc<AtomicI64>) -> Self {
        let hands: Hands = Arc::new(move || now_ms.load(Ordering::SeqCst));
        Self { now: Arc::clone(&hands), outside: hands }
    }

    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        (self.now)()
    }

    /// How many whole seconds this clock is ahead of the machine's.
    pub fn ahead_seconds(&self) -> i64 {
        // Rounded: time passes between the two readings.
        self.now_ms().saturating_sub(self.outside_ms()).saturating_add(500).div_euclid(1000)
    }

    /// The time of a clock that was not moved. Confirmations are signed with it, because a shop has no other.
    pub fn outside_ms(&self) -> i64 {
        (self.outside)()
    }
}

/// The machine's clock, even if a test moves ours: the time limit of an invocation is real time.
#[expect(clippy::disallowed_methods, reason = "the one reader of the machine's clock")]
pub fn machine_ms() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}

/// Read at every call, so that a running stack follows the file.
#[cfg(debug_assertions)]
#[expect(clippy::disallowed_methods, reason = "the offset belongs to the clock, not to a config")]
fn offset_seconds() -> i64 {
    std::env::var("QUITTANCE_CLOCK_OFFSET_FILE")
        .ok()
        .and_then(|path| std::fs::read_to_string(path).ok())
        .and_then(|seconds| seconds.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(not(debug_assertions))]
fn offset_seconds() -> i64 {
    0
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
