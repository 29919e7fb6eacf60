//! Scripts with several concurrent actors.

use crate::play::act::Act::{
    Behave, Beside, Cancel, CancelOrder, Capture, Choose, Dashboard, Deliver, Look, Pay,
    PayInstead, PayManual, Refund, Sweep, Together, Wait,
};
use crate::play::scenario::{Need, Scenario, chosen, plain, with};

pub(crate) static RACES: &[Scenario] = &[
    plain("race-same-key", &[Together(&[Pay("a"), Pay("a")]), Choose("a", "approve")]),
    plain(
        "race-two-keys",
        &[Together(&[Pay("a"), Pay("b")]), Choose("a", "approve"), Choose("b", "approve")],
    ),
    plain("race-keyless", &[Together(&[Pay(""), Pay("")]), Choose("", "approve")]),
    plain(
        "race-late-answer",
        &[
            Behave(r#"{"create":"timeout_after"}"#),
            Pay("a"),
            Behave("{}"),
            Wait(40),
            Together(&[Pay("a"), Sweep, Look("a")]),
            Choose("a", "approve"),
        ],
    ),
    chosen("race-charge", "approve", &[Together(&[Pay("a"), Deliver, Sweep]), Pay("a")]),
    plain(
        "race-webhook",
        &[Pay("a"), Choose("a", "approve"), Wait(35), Together(&[Look("a"), Deliver, Sweep])],
    ),
    plain(
        "race-webhooks",
        &[Pay("a"), Choose("a", "approve"), Together(&[Deliver, Deliver, Sweep])],
    ),
    plain(
        "race-replace",
        &[
            Pay("a"),
            Together(&[PayInstead("b"), Deliver, Pay("a")]),
            Choose("a", "approve"),
            Choose("b", "approve"),
        ],
    ),
    plain(
        "race-two-replaces",
        &[
            Pay("a"),
            Together(&[PayInstead("b"), PayInstead("c")]),
            Choose("a", "approve"),
            Choose("b", "approve"),
            Choose("c", "approve"),
        ],
    ),
    plain(
        "race-close",
        &[Pay("a"), Choose("a", "approve"), Together(&[Cancel("a"), Deliver, Look("a")])],
    ),
    plain("race-cancel-order", &[Together(&[Pay("a"), CancelOrder]), Choose("a", "approve")]),
    plain(
        "race-expiry",
        &[Pay("a"), Choose("a", "approve"), Wait(3601), Together(&[Sweep, Deliver, CancelOrder])],
    ),
    plain(
        "race-sweeps",
        &[Pay("a"), Wait(3601), Together(&[Sweep, Sweep]), Choose("a", "approve")],
    ),
    plain(
        "race-two-orders",
        &[
            Pay("a"),
            Beside(&Pay("a")),
            Choose("a", "approve"),
            Beside(&Choose("a", "approve")),
            Wait(35),
            Together(&[Sweep, Deliver, Sweep]),
        ],
    ),
    with(
        "race-capture-void",
        &[Need::Manual],
        &[
            PayManual("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Together(&[Capture("a", "c", None), Cancel("a")]),
        ],
    ),
    with(
        "race-captures",
        &[Need::Manual],
        &[
            PayManual("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Together(&[Capture("a", "c", None), Capture("a", "d", None), Deliver]),
        ],
    ),
    with(
        "race-capture-cancel-order",
        &[Need::Manual],
        &[
            PayManual("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Together(&[Capture("a", "c", None), CancelOrder]),
        ],
    ),
    plain(
        "race-refunds",
        &[
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Wait(35),
            Sweep,
            Together(&[Refund("a", "r", Some(5000)), Refund("a", "s", Some(5000))]),
        ],
    ),
    plain(
        "race-refund-same-key",
        &[
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Wait(35),
            Sweep,
            Together(&[Refund("a", "r", None), Refund("a", "r", None), Deliver]),
        ],
    ),
    with(
        "race-dashboard-refund",
        &[Need::Events],
        &[
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Wait(35),
            Sweep,
            Dashboard("a", "refund", Some(5000)),
            Together(&[Refund("a", "r", Some(5000)), Deliver]),
        ],
    ),
];
