//! Scripts with two gateways in one stack, which give the same ids.

use crate::play::act::Act::{
    BehaveAt, Cancel, CancelOrder, Choose, Dashboard, Look, OthersEvent, Pay, PayInsteadAt, Refund,
    Sweep, Wait,
};
use crate::play::scenario::{Need, Scenario, with};

const REFUSES: &str = r#"{"create":"refuse"}"#;

pub(crate) static TWO_GATEWAYS: &[Scenario] = &[
    with("first-takes-it", &[Need::SecondGateway], &[Pay("a"), Choose("a", "approve"), Look("a")]),
    with(
        "others-event",
        &[Need::SecondGateway],
        &[Pay("a"), OthersEvent("a"), Choose("a", "approve"), Look("a")],
    ),
    with(
        "first-refuses",
        &[Need::SecondGateway],
        &[
            BehaveAt("sandbox", REFUSES),
            Pay("a"),
            Choose("a", "approve"),
            Wait(35),
            Look("a"),
            Refund("a", "r", Some(3000)),
        ],
    ),
    with(
        "other-instead",
        &[Need::SecondGateway],
        &[
            Pay("a"),
            PayInsteadAt("b", "second"),
            Choose("a", "approve"),
            Choose("b", "approve"),
            Wait(35),
            Look("b"),
        ],
    ),
    with(
        "other-instead-late",
        &[Need::SecondGateway, Need::Events],
        &[
            Pay("a"),
            Choose("a", "decline"),
            Wait(35),
            Look("a"),
            PayInsteadAt("b", "second"),
            Choose("b", "approve"),
            Wait(35),
            Look("b"),
            Dashboard("a", "capture", None),
            Refund("b", "r", Some(3000)),
        ],
    ),
    with(
        "other-instead-disputed",
        &[Need::SecondGateway, Need::Events],
        &[
            Pay("a"),
            Choose("a", "decline"),
            Wait(35),
            Look("a"),
            PayInsteadAt("b", "second"),
            Choose("b", "approve"),
            Wait(35),
            Look("b"),
            Dashboard("b", "dispute", Some(5000)),
            Dashboard("b", "dispute-lost", None),
            Refund("b", "r", None),
        ],
    ),
    with(
        "other-instead-canceled",
        &[Need::SecondGateway],
        &[Pay("a"), PayInsteadAt("b", "second"), Cancel("b"), Choose("b", "approve")],
    ),
    with(
        "second-canceled",
        &[Need::SecondGateway],
        &[BehaveAt("sandbox", REFUSES), Pay("a"), CancelOrder, Choose("a", "approve")],
    ),
    with(
        "second-expires",
        &[Need::SecondGateway],
        &[BehaveAt("sandbox", REFUSES), Pay("a"), Wait(3601), Sweep, Choose("a", "approve")],
    ),
];
