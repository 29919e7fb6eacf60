//! The time to read a body is linear in its length, whatever it contains.

use std::time::{Duration, Instant};

use super::super::{canonical, parse, without_nulls};
use crate::http::card::{self, Place};
use crate::http::fields::{self, Fields, Pairs, Text};

const SHORT: usize = 4 * 1024;
const TIMES: usize = 16;
/// In linear time, one long body takes as long as `TIMES` short ones; in quadratic time, `TIMES` times as
/// long.
const FACTOR_MAX: u32 = 5;

/// Bodies of about `bytes` bytes, each expensive to read in its own way.
fn hostile(bytes: usize) -> Vec<String> {
    let filled = |begin: &str, part: &str, end: &str| {
        format!("{begin}{}{end}", part.repeat(bytes / part.len()))
    };
    let name = "n".repeat(bytes / 2);
    let numbered = |n: usize| format!("\"{n:08}\":0");
    let members: Vec<String> = (0..bytes / 13).map(numbered).collect();
    vec![
        filled("{\"a\":\"", "1", ""),
        filled("{\"a\":\"", "1", "\"} x"),
        filled("{\"a\":", "1", "}"),
        filled("{\"a\":", "1", ""),
        filled("{\"a\":[", "1e999,", "0"),
        filled("{\"a\":[", "-1 ", "]}"),
        filled("{\"a\":0.", "0", "1e999,}"),
        filled("{\"a\":[", "\"4111 1111\",", "0]}"),
        filled("{\"a\":\"", "4 1-1.", "\"}"),
        filled("{\"a\":\"", "4111 1111 1111 1112 ", "\"}"),
        filled("{\"a\":\"", "\\\\", "\"}"),
        filled("[", "[],", "0]"),
        filled("", " ", "x"),
        filled("{\"metadata\":{", "\"a\":1,", "}}"),
        format!("{{\"{name}\":[{}0]}}", "\"a\",".repeat(bytes / 8)),
        format!("{{\"{name}\":[{}0]}}", "\"4111111111111111\",".repeat(bytes / 40)),
        format!("{{{}}}", members.join(",")),
    ]
}

/// Everything that is done with a body before its own rules are checked.
fn read(body: &str) {
    let Ok(value) = parse(body.as_bytes()) else { return };
    card::find(&value, |_| Place::Typed);
    card::find(&value, |_| Place::Made);
    canonical(&without_nulls(&value));
    let limits = Pairs { count_max: 20, name: Text::chars(40), value: Text::chars(500).prose() };
    let reader = |body: &mut Fields<'_, '_>| body.optional("metadata").pairs(limits);
    assert!(fields::read(&value, reader).is_err());
}

/// The CPU time of this thread, unaffected by other work; on systems that do not report it, the elapsed time.
fn worked(since: Instant) -> Duration {
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = schedstat.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

/// The shorter of two runs.
fn took(body: &str, times: usize) -> Duration {
    let once = || {
        let since = Instant::now();
        let before = worked(since);
        (0..times).for_each(|_| read(body));
        worked(since).saturating_sub(before)
    };
    (0..2).map(|_| once()).min().unwrap()
}

#[test]
fn a_long_body_takes_no_longer_than_as_many_bytes_in_short_ones() {
    let mut slow = Vec::new();
    for (short, long) in hostile(SHORT).iter().zip(hostile(SHORT * TIMES)) {
        // Shorter times cannot be measured reliably.
        let limit = took(short, TIMES).max(Duration::from_millis(1)) * FACTOR_MAX;
        let long_took = took(&long, 1);
        let begins = short.get(..20).unwrap_or(short);
        if long_took > limit {
            slow.push(format!("{begins}…: {long_took:?} is more than {limit:?}"));
        }
    }
    assert!(slow.is_empty(), "{slow:#?}");
}
