use super::*;

fn act(bench: &Bench, payment: &Value, act: &str, body: Value) -> Got {
    bench.post(&format!("{}/{act}", path(payment)), body)
}

/// Two identical create calls with one key.
fn repeated(bench: &Bench) -> (Got, Got) {
    let create = || bench.keyed("k1", "/v1/payments", payment_body(json!({})));
    (create(), create())
}

#[test]
fn every_profile_has_its_name() {
    for profile in Profile::ALL {
        assert_eq!(profile.to_string().parse(), Ok(profile));
    }
    let error = "other".parse::<Profile>().unwrap_err().to_string();
    for profile in Profile::ALL {
        assert!(error.contains(profile.name()), "{error}");
    }
}

#[test]
fn phonepe_like_knows_a_payment_by_its_reference_and_shows_the_page_once() {
    let bench = Bench::new(Profile::PhonepeLike);
    let (first, second) = repeated(&bench);
    assert_eq!(first.status, 201);
    assert!(first.body.get("checkout_url").is_some());
    assert_eq!(second.refusal(), (409, "duplicate_reference"));
    assert_eq!(second.body["payment"]["id"], first.body["id"]);
    for view in [&second.body["payment"], &bench.look_up(&first.body)] {
        assert!(view.get("checkout_url").is_none() && view.get("client_token").is_none());
    }
    let found = bench.get("/v1/payments?reference=PAY_1").body;
    assert_eq!(found["payments"][0]["id"], first.body["id"]);
}

#[test]
fn phonepe_like_captures_at_once_and_ends_pages_only_by_itself() {
    let bench = Bench::new(Profile::PhonepeLike);
    assert_eq!(bench.create(json!({"capture": "manual"})).refusal(), (422, "not_supported"));
    let scripted = bench.create(json!({"metadata": {"sandbox": "authorize"}}));
    assert_eq!(scripted.refusal(), (422, "not_supported"));
    for expires_in in [299, 3601] {
        assert_eq!(
            bench.create(json!({"expires_in": expires_in})).refusal(),
            (422, "not_supported")
        );
    }
    let payment = bench.create(json!({})).body;
    assert_eq!(payment["expires_at"], "2026-11-20T09:20:00Z");
    for call in ["capture", "void", "cancel"] {
        assert_eq!(
            act(&bench, &payment, call, Value::Null).refusal(),
            (405, "not_supported"),
            "{call}"
        );
    }
    assert_eq!(bench.submit(&payment, "outcome=authorize").refusal(), (422, "not_supported"));
    bench.wait_ms(1_200_000);
    assert_eq!(bench.event_names(), ["payment.expired"]);
}

#[test]
fn phonepe_like_knows_a_refund_by_its_reference() {
    let bench = Bench::new(Profile::PhonepeLike);
    let payment = bench.captured();
    let refund = || act(&bench, &payment, "refunds", json!({"reference": "RFD_1", "amount": 100}));
    let first = refund();
    assert_eq!(first.status, 201);
    let second = refund();
    assert_eq!(second.refusal(), (409, "duplicate_reference"));
    assert_eq!(second.body["refund"], first.body);
    assert_eq!(second.body["payment"]["amount_refunded"], 100);
}

#[test]
fn razorpay_like_makes_a_second_object_of_a_repeated_create() {
    let bench = Bench::new(Profile::RazorpayLike);
    let (first, second) = repeated(&bench);
    assert_eq!((first.status, second.status), (201, 201));
    assert_ne!(first.body["id"], second.body["id"]);
    let found = bench.get("/v1/payments?reference=PAY_1").body;
    assert_eq!(found["payments"], json!([first.body, second.body]));
    for payment in [&first.body, &second.body] {
        assert_eq!(bench.submit(payment, "outcome=approve").status, 200);
    }
    assert_eq!(bench.event_names(), ["payment.completed", "payment.completed"]);
}

#[test]
fn razorpay_like_pages_never_end_and_captures_are_whole() {
    let bench = Bench::new(Profile::RazorpayLike);
    let payment = bench.create(json!({"capture": "manual", "expires_in": 60})).body;
    assert!(payment.get("expires_at").is_none());
    bench.wait_ms(400 * 24 * 3_600_000);
    assert_eq!(act(&bench, &payment, "cancel", Value::Null).refusal(), (405, "not_supported"));
    assert_eq!(bench.submit(&payment, "outcome=approve").body["status"], "authorized");
    assert_eq!(act(&bench, &payment, "void", Value::Null).refusal(), (405, "not_supported"));
    let part = act(&bench, &payment, "capture", json!({"amount": 7499}));
    assert_eq!(part.refusal(), (422, "not_supported"));
    assert_eq!(act(&bench, &payment, "capture", json!({"amount": 7500})).status, 200);
}

#[test]
fn razorpay_like_keeps_keys_for_refunds_only() {
    let bench = Bench::new(Profile::RazorpayLike);
    let payment = bench.captured();
    let refund =
        || bench.keyed("r1", &format!("{}/refunds", path(&payment)), json!({"amount": 100}));
    assert_eq!(refund().body["id"], refund().body["id"]);
    assert_eq!(bench.look_up(&payment)["amount_refunded"], 100);
}

#[test]
fn paypal_like_moves_money_only_by_a_capture_call() {
    let bench = Bench::new(Profile::PaypalLike);
    let payment = bench.create(json!({})).body;
    assert!(payment.get("expires_at").is_none());
    assert_eq!(bench.submit(&payment, "outcome=approve").body["status"], "authorized");
    let capture = |key: &str| {
        bench.keyed(key, &format!("{}/capture", path(&payment)), json!({"amount": 5000}))
    };
    let first = capture("c1");
    assert_eq!(first.body["amount_captured"], 5000);
    assert_eq!(capture("c1").text, first.text);
    assert_eq!(capture("c2").refusal(), (409, "wrong_status"));

    let scripted = bench.create(json!({"metadata": {"sandbox": "pending:1s"}})).body;
    bench.wait_ms(1_000);
    assert_eq!(bench.look_up(&scripted)["status"], "authorized");
    assert_eq!(act(&bench, &scripted, "void", Value::Null).body["status"], "canceled");
}

#[test]
fn paypal_like_is_looked_up_by_the_same_key_only() {
    let bench = Bench::new(Profile::PaypalLike);
    let (first, second) = repeated(&bench);
    assert_eq!(first.text, second.text);
    assert_eq!(bench.get("/v1/payments?reference=PAY_1").refusal(), (405, "not_supported"));
    assert_eq!(bench.look_up(&first.body)["id"], first.body["id"]);
    assert_eq!(act(&bench, &first.body, "cancel", Value::Null).refusal(), (405, "not_supported"));
    bench.wait_ms(6 * 3_600_000);
    assert_ne!(repeated(&bench).0.body["id"], first.body["id"], "the key lives six hours");
}

#[test]
fn the_no_keys_profile_repeats_every_effect() {
    let bench = Bench::new(Profile::NoKeys);
    let (first, second) = repeated(&bench);
    assert_ne!(first.body["id"], second.body["id"]);
    let payment = bench.captured();
    let refund =
        || bench.keyed("r1", &format!("{}/refunds", path(&payment)), json!({"amount": 100}));
    assert_ne!(refund().body["id"], refund().body["id"]);
    assert_eq!(bench.look_up(&payment)["amount_refunded"], 200);
}
