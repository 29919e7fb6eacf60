//! Scripts in which a rule matters that the others get along without.

use super::act::Act::{
    Behave, Cancel, CancelOrder, Capture, Choose, Dashboard, Lie, Look, Pay, PayManual, Refund,
    RefundsBecome, SendBack, SlowNetwork, Sweep, Twin, Wait,
};
use super::scenarios::{Need, Scenario};
use super::scripts::{chosen, plain, with};

pub(super) static BREACHES: &[Scenario] = &[
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
    chosen("cancel-unpaid", "approve", &[CancelOrder, Pay("a")]),
];
