//! A merchant's client: sends a request, waits as long as it likes, and retries under the same key.

use std::sync::atomic::Ordering;
use std::time::Duration;

use dev_stack::functions::of_route;
use e2e::Answer;
use fastrand::Rng;
use reqwest::Method;
use serde_json::Value;

use crate::Soak;
use crate::world::Promise;

/// Longer than any function may take.
const PATIENCE: Duration = Duration::from_secs(35);
/// After this many tries it gives up, like a shopper who has left.
const TRIES_MAX: u32 = 8;

#[derive(Debug)]
pub(crate) struct Client<'s> {
    pub(crate) soak: &'s Soak,
    pub(crate) rng: Rng,
    pub(crate) number: u64,
    /// Keys are numbered, so that no key is used twice.
    pub(crate) keys: u64,
}

/// A request to our API.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) route: &'static str,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) key: Option<String>,
    pub(crate) body: Option<Value>,
    /// The order it is about; a new order has no id yet.
    pub(crate) order: Option<String>,
}

impl Ask {
    /// The function that serves its route.
    #[expect(clippy::expect_used, reason = "a wrong route is a mistake of the soak")]
    fn function(&self) -> &'static str {
        of_route(self.route).expect("the template has the route")
    }
}

impl Client<'_> {
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.rng.u32(0..100) < percent
    }

    pub(crate) fn key(&mut self) -> String {
        self.keys += 1;
        format!("{}-{}-{}", self.soak.options.seed, self.number, self.keys)
    }

    pub(crate) async fn pause(&mut self, range_ms: std::ops::Range<u64>) {
        tokio::time::sleep(Duration::from_millis(self.rng.u64(range_ms))).await;
    }

    /// Repeats a request until an answer settles it: after a 5xx, a broken connection, its own timeout,
    /// and where the answer asks for it.
    pub(crate) async fn insist(&mut self, ask: &Ask) -> Option<Answer> {
        let mut last = None;
        for _ in 0..TRIES_MAX {
            let impatient = self.chance(3);
            let patience =
                if impatient { Duration::from_millis(self.rng.u64(5..400)) } else { PATIENCE };
            last = self.soak.once(ask, patience).await;
            let again = last.as_ref().is_none_or(|answer| {
                answer.status >= 500 || !answer.header("retry-after").is_empty()
            });
            if !again || self.soak.is_over() {
                break;
            }
            self.pause(50..600).await;
        }
        if ask.key.is_some() && self.chance(5) {
            self.soak.once(ask, PATIENCE).await;
        }
        last
    }

    /// Several requests, the same or different ones, at the same time.
    pub(crate) async fn at_once(&mut self, asks: &[Ask]) -> Vec<Option<Answer>> {
        let asked = asks.iter().map(|ask| self.soak.once(ask, PATIENCE));
        futures_util::future::join_all(asked).await
    }
}

impl Soak {
    /// One request; `None` if no answer came before the client's timeout.
    pub(crate) async fn once(&self, ask: &Ask, patience: Duration) -> Option<Answer> {
        let mut request = self.stack.request(ask.method.clone(), &ask.path).timeout(patience);
        if let Some(key) = &ask.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = &ask.body {
            request = request.json(body);
        }
        let from_ms = self.now_ms();
        let response = request.send().await.ok();
        let answer = match response {
            Some(response) => Some(Answer::read(response).await),
            None => None,
        };
        let to_ms = self.now_ms();
        let mut record = self.record();
        let took_ms = u64::try_from(to_ms.saturating_sub(from_ms)).unwrap_or_default();
        record.answered(ask.route, took_ms, answer.as_ref());
        let answer = answer?;
        // API Gateway's own answer, not one of ours: the function has died.
        if answer.status == 500 && answer.body.get("message").is_some() {
            record.crashed(ask.function(), ask.order.as_deref(), from_ms, to_ms);
        }
        if (200..300).contains(&answer.status) {
            record.promises.extend(promises(ask, &answer));
            if answer.status == 202 && ask.function() == "create-payment" {
                record.is_unknown(answer.word("order_id"), answer.word("payment_id"), to_ms);
            }
        }
        Some(answer)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}

/// The lasting promises of this success.
fn promises(ask: &Ask, answer: &Answer) -> Vec<Promise> {
    let [order, payment, refund] =
        ["order_id", "payment_id", "refund_id"].map(|name| answer.word(name).to_owned());
    let (promise, name) = match ask.function() {
        "create-order" => (Promise::Order(order.clone()), order.clone()),
        "create-payment" => {
            (Promise::Payment { order: order.clone(), payment: payment.clone() }, payment)
        }
        "refund-payment" => {
            (Promise::Refund { order: order.clone(), payment, refund: refund.clone() }, refund)
        }
        _ => return Vec::new(),
    };
    let keyed = ask.key.as_ref().map(|key| Promise::Keyed {
        key: format!("{} {key}", ask.path),
        order,
        name,
    });
    keyed.into_iter().chain([promise]).collect()
}
