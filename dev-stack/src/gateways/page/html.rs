//! The hosted page as HTML: one template per state, all foreign text escaped.

use askama::Template;
use qrcode::{Color, EcLevel, QrCode};
use url::form_urlencoded;

use super::bill::Bill;
use crate::gateways::ledger::Ledger;
use crate::gateways::ledger::payment::{Method, Next, Payment, Status};
use crate::gateways::refusal::Refusal;

/// No bank knows it: an app that scans the code finds nobody to pay.
const VPA: &str = "demo.shop@sandbox";
/// Light modules around the code, without which scanners do not find it.
const QUIET_MODULES: usize = 4;

/// The outcomes that the page offers, and the test data that choose them.
const OUTCOMES: [Outcome; 6] = [
    Outcome::new("approve", "Approve", "4242 4242 4242 4242", "pay@sandbox"),
    Outcome::new("decline_retryable", "Fail this try", "4000 0000 0000 9995", "retry@sandbox"),
    Outcome::new("decline", "Decline", "4000 0000 0000 0002", "decline@sandbox"),
    Outcome::new("challenge", "Ask for a confirmation", "4000 0000 0000 3220", "confirm@sandbox"),
    Outcome::new("pending", "Answer later", "4000 0000 0000 0077", "later@sandbox"),
    Outcome::new("authorize", "Reserve the money only", "4000 0000 0000 0259", "reserve@sandbox"),
];

struct Outcome {
    word: &'static str,
    label: &'static str,
    card: &'static str,
    upi: &'static str,
}

struct Choice {
    word: &'static str,
    label: &'static str,
    chosen: bool,
}

struct Code {
    width: usize,
    path: String,
}

#[derive(Template)]
#[template(path = "checkout/pay.html")]
struct Pay<'a> {
    title: &'static str,
    bill: Bill<'a>,
    failure: Option<&'a str>,
    methods: Vec<Choice>,
    outcomes: Vec<&'static Outcome>,
    vpa: &'static str,
    /// Present where UPI is offered.
    qr: Option<Code>,
}

#[derive(Template)]
#[template(path = "checkout/confirm.html")]
struct Confirm<'a> {
    title: &'static str,
    bill: Bill<'a>,
}

#[derive(Template)]
#[template(path = "checkout/wait.html")]
struct Wait<'a> {
    title: &'static str,
    bill: Bill<'a>,
    return_url: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "checkout/ending.html")]
struct Ending<'a> {
    title: &'static str,
    bill: Bill<'a>,
    status: &'static str,
    tone: &'static str,
    notice: Option<&'a str>,
    sentence: &'static str,
    return_url: Option<&'a str>,
    back: &'static str,
}

#[derive(Template)]
#[template(path = "checkout/refused.html")]
struct Refused<'a> {
    title: &'static str,
    message: &'a str,
}

/// `notice`: why the last request was not carried out.
pub(crate) fn checkout(
    payment: &Payment,
    ledger: &Ledger,
    notice: Option<&str>,
) -> Result<String, Refusal> {
    let bill = Bill::of(payment, &ledger.merchant, ledger.now);
    let reserves = ledger.abilities.manual;
    let return_url = payment.return_url.as_deref();
    let page = match payment.next() {
        Next::Pay => pay(payment, bill, reserves).render(),
        Next::Confirm => Confirm { title: "Confirm the payment", bill }.render(),
        Next::Wait => Wait { title: "Waiting for your bank", bill, return_url }.render(),
        Next::Done => ending(payment, bill, notice).render(),
    };
    page.map_err(|_| Refusal::Internal)
}

pub(crate) fn refused(refusal: &Refusal) -> Result<String, Refusal> {
    let said = refusal.to_string();
    let is_unknown = matches!(refusal, Refusal::NotFound);
    let title = if is_unknown { "Not found" } else { "Not possible" };
    let message = if is_unknown { "There is no payment at this address." } else { &said };
    Refused { title, message }.render().map_err(|_| Refusal::Internal)
}

