//! All operations of the API: who may call them, what they read, what they answer.

use quittance::http::auth::Scope;
use quittance::http::fields::described;
use quittance::http::input::KeyRule;
use quittance::http::problem::Kind;

use super::operation::{Answer, Caller, Operation};
use super::{event, reading};

pub(super) fn all() -> Vec<Operation> {
    let paying = [create_order(), create_payment(), capture_payment(), refund_payment()];
    let ending = [cancel_payment(), cancel_order(), redact_order()];
    let others = [reading::order(), reading::payment(), reading::preflight(), reading::refund()];
    paying.into_iter().chain(ending).chain(others).chain([event::webhook()]).collect()
}

fn create_order() -> Operation {
    Operation {
        route: "POST /api/orders",
        id: "createOrder",
        tag: "Orders",
        summary: "Create an order",
        description: "Says what to pay. No money moves. If every item has a `unit_amount`, \
            `total_amount` must be the items (`quantity` × `unit_amount` − `discount_amount`) − `discounts` \
            + `shipping` + `fees` + `taxes`; the taxes are not added if `tax_included`. If an item has no \
            `unit_amount`, nothing is checked and none of these members is accepted. All members together \
            take at most 16 KiB. Without an `Idempotency-Key` each call creates a new order.",
        caller: Caller::Merchant(Scope::OrdersWrite),
        key: KeyRule::Optional,
        body: Some(described(create_order::body::order)),
        answers: vec![
            Answer::new(201, "Order", "The order is created."),
            Answer::replayed(
                "Order",
                "The same request was made before; this is the order as it is now.",
            ),
        ],
        problems: &[Kind::IdempotencyKeyReused, Kind::IdCollision],
    }
}

fn create_payment() -> Operation {
    Operation {
        route: "POST /api/payments",
        id: "createPayment",
        tag: "Payments",
        summary: "Start the payment of an order",
        description: "Claims the order's one live attempt and starts it at a gateway. `amount` and \
            `currency` must be the order's. Any number of calls start one payment. Without an \
            `Idempotency-Key` a repeat finds the live payment; a new attempt after a failed one \
            needs a new key. `replace` ends the live attempt first and needs a key.",
        caller: Caller::Merchant(Scope::PaymentsWrite),
        key: KeyRule::Optional,
        body: Some(described(|body| create_payment::body::read(body, |_| None))),
        answers: vec![
            Answer::new(
                201,
                "CreatedPayment",
                "The payment has started; send the shopper to its page.",
            ),
            Answer::new(
                202,
                "CreatedPayment",
                "The outcome at the gateway is not known yet; read the payment until it is.",
            ),
            Answer::replayed(
                "CreatedPayment",
                "The payment was started before, or the order is paid; this is the payment as it is now.",
            ),
        ],
        problems: &[
            Kind::IdempotencyKeyRequired,
            Kind::OrderNotFound,
            Kind::IdempotencyKeyReused,
            Kind::IdCollision,
            Kind::AmountMismatch,
            Kind::RequestInProgress,
            Kind::PaymentDeclined,
            Kind::OrderPaid,
            Kind::PaymentInProgress,
            Kind::OrderInReview,
            Kind::OrderExpired,
            Kind::OrderCanceled,
            Kind::TooManyAttempts,
            Kind::NoGateway,
            Kind::GatewayUnavailable,
            Kind::GatewayRefused,
        ],
    }
}

fn capture_payment() -> Operation {
    Operation {
        route: "POST /api/payments/{payment_id}/capture",
        id: "capturePayment",
        tag: "Payments",
        summary: "Capture an authorized payment",
        description: "Captures the authorized amount, or once a part of it; the rest is released.",
        caller: Caller::Merchant(Scope::PaymentsWrite),
        key: KeyRule::Required,
        body: Some(described(|body| Some(capture_payment::read(body)))),
        answers: vec![
            Answer {
                replayed: true,
                ..Answer::new(200, "PaymentInFull", "The payment is captured.")
            },
            Answer {
                replayed: true,
                ..Answer::new(
                    202,
                    "PaymentInFull",
                    "The outcome of the capture is not known yet; read the payment until it is.",
                )
            },
        ],
        problems: &[
            Kind::PaymentNotFound,
            Kind::IdempotencyKeyReused,
            Kind::IdCollision,
            Kind::PaymentNotAuthorized,
            Kind::NotSupportedByGateway,
            Kind::OrderFull,
        ],
    }
}

