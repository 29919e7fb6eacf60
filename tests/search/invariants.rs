//! What the search holds, in words: the name that a violation begins with, and what it means.

pub const INVARIANTS: [(&str, &str); 25] = [
    ("I0", "No handler panics."),
    ("I1", "An order has one live attempt at most."),
    ("I2", "The captures of an order are the gateway's, each with its amount; one pays the order."),
    (
        "I3",
        "One key is one attempt and one object at the gateway, written before it is sent; a fault that the \
         SDK hides changes nothing.",
    ),
    ("I4", "What was captured as ordered pays the order, without a client's or a webhook's help."),
    (
        "I5",
        "What is decided is told to every target, under one id, in one sequence, signed so that it can be \
         believed.",
    ),
    ("I6", "Nothing is confirmed that the gateway does not show, with that amount."),
    ("I7", "Nothing falls: phases, a paid order and its winner, captures, refunds."),
    ("I8", "What is told of an attempt may come in any order and more than once (the laws)."),
    ("I9", "What a webhook told that was answered with 2xx is in the item, or parked."),
    ("I10", "Unfinished work has a time at which somebody comes back to it."),
    ("I11", "When faults stop, all work ends by itself; a request is answered within five tries."),
    ("I12", "The page of an ended attempt is kept nowhere."),
    ("I13", "Who is refused has caused no call to the gateway."),
    ("I14", "Every write is one step of one version, made once."),
    (
        "I15",
        "Of one order one object is captured, but for what a person did or what was given back.",
    ),
    ("I16", "One page of an attempt is handed out, ever: the one in the item."),
    (
        "I17",
        "No more is given back or reserved than was captured, nor at once by a key than it may; what was \
         captured in excess goes back whole, but not while the shopper's bank may take it.",
    ),
    (
        "I18",
        "An operation is written before it is sent, is never lost, and has one effect at most.",
    ),
    ("I19", "A close is never withdrawn, and what was answered as canceled is not captured."),
    ("I20", "No attempt begins on an ending order; every order ends, with no attempt live."),
    (
        "I21",
        "No more is captured than was authorized, never beside a void or of a closing attempt; no hold is \
         left that nobody wants.",
    ),
    ("I22", "Every refund and dispute of the gateway is known as it ended, and was announced."),
    (
        "I23",
        "A shopper reads that a payment succeeded only of the one that paid, and is shown the page that can \
         be paid.",
    ),
    ("I24", "What was redacted names nobody, and nothing of it was unfinished."),
];

/// What the invariants are that these violations break.
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
