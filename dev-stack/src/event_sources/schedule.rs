//! Schedules: when a function is woken, and with which event.

use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::aws::{ACCOUNT, REGION};
use crate::clock::Clock;
use crate::lambda::Lambda;

/// How often a schedule looks at the clock, which a test may move forward.
const LOOK_EVERY: Duration = Duration::from_millis(250);

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// When a function is woken, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Schedule {
    Every { period_ms: i64 },
    Daily { minute_of_day: i64 },
}

impl Schedule {
    /// `rate(5 minutes)`, or a `cron(minute hour * * ? *)`.
    pub(super) fn parse(expression: &str) -> Option<Self> {
        let (kind, fields) = expression.strip_suffix(')')?.split_once('(')?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        match (kind, fields.as_slice()) {
            ("rate", [count, unit]) => {
                let unit_ms = match *unit {
                    "minute" | "minutes" => MINUTE_MS,
                    "hour" | "hours" => 60 * MINUTE_MS,
                    "day" | "days" => DAY_MS,
                    _ => return None,
                };
                let count = count.parse::<i64>().ok().filter(|count| *count > 0)?;
                Some(Self::Every { period_ms: count.checked_mul(unit_ms)? })
            }
            ("cron", [minute, hour, "*", "*", "?", "*"] | [minute, hour, "?", "*", "*", "*"]) => {
                let minute =
                    minute.parse::<i64>().ok().filter(|minute| (0..60).contains(minute))?;
                let hour = hour.parse::<i64>().ok().filter(|hour| (0..24).contains(hour))?;
                Some(Self::Daily { minute_of_day: hour * 60 + minute })
            }
            _ => None,
        }
    }

    fn next(self, now_ms: i64) -> i64 {
        match self {
            Self::Every { period_ms } => now_ms.saturating_add(period_ms),
            Self::Daily { minute_of_day } => {
                let midnight_ms = now_ms.div_euclid(DAY_MS) * DAY_MS;
                let today_ms = midnight_ms + minute_of_day * MINUTE_MS;
                if today_ms > now_ms { today_ms } else { today_ms + DAY_MS }
            }
        }
    }

    /// Wakes `function` when its time comes. A jump of the clock over several times wakes it once.
    pub(super) async fn run(
        self,
        function: String,
        lambda: Lambda,
        clock: Clock,
    ) -> std::io::Result<()> {
        let mut due_ms = self.next(clock.now_ms());
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let now_ms = clock.now_ms();
            if now_ms >= due_ms {
                due_ms = self.next(now_ms);
                let event = event(&function, now_ms).to_string();
                // The function logs its own failures, and the schedule goes on anyway.
                let _ = lambda.invoke(&function, event.into()).await;
            }
        }
    }
}

/// The event of `EventBridge` for a scheduled rule.
fn event(function: &str, now_ms: i64) -> Value {
    let at = OffsetDateTime::from_unix_timestamp(now_ms.div_euclid(1000)).ok();
    json!({
        "version": "0",
        "id": crate::random::uuid(),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": at.and_then(|at| at.format(&Rfc3339).ok()),
        "region": REGION,
        "resources": [format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/{function}")],
        "detail": {},
    })
}

#[cfg(test)]
mod tests {
    use super::{DAY_MS, MINUTE_MS, Schedule, event};

    #[test]
    fn rates_and_daily_crons_are_understood() {
        assert_eq!(
            Schedule::parse("rate(1 minute)"),
            Some(Schedule::Every { period_ms: MINUTE_MS })
        );
        assert_eq!(
            Schedule::parse("rate(2 days)"),
            Some(Schedule::Every { period_ms: 2 * DAY_MS })
        );
        let at_3_15 = Some(Schedule::Daily { minute_of_day: 195 });
        assert_eq!(Schedule::parse("cron(15 3 * * ? *)"), at_3_15);
        assert_eq!(Schedule::parse("cron(15 3 ? * * *)"), at_3_15);
    }

    #[test]
    fn other_expressions_are_not_understood() {
        for expression in [
            "rate(0 minutes)",
            "rate(1 week)",
            "rate(1)",
            "cron(0/5 * * * ? *)",
            "cron(60 3 * * ? *)",
            "cron(0 3 1 * ? *)",
            "at(2026-01-01T00:00:00)",
            "",
        ] {
            assert_eq!(Schedule::parse(expression), None, "{expression}");
        }
    }

    #[test]
    fn the_next_time_is_always_ahead() {
        let daily = Schedule::Daily { minute_of_day: 195 };
        let at_ms = 195 * MINUTE_MS;
        assert_eq!(daily.next(0), at_ms);
        assert_eq!(daily.next(at_ms - 1), at_ms);
        assert_eq!(daily.next(at_ms), at_ms + DAY_MS);
        assert_eq!(daily.next(10 * DAY_MS + at_ms + 1), 11 * DAY_MS + at_ms);
        assert_eq!(Schedule::Every { period_ms: MINUTE_MS }.next(5), 5 + MINUTE_MS);
    }

    #[test]
    fn the_event_is_that_of_a_scheduled_rule() {
        let event = event("sweep-due", 1_583_348_638_390);
        assert_eq!(event["detail-type"], "Scheduled Event");
        assert_eq!(event["source"], "aws.events");
        assert_eq!(event["time"], "2020-03-04T19:03:58Z");
        assert_eq!(event["detail"], serde_json::json!({}));
    }
}
