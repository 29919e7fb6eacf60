//! What happens before the crash, and which request is under way when it comes.

use e2e::{Answer, Paid, Stack, order_body};
use serde_json::{Value, json};

/// The work under way when the child dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    Order,
    Payment,
    KeylessPayment,
    /// The create call itself takes the money.
    Charge,
    /// The webhook of a payment made on the page.
    Paid,
    /// A payment made on the page and never reported by webhook, so the sweep asks.
    Unheard,
    Capture,
    Refund,
    Void,
    Close,
    CancelOrder,
    /// The sweep ends an expired order.
    Expiry,
    /// The sweep refunds a capture that came after the order was canceled.
    Compensation,
    /// A second call takes over a payment of unknown outcome.
    TakeOver,
}

impl Story {
    /// The function whose child dies.
    pub(super) fn function(self) -> &'static str {
        match self {
            Self::Order => "create-order",
            Self::Payment | Self::KeylessPayment | Self::Charge | Self::TakeOver => {
                "create-payment"
            }
            Self::Paid => "webhook-receiver",
            Self::Capture => "capture-payment",
            Self::Refund => "refund-payment",
            Self::Void | Self::Close | Self::CancelOrder => "cancel-payment",
            Self::Unheard | Self::Expiry | Self::Compensation => "sweep-due",
        }
    }
}

pub(super) const ORDER_KEY: &str = "order-1";
pub(super) const PAYMENT_KEY: &str = "payment-1";
pub(super) const OPERATION_KEY: &str = "operation-1";

/// After the order and its page have expired.
pub(super) const EXPIRED_SECONDS: i64 = 86_400 + 60;

#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub(super) order: String,
    pub(super) payment: String,
    pub(super) page: String,
}

impl Known {
    /// The same page at the gateway's current address.
    pub(super) fn page_on(&self, stack: &Stack) -> String {
        let token = self.page.rsplit('/').next().unwrap_or_default();
        format!("{}/checkout/{token}", stack.address("sandbox"))
    }
}

impl From<Paid> for Known {
    fn from(paid: Paid) -> Self {
        Self { order: paid.order, payment: paid.payment, page: paid.page }
    }
}

/// Everything that happened and was answered before the crash.
pub(super) async fn prepare(story: Story, stack: &Stack) -> Known {
    let unpaid = async |body: Value| Known { order: stack.order(&body).await, ..Known::default() };
    match story {
        Story::Order => Known::default(),
        Story::Payment | Story::KeylessPayment => unpaid(order_body()).await,
        Story::Charge => {
            let mut body = order_body();
            body["metadata"] = json!({ "sandbox": "approve" });
            unpaid(body).await
        }
        Story::Paid | Story::Close | Story::CancelOrder | Story::Expiry => {
            stack.checkout().await.into()
        }
        Story::Unheard => {
            stack.behave(json!({ "webhooks": { "mode": "never" } })).await;
            let checkout = stack.checkout().await;
            stack.choose(&checkout.page, "approve").await.expect(200);
            checkout.into()
        }
        Story::Capture | Story::Void => stack.authorized().await.into(),
        Story::Refund => stack.paid().await.into(),
        Story::Compensation => {
            let checkout = stack.checkout().await;
            let path = format!("/api/orders/{}/cancel", checkout.order);
            stack.act(&path).await.expect(200);
            stack.dashboard(&checkout.payment, "capture", json!({})).await.expect(200);
            stack.until(&checkout.payment, |p| p["amount_captured"] == 7500).await;
            checkout.into()
        }
        Story::TakeOver => {
            let known = unpaid(order_body()).await;
            stack.behave(json!({ "create": "error_after" })).await;
            let answer = start(stack, &known).await.expect(202);
            Known { payment: answer.word("payment_id").to_owned(), ..known }
        }
    }
}

/// The request that reaches the pause point.
pub(super) async fn act(story: Story, stack: &Stack, known: &Known) {
    let payment = format!("/api/payments/{}", known.payment);
    match story {
        Story::Order => {
            place(stack).await;
        }
        Story::Payment | Story::Charge | Story::TakeOver => {
            start(stack, known).await;
        }
        Story::KeylessPayment => {
            stack.pay(&known.order, json!({})).await;
        }
        Story::Paid => {
            stack.choose(&known.page_on(stack), "approve").await.expect(200);
        }
        Story::Capture => {
            stack.capture(&known.payment, OPERATION_KEY, json!({})).await;
        }
        Story::Refund => {
            refund(stack, known).await;
        }
        Story::Void | Story::Close => {
            stack.act(&format!("{payment}/cancel")).await;
        }
        Story::CancelOrder => {
            stack.act(&format!("/api/orders/{}/cancel", known.order)).await;
        }
        Story::Unheard | Story::Compensation => sweep(stack, 60).await,
        Story::Expiry => sweep(stack, EXPIRED_SECONDS).await,
    }
}

/// Runs the sweep. Its function may die, so the answer is ignored.
async fn sweep(stack: &Stack, ahead: i64) {
    stack.set_clock_ahead(ahead);
    let path = "/2015-03-31/functions/sweep-due/invocations";
    stack.act(path).await;
}

pub(super) async fn place(stack: &Stack) -> Answer {
    stack.post_with_key("/api/orders", ORDER_KEY, &order_body()).await
}

pub(super) async fn start(stack: &Stack, known: &Known) -> Answer {
    stack.pay_with_key(&known.order, PAYMENT_KEY, json!({})).await
}

pub(super) async fn refund(stack: &Stack, known: &Known) -> Answer {
    stack.refund(&known.payment, OPERATION_KEY, json!({ "amount": 2500 })).await
}
