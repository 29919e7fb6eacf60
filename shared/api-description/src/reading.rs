//! The operations that read.

use quittance::http::auth::Scope;
use quittance::http::input::KeyRule;
use quittance::http::problem::Kind;

use super::operation::{Answer, Caller, Operation};

pub(super) fn order() -> Operation {
    Operation {
        route: "GET /api/orders/{order_id}",
        id: "readOrder",
        tag: "Orders",
        summary: "Read an order",
        description: "The order with its payments. If a payment's state is stale, its gateway is asked first.",
        caller: Caller::Merchant(Scope::Read),
        key: KeyRule::Unused,
        body: None,
        answers: vec![Answer::new(200, "OrderInFull", "The order.")],
        problems: &[Kind::OrderNotFound],
    }
}

pub(super) fn payment() -> Operation {
    Operation {
        route: "GET /api/payments/{payment_id}",
        id: "readPayment",
        tag: "Payments",
        summary: "Read a payment",
        description: "The merchant's server reads all of it. A shopper's browser, with the payment's status \
            token and from an origin of `CORS_ORIGINS`, reads a `ShopperPayment`. If the state is stale, the \
            gateway is asked first; `refresh=true` asks in any state. The gateway is asked at most once every five \
            seconds per payment; in between, the response is what is known. Any other value, an unknown member of \
            the query and a repeated one are 422, here as on every route but the webhooks'; so is a status token in \
            the query beside an `Authorization` header.",
        caller: Caller::MerchantOrShopper,
        key: KeyRule::Unused,
        body: None,
        answers: vec![Answer::new(200, "PaymentRead", "The payment.")],
        problems: &[Kind::PaymentNotFound],
    }
}

pub(super) fn preflight() -> Operation {
    Operation {
        route: "OPTIONS /api/payments/{payment_id}",
        id: "mayReadPayment",
        tag: "Payments",
        summary: "Ask whether a page may read a payment",
        description: "Browsers send this on their own before they send the status token from another origin.",
        caller: Caller::Browser,
        key: KeyRule::Unused,
        body: None,
        answers: vec![Answer {
            status: 204,
            schema: None,
            when: "What may be sent; `Access-Control-Allow-Origin` only for an origin of `CORS_ORIGINS`.",
            replayed: false,
        }],
        problems: &[],
    }
}

pub(super) fn refund() -> Operation {
    Operation {
        route: "GET /api/payments/{payment_id}/refunds/{refund_id}",
        id: "readRefund",
        tag: "Refunds",
        summary: "Read a refund",
        description: "A refund made through this API, or at the gateway.",
        caller: Caller::Merchant(Scope::Read),
        key: KeyRule::Unused,
        body: None,
        answers: vec![Answer::new(200, "Refund", "The refund.")],
        problems: &[Kind::PaymentNotFound, Kind::RefundNotFound],
    }
}
