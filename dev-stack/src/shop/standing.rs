//! Where a payment stands, in words for the shopper.

use super::api::Seen;
use crate::site::number;

#[derive(Debug)]
pub(super) struct Standing {
    /// One of `paid`, `waiting`, `declined`.
    pub(super) word: &'static str,
    pub(super) tone: &'static str,
    pub(super) title: &'static str,
    pub(super) sentence: String,
}

/// Whether the shopper's bank disputes a payment that it had approved.
enum Dispute {
    None,
    Open,
    Lost,
}

impl Standing {
    /// `has_returned`: the gateway has sent the shopper back, so their part is done.
    pub(super) fn of(seen: &Seen, currency: &str, has_returned: bool) -> Self {
        match seen.status.as_str() {
            "succeeded" => Self::paid(seen, currency),
            "pending" => Self::pending(seen, has_returned),
            "authorized" => {
                Self::waiting("Reserved", "The money is reserved. We charge it when we ship.")
            }
            "review" => Self::waiting(
                "In review",
                "Your payment doesn't match your order, and we are reviewing it. You don't need to do anything.",
            ),
            "returned" if seen.is_held() => Self::waiting(
                "Your money is on its way back",
                "We are returning this payment. You don't need to do anything.",
            ),
            "returned" => Self::declined("Money returned", "We have returned this payment to you."),
            "failed" => {
                Self::declined("Declined", "The payment was declined. You were not charged.")
            }
            "canceled" => {
                Self::declined("Canceled", "The payment was canceled. You were not charged.")
            }
            "expired" => {
                Self::declined("Expired", "The time to pay has ended. You were not charged.")
            }
            _ => Self::waiting(
                "Status unavailable",
                "We can't check your payment at the moment. We'll keep trying.",
            ),
        }
    }

    fn pending(seen: &Seen, has_returned: bool) -> Self {
        let failure = seen.failure.as_ref().map(|failure| failure.message.as_str());
        match (seen.is_open(), has_returned, failure) {
            (false, _, _) => {
                Self::waiting("Waiting for the gateway…", "No answer yet. We're checking again.")
            }
            (true, true, _) => Self::waiting(
                "Waiting for the bank to confirm…",
                "You have been to the payment page. If you paid there, you don't need to do anything else.",
            ),
            (true, false, Some(failure)) => {
                let sentence = format!("The last try failed: {failure} You can try again.");
                Self { sentence, ..Self::waiting("Not paid yet", "") }
            }
            (true, false, None) => {
                Self::waiting("Not paid yet", "We hold your order until the time to pay ends.")
            }
        }
    }

    fn paid(seen: &Seen, currency: &str) -> Self {
        let shown = |minor| format!("{} {currency}", number(minor, currency));
        let (refunded, on_its_way) = (seen.amount_refunded, seen.amount_on_its_way());
        let (tone, title, sentence) = match (dispute(seen), on_its_way, refunded) {
            (Dispute::Open, ..) => (
                "wait",
                "Paid, and disputed",
                "Your bank is asking for the money back. We respond, and the bank decides."
                    .to_owned(),
            ),
            (Dispute::Lost, ..) => (
                "bad",
                "Taken back by your bank",
                "Your bank decided the dispute in your favour and has taken the money back."
                    .to_owned(),
            ),
            (Dispute::None, 0, _) if let Some(failed) = seen.amount_not_given_back() => (
                "bad",
                "Paid; the refund failed",
                format!("{} could not be refunded. We can try again.", shown(failed)),
            ),
            (Dispute::None, 0, 0) => {
                ("good", "Paid. Thank you!", "We're packing your order.".to_owned())
            }
            (Dispute::None, 0, _) if refunded < seen.amount_captured => (
                "good",
                "Paid, and partly refunded",
                format!("{} has been refunded to you.", shown(refunded)),
            ),
            (Dispute::None, 0, _) => {
                ("good", "Refunded", "Everything you paid has been refunded to you.".to_owned())
            }
            (Dispute::None, _, 0) => (
                "wait",
                "Refund on its way",
                format!("{} is on its way back to you.", shown(on_its_way)),
            ),
            (Dispute::None, ..) => (
                "wait",
                "Refund on its way",
                format!(
                    "{} is on its way back to you, and {} has been refunded.",
                    shown(on_its_way),
                    shown(refunded)
                ),
            ),
        };
        Self { word: "paid", tone, title, sentence }
    }

