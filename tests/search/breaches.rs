//! Scripts in which a rule matters that the others get along without.

use super::act::Act::{
    Behave, Cancel, CancelOrder, Capture, Choose, ClerkRefund, Dashboard, Lie, Look, Pay,
    PayAndLeave, PayManual, Redact, Redrive, Refund, RefundsBecome, SendBack, SlowNetwork, Sweep,
    Twin, Wait, Watch,
};
use super::scenarios::{Need, Scenario};
use super::scripts::{chosen, plain, with};

pub(super) static BREACHES: &[Scenario] = &[
    plain("redrive", &[Pay("a"), Choose("a", "approve"), Redrive]),
    plain(
        "retryable-then",
        &[
            Pay("a"),
            Choose("a", "decline_retryable"),
            Wait(35),
            Look("a"),
            Pay("b"),
            Choose("a", "approve"),
            Choose("b", "approve"),
        ],
    ),
    // A try that begins before the page ends is over after it.
    plain(
        "close-at-its-end",
        &[Pay("a"), Wait(3598), Cancel("a"), Choose("a", "pending"), Wait(2), Cancel("a")],
    ),
    plain("cancel-abandoned", &[Pay("a"), CancelOrder, Cancel("a"), Choose("a", "approve")]),
    with(
        "late-on-manual",
        &[Need::Events, Need::Manual],
        &[
            Pay("a"),
            Choose("a", "decline"),
            Wait(35),
            Look("a"),
            PayManual("b"),
            Choose("b", "approve"),
            Capture("b", "c", 0),
            Dashboard("a", "capture", 0),
        ],
    ),
    with(
        "refund-sent-back",
        &[Need::Events],
        &[
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Refund("a", "r", 5000),
            Wait(60),
            SendBack("a"),
            Refund("a", "s", 7500),
        ],
    ),
    with(
        "excess-refund-fails",
        &[Need::Events],
        &[
            Pay("a"),
            Choose("a", "decline"),
            Wait(35),
            Look("a"),
            Pay("b"),
            Choose("b", "approve"),
            Behave(r#"{"refund_status":"pending"}"#),
            Dashboard("a", "capture", 0),
            Wait(60),
            Sweep,
            RefundsBecome("a", "failed"),
        ],
    ),
    // The gateway forgets the key before its look-up shows the refund.
    with(
        "refund-outlives-its-key",
        &[Need::Events],
        &[
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Behave(r#"{"refund":"timeout_after","hide_seconds":172800}"#),
            Refund("a", "r", 3000),
            Behave("{}"),
            Wait(90_000),
            Sweep,
        ],
    ),
    // A person's refund takes the room of ours, and then fails.
    with(
        "refund-very-late",
        &[Need::Events],
        &[
            SlowNetwork,
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Behave(r#"{"refund_status":"pending"}"#),
            Refund("a", "r", 5000),
            Dashboard("a", "refund", 5000),
            Wait(100),
            Sweep,
            RefundsBecome("a", "failed"),
        ],
    ),
    with(
        "twin",
        &[Need::NoKeys],
        &[Pay("a"), Twin("a", ""), Wait(35), Look("a"), Choose("a", "approve")],
    ),
    with(
        "twin-declined",
        &[Need::NoKeys],
        &[
            Pay("a"),
            Twin("a", "decline"),
            Wait(35),
            Look("a"),
            Pay("b"),
            Choose("a", "approve"),
            Choose("b", "approve"),
        ],
    ),
    with("lie", &[Need::Unsigned], &[Pay("a"), Lie("a"), Wait(35), Look("a")]),
    with(
        "returned",
        &[Need::Events],
        &[
            Pay("a"),
            CancelOrder,
            Wait(35),
            Sweep,
            Dashboard("a", "capture", 0),
            Watch("a"),
            Wait(60),
            Sweep,
            Watch("a"),
        ],
    ),
    // Its answer is lost, and the shopper waits on the return page.
    plain(
        "left-waiting",
        &[
            Behave(r#"{"create":"close"}"#),
            PayAndLeave("a"),
            Behave("{}"),
            Wait(70),
            Watch("a"),
            Watch("a"),
            Choose("a", "approve"),
            Watch("a"),
        ],
    ),
    with(
        "late-on-lapsed",
        &[Need::EventsInOrder],
        &[Pay("a"), Choose("a", "decline"), Wait(3700), Dashboard("a", "capture", 0)],
    ),
    plain(
        "review-canceled",
        &[
            Behave(r#"{"webhooks":{"amount_delta":-100}}"#),
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            CancelOrder,
        ],
    ),
    plain(
        "review-expires",
        &[
            Behave(r#"{"webhooks":{"amount_delta":-100}}"#),
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Wait(3700),
            Sweep,
            Refund("a", "r", 0),
        ],
    ),
    with(
        "dispute-lost-at-once",
        &[Need::Events],
        &[Pay("a"), Choose("a", "approve"), Wait(35), Look("a"), Dashboard("a", "dispute-lost", 0)],
    ),
    plain(
        "refund-limited",
        &[
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            ClerkRefund("a", "r", 0),
            ClerkRefund("a", "s", 2500),
        ],
    ),
    plain(
        "redact",
        &[
            Pay("a"),
            Redact,
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Redact,
            Refund("a", "r", 2500),
            Redact,
        ],
    ),
    with(
        "late-on-redacted",
        &[Need::Events],
        &[Pay("a"), CancelOrder, Wait(35), Sweep, Redact, Dashboard("a", "capture", 0)],
    ),
    chosen("cancel-unpaid", "approve", &[CancelOrder, Pay("a")]),
];
