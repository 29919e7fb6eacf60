//! The texts of each problem, for clients and for `docs/problems.md`.

use super::Kind;

pub(super) struct Words {
    pub(super) kind: Kind,
    pub(super) title: &'static str,
    /// When the problem is returned. Also the detail of a response that has no other.
    pub(super) when: &'static str,
    pub(super) remedy: &'static str,
}

impl Kind {
    pub fn title(self) -> &'static str {
        self.words().map_or(self.slug(), |words| words.title)
    }

    pub fn when(self) -> &'static str {
        self.words().map_or(self.slug(), |words| words.when)
    }

    pub(super) fn remedy(self) -> &'static str {
        self.words().map_or(self.slug(), |words| words.remedy)
    }

    /// Never `None`: a test checks that `WORDS` has one entry for each of `Kind::ALL`.
    fn words(self) -> Option<&'static Words> {
        WORDS.iter().find(|words| words.kind == self)
    }
}

const fn words(kind: Kind, title: &'static str, when: &'static str, remedy: &'static str) -> Words {
    Words { kind, title, when, remedy }
}

pub(super) static WORDS: [Words; Kind::ALL.len()] = [
    words(
        Kind::TooLarge,
        "The body is too large",
        "The body is larger than 64 KiB, or than 512 KiB on a webhook.",
        "Send less: fewer items, shorter names, less metadata.",
    ),
    words(
        Kind::Unauthorized,
        "Not authenticated",
        "The API key or status token is missing, unknown, or no longer valid; on a webhook, its signature is \
         missing, wrong or stale.",
        "Send `Authorization: Bearer` with a live key. For a webhook, check the secret at the gateway and the \
         clock.",
    ),
    words(
        Kind::Forbidden,
        "Not allowed",
        "The API key is valid but lacks the scope that this route needs.",
        "Use a key with that scope: `orders:write`, `payments:write`, `refunds:write` or `read`.",
    ),
    words(
        Kind::UnsupportedMediaType,
        "The content type is not JSON",
        "The request has a body whose Content-Type is not application/json in UTF-8, or has two different ones.",
        "Send `Content-Type: application/json`.",
    ),
    words(
        Kind::MalformedJson,
        "The body is not JSON",
        "The body is not one JSON text in UTF-8, repeats a field, or is nested more than 32 levels deep.",
        "Let a JSON library write the body. The detail says which rule was broken.",
    ),
    words(
        Kind::MalformedIdempotencyKey,
        "The Idempotency-Key is malformed",
        "The Idempotency-Key is not 1 to 255 visible ASCII characters without a comma, or two different ones were \
         sent.",
        "Use a UUID, or your own id for the operation.",
    ),
    words(
        Kind::IdempotencyKeyRequired,
        "An Idempotency-Key is required",
        "The request moves money but has no Idempotency-Key to make it safe to repeat.",
        "Choose a key, store it with your own record, then send. Repeat with the same key until there is a \
         response.",
    ),
    words(
        Kind::InvalidRequest,
        "Invalid request",
        "Fields of the body or parameters of the query are unknown, missing, of the wrong type or out of range, \
         or a parameter is repeated.",
        "Correct every entry of `errors`: each names a field of the body by JSON pointer, or a query parameter as \
         `?name`, and what is wrong with it. The request was not carried out.",
    ),
    words(
        Kind::CardDataRefused,
        "Card numbers are not accepted here",
        "A string in the body contains what looks like a card number.",
        "Remove it from each field named in `errors`. Card numbers belong on the gateway's page only; nothing was \
         stored or logged.",
    ),
    words(
        Kind::IdempotencyKeyReused,
        "The Idempotency-Key belongs to another request",
        "The Idempotency-Key was used before, with another body.",
        "Use a new key for a new request, and repeat a request only with its original body.",
    ),
    words(
        Kind::RequestInProgress,
        "The same request is in progress",
        "Another call with this Idempotency-Key is still in progress.",
        "Repeat the same request after `Retry-After` seconds.",
    ),
    words(
        Kind::OrderNotFound,
        "No such order",
        "There is no order with this id.",
        "Check the id: `ORD_` and 20 characters, as returned by `POST /api/orders`.",
    ),
    words(
        Kind::PaymentNotFound,
        "No such payment",
        "There is no payment with this id.",
        "Check the id: `PAY_` and 26 characters, as returned by `POST /api/payments`.",
    ),
    words(
        Kind::RefundNotFound,
        "No such refund",
        "This payment has no refund with this id.",
        "Check both ids: `RFD_` and 26 characters, under the payment that was refunded.",
    ),
    words(
        Kind::GatewayNotFound,
        "No such gateway",
        "This stack has no gateway with this name.",
        "Correct the webhook's address, or add the gateway to `GATEWAYS`.",
    ),
    words(
        Kind::IdCollision,
        "The id belongs to another Idempotency-Key",
        "The id computed from this Idempotency-Key already belongs to another key.",
        "Use another key. With random keys this does not happen in practice.",
    ),
    words(
        Kind::AmountMismatch,
        "The amount does not match the order",
        "The amount or the currency differs from the order's.",
        "Send the order's `total_amount` and `currency`; for another price, create another order.",
    ),
    words(
        Kind::OrderPaid,
        "The order is paid",
        "The order has been paid.",
        "Do not charge again: `payment` is the one that paid the order. To return the money, refund it.",
    ),
    words(
        Kind::PaymentInProgress,
        "Another payment of the order is in progress",
        "The order has a live payment other than the one requested.",
        "Continue with `payment`, cancel it, or repeat with `\"replace\":true`; if `Retry-After` is given, wait \
         that long first.",
    ),
    words(
        Kind::OrderInReview,
        "The order is in review",
        "The gateway captured an amount or a currency that is not the order's.",
        "Refund that capture in full, or cancel the order: its money then goes back automatically.",
    ),
    words(
        Kind::OrderExpired,
        "The order has expired",
        "The order was not paid before it expired.",
        "Create another order.",
    ),
    words(
        Kind::OrderCanceled,
        "The order is canceled",
        "The order has been canceled.",
        "Create another order.",
    ),
    words(
        Kind::TooManyAttempts,
        "Too many attempts to pay the order",
        "20 attempts to pay this order have reached a gateway.",
        "Create another order.",
    ),
    words(
        Kind::OrderFull,
        "The order can hold no more refunds",
        "The order has 64 refunds, the most that it can hold.",
        "Refund the rest at the gateway: it is recorded when the gateway reports it.",
    ),
    words(
        Kind::NoGateway,
        "No gateway accepts this payment",
        "No configured gateway accepts this currency, amount and method, or moves this stack's kind of money: \
         real or test.",
        "`gateways` gives each gateway's reason. Send another method, or configure a gateway that accepts it.",
    ),
    words(
        Kind::PaymentDeclined,
        "The payment was declined",
        "The gateway declined the payment.",
        "Let the shopper choose another way to pay, and use a new key.",
    ),
    words(
        Kind::GatewayUnavailable,
        "The gateway cannot be reached",
        "No gateway could be reached. No charge was made and nothing is left behind.",
        "Repeat the same request with the same key after `Retry-After` seconds.",
    ),
    words(
        Kind::GatewayRefused,
        "The gateway refused the request",
        "Every gateway refused the request. No charge was made and nothing is left behind.",
        "The cause is in the log; often it is a credential or a setting at the gateway. You can repeat with the \
         same key.",
    ),
    words(
        Kind::NotSupportedByGateway,
        "Not supported by the gateway",
        "The payment's gateway does not support this operation.",
        "If `retry_at` is given, wait until then: the gateway's page expires at that time.",
    ),
    words(
        Kind::PaymentNotAuthorized,
        "The payment is not authorized",
        "Only an authorized payment that is not yet captured can be captured.",
        "Read the payment: it is not authorized yet, or it is captured, canceled or has ended.",
    ),
    words(
        Kind::CaptureInProgress,
        "A capture is in progress",
        "A capture of this payment was sent, and its outcome is not known yet.",
        "Read the payment until the capture has settled, then decide again.",
    ),
    words(
        Kind::PaymentSucceeded,
        "The payment has succeeded",
        "The payment was captured and can no longer be canceled.",
        "Refund it; if it is in review, in full. If it is `returned`, its money goes back automatically.",
    ),
    words(
        Kind::PaymentAbandoned,
        "The payment was abandoned",
        "The payment was given up without an answer from the gateway, which may still capture it.",
        "Nothing: a late capture is refunded automatically.",
    ),
    words(
        Kind::PaymentNotCancelable,
        "The payment has ended",
        "The payment has failed or expired, so there is nothing to cancel.",
        "Nothing: while the order is open, another payment can pay it.",
    ),
    words(
        Kind::PaymentNotCaptured,
        "Nothing was captured",
        "Nothing of this payment was captured, so there is nothing to refund.",
        "Cancel the payment: its page is closed, or its authorization is released.",
    ),
    words(
        Kind::RefundNotWhole,
        "Only a full refund is possible",
        "The captured amount does not match the order, and the refund asks for only a part of it.",
        "Send `refundable` as the amount, or no amount.",
    ),
    words(
        Kind::RefundExceedsCaptured,
        "The refund exceeds what is left",
        "The refund exceeds the captured amount minus completed and pending refunds and lost disputes.",
        "Refund at most `refundable`; if that is 0, nothing is left. The detail says where it went.",
    ),
    words(
        Kind::RefundLimit,
        "The refund exceeds the key's limit",
        "The refund is more than this API key may refund at once, or in a currency that the key may not refund; \
         canceling an order refunds all that is in review.",
        "Use a key that may refund more, or change the `refund_max` of this key; the detail states the limit.",
    ),
    words(
        Kind::PaymentDisputed,
        "The payment is disputed",
        "The shopper disputes the payment at the bank; with a refund, the money could leave twice.",
        "`disputes` lists the disputes, and the payment shows them. Wait for the outcome, or send \
         `\"despite_dispute\":true`.",
    ),
    words(
        Kind::OrderUnfinished,
        "The order has unfinished work",
        "Work on the order is unfinished and may need the data that would be removed.",
        "Do what the detail says, or wait for what it names, then repeat. A person has to end reviews and \
         disputes; the rest finishes by itself.",
    ),
    words(
        Kind::Unavailable,
        "Temporarily unavailable",
        "Something that the request needs did not answer, or a secret is not configured.",
        "Repeat the same request with the same key after `Retry-After` seconds. The cause is in the log; if there \
         is no room for a webhook's event, or no time left for a redaction, the detail says so.",
    ),
];
