//! The figures for people: a table; and the same figures as a document.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::figures::{Figures, Times};

/// The meaning of the figures that their names do not fully explain.
const MEANINGS: &str = "\
Times are by the stack's clock. After the traffic this clock is advanced, at first ten seconds at \
a time, with a sweep every minute, until everything has come to rest. Four kills in five hit a \
process that is at work. A long sweep almost always is, so work that only the sweep settles waits \
for a later sweep.

- *Lost*: captured at the gateway but not booked; paid or refunded but not confirmed to one of the \
three targets; answered with success but gone.
- *Doubled*: two captures kept, more refunded than captured, one fact confirmed under two ids, one \
key with two ids.
- *Invented*: paid, refunded or confirmed without a match at the gateway.
- *Crash to consistent*: for each request that named an order and whose function was killed while \
handling it, the time from the kill until that order has no payment or operation without an \
outcome and no unsent confirmation. Kills that interrupt no client's request (of the sweep, of a \
webhook, of an idle process) are not counted here; their cost shows in *capture to confirmation*.
- *Capture to confirmation*: from the gateway's own time of the capture until `payment.completed` \
is in a queue of the merchant, even if the webhook was held, forged or never sent.
- *Received again*: a message arrived more than once with the same id, at the shop or at one of \
the two consumers, each of which crashes after five messages in a hundred.
- *Effects beyond one*: a consumer that drops repeated ids acted twice on one fact.
- *Unknown outcomes*: payments answered with 202; they are settled once the gateway's outcome is \
known.
";

impl Figures {
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let rows = self.rows();
        let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (name, value) in rows {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name:width$}  {value}");
        }
        text
    }

    pub(crate) fn document(&self) -> String {
        let mut text = format!(
            "# Soak\n\n`{}`, {}, {} build, {} processors.\n\n{MEANINGS}\n| figure | value |\n|---|---|\n",
            self.command,
            self.date,
            if self.debug_build { "debug" } else { "release" },
            self.processors
        );
        for (name, value) in self.rows() {
            let _ = writeln!(text, "| {name} | {value} |");
        }
        text
    }

    fn rows(&self) -> Vec<(String, String)> {
        let mut rows: Vec<(String, String)> = Vec::new();
        let mut row = |name: &str, value: String| rows.push((name.to_owned(), value));
        row("lost", self.lost.to_string());
        row("doubled", self.doubled.to_string());
        row("invented", self.invented.to_string());
        row("unfinished", counts(&self.unfinished));
        row("captures waiting for a person", self.payments_for_a_person.to_string());
        row("traffic", format!("{} s, {} clients", self.traffic_seconds, self.clients));
        row("gateway profile, seed", format!("{}, {}", self.profile, self.seed));
        row("requests", self.requests.to_string());
        row("answers", counts(&self.answers_by_class));
        row("orders", self.orders.to_string());
        row("payments, captures, refunds at the gateway", self.at_the_gateway());
        row("kills", format!("{} ({})", self.kills, counts(&self.kills_by_function)));
        row("crashes during a client's request", self.crashes_under_a_request.to_string());
        row("500s without a kill", self.failures_without_a_kill.to_string());
        row("panics", self.panics.to_string());
        row("crash to consistent", self.crash_to_consistent.to_string());
        row("capture to confirmation", self.capture_to_confirmation.to_string());
        let again = format!("{} of {}", self.messages_received_again, self.messages);
        row("messages received again", again);
        row("messages sent again", self.messages_sent_again.to_string());
        row("wire duplicates per million", self.wire_duplicates_per_million.to_string());
        row("consumer effects", self.consumer_effects.to_string());
        let beyond = self.consumer_effects_beyond_one_per_million.to_string();
        row("effects beyond one, per million", beyond);
        row("unknown outcomes", self.unknown_outcomes.to_string());
        row("unknown outcomes settled after", self.unknown_outcomes_settled.to_string());
        let in_time = self.unknown_outcomes_settled_within_1_min_percent;
        row("unknown outcomes settled within 1 min", format!("{in_time} %"));
        row("came to rest after", self.rest());
        for (route, times) in &self.latency_by_route {
            row(&format!("latency of `{route}`"), times.to_string());
        }
        rows
    }

    fn at_the_gateway(&self) -> String {
        format!("{}, {}, {}", self.payments_at_the_gateway, self.captures, self.refunds)
    }

    fn rest(&self) -> String {
        format!(
            "{} s, the clock moved on by {} s, {} sweeps",
            self.rest_real_seconds, self.rest_clock_moved_seconds, self.rest_sweeps
        )
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { count, p50_ms, p99_ms, max_ms } = self;
        write!(f, "p50 {p50_ms} ms, p99 {p99_ms} ms, max {max_ms} ms ({count})")
    }
}

fn counts(counts: &BTreeMap<String, u64>) -> String {
    if counts.is_empty() {
        return "0".to_owned();
    }
    let words: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    words.join(", ")
}
