//! What every party knows at rest: the gateway, our API, the queues, the shop, the clients.

use std::collections::BTreeMap;

use serde_json::Value;

#[derive(Clone, Debug, Default)]
pub(crate) struct Records {
    /// The gateway's truth.
    pub(crate) objects: Vec<Object>,
    pub(crate) orders: BTreeMap<String, Order>,
    /// The confirmations of each target, one entry per target and id.
    pub(crate) confirmations: Vec<Confirmation>,
    pub(crate) promises: Vec<Promise>,
}

/// A payment as recorded at the gateway.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object {
    /// The payment that it is for.
    pub(crate) reference: String,
    pub(crate) order: String,
    pub(crate) captured: u64,
    pub(crate) refunds: Vec<GivenBack>,
}

/// A refund as recorded at the gateway.
#[derive(Clone, Debug, Default)]
pub(crate) struct GivenBack {
    pub(crate) id: String,
    /// The operation that requested it; `None` if it was made at the gateway.
    pub(crate) reference: Option<String>,
    pub(crate) amount: u64,
    pub(crate) status: String,
}

/// An order as our API shows it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    pub(crate) status: String,
    pub(crate) payments: Vec<Payment>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) captured: u64,
    pub(crate) refunded: u64,
    pub(crate) refunds: Vec<Refund>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) gateway_reference: String,
    pub(crate) amount: u64,
    pub(crate) status: String,
}

/// A confirmation as it arrived at one target.
#[derive(Clone, Debug, Default)]
pub(crate) struct Confirmation {
    pub(crate) target: String,
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) order: String,
    pub(crate) payment: String,
    pub(crate) refund: String,
    pub(crate) amount: u64,
    /// It is in the target's dead-letter queue.
    pub(crate) dead: bool,
}

/// A promise made to a client by a successful answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Promise {
    Order(String),
    Payment {
        order: String,
        payment: String,
    },
    Refund {
        order: String,
        payment: String,
        refund: String,
    },
    /// The same request under the same key: the id in each answer.
    Keyed {
        key: String,
        order: String,
        name: String,
    },
}

/// The three targets of every confirmation.
pub(crate) const TARGETS: [&str; 3] = ["deliveries", "fulfilment", "notifications"];

impl Records {
    /// The number of payments whose capture does not match the order.
    pub(crate) fn payments_for_a_person(&self) -> usize {
        let payments = self.orders.values().flat_map(|order| &order.payments);
        payments.filter(|payment| payment.status == "review").count()
    }
}

impl Object {
    pub(crate) fn read(truth: &Value) -> Self {
        let refunds = truth["refunds"].as_array().into_iter().flatten().map(|refund| GivenBack {
            id: word(refund, "id"),
            reference: refund["reference"].as_str().map(str::to_owned),
            amount: number(refund, "amount"),
            status: word(refund, "status"),
        });
        Self {
            reference: word(truth, "reference"),
            order: word(truth, "order_id"),
            captured: number(truth, "amount_captured"),
            refunds: refunds.collect(),
        }
    }

    /// The amount refunded or about to be refunded.
    pub(crate) fn given_back(&self) -> u64 {
        let stands = self.refunds.iter().filter(|refund| refund.status != "failed");
        stands.map(|refund| refund.amount).sum()
    }

    pub(crate) fn kept(&self) -> u64 {
        self.captured.saturating_sub(self.given_back())
    }
}

impl Order {
    pub(crate) fn read(answer: &Value, payments: Vec<Payment>) -> Self {
        Self { status: word(answer, "status"), payments }
    }

    pub(crate) fn is_paid(&self) -> bool {
        ["paid", "partially_refunded", "refunded"].contains(&self.status.as_str())
    }

    /// Whether a capture does not match the order: it is neither booked nor refunded, and every target is
    /// informed.
    pub(crate) fn leaves_to_a_person(&self, payment: &str) -> bool {
        self.payments.iter().any(|known| known.id == payment && known.status == "review")
    }

    /// The confirmations that every target must have, by type and subject.
    pub(crate) fn owed(&self) -> Vec<(&'static str, &str)> {
        let mut owed = Vec::new();
        if self.is_paid() {
            owed.push(("payment.completed", ""));
        }
        let for_a_person = self.payments.iter().filter(|payment| payment.status == "review");
        owed.extend(for_a_person.map(|payment| ("payment.review", payment.id.as_str())));
        let refunds = self.payments.iter().flat_map(|payment| &payment.refunds);
        let done = refunds.filter(|refund| refund.status == "succeeded");
        owed.extend(done.map(|refund| ("refund.completed", refund.id.as_str())));
        owed
    }
}

impl Payment {
    pub(crate) fn read(answer: &Value) -> Self {
        let refunds = answer["refunds"].as_array().into_iter().flatten().map(|refund| Refund {
            id: word(refund, "refund_id"),
            gateway_reference: word(refund, "gateway_reference"),
            amount: number(refund, "amount"),
            status: word(refund, "status"),
        });
        Self {
            id: word(answer, "payment_id"),
            status: word(answer, "status"),
            captured: number(answer, "amount_captured"),
            refunded: number(answer, "amount_refunded"),
            refunds: refunds.collect(),
        }
    }
}

impl Confirmation {
    pub(crate) fn read(target: &str, confirmation: &Value) -> Self {
        let data = &confirmation["data"];
        Self {
            target: target.to_owned(),
            id: word(confirmation, "id"),
            kind: word(confirmation, "type"),
            order: word(data, "order_id"),
            payment: word(data, "payment_id"),
            refund: word(data, "refund_id"),
            amount: number(data, "amount"),
            dead: false,
        }
    }

    /// A confirmation of a refund or payment matches its id; one of an order matches the empty name.
    pub(crate) fn is_about(&self, name: &str) -> bool {
        if self.refund.is_empty() {
            name.is_empty() || self.payment == name
        } else {
            self.refund == name
        }
    }

    /// The fact that it reports, which has one id and one effect at each consumer.
    pub(crate) fn fact(&self) -> String {
        let about = match self.kind.as_str() {
            "payment.completed" | "order.canceled" | "order.expired" => "",
            _ if self.refund.is_empty() => &self.payment,
            _ => &self.refund,
        };
        format!("{} {} {about}", self.order, self.kind)
    }
}

impl Promise {
    pub(crate) fn order(&self) -> &str {
        match self {
            Self::Order(order)
            | Self::Payment { order, .. }
            | Self::Refund { order, .. }
            | Self::Keyed { order, .. } => order,
        }
    }
}

pub(crate) fn word(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value, name: &str) -> u64 {
    value[name].as_u64().unwrap_or_default()
}
