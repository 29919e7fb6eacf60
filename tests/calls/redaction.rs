//! A redaction that runs out of time.

use std::time::Duration;

use dev_stack::functions::answer;
use lambda_http::Body;
use quittance::domain::id::{OrderId, PaymentId};
use quittance::domain::names::GatewayName;
use quittance::store::Parked;
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::event::Event;

/// The time that functions reserve for their answer.
const RESERVE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_redaction_that_runs_out_of_time_is_finished_by_a_repeat() {
    let bench = Bench::start("full").await;
    let checkout = bench.checkout("k", json!({})).await;
    bench.stack.cancel_order(&checkout.order).await.expect(200);
    let order = OrderId::parse(&checkout.order).unwrap();
    let stranger = PaymentId::from_number(&order, 7);
    let now = bench.app.clock.now();
    for n in 0..3 {
        let event = format!("evt_{n}");
        let parked = Parked::new(&GatewayName::new("sandbox"), Some(&event), b"Maria", "why", now);
        let parked = Parked { of: Some(stranger.clone()), ..parked };
        assert!(bench.app.store.note_parked(&order, &parked, 100).await.unwrap());
        assert!(bench.app.store.park(&parked).await.unwrap());
    }
    let redact = async |time: Duration| {
        let event = Event::of("cancel-payment-redact").about(&checkout.order, &checkout.payment);
        let request = event.request_within(time);
        let response = answer(&bench.app, request).await.unwrap();
        let Body::Text(body) = response.body() else { panic!("no body") };
        let body: Value = serde_json::from_str(body).unwrap();
        (response.status().as_u16(), response.headers().contains_key("retry-after"), body)
    };
    let (status, retry_after, body) = redact(RESERVE).await;
    assert_eq!((status, retry_after), (503, true), "{body}");
    assert_eq!(
        body["detail"],
        "The redaction has begun but is not finished: repeat the request to continue."
    );
    let (status, _, body) = redact(Duration::from_secs(25)).await;
    assert_eq!(status, 200, "{body}");
    assert!(!Value::from(bench.stack.items().await).to_string().contains("Maria"));
}
