use super::*;

#[test]
fn one_capture_takes_a_part_and_releases_the_rest() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.authorized();
    let capture = format!("{}/capture", path(&payment));
    let too_much = bench.post(&capture, json!({"amount": 7501}));
    assert_eq!(too_much.refusal(), (422, "amount_too_large"));
    assert_eq!(too_much.body["payment"]["status"], "authorized");
    let got = bench.post(&capture, json!({"amount": 5000}));
    assert_eq!((got.status, &got.body["amount_captured"]), (200, &json!(5000)));
    let event = &bench.events()[0];
    assert_eq!((&event["event"], &event["amount"]), (&json!("payment.completed"), &json!(5000)));
    let again = bench.post(&capture, json!({"amount": 2500}));
    assert_eq!(again.refusal(), (409, "wrong_status"));
    assert_eq!(again.body["payment"]["status"], "captured");
}

#[test]
fn a_capture_without_a_body_takes_all() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.authorized();
    let got = bench.post(&format!("{}/capture", path(&payment)), Value::Null);
    assert_eq!(got.body["amount_captured"], 7500);
}

#[test]
fn void_is_for_authorized_and_cancel_for_unpaid_payments() {
    let bench = Bench::new(Profile::Full);
    let post =
        |payment: &Value, act: &str| bench.post(&format!("{}/{act}", path(payment)), Value::Null);
    let authorized = bench.authorized();
    assert_eq!(post(&authorized, "cancel").refusal(), (409, "wrong_status"));
    assert_eq!(post(&authorized, "void").body["status"], "canceled");
    assert_eq!(bench.event_names(), ["payment.canceled"]);
    let unpaid = bench.create(json!({})).body;
    assert_eq!(post(&unpaid, "void").refusal(), (409, "wrong_status"));
    assert_eq!(post(&unpaid, "cancel").body["status"], "canceled");
    assert_eq!(bench.event_names(), ["payment.canceled"]);
    assert_eq!(post(&unpaid, "cancel").refusal(), (409, "wrong_status"));
    assert_eq!(bench.submit(&unpaid, "outcome=approve").refusal(), (409, "wrong_status"));
    let captured = bench.captured();
    let refused = post(&captured, "cancel");
    assert_eq!(refused.refusal(), (409, "wrong_status"));
    assert_eq!(refused.body["payment"]["status"], "captured", "the object as it is");
}

#[test]
fn a_try_under_way_can_be_neither_canceled_nor_repeated() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({})).body;
    bench.submit(&payment, "outcome=pending");
    let cancel = bench.post(&format!("{}/cancel", path(&payment)), Value::Null);
    assert_eq!(cancel.refusal(), (409, "payment_processing"));
    assert_eq!(bench.submit(&payment, "outcome=approve").refusal(), (409, "payment_processing"));
}

#[test]
fn refunds_never_exceed_what_was_captured() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.captured();
    let refund = |body: Value| bench.post(&format!("{}/refunds", path(&payment)), body);
    let part = refund(json!({"reference": "RFD_1", "amount": 2500}));
    assert_eq!(part.status, 201);
    assert_eq!(
        part.body,
        json!({
            "id": part.body["id"], "reference": "RFD_1", "payment_id": payment["id"],
            "amount": 2500, "currency": "USD", "status": "succeeded",
            "created_at": "2026-11-20T09:00:00Z",
        })
    );
    assert_eq!(refund(json!({"amount": 5001})).refusal(), (422, "amount_too_large"));
    assert_eq!(refund(json!({})).body["amount"], 5000, "all that is left");
    assert_eq!(refund(json!({})).refusal(), (422, "amount_too_large"));
    let seen = bench.look_up(&payment);
    assert_eq!((&seen["status"], &seen["amount_refunded"]), (&json!("captured"), &json!(7500)));
    assert_eq!(seen["refunds"][0], part.body);
    let event = &bench.events()[0];
    assert_eq!(event["event"], "refund.completed");
    assert_eq!(
        event["refund"],
        json!({"id": part.body["id"], "reference": "RFD_1", "amount": 2500, "status": "succeeded"})
    );
}

#[test]
fn an_unpaid_payment_cannot_be_refunded() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({})).body;
    let got = bench.post(&format!("{}/refunds", path(&payment)), json!({}));
    assert_eq!(got.refusal(), (409, "wrong_status"));
}

#[test]
fn an_authorization_nobody_captures_lapses_after_a_week() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.authorized();
    bench.wait_ms(7 * 24 * 3_600_000);
    assert_eq!(bench.look_up(&payment)["status"], "expired");
    assert_eq!(bench.event_names(), ["payment.expired"]);
}

#[test]
fn unknown_ids_and_routes_are_not_found() {
    let bench = Bench::new(Profile::Full);
    for path in ["/v1/payments/pay_none", "/v1/nothing", "/", "/v1/payments/", "/checkout", "//"] {
        assert_eq!(bench.get(path).refusal(), (404, "not_found"), "{path}");
    }
    for act in ["capture", "void", "cancel", "refunds"] {
        let got = bench.post(&format!("/v1/payments/pay_none/{act}"), json!({}));
        assert_eq!(got.refusal(), (404, "not_found"), "{act}");
    }
}
