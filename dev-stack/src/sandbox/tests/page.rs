use super::*;

fn show(bench: &Bench, payment: &Value) -> Got {
    bench.get(&format!("/checkout/{}", payment["client_token"].as_str().unwrap()))
}

#[test]
fn one_form_field_pays() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({"return_url": "https://shop.example/back"})).body;
    let got = bench.submit(&payment, "outcome=approve");
    assert_eq!(got.status, 200);
    assert_eq!(
        got.body,
        json!({
            "reference": "PAY_1", "status": "captured", "amount": 7500, "currency": "USD",
            "next": "done", "return_url": "https://shop.example/back",
        })
    );
    assert_eq!(bench.event_names(), ["payment.completed"]);
}

#[test]
fn every_outcome_has_its_status_its_next_step_and_its_event() {
    for (outcome, status, next, events) in [
        ("approve", "captured", "done", vec!["payment.completed"]),
        ("decline", "failed", "done", vec!["payment.failed"]),
        ("decline_retryable", "pending", "pay", vec!["payment.attempt_failed"]),
        ("authorize", "authorized", "done", vec!["payment.authorized"]),
        ("pending", "pending", "wait", vec!["payment.pending"]),
        ("challenge", "pending", "confirm", vec![]),
    ] {
        let bench = Bench::new(Profile::Full);
        let payment = bench.create(json!({})).body;
        let got = bench.submit(&payment, &format!("outcome={outcome}"));
        assert_eq!(got.status, 200, "{outcome}");
        assert_eq!((&got.body["status"], &got.body["next"]), (&json!(status), &json!(next)));
        assert_eq!(bench.event_names(), events, "{outcome}");
        assert_eq!(bench.look_up(&payment)["status"], status, "{outcome}");
    }
}

#[test]
fn a_failed_try_can_be_followed_by_a_paid_one() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({})).body;
    let got = bench.submit(&payment, "outcome=decline_retryable&method=card");
    assert_eq!(got.body["failure"]["code"], "insufficient_funds");
    assert_eq!(bench.look_up(&payment)["failure"]["code"], "insufficient_funds");
    assert!(show(&bench, &payment).text.contains("You can try again"));
    bench.submit(&payment, "outcome=approve&method=upi");
    let paid = bench.look_up(&payment);
    assert_eq!((&paid["status"], &paid["method"]), (&json!("captured"), &json!("upi")));
    assert!(paid.get("failure").is_none());
}

#[test]
fn a_challenge_asks_once_more_and_is_then_approved_or_declined() {
    for (outcome, status) in [("approve", "captured"), ("decline", "failed")] {
        let bench = Bench::new(Profile::Full);
        let payment = bench.create(json!({})).body;
        bench.submit(&payment, "outcome=challenge");
        let page = show(&bench, &payment).text;
        assert!(page.contains("Confirm the payment") && !page.contains("decline_retryable"));
        assert_eq!(bench.submit(&payment, &format!("outcome={outcome}")).body["status"], status);
    }
}

#[test]
fn a_pending_payment_is_captured_a_few_seconds_later() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({"expires_in": 2})).body;
    bench.submit(&payment, "outcome=pending");
    assert!(show(&bench, &payment).text.contains("http-equiv=\"refresh\""));
    bench.wait_ms(2_999);
    assert_eq!(bench.look_up(&payment)["status"], "pending", "the page's end does not end a try");
    bench.wait_ms(1);
    assert_eq!(bench.look_up(&payment)["status"], "captured");
    assert_eq!(bench.event_names(), ["payment.pending", "payment.completed"]);
}

#[test]
fn a_manual_payment_is_authorized_by_approval() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({"capture": "manual"})).body;
    assert_eq!(bench.submit(&payment, "outcome=approve").body["status"], "authorized");
    assert_eq!(bench.event_names(), ["payment.authorized"]);
}

