use super::*;
use crate::domain::attempt::CaptureMode;
use crate::domain::phase::OperationPhase;
use crate::domain::reservations::claim_refund;
use crate::domain::testing::{Case, FULL, captured, refunded, usd};

#[test]
fn a_metric_is_of_its_stack_and_of_its_gateway() {
    let line = line("shop", "payment.completed", "Count", 1, &By::Gateway("sandbox"));
    let metric = &line["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(metric["Dimensions"], json!([["stack"], ["stack", "gateway"]]));
    assert_eq!(metric["Metrics"][0]["Name"], "payment.completed");
    let members = (&line["stack"], &line["gateway"], &line["payment.completed"]);
    assert_eq!(members, (&json!("shop"), &json!("sandbox"), &json!(1)));
}

#[test]
fn a_sum_is_of_one_currency() {
    let line = line("shop", "refund.amount", "None", 2500, &By::Currency("EUR"));
    let metric = &line["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(metric["Dimensions"], json!([["stack", "currency"]]));
    assert_eq!((&line["currency"], &line["refund.amount"]), (&json!("EUR"), &json!(2500)));
}

#[test]
fn money_that_leaves_is_counted_once_and_by_who_wanted_it() {
    let mut case = Case::new(FULL);
    let id = case.attempt(0, CaptureMode::Automatic);
    case.learn(&id, &captured("o1", usd(7500)));
    let counted =
        |events: &[Event]| -> Vec<Metric> { events.iter().filter_map(given_back).collect() };
    let new = case.operation("r1", Some(2500));
    let asked = case.change(|order| claim_refund(order, &id, &new, false).map(drop).unwrap());
    assert_eq!(counted(&asked), [Metric::RefundBegun]);
    let done = refunded("o1", "g1", 2500, Some(&new.id), OperationPhase::Done);
    assert_eq!(counted(&case.learn(&id, &done)), [], "it was counted when it was asked for");
    let foreign = refunded("o1", "g2", 1000, None, OperationPhase::Done);
    assert_eq!(counted(&case.learn(&id, &foreign)), [Metric::RefundBegun]);
    let twice = case.learn(&id, &captured("o2", usd(7500)));
    assert_eq!(counted(&twice), [Metric::CaptureGivenBack]);
}

#[tokio::test]
async fn a_request_id_is_known_only_within_its_request() {
    assert_eq!(request_id(), None);
    assert_eq!(within("r-1", async { request_id() }).await.as_deref(), Some("r-1"));
    assert_eq!(within("", async { request_id() }).await, None);
}

#[tokio::test]
async fn a_caller_is_known_once_it_is_named_and_only_within_its_request() {
    called_by("key:nobody");
    assert_eq!(caller(), None);
    let asked = async {
        let before = caller();
        called_by("key:shop-1");
        (before, caller())
    };
    assert_eq!(within("r-1", asked).await, (None, Some("key:shop-1".to_owned())));
    assert_eq!(within("r-2", async { caller() }).await, None);
}
