//! The invariants of the search in words: the name that a violation begins with, and its meaning.

pub const INVARIANTS: [(&str, &str); 26] = [
    ("I0", "No handler panics."),
    ("I1", "An order has at most one live attempt."),
    (
        "I2",
        "An order's captures are those of the gateway, each with its amount; one of them pays the \
         order.",
    ),
    (
        "I3",
        "One key makes one attempt and one object at the gateway, and the attempt is written \
         before it is sent; a fault that the SDK hides changes nothing.",
    ),
    ("I4", "A capture that matches the order pays it, without a client's or a webhook's help."),
    (
        "I5",
        "Every decision is confirmed to every target, under one id, in one sequence, with a valid \
         signature.",
    ),
    ("I6", "Nothing is confirmed unless the gateway shows it with the same amount."),
    ("I7", "Nothing moves backwards: phases, a paid order and its winner, captures, refunds."),
    ("I8", "Facts about one object may arrive in any sequence and more than once (the laws)."),
    ("I9", "An event that was answered with 2xx is in the item or parked."),
    ("I10", "Unfinished work has a time at which it is picked up again."),
    ("I11", "When faults stop, all work ends by itself; a request is answered within five tries."),
    ("I12", "The page of an ended attempt is not kept anywhere."),
    ("I13", "A refused request causes no call to the gateway."),
    ("I14", "Every write raises the version by one and is made once."),
    (
        "I15",
        "At most one object of an order is captured, apart from those that a person captured or \
         that were refunded.",
    ),
    ("I16", "Only one page of an attempt is ever handed out: the one in the item."),
    (
        "I17",
        "No more is refunded or reserved than was captured, and no more at once than the limit of \
         the key; an excess capture is refunded in full, but not while the shopper's bank may \
         take it.",
    ),
    (
        "I18",
        "An operation is written before it is sent, is never lost, and has at most one effect.",
    ),
    (
        "I19",
        "A close is never withdrawn, and a payment that was answered as canceled is not captured.",
    ),
    ("I20", "No attempt begins on an ending order; every order ends, with no attempt live."),
    (
        "I21",
        "No more is captured than was authorized, and nothing beside a void or on a closing \
         attempt; no unwanted authorization is left.",
    ),
    ("I22", "Every refund and dispute at the gateway is known with its outcome and was confirmed."),
    (
        "I23",
        "A shopper reads that a payment succeeded only if it paid the order, and is shown the \
         page that can be paid.",
    ),
    ("I24", "A redacted order names nobody and had no unfinished work."),
    ("I25", "A payment is at one gateway, and only that gateway's facts move it."),
];

/// The meanings of the invariants that these violations break.
pub fn broken_by(violations: &[String]) -> impl Iterator<Item = String> {
    let breaks = |name: &str| {
        let begin = format!("{name} ");
        violations.iter().any(|violation| violation.starts_with(&begin))
    };
    INVARIANTS
        .iter()
        .filter(move |(name, _)| breaks(name))
        .map(|(name, what)| format!("{name}: {what}"))
}
