//! The help page: how to reach each state of a payment by hand.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::cart::Cart;
use super::{Shop, pages};

/// Used in commands while there is no order.
const SOME_PAYMENT: &str = "PAY_…";

/// One state, and the way to it.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) to: &'static str,
    pub(super) how: &'static str,
    /// The page to open for it.
    pub(super) link: Option<String>,
    pub(super) commands: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Help {
    /// The payment of the browser's latest order, which the commands use.
    pub(super) payment: Option<String>,
    /// A real shop never shows it; here the reader is also the merchant.
    pub(super) key: String,
    pub(super) checkout: Vec<Way>,
    pub(super) order: Vec<Way>,
    pub(super) merchant: Vec<Way>,
}

/// Writes commands with the addresses of this stack.
struct Shell<'a> {
    api: &'a str,
    gateway: &'a str,
    payment: &'a str,
}

pub(super) async fn show(State(shop): State<Shop>, headers: HeaderMap) -> Response {
    let settings = &shop.0.settings;
    let payment = shop.0.visits.of(&headers).map(|(_, visit)| visit.payment_id);
    let shell = Shell {
        api: &settings.api_url,
        gateway: &settings.gateway_url,
        payment: payment.as_deref().unwrap_or(SOME_PAYMENT),
    };
    let (checkout, order, merchant) = (shell.checkout(), shell.order(), shell.merchant());
    let help = Help { payment, key: settings.api_key.clone(), checkout, order, merchant };
    shop.page(pages::help(&help, Cart::of(&headers).count()))
}

fn way(to: &'static str, how: &'static str, commands: &[String]) -> Way {
    Way { to, how, link: None, commands: commands.to_vec() }
}

impl Shell<'_> {
    fn checkout(&self) -> Vec<Way> {
        vec![
            way("Paid", "Pay with the card 4242 4242 4242 4242. It is already filled in.", &[]),
            way(
                "A failed try, then another",
                "Pay with 4000 0000 0000 9995: the page stays open. Then pay with another card.",
                &[],
            ),
            way(
                "Declined",
                "Pay with 4000 0000 0000 0002. The order's page then offers a new payment.",
                &[],
            ),
            way(
                "Confirmation by the bank",
                "Pay with 4000 0000 0000 3220. The bank asks you to confirm; both answers end the payment.",
                &[],
            ),
            way(
                "Waiting for the bank",
                "Pay with 4000 0000 0000 0077. The bank answers after three seconds. Until then the order's page waits, and so does the checkout page: go back to it right away.",
                &[],
            ),
            way(
                "Money reserved only",
                "Pay with 4000 0000 0000 0259. Then press Capture on the order's page, or capture the money as the merchant:",
                &[self.merchant_post("capture", "{}")],
            ),
            way(
                "Already paid",
                "Open the same checkout page in two tabs and pay in one. The other shows it within five seconds. Press Pay there before that, and it says that nothing changed.",
                &[],
            ),
            way(
                "Canceled",
                "Leave the checkout page open and cancel the payment as the merchant. The page updates automatically.",
                &[self.merchant_post("cancel", "")],
            ),
            way(
                "Expired",
                "An order can be paid for 30 minutes. To see it expire sooner, start the stack with a movable clock, open a checkout page, and move the clock by an hour.",
                &[
                    "QUITTANCE_CLOCK_OFFSET_FILE=/tmp/quittance-clock cargo dev".to_owned(),
                    "echo 3600 > /tmp/quittance-clock".to_owned(),
                ],
            ),
            Way {
                link: Some(format!("{}/checkout/nothing", self.gateway)),
                ..way("No such payment", "Open a checkout page that does not exist.", &[])
            },
        ]
    }

    fn order(&self) -> Vec<Way> {
        vec![
            way(
                "Waiting for a late webhook",
                "Hold the webhooks back and pay: the order's page waits. Then release them. (After a while the API asks the gateway on its own.)",
                &[self.behave(r#"{"webhooks":{"mode":"hold"}}"#), self.control("deliver", "{}")],
            ),
            way(
                "The webhook comes five seconds late, and twice",
                "Run this, then pay.",
                &[self.behave(r#"{"webhooks":{"mode":"late","delay_ms":5000,"times":2}}"#)],
            ),
            way(
                "Loading",
                "Run this, then check out: the gateway is silent, and the button spins until the API gives up after 15 seconds. (The checkout page's button spins too: slow down the network in the browser's tools, and pay.)",
                &[self.behave(r#"{"create":"timeout_before"}"#)],
            ),
            way(
                "The gateway's answer is lost",
                "Run this, then buy something: there is no checkout page at first, and the sweep finds it within two minutes.",
                &[self.behave(r#"{"create":"close"}"#)],
            ),
            way(
                "The wrong amount was paid",
                "Run this, then pay: the order goes into review.",
                &[self.behave(r#"{"webhooks":{"amount_delta":-100}}"#)],
            ),
            way(
                "A pending or failed refund",
                "Run one of these, then press Refund.",
                &[
                    self.behave(r#"{"refund_status":"pending"}"#),
                    self.behave(r#"{"refund_status":"failed"}"#),
                ],
            ),
            way("Back to normal", "Makes the gateway behave again.", &[self.behave("{}")]),
        ]
    }

    fn merchant(&self) -> Vec<Way> {
        vec![
            way(
                "Refunded",
                "Press Refund on the page of a paid order, or run this. In this demo, anyone who sees an order's page is its clerk; a real shop would put this behind a login.",
                &[self.merchant_post("refunds", r#"{"amount":100}"#)],
            ),
            way(
                "Refunded at the gateway's dashboard",
                "The order's page shows it once the webhook has arrived; reload the page.",
                &[self.control(&format!("payments/{}/refund", self.payment), r#"{"amount":100}"#)],
            ),
            way(
                "Disputed",
                "The shopper's bank takes the money back until the dispute is decided.",
                &[self.control(
                    &format!("payments/{}/dispute", self.payment),
                    r#"{"status":"opened"}"#,
                )],
            ),
            Way {
                link: Some(format!("{}/control/payments", self.gateway)),
                ..way(
                    "Everything the gateway knows",
                    "Its payments as its own staff sees them, including those that the shop lost track of.",
                    &[],
                )
            },
            way(
                "Everything the merchant can see",
                "The payment with its history.",
                &[format!(
                    "curl -s {}/api/payments/{} -H \"Authorization: Bearer $KEY\"",
                    self.api, self.payment
                )],
            ),
        ]
    }

    fn merchant_post(&self, act: &str, body: &str) -> String {
        let head = format!(
            "curl -s -X POST {}/api/payments/{}/{act} -H \"Authorization: Bearer $KEY\"",
            self.api, self.payment
        );
        if body.is_empty() {
            return head;
        }
        format!(
            "{head} -H \"Idempotency-Key: $(date +%s)\" -H 'Content-Type: application/json' -d '{body}'"
        )
    }

    fn behave(&self, behaviour: &str) -> String {
        format!("curl -s -X PUT {}/control/behaviour -d '{behaviour}'", self.gateway)
    }

    fn control(&self, path: &str, body: &str) -> String {
        format!("curl -s -X POST {}/control/{path} -d '{body}'", self.gateway)
    }
}
