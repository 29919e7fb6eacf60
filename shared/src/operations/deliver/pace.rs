//! The schedule of repeated deliveries.

use http::HeaderMap;
use http::header::RETRY_AFTER;

use crate::domain::time::Timestamp;

/// The wait after each failed try; the last one repeats.
const BACKOFF_SECONDS: [i32; 11] =
    [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 39_600, 39_600];
/// SQS hides a message for at most 12 hours from its receipt; this is less by the time that a batch may take.
/// Fifteen such waits end before the queue drops the message after 14 days.
pub(super) const WAIT_SECONDS_MAX: i32 = 43_050;

pub(super) fn backoff(tries: u32) -> i32 {
    let step = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    let step = step.min(BACKOFF_SECONDS.len() - 1);
    BACKOFF_SECONDS.get(step).copied().unwrap_or(WAIT_SECONDS_MAX)
}

/// `Retry-After`, in seconds or as a date, limited to what a queue can wait.
pub(super) fn asked_seconds(headers: &HeaderMap, now: Timestamp) -> Option<i32> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // A number too large for an integer counts as the longest wait.
        text.parse().unwrap_or(i64::MAX)
    } else {
        Timestamp::from_http_date(text)?.since(now)
    };
    i32::try_from(seconds.clamp(0, i64::from(WAIT_SECONDS_MAX))).ok()
}