    fn waiting(title: &'static str, sentence: &str) -> Self {
        Self { word: "waiting", tone: "wait", title, sentence: sentence.to_owned() }
    }

    fn declined(title: &'static str, sentence: &str) -> Self {
        Self { word: "declined", tone: "bad", title, sentence: sentence.to_owned() }
    }
}

/// One dispute may be open after another was decided.
fn dispute(seen: &Seen) -> Dispute {
    let any = |status: &str| seen.disputes.iter().any(|dispute| dispute.status == status);
    match (any("open"), any("lost")) {
        (true, _) => Dispute::Open,
        (false, true) => Dispute::Lost,
        (false, false) => Dispute::None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn standing(seen: Value, has_returned: bool) -> (&'static str, &'static str, String) {
        let seen: Seen = serde_json::from_value(seen).unwrap();
        let standing = Standing::of(&seen, "USD", has_returned);
        (standing.tone, standing.title, standing.sentence)
    }

    #[test]
    fn refunded_money_differs_from_money_on_its_way() {
        for (refunded, pending, title, wanted) in [
            (0, 0, "Paid. Thank you!", "We're packing your order."),
            (0, 3750, "Refund on its way", "37.50 USD is on its way back to you."),
            (1000, 0, "Paid, and partly refunded", "10.00 USD has been refunded to you."),
            (3750, 0, "Refunded", "Everything you paid has been refunded to you."),
        ] {
            let seen = json!({
                "status": "succeeded", "amount_captured": 3750, "amount_refunded": refunded,
                "refunds": [{ "status": "pending", "amount": pending }],
            });
            let (_, shown, sentence) = standing(seen, true);
            assert_eq!((shown, sentence.as_str()), (title, wanted));
        }
    }

    #[test]
    fn a_refund_that_failed_is_shown_until_another_is_asked_for() {
        for (statuses, title) in [
            (vec!["failed"], "Paid; the refund failed"),
            (vec!["failed", "pending"], "Refund on its way"),
            (vec!["failed", "succeeded"], "Paid, and partly refunded"),
            (vec!["succeeded", "failed"], "Paid; the refund failed"),
        ] {
            let amount = |status: &str| if statuses.contains(&status) { 1000 } else { 0 };
            let refunds: Value =
                statuses.iter().map(|it| json!({ "status": it, "amount": 1000 })).collect();
            let seen = json!({
                "status": "succeeded", "amount_captured": 3750,
                "amount_refunded": amount("succeeded"), "refunds": refunds,
            });
            let (_, shown, sentence) = standing(seen, true);
            assert_eq!(shown, title, "{statuses:?}");
            assert_eq!(shown == "Paid; the refund failed", sentence.contains("could not be"));
        }
    }

    #[test]
    fn a_dispute_is_the_first_thing_shown() {
        for (all, title) in [
            (vec!["open"], "Paid, and disputed"),
            (vec!["won"], "Paid, and partly refunded"),
            (vec!["lost"], "Taken back by your bank"),
            (vec!["lost", "open"], "Paid, and disputed"),
        ] {
            let disputes: Value = all.iter().map(|status| json!({ "status": status })).collect();
            let seen = json!({
                "status": "succeeded", "amount_captured": 3750, "amount_refunded": 200,
                "disputes": disputes,
            });
            assert_eq!(standing(seen, true).1, title, "{all:?}");
        }
    }

    #[test]
    fn not_paid_yet_differs_from_waiting_for_the_bank() {
        let open = json!({ "status": "pending", "next_action": { "url": "x" } });
        assert_eq!(standing(open.clone(), false).1, "Not paid yet");
        assert_eq!(standing(open, true).1, "Waiting for the bank to confirm…");
        let lost = json!({ "status": "pending", "next_action": null });
        assert_eq!(standing(lost, false).1, "Waiting for the gateway…");
        assert_eq!(
            standing(json!({ "message": "Internal Server Error" }), false).1,
            "Status unavailable"
        );
    }
}
