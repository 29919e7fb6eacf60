//! The bill on the hosted page: whom to pay, for what, and until when.

use crate::gateways::ledger::breakdown::{Kind, Row};
use crate::gateways::ledger::payment::{CaptureMode, Payment};
use crate::site::number;

const SECOND_MS: i64 = 1_000;
/// More lines would push the form off the screen of a phone.
const LINES_SHOWN_MAX: usize = 8;

pub(crate) struct Bill<'a> {
    pub(crate) merchant: &'a str,
    pub(crate) number: String,
    pub(crate) currency: String,
    pub(crate) reference: &'a str,
    /// The merchant's own name for the order, if it gave one.
    pub(crate) order: Option<&'a str>,
    /// Whether the money is only reserved at first.
    pub(crate) reserved: bool,
    pub(crate) left: Option<Left>,
    pub(crate) lines: Vec<BillLine>,
}

/// One line of the breakdown.
pub(crate) struct BillLine {
    pub(crate) label: String,
    pub(crate) number: String,
}

pub(crate) struct Left {
    pub(crate) ms: i64,
    pub(crate) words: String,
}

impl<'a> Bill<'a> {
    pub(crate) fn of(payment: &'a Payment, merchant: &'a str, now: i64) -> Self {
        let amount = payment.captured.as_ref().map_or(payment.amount, |capture| capture.amount);
        let currency = payment.currency_now().to_string();
        let left = payment.expires_at.map(|at| at.saturating_sub(now).max(0));
        Self {
            merchant,
            number: number(amount, &currency),
            currency,
            reference: &payment.reference,
            order: payment.metadata.get("order_id").map(String::as_str),
            reserved: payment.capture == CaptureMode::Manual,
            left: left.map(|ms| Left { ms, words: words(ms) }),
            lines: payment.breakdown.0.iter().map(|row| BillLine::of(row, payment)).collect(),
        }
    }

    /// A short breakdown is shown open.
    pub(crate) fn is_short(&self) -> bool {
        self.lines.len() <= LINES_SHOWN_MAX
    }
}

impl BillLine {
    fn of(row: &Row, payment: &Payment) -> Self {
        let amount = number(row.amount, payment.currency.code());
        let name = row.label.as_deref();
        let label = match (row.kind, row.quantity, name) {
            (Kind::Item, Some(quantity), Some(name)) => format!("{quantity} × {name}"),
            (Kind::Discount, _, Some(name)) => format!("Discount: {name}"),
            (Kind::Shipping, _, Some(name)) => format!("Shipping: {name}"),
            (Kind::IncludedTax, _, Some(name)) => format!("Includes {name}"),
            (kind, _, name) => name.unwrap_or(kind.word()).to_owned(),
        };
        let is_taken_off = row.kind == Kind::Discount && row.amount > 0;
        Self { label, number: if is_taken_off { format!("−{amount}") } else { amount } }
    }
}

/// As `29:41`, or coarser where seconds do not matter; the script counts on from there.
fn words(left_ms: i64) -> String {
    let seconds = left_ms.saturating_add(SECOND_MS - 1) / SECOND_MS;
    let (hours, minutes) = (seconds / 3600, seconds % 3600 / 60);
    match hours {
        48.. => format!("{} days", hours / 24),
        1..48 => format!("{hours} h {minutes:02} min"),
        _ => format!("{minutes}:{:02}", seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_as_fine_as_it_matters() {
        for (ms, shown) in [
            (0, "0:00"),
            (1, "0:01"),
            (299_000, "4:59"),
            (3_599_001, "1 h 00 min"),
            (86_400_000, "24 h 00 min"),
            (172_800_000, "2 days"),
        ] {
            assert_eq!(words(ms), shown);
        }
    }
}
