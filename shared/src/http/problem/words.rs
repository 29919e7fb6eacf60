//! The words of each problem: what clients read, and what `docs/problems.md` advises.

use super::Kind;

pub(super) struct Words {
    pub(super) kind: Kind,
    pub(super) title: &'static str,
    /// When it is answered. Also the detail of an answer that has no other.
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

    /// Never `None`: a test holds `WORDS` to one entry for each of `Kind::ALL`.
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
        "The API key or status token is missing, unknown, or no longer valid; on a webhook, \
         its signature is missing, wrong or stale.",
        "Send `Authorization: Bearer` with a live key. At a gateway, compare the webhook \
         secret and the clock.",
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
        "The body is not one JSON text in UTF-8, names a member twice, or is nested more than \
         32 levels deep.",
        "Let a JSON library write the body. The detail says which rule was broken.",
    ),
    words(
        Kind::MalformedIdempotencyKey,
        "The Idempotency-Key is malformed",
        "The Idempotency-Key is not 1 to 255 visible ASCII characters without a comma, or two different \
         ones were sent.",
        "Use a UUID, or your own number for what is being done.",
    ),
    words(
        Kind::IdempotencyKeyRequired,
        "An Idempotency-Key is required",
        "The request would move money, and has no Idempotency-Key that makes it safe to repeat.",
        "Choose a key, keep it with your own record, then send; repeat with the same key \
         until there is an answer.",
    ),
    words(
        Kind::InvalidRequest,
        "The request breaks a rule",
        "Members of the body or of the query are unknown, missing, of the wrong type, or out \
         of range; or one of the query is repeated.",
        "Correct every entry of `errors`: each names a member of the body by JSON pointer, or one of \
         the query as `?name`, and what it must be. The request was not carried out.",
    ),
    words(
        Kind::CardDataRefused,
        "Card numbers are not accepted here",
        "A string of the body holds what looks like a card number.",
        "Take it out of each member named in `errors`. Cards are typed into the gateway's \
         page only; nothing was stored or logged.",
    ),
    words(
        Kind::IdempotencyKeyReused,
        "The Idempotency-Key belongs to another request",
        "The Idempotency-Key was used before, with another body.",
        "Use a new key for a new request, and repeat a request only with the body that it had.",
    ),
    words(
        Kind::RequestInProgress,
        "The same request is being carried out",
        "Another call with this Idempotency-Key is still being carried out.",
        "Repeat the same request after `Retry-After` seconds.",
    ),
    words(
        Kind::OrderNotFound,
        "No such order",
        "There is no order with this id.",
        "Check the id: `ORD_` and 20 characters, as it was answered to `POST /api/orders`.",
    ),
    words(
        Kind::PaymentNotFound,
        "No such payment",
        "There is no payment with this id.",
        "Check the id: `PAY_` and 26 characters, as it was answered to `POST /api/payments`.",
    ),
    words(
        Kind::RefundNotFound,
        "No such refund",
        "This payment has no refund with this id.",
        "Check both ids: `RFD_` and 26 characters, below the payment that was refunded.",
    ),
    words(
        Kind::GatewayNotFound,
        "No such gateway",
        "This stack has no gateway with this name.",
        "Correct the address of the webhook, or add the gateway to `GATEWAYS`.",
    ),
    words(
        Kind::IdCollision,
        "The id belongs to another Idempotency-Key",
        "The id computed from this Idempotency-Key is that of another key.",
        "Use another key. With random keys this does not happen in practice.",
    ),
    words(
        Kind::AmountMismatch,
        "The amount is not the order's",
        "The amount or the currency differs from the order's.",
        "Send the order's `total_amount` and `currency`; for another price, create another \
         order.",
    ),
    words(
        Kind::OrderPaid,
        "The order is paid",
        "The order has been paid.",
        "Do not charge again: `payment` is the one that paid. To give the money back, refund it.",
    ),
    words(
        Kind::PaymentInProgress,
        "Another payment of the order is under way",
        "The order has a live payment, and it is not the one asked for.",
        "Go on with `payment`, cancel it, or ask again with `\"replace\":true`; after \
         `Retry-After` where it is given.",
    ),
    words(
        Kind::OrderInReview,
        "The order is under review",
        "The gateway captured another amount or currency than the order's.",
        "Refund that capture whole; or cancel the order, and it goes back by itself.",
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
        "The order has had too many attempts",
        "A gateway has seen 20 attempts to pay this order.",
        "Create another order.",
    ),
    words(
        Kind::OrderFull,
        "The order can hold no more refunds",
        "The order has had 64 refunds, which is as many as it can hold.",
        "Refund the rest at the gateway: it is recorded when the gateway tells of it.",
    ),
    words(
        Kind::NoGateway,
        "No gateway takes this payment",
        "No configured gateway takes this currency, amount and method, or moves this stack's \
         money: real or test.",
        "Read the reason of each gateway in `gateways`; then send another method, or \
         configure a gateway that takes it.",
    ),
    words(
        Kind::PaymentDeclined,
        "The payment was declined",
        "The gateway declined the payment.",
        "Let the shopper choose another way to pay, and ask with a new key.",
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
        "The cause is in the log, often a credential or a setting at the gateway. The same \
         key may try again.",
    ),
    words(
        Kind::NotSupportedByGateway,
        "The gateway cannot do this",
        "The gateway of this payment has no such operation.",
        "Wait until `retry_at`, when the gateway's page lapses, where it is given.",
    ),
    words(
        Kind::PaymentNotAuthorized,
        "The payment is not authorized",
        "Only an authorized payment that is not yet captured can be captured.",
        "Read the payment: it is not authorized yet, or is captured, canceled or at its end.",
    ),
    words(
        Kind::CaptureInProgress,
        "A capture is under way",
        "A capture of this payment was sent, and its outcome is not known yet.",
        "Read the payment until it has settled; then decide again.",
    ),
    words(
        Kind::PaymentSucceeded,
        "The payment has succeeded",
        "The payment was captured, so that it can no longer be canceled.",
        "Refund it; one in review as a whole. One that is `returned` goes back by itself.",
    ),
    words(
        Kind::PaymentAbandoned,
        "The payment was abandoned",
        "The payment was given up without word from the gateway, which may yet capture it.",
        "Nothing: a late capture is refunded by itself.",
    ),
    words(
        Kind::PaymentNotCancelable,
        "The payment is at its end",
        "The payment has failed or expired, so that there is nothing to cancel.",
        "Nothing: the order can be paid by another payment while it is open.",
    ),
    words(
        Kind::PaymentNotCaptured,
        "Nothing was captured",
        "The gateway has taken nothing of this payment, so there is nothing to refund.",
        "Cancel the payment: a page is closed, an authorization is released.",
    ),
    words(
        Kind::RefundNotWhole,
        "The payment goes back whole or not at all",
        "The captured amount does not fit the order, and the refund asks for a part of it.",
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
        "The refund is over the key's limit",
        "The API key may give back less at once, or nothing in this currency; a cancel gives all in review back.",
        "Let somebody do it whose key may, or put another `refund_max` into the entry of this key; the \
         detail says what it is.",
    ),
    words(
        Kind::PaymentDisputed,
        "The payment is disputed",
        "The shopper disputes it at the bank; with a refund the money could leave twice.",
        "`disputes` names them, and the payment shows them. Wait for the outcome, or send \
         `\"despite_dispute\":true`.",
    ),
    words(
        Kind::OrderUnfinished,
        "Something of the order is unfinished",
        "Work on the order is not finished, and may need what would be removed.",
        "Do what the detail says, or wait for what it names; then repeat. A review and a dispute wait for \
         people, all else goes on by itself.",
    ),
    words(
        Kind::Unavailable,
        "Temporarily unavailable",
        "Something that the request needs did not answer, or a secret is not configured.",
        "Repeat the same request with the same key after `Retry-After` seconds. The cause is in the log; where \
         a webhook's event finds no room, or a redaction has no time left, the detail says so.",
    ),
];
