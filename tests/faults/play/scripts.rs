//! The scripts.

use crate::play::act::Act::{
    self, Behave, Beside, Cancel, CancelOrder, Capture, Choose, Dashboard, Foreign, Forge, Look,
    Orphan, Pay, PayInstead, PayManual, Refund, RefundsBecome, Sweep, Wait,
};
use crate::play::scenarios::{Need, Scenario};

pub(crate) const fn plain(name: &'static str, acts: &'static [Act]) -> Scenario {
    Scenario { name, chosen: None, acts, needs: &[] }
}

pub(crate) const fn with(
    name: &'static str,
    needs: &'static [Need],
    acts: &'static [Act],
) -> Scenario {
    Scenario { name, chosen: None, acts, needs }
}

pub(crate) const fn chosen(
    name: &'static str,
    outcome: &'static str,
    acts: &'static [Act],
) -> Scenario {
    Scenario { name, chosen: Some(outcome), acts, needs: &[] }
}

pub(crate) static SCENARIOS: &[Scenario] = &[
    plain("approve", &[Pay("a"), Choose("a", "approve"), Look("a")]),
    plain("keyless", &[Pay(""), Pay(""), Choose("", "approve")]),
    plain("abandoned", &[Pay("a")]),
    plain("decline", &[Pay("a"), Choose("a", "decline"), Look("a")]),
    plain(
        "decline-then",
        &[Pay("a"), Choose("a", "decline"), Wait(40), Look("a"), Pay("b"), Choose("b", "approve")],
    ),
    plain("retryable", &[Pay("a"), Choose("a", "decline_retryable"), Choose("a", "approve")]),
    plain("pending", &[Pay("a"), Choose("a", "pending"), Wait(35), Look("a")]),
    plain("two-keys", &[Pay("a"), Pay("b"), Choose("a", "approve"), Choose("b", "approve")]),
    plain("close", &[Pay("a"), Cancel("a"), Choose("a", "approve")]),
    plain("close-pending", &[Pay("a"), Choose("a", "pending"), Cancel("a")]),
    plain("replace", &[Pay("a"), PayInstead("b"), Choose("a", "approve"), Choose("b", "approve")]),
    plain("expire", &[Pay("a"), Wait(3601), Sweep, Choose("a", "approve")]),
    plain("cancel-order", &[Pay("a"), CancelOrder, Choose("a", "approve")]),
    plain("cancel-paid", &[Pay("a"), Choose("a", "approve"), CancelOrder, Cancel("a")]),
    with(
        "authorize-capture",
        &[Need::Manual],
        &[PayManual("a"), Choose("a", "approve"), Look("a"), Capture("a", "c", None)],
    ),
    with(
        "capture-part",
        &[Need::PartialCapture],
        &[PayManual("a"), Choose("a", "approve"), Capture("a", "c", Some(5000))],
    ),
    with(
        "authorize-void",
        &[Need::Manual],
        &[PayManual("a"), Choose("a", "approve"), Wait(35), Look("a"), Cancel("a")],
    ),
    with(
        "authorize-expire",
        &[Need::Manual],
        &[PayManual("a"), Choose("a", "approve"), Wait(3700), Sweep, Capture("a", "c", None)],
    ),
    with(
        "authorize-cancel-order",
        &[Need::Manual],
        &[PayManual("a"), Choose("a", "approve"), CancelOrder],
    ),
    with(
        "capture-and-void",
        &[Need::Manual],
        &[PayManual("a"), Choose("a", "approve"), Wait(35), Capture("a", "c", None), Cancel("a")],
    ),
    plain(
        "refund-full",
        &[Pay("a"), Choose("a", "approve"), Wait(35), Look("a"), Refund("a", "r", None)],
    ),
    plain(
        "refund-parts",
        &[
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Refund("a", "r", Some(3000)),
            Refund("a", "s", Some(4500)),
            Refund("a", "t", Some(1)),
        ],
    ),
    plain(
        "refund-twice",
        &[
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Refund("a", "r", None),
            Refund("a", "s", None),
        ],
    ),
    with(
        "refund-pending",
        &[Need::Events],
        &[
            Behave(r#"{"refund_status":"pending"}"#),
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Refund("a", "r", Some(5000)),
            Wait(60),
            RefundsBecome("a", "succeeded"),
            Refund("a", "s", Some(2500)),
        ],
    ),
    with(
        "refund-fails",
        &[Need::Events],
        &[
            Behave(r#"{"refund_status":"pending"}"#),
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Refund("a", "r", Some(5000)),
            Wait(60),
            RefundsBecome("a", "failed"),
            Refund("a", "s", Some(7500)),
        ],
    ),
    with(
        "dashboard-refund",
        &[Need::Events],
        &[
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Dashboard("a", "refund", Some(3000)),
            Refund("a", "r", Some(4500)),
            Refund("a", "s", Some(1)),
        ],
    ),
    with(
        "late-on-open",
        &[Need::Events],
        &[Pay("a"), Choose("a", "decline"), Wait(35), Look("a"), Dashboard("a", "capture", None)],
    ),
    with(
        "late-on-next",
        &[Need::Events],
        &[
            Pay("a"),
            Choose("a", "decline"),
            Wait(35),
            Look("a"),
            Pay("b"),
            Dashboard("a", "capture", None),
            Choose("b", "approve"),
        ],
    ),
    with(
        "late-on-paid",
        &[Need::Events],
        &[
            Pay("a"),
            Choose("a", "decline"),
            Wait(35),
            Look("a"),
            Pay("b"),
            Choose("b", "approve"),
            Dashboard("a", "capture", None),
        ],
    ),
    with(
        "late-on-canceled",
        &[Need::Events],
        &[Pay("a"), CancelOrder, Wait(35), Sweep, Dashboard("a", "capture", None)],
    ),
    with(
        "late-on-expired",
        &[Need::Events],
        &[Pay("a"), Wait(3700), Sweep, Wait(60), Sweep, Dashboard("a", "capture", None)],
    ),
    with(
        "late-authorization",
        &[Need::EventsInOrder, Need::Manual],
        &[
            PayManual("a"),
            Choose("a", "decline"),
            Wait(35),
            Look("a"),
            Pay("b"),
            Dashboard("a", "authorize", None),
            Choose("b", "approve"),
        ],
    ),
    plain(
        "wrong-amount",
        &[
            Behave(r#"{"webhooks":{"amount_delta":-100}}"#),
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Pay("b"),
            Refund("a", "q", Some(100)),
            Refund("a", "r", None),
        ],
    ),
    plain(
        "wrong-currency",
        &[
            Behave(r#"{"webhooks":{"currency":"EUR"}}"#),
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Refund("a", "r", None),
        ],
    ),
    plain(
        "hidden",
        &[Behave(r#"{"hide_seconds":90}"#), Pay("a"), Choose("a", "approve"), Look("a")],
    ),
    plain("forged", &[Pay("a"), Forge("a"), Wait(35), Look("a")]),
    plain("orphan", &[Pay("a"), Orphan("nobody"), Choose("a", "approve")]),
    plain("orphans", &[Pay("a"), Orphan("nobody"), Orphan("no-one"), Choose("a", "approve")]),
    plain("foreign", &[Pay("a"), Foreign("a"), Wait(35), Look("a")]),
    with(
        "dispute-lost",
        &[Need::Events],
        &[
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Dashboard("a", "dispute", Some(5000)),
            Refund("a", "r", None),
            Dashboard("a", "dispute-lost", None),
            Refund("a", "s", Some(2500)),
        ],
    ),
    with(
        "dispute-won",
        &[Need::Events],
        &[
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Dashboard("a", "dispute", None),
            Dashboard("a", "dispute-won", None),
            Refund("a", "r", None),
        ],
    ),
    plain(
        "two-orders",
        &[
            Pay("a"),
            Beside(&Pay("a")),
            Choose("a", "approve"),
            Beside(&Choose("a", "approve")),
            Wait(35),
            Beside(&Look("a")),
        ],
    ),
    plain("two-orders-expire", &[Pay("a"), Beside(&Pay("a")), Wait(3601), Sweep]),
    chosen("chosen-approve", "approve", &[Pay("a"), Pay("a")]),
    chosen("chosen-decline", "decline", &[Pay("a"), Pay("b")]),
    chosen("chosen-pending", "pending:50s", &[Pay("a"), Pay("b"), Wait(60), Look("a")]),
    chosen("chosen-cancel", "pending:50s", &[Pay("a"), CancelOrder, Wait(60)]),
];