#[test]
fn a_post_to_a_final_object_is_409_also_from_a_second_tab() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({})).body;
    bench.submit(&payment, "outcome=approve");
    for outcome in ["approve", "decline", "decline_retryable", "authorize", "pending", "challenge"]
    {
        let got = bench.submit(&payment, &format!("outcome={outcome}"));
        assert_eq!(got.refusal(), (409, "wrong_status"), "{outcome}");
        assert_eq!(got.body["payment"]["status"], "captured");
    }
    let browser = bench.submit_as(&payment, "outcome=approve", "text/html");
    assert_eq!(
        (browser.status, browser.header("content-type")),
        (409, Some("text/html; charset=utf-8"))
    );
    assert_eq!(bench.event_names(), ["payment.completed"]);
}

#[test]
fn a_page_expires_by_the_gateways_own_clock() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({"expires_in": 60})).body;
    bench.wait_ms(59_999);
    assert!(show(&bench, &payment).text.contains("outcome"));
    assert_eq!(bench.core.next_delivery_at(), Some(START + 60_000));
    bench.wait_ms(1);
    assert_eq!(bench.event_names(), ["payment.expired"]);
    assert!(show(&bench, &payment).text.contains("Expired"));
    assert_eq!(bench.submit(&payment, "outcome=approve").refusal(), (409, "wrong_status"));
}

#[test]
fn the_time_to_pay_is_no_matter_once_a_payment_is_settled() {
    let bench = Bench::new(Profile::Full);
    for (outcome, status) in
        [("approve", "captured"), ("decline", "failed"), ("authorize", "authorized")]
    {
        let payment = bench.create(json!({"expires_in": 60})).body;
        bench.submit(&payment, &format!("outcome={outcome}"));
        bench.events();
        bench.wait_ms(60_000);
        assert_eq!(bench.look_up(&payment)["status"], status);
        assert!(bench.events().is_empty());
    }
}

#[test]
fn a_browser_is_sent_back_to_the_shop_or_to_the_page() {
    let bench = Bench::new(Profile::Full);
    let shop = json!({"return_url": "https://shop.example/back?x=1"});
    for (outcome, to_shop) in [
        ("approve", true),
        ("authorize", true),
        ("pending", true),
        ("decline", false),
        ("decline_retryable", false),
        ("challenge", false),
    ] {
        let payment = bench.create(shop.clone()).body;
        let page = format!("/checkout/{}", payment["client_token"].as_str().unwrap());
        let got = bench.submit_as(&payment, &format!("outcome={outcome}"), "text/html,*/*;q=0.8");
        let expected = if to_shop { "https://shop.example/back?x=1" } else { &page };
        assert_eq!((got.status, got.header("location")), (303, Some(expected)), "{outcome}");
    }
    let payment = bench.create(json!({})).body;
    let got = bench.submit_as(&payment, "outcome=approve", "text/html");
    assert!(got.header("location").unwrap().starts_with("/checkout/tok_"));
    assert!(show(&bench, &payment).text.contains("Paid"));
}

#[test]
fn the_page_shows_the_amount_and_runs_nothing() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({})).body;
    let got = show(&bench, &payment);
    assert_eq!((got.status, got.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(got.text.contains("Pay 75.00 USD") && got.text.contains("value=\"netbanking\""));
    assert!(got.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    assert_eq!(got.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(got.header("cache-control"), Some("no-store"));
}

#[test]
fn foreign_words_are_escaped() {
    let bench = Bench::new(Profile::Full);
    let hostile = "https://shop.example/?a=\"><script>alert('1')</script>&b=2";
    let payment = bench.create(json!({"return_url": hostile})).body;
    bench.submit(&payment, "outcome=approve");
    let text = show(&bench, &payment).text;
    assert!(
        !text.contains("<script") && text.contains("&lt;script&gt;alert(&#39;1&#39;)"),
        "{text}"
    );
}

#[test]
fn an_unknown_outcome_method_or_token_is_refused_in_the_callers_language() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({})).body;
    for form in ["", "outcome=", "outcome=steal", "outcome=approve&method=cash"] {
        assert_eq!(bench.submit(&payment, form).refusal(), (422, "invalid_request"), "{form}");
    }
    assert_eq!(bench.get("/checkout/tok_none").refusal(), (404, "not_found"));
    let stranger = json!({"client_token": "tok_none"});
    let got = bench.submit_as(&stranger, "outcome=approve", "text/html");
    assert_eq!(got.status, 404);
    assert!(got.text.starts_with("<!doctype html>"));
}
