//! When a delivery is tried again.

use http::HeaderMap;
use http::header::RETRY_AFTER;

use crate::domain::time::Timestamp;

/// Wait after each failed try; the last one repeats.
const BACKOFF_SECONDS: [i32; 11] =
    [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 39_600, 39_600];
/// SQS hides a message for 12 hours at most, counted from its receipt: less what a batch may take until
/// then. Fifteen such waits are over before the queue forgets the message after 14 days.
pub(super) const WAIT_SECONDS_MAX: i32 = 43_050;

pub(super) fn backoff(tries: u32) -> i32 {
    let step = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    let step = step.min(BACKOFF_SECONDS.len() - 1);
    BACKOFF_SECONDS.get(step).copied().unwrap_or(WAIT_SECONDS_MAX)
}

/// `Retry-After`, in seconds or as a date, within what a queue can wait.
pub(super) fn asked_seconds(headers: &HeaderMap, now: Timestamp) -> Option<i32> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // More seconds than a number holds are as many as can be waited.
        text.parse().unwrap_or(i64::MAX)
    } else {
        Timestamp::from_http_date(text)?.since(now)
    };
    i32::try_from(seconds.clamp(0, i64::from(WAIT_SECONDS_MAX))).ok()
}
