//! The history of an order for people: what happened to its payments and which confirmations the shop
//! received, by time.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::api::Entry;
use super::inbox::Confirmation;
use crate::site;

#[derive(Debug)]
pub(super) struct Moment {
    pub(super) at: String,
    /// `20 Nov 2026, 09:00:05`, in UTC.
    pub(super) shown: String,
    pub(super) tone: &'static str,
    pub(super) title: String,
    pub(super) by: String,
}

pub(super) fn of<'a>(
    history: impl Iterator<Item = &'a Entry>,
    confirmations: &[Confirmation],
) -> Vec<Moment> {
    let happened = history.map(|entry| {
        let (tone, title) = words(&entry.what);
        moment(&entry.at, tone, title.to_owned(), source(&entry.source).to_owned())
    });
    let heard = confirmations.iter().map(|confirmation| {
        let (tone, words) = words(&confirmation.kind);
        let title = format!("Shop notified: {words}");
        let by = match confirmation.count {
            1 => "signed confirmation, verified".to_owned(),
            n => format!("signed confirmation, verified, received {n} times"),
        };
        moment(&confirmation.received_at, tone, title, by)
    });
    let mut all: Vec<_> = happened.chain(heard).collect();
    // Entries without a readable time come first.
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, moment)| moment).collect()
}

fn moment(
    at: &str,
    tone: &'static str,
    title: String,
    by: String,
) -> (Option<OffsetDateTime>, Moment) {
    let time = OffsetDateTime::parse(at, &Rfc3339).ok();
    // Whole seconds: the shop's own times have no finer ones, and must not come before their cause.
    let time = time.and_then(|time| time.replace_nanosecond(0).ok());
    let shown = time.map(site::moment).unwrap_or_default();
    (time, Moment { at: at.to_owned(), shown, tone, title, by })
}

pub(super) fn words(what: &str) -> (&'static str, &str) {
    match what {
        "payment.started" => ("", "Payment started"),
        "payment.outcome_unknown" => ("wait", "No answer from the gateway; checking again"),
        "payment.page_opened" => ("", "Checkout page opened"),
        "payment.try_failed" => ("bad", "A try failed; the page stays open"),
        "payment.close_asked" => ("wait", "Payment is being closed"),
        "payment.late_authorization" => ("wait", "Money reserved too late; being released"),
        "capture.requested" => ("wait", "Capture requested"),
        "void.requested" => ("wait", "Release requested"),
        "refund.requested" => ("wait", "Refund requested"),
        "payment.completed" => ("good", "Paid"),
        "payment.captured" => ("good", "Money taken"),
        "payment.authorized" => ("good", "Money reserved"),
        "payment.failed" => ("bad", "Payment declined"),
        "payment.canceled" => ("bad", "Payment canceled"),
        "payment.expired" => ("bad", "Payment expired"),
        "payment.review" => ("wait", "Payment doesn't match the order; under review"),
        "payment.excess_capture" => ("wait", "Paid more than needed; being refunded"),
        "refund.completed" => ("good", "Refunded"),
        "refund.failed" => ("bad", "Refund failed"),
        "dispute.opened" => ("wait", "The shopper's bank disputes the payment"),
        "dispute.won" => ("good", "Dispute won"),
        "dispute.lost" => ("bad", "Dispute lost"),
        "order.expired" => ("bad", "Order expired"),
        "order.canceled" => ("bad", "Order canceled"),
        other => ("", other),
    }
}

fn source(source: &str) -> &str {
    match source {
        "merchant" => "by the shop",
        "gateway_answer" => "the gateway's answer",
        "webhook" => "signed webhook from the gateway",
        "look_up" => "look-up at the gateway",
        "sweep" => "by the sweep",
        "reconciliation" => "found by reconciliation",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_listed_by_time() {
        let entry = |at: &str, what: &str| Entry {
            at: at.to_owned(),
            source: "webhook".to_owned(),
            what: what.to_owned(),
        };
        let history = [
            entry("2026-11-20T09:00:05.7Z", "payment.completed"),
            entry("2026-11-20T09:00:01Z", "payment.started"),
            entry("2026-11-20T09:00:09Z", "what.is_new"),
        ];
        let listed: Vec<(String, String)> =
            of(history.iter(), &[]).into_iter().map(|it| (it.shown, it.title)).collect();
        let wanted = [("01", "Payment started"), ("05", "Paid"), ("09", "what.is_new")];
        let wanted = wanted
            .map(|(second, title)| (format!("20 Nov 2026, 09:00:{second}"), title.to_owned()));
        assert_eq!(listed, wanted);
    }
}