fn cancel_payment() -> Operation {
    Operation {
        route: "POST /api/payments/{payment_id}/cancel",
        id: "cancelPayment",
        tag: "Payments",
        summary: "Cancel a payment",
        description: "Ends an unpaid page, or releases an authorization. Canceled means that the \
            gateway said so, or that no shopper can have the page. Repeating it is harmless.",
        caller: Caller::Merchant(Scope::PaymentsWrite),
        key: KeyRule::Unused,
        body: Some(described(cancel_payment::no_members)),
        answers: vec![
            Answer::new(200, "PaymentInFull", "The payment is canceled."),
            Answer::new(
                202,
                "PaymentInFull",
                "The payment is being ended; read it until it is `canceled`.",
            ),
        ],
        problems: &[
            Kind::PaymentNotFound,
            Kind::PaymentSucceeded,
            Kind::CaptureInProgress,
            Kind::PaymentAbandoned,
            Kind::PaymentNotCancelable,
            Kind::NotSupportedByGateway,
        ],
    }
}

fn cancel_order() -> Operation {
    Operation {
        route: "POST /api/orders/{order_id}/cancel",
        id: "cancelOrder",
        tag: "Orders",
        summary: "Cancel an order",
        description: "No new payment may begin, and the live one is ended. A payment that nothing can end \
            is abandoned; if it captures money after all, that is refunded automatically. A capture in review is \
            refunded whole, if the key may refund that much. Repeating it is harmless.",
        caller: Caller::Merchant(Scope::OrdersWrite),
        key: KeyRule::Unused,
        body: Some(described(cancel_payment::no_members)),
        answers: vec![
            Answer::new(200, "OrderInFull", "The order is canceled."),
            Answer::new(
                202,
                "OrderInFull",
                "The order's live payment is being ended; read the order until it is `canceled`.",
            ),
        ],
        problems: &[
            Kind::OrderNotFound,
            Kind::OrderPaid,
            Kind::OrderExpired,
            Kind::CaptureInProgress,
            Kind::RefundLimit,
        ],
    }
}

fn redact_order() -> Operation {
    Operation {
        route: "POST /api/orders/{order_id}/redact",
        id: "redactOrder",
        tag: "Orders",
        summary: "Redact an order",
        description: "Removes what names a person from an order that has ended: its customer, the names of \
            its items and its shipping, its metadata, the reasons of its refunds, the return addresses of its \
            payments, the messages of failures, the free text of disputes, and stored bodies of its events. \
            Discounts, fees and taxes are renamed `redacted`. Amounts, states and `reference` stay. Afterwards its \
            `Idempotency-Key` returns this order for any body. Repeating it removes what has arrived since.",
        caller: Caller::Merchant(Scope::OrdersWrite),
        key: KeyRule::Unused,
        body: Some(described(cancel_payment::no_members)),
        answers: vec![Answer::new(200, "OrderInFull", "The order no longer names a person.")],
        problems: &[Kind::OrderNotFound, Kind::OrderUnfinished],
    }
}

fn refund_payment() -> Operation {
    Operation {
        route: "POST /api/payments/{payment_id}/refunds",
        id: "refundPayment",
        tag: "Refunds",
        summary: "Refund a payment",
        description: "Refunds captured money; without an `amount`, all that is left of it. All refunds \
            of a payment together never exceed what was captured.",
        caller: Caller::Merchant(Scope::RefundsWrite),
        key: KeyRule::Required,
        body: Some(described(|body| Some(refund_payment::read(body)))),
        answers: vec![
            Answer::new(
                201,
                "Refund",
                "The gateway has accepted or refused the refund: see `status`.",
            ),
            Answer::replayed(
                "Refund",
                "The same request was made before; this is the refund as it is now.",
            ),
            Answer {
                replayed: true,
                ..Answer::new(
                    202,
                    "Refund",
                    "The outcome is not known yet; read the refund until it is.",
                )
            },
        ],
        problems: &[
            Kind::PaymentNotFound,
            Kind::IdempotencyKeyReused,
            Kind::IdCollision,
            Kind::PaymentNotCaptured,
            Kind::RefundNotWhole,
            Kind::RefundExceedsCaptured,
            Kind::RefundLimit,
            Kind::OrderFull,
            Kind::PaymentDisputed,
        ],
    }
}
