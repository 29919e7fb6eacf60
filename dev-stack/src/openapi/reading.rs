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
        description: "With its payments. A payment whose state is stale is asked for at its gateway first.",
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
        description: "The merchant's server reads all of it. A shopper's browser, which has the payment's \
            status token, reads a `ShopperPayment`, from an origin of `CORS_ORIGINS`. A state that is \
            stale is asked for at the gateway first; `refresh=true` asks for any state. The gateway is asked at \
            most once in five seconds per payment; within them the answer is what is known. Another value, an \
            unknown member of the query and one that is repeated are 422, here as on every route but the webhooks'; \
            so is a status token in the query beside an `Authorization` header.",
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
        description: "A browser asks this by itself before it sends the status token from another origin.",
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
        description: "One of ours, or one that was made at the gateway.",
        caller: Caller::Merchant(Scope::Read),
        key: KeyRule::Unused,
        body: None,
        answers: vec![Answer::new(200, "Refund", "The refund.")],
        problems: &[Kind::PaymentNotFound, Kind::RefundNotFound],
    }
}