fn pay<'a>(payment: &'a Payment, bill: Bill<'a>, reserves: bool) -> Pay<'a> {
    let takes = |method: Method| method.moves(&payment.currency);
    let chosen = payment.method.filter(|method| takes(*method)).unwrap_or(Method::Card);
    // A transfer is made by hand, so it is offered only to a payment that asked for it.
    let offered =
        |method: &Method| takes(*method) && (*method != Method::BankTransfer || chosen == *method);
    let choice = |method: Method| Choice {
        word: method.word(),
        label: method.label(),
        chosen: method == chosen,
    };
    Pay {
        title: "Pay",
        failure: payment.failure.as_ref().map(|failure| failure.message.as_str()),
        methods: Method::ALL.into_iter().filter(offered).map(choice).collect(),
        outcomes: OUTCOMES.iter().filter(|one| reserves || one.word != "authorize").collect(),
        vpa: VPA,
        qr: takes(Method::Upi).then(|| Code::of(&upi_link(payment, &bill))),
        bill,
    }
}

fn ending<'a>(payment: &'a Payment, bill: Bill<'a>, notice: Option<&'a str>) -> Ending<'a> {
    let (title, status, tone, sentence) = match payment.status {
        Status::Captured => ("Paid", "captured", "good", "Thank you. The payment is complete."),
        Status::Authorized => {
            ("Authorized", "authorized", "good", "Thank you. The money is reserved.")
        }
        Status::Failed => {
            ("Declined", "failed", "bad", "The bank declined the payment. You were not charged.")
        }
        Status::Canceled => {
            ("Canceled", "canceled", "bad", "The shop canceled this payment. You were not charged.")
        }
        Status::Expired => {
            ("Expired", "expired", "bad", "The time to pay has ended. You were not charged.")
        }
        Status::Pending => ("Pending", "pending", "wait", "The payment is not finished."),
    };
    let back = if payment.status == Status::Failed {
        "Back to the shop to try again"
    } else {
        "Back to the shop"
    };
    let return_url = payment.return_url.as_deref();
    Ending { title, bill, status, tone, notice, sentence, return_url, back }
}

/// The link in the form that UPI apps read.
fn upi_link(payment: &Payment, bill: &Bill<'_>) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("pa", VPA)
        .append_pair("pn", bill.merchant)
        .append_pair("am", &bill.number.replace(',', ""))
        .append_pair("cu", &bill.currency)
        .append_pair("tr", &payment.reference)
        .finish();
    format!("upi://pay?{query}")
}

impl Outcome {
    const fn new(
        word: &'static str,
        label: &'static str,
        card: &'static str,
        upi: &'static str,
    ) -> Self {
        Self { word, label, card, upi }
    }
}

impl Code {
    /// The dark modules as one path of runs.
    fn of(text: &str) -> Self {
        // Only too long a text can fail, and a reference is short.
        let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
            return Self { width: 0, path: String::new() };
        };
        let width = code.width();
        let mut runs = Vec::new();
        for (y, row) in code.to_colors().chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&Color::Dark) {
                    let (from, down, length) = (x + QUIET_MODULES, y + QUIET_MODULES, run.len());
                    runs.push(format!("M{from} {down}h{length}v1h-{length}z"));
                }
                x += run.len();
            }
        }
        Self { width: width + 2 * QUIET_MODULES, path: runs.concat() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_card_is_a_card_number() {
        for outcome in OUTCOMES {
            let digits: Vec<u32> =
                outcome.card.chars().filter_map(|digit| digit.to_digit(10)).collect();
            assert_eq!(digits.len(), 16);
            let doubled = digits.iter().enumerate().map(|(at, digit)| {
                let doubled = if at % 2 == 0 { digit * 2 } else { *digit };
                doubled / 10 + doubled % 10
            });
            assert_eq!(doubled.sum::<u32>() % 10, 0, "{}", outcome.card);
        }
    }
}
