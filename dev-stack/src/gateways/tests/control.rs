use super::*;

#[test]
fn a_late_success_follows_every_other_ending() {
    for (ending, forced) in
        [("decline", "failed"), ("cancel", "canceled"), ("expire", "expired"), ("none", "pending")]
    {
        let bench = Bench::new(Profile::Full);
        let payment = bench.create(json!({"expires_in": 60})).body;
        match ending {
            "decline" => drop(bench.submit(&payment, "outcome=decline")),
            "cancel" => drop(bench.post(&format!("{}/cancel", path(&payment)), Value::Null)),
            "expire" => bench.wait_ms(60_000),
            _ => {}
        }
        assert_eq!(bench.look_up(&payment)["status"], forced);
        bench.events();
        let got = bench.post(&control_path(&payment, "capture"), Value::Null);
        assert_eq!((got.status, &got.body["status"]), (200, &json!("captured")), "{ending}");
        assert_eq!(bench.event_names(), ["payment.completed"]);
        assert!(bench.look_up(&payment).get("failure").is_none());
        let again = bench.post(&control_path(&payment, "capture"), Value::Null);
        assert_eq!(again.refusal(), (409, "wrong_status"));
    }
}

#[test]
fn a_late_authorization_can_be_captured_or_voided() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({})).body;
    bench.submit(&payment, "outcome=decline");
    let got = bench.post(&control_path(&payment, "authorize"), Value::Null);
    assert_eq!(got.body["status"], "authorized");
    assert_eq!(bench.event_names(), ["payment.failed", "payment.authorized"]);
    let again = bench.post(&control_path(&payment, "authorize"), Value::Null);
    assert_eq!(again.refusal(), (409, "wrong_status"));
    let voided = bench.post(&format!("{}/void", path(&payment)), Value::Null);
    assert_eq!(voided.body["status"], "canceled");
}

#[test]
fn the_dashboard_captures_any_amount_of_any_payment_by_its_reference() {
    let bench = Bench::new(Profile::Full);
    bench.create(json!({}));
    let got = bench.post("/control/payments/PAY_1/capture", json!({"amount": 9000}));
    assert_eq!((&got.body["amount"], &got.body["amount_captured"]), (&json!(7500), &json!(9000)));
    let unknown = bench.post("/control/payments/PAY_9/capture", json!({}));
    assert_eq!(unknown.refusal(), (404, "not_found"));
}

#[test]
fn a_dashboard_refund_has_no_reference() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.captured();
    let got = bench.post(&control_path(&payment, "refund"), json!({"amount": 100}));
    assert_eq!((got.status, &got.body["status"]), (201, &json!("succeeded")));
    assert!(got.body.get("reference").is_none());
    let event = &bench.events()[0];
    assert_eq!(event["event"], "refund.completed");
    assert_eq!(
        event["refund"],
        json!({"id": got.body["id"], "amount": 100, "status": "succeeded"})
    );
    let too_much = bench.post(&control_path(&payment, "refund"), json!({"amount": 7401}));
    assert_eq!(too_much.refusal(), (422, "amount_too_large"));
}

#[test]
fn a_pending_refund_succeeds_or_fails_later_and_a_succeeded_one_can_come_back() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.captured();
    bench.behave(json!({"refund_status": "pending"}));
    let refund =
        bench.post(&format!("{}/refunds", path(&payment)), json!({"reference": "RFD_1"})).body;
    assert_eq!(refund["status"], "pending");
    assert!(bench.events().is_empty());
    assert_eq!(bench.look_up(&payment)["amount_refunded"], 7500, "pending ones are reserved");
    let change = |name: &Value, status: &str| {
        bench.post(&control_path(&payment, "refund"), json!({"refund_id": name, "status": status}))
    };
    assert_eq!(change(&json!("RFD_1"), "succeeded").body["status"], "succeeded");
    assert_eq!(bench.event_names(), ["refund.completed"]);
    assert_eq!(change(&refund["id"], "failed").body["status"], "failed");
    assert_eq!(bench.event_names(), ["refund.failed"]);
    assert_eq!(bench.look_up(&payment)["amount_refunded"], 0);
    assert_eq!(change(&refund["id"], "succeeded").refusal(), (409, "wrong_status"));
    assert_eq!(change(&json!("RFD_9"), "failed").refusal(), (404, "not_found"));
}

#[test]
fn a_refund_can_fail_in_the_call() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.captured();
    bench.behave(json!({"refund_status": "failed"}));
    let refund = bench.post(&format!("{}/refunds", path(&payment)), json!({}));
    assert_eq!((refund.status, &refund.body["status"]), (201, &json!("failed")));
    assert_eq!(bench.event_names(), ["refund.failed"]);
    assert_eq!(bench.look_up(&payment)["amount_refunded"], 0);
}

#[test]
fn a_dispute_is_opened_and_won_or_lost() {
    for (end, refundable) in [("won", 7500), ("lost", 5000)] {
        let bench = Bench::new(Profile::Full);
        let payment = bench.captured();
        let dispute = |body: Value| bench.post(&control_path(&payment, "dispute"), body);
        let opened = dispute(json!({"status": "opened", "amount": 2500}));
        assert_eq!(opened.body["disputes"][0]["status"], "opened");
        assert_eq!(dispute(json!({"status": "opened"})).refusal(), (409, "wrong_status"));
        let event = &bench.events()[0];
        assert_eq!(event["event"], "dispute.opened");
        let id = opened.body["disputes"][0]["id"].clone();
        let reported = &event["dispute"];
        assert_eq!((&reported["id"], &reported["amount"]), (&id, &json!(2500)));
        assert_eq!(
            (&reported["reason"], reported["respond_by"].is_string()),
            (&json!("fraudulent"), true)
        );
        dispute(json!({"status": end}));
        assert_eq!(bench.event_names(), [format!("dispute.{end}")]);
        assert_eq!(bench.look_up(&payment)["disputes"][0]["status"], end);
        let refund = bench.post(&format!("{}/refunds", path(&payment)), json!({}));
        assert_eq!(refund.body["amount"], refundable);
    }
}

#[test]
fn a_dispute_needs_a_capture_and_takes_no_more_than_it() {
    let bench = Bench::new(Profile::Full);
    let unpaid = bench.create(json!({})).body;
    let got = bench.post(&control_path(&unpaid, "dispute"), json!({"status": "opened"}));
    assert_eq!(got.refusal(), (409, "wrong_status"));
    let paid = bench.captured();
    let got =
        bench.post(&control_path(&paid, "dispute"), json!({"status": "lost", "amount": 7501}));
    assert_eq!(got.refusal(), (422, "amount_too_large"));
    let got = bench.post(&control_path(&paid, "dispute"), json!({"status": "lost"}));
    assert_eq!(got.body["disputes"][0]["amount"], 7500, "a bank may report only the end");
}

#[test]
fn the_truth_shows_everything() {
    let bench = Bench::new(Profile::NoKeys);
    bench.captured();
    bench.captured();
    let truth = bench.get("/control/payments").body;
    assert_eq!(truth["create_calls"], json!({"PAY_1": 2}));
    let payments = truth["payments"].as_array().unwrap();
    assert_eq!(payments.len(), 2, "without keys each call made one");
    for payment in payments {
        assert_eq!(
            [&payment["reference"], &payment["order_id"]],
            [&json!("PAY_1"), &json!("ORD_1")]
        );
        assert_eq!(payment["captures"][0]["amount"], 7500);
        assert_eq!(payment["create_calls"], 2);
    }
}

#[test]
fn a_control_call_with_an_invalid_body_is_a_422() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.captured();
    for (lever, wrong) in
        [("capture", json!([])), ("refund", json!([100])), ("dispute", json!({"status": null}))]
    {
        let got = bench.post(&control_path(&payment, lever), wrong.clone());
        assert_eq!(got.refusal(), (422, "invalid_request"), "{lever} {wrong}");
    }
    assert_eq!(bench.post("/control/deliver", json!([])).refusal(), (422, "invalid_request"));
}

#[test]
fn an_unknown_lever_is_not_found() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({})).body;
    assert_eq!(
        bench.post(&control_path(&payment, "explode"), json!({})).refusal(),
        (404, "not_found")
    );
    assert_eq!(bench.get("/control/behaviour").refusal(), (404, "not_found"));
}

#[test]
fn a_twin_is_a_second_payment_of_the_same_reference() {
    let bench = Bench::new(Profile::NoKeys);
    let first = bench.create(json!({})).body;
    let open = bench.post(&control_path(&first, "twin"), json!({}));
    assert_eq!((open.status, open.body["status"].as_str()), (201, Some("pending")));
    assert_ne!(open.body["client_token"], first["client_token"]);
    let paid = bench.post(&control_path(&first, "twin"), json!({"outcome": "approve"}));
    assert_eq!((paid.status, paid.body["status"].as_str()), (201, Some("captured")));
    let wrong = bench.post(&control_path(&first, "twin"), json!({"outcome": "perhaps"}));
    assert_eq!(wrong.refusal(), (422, "invalid_request"));
    let all = bench.get("/v1/payments?reference=PAY_1").body["payments"].as_array().unwrap().len();
    assert_eq!(all, 3);
}
