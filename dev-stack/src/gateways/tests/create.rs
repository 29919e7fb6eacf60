use super::*;

#[test]
fn a_created_payment_has_a_page_and_no_money() {
    let bench = Bench::new(Profile::Full);
    let got = bench.create(json!({"return_url": "https://shop.example/back", "expires_in": 600}));
    assert_eq!(got.status, 201);
    let (id, token) = (got.body["id"].clone(), got.body["client_token"].as_str().unwrap());
    assert_eq!(
        got.body,
        json!({
            "id": id, "reference": "PAY_1", "status": "pending", "amount": 7500, "currency": "USD",
            "amount_captured": 0, "amount_refunded": 0, "capture": "automatic",
            "client_token": token, "checkout_url": format!("http://pay.example/checkout/{token}"),
            "return_url": "https://shop.example/back", "metadata": {"order_id": "ORD_1"},
            "created_at": "2026-11-20T09:00:00Z", "expires_at": "2026-11-20T09:10:00Z",
            "refunds": [], "disputes": [],
        })
    );
    assert!(id.as_str().unwrap().starts_with("pay_") && token.starts_with("tok_"));
    assert!(bench.events().is_empty());
}

#[test]
fn a_wrong_or_missing_api_key_is_refused() {
    let bench = Bench::new(Profile::Full);
    for value in ["", "Bearer", "Bearer wrong", "Basic sbx_test_key", "Bearer sbx_test_key2"] {
        let request = Request::builder().uri("/v1/payments").header("authorization", value);
        let got = Got::from(bench.send(request.body(Bytes::new()).unwrap()));
        assert_eq!(got.refusal(), (401, "unauthorized"), "{value}");
    }
}

#[test]
fn every_malformed_create_is_refused_and_makes_nothing() {
    let bench = Bench::new(Profile::Full);
    for wrong in [
        json!({"amount": 0}),
        json!({"amount": 75.0}),
        json!({"amount": "7500"}),
        json!({"amount": -1}),
        json!({"amount": 1_000_000_000_000_u64}),
        json!({"currency": "usd"}),
        json!({"currency": "DOLLAR"}),
        json!({"reference": ""}),
        json!({"reference": "has space"}),
        json!({"reference": "x".repeat(65)}),
        json!({"capture": "later"}),
        json!({"method": "cash"}),
        json!({"return_url": "javascript:alert(1)"}),
        json!({"return_url": "https://user:word@shop.example"}),
        json!({"metadata": {"sandbox": "explode"}}),
        json!({"metadata": {"sandbox": "pending:9999s"}}),
        json!({"metadata": {"long": "x".repeat(501)}}),
        json!({"breakdown": [{"kind": "rebate", "amount": 1}]}),
        json!({"breakdown": [{"kind": "item", "amount": -1}]}),
        json!({"breakdown": [{"kind": "item", "amount": 1, "label": "x".repeat(201)}]}),
        json!({"breakdown": vec![json!({"kind": "fee", "amount": 1}); 201]}),
        json!({"order_id": "ORD_1"}),
    ] {
        assert_eq!(bench.create(wrong.clone()).refusal(), (422, "invalid_request"), "{wrong}");
    }
    assert_eq!(bench.create(json!({"expires_in": 0})).refusal(), (422, "not_supported"));
    assert_eq!(bench.get("/v1/payments").body["payments"], json!([]));
}

#[test]
fn a_body_that_is_no_json_or_too_large_is_refused() {
    let bench = Bench::new(Profile::Full);
    let post = |body: Vec<u8>| {
        let request = Request::post("/v1/payments").header("authorization", "Bearer sbx_test_key");
        Got::from(bench.send(request.body(Bytes::from(body)).unwrap()))
    };
    assert_eq!(post(b"{".to_vec()).refusal(), (400, "malformed_json"));
    assert_eq!(post(vec![0xff]).refusal(), (400, "malformed_json"));
    assert_eq!(post(vec![b' '; 64 * 1024]).refusal(), (400, "malformed_json"));
    assert_eq!(post(vec![b' '; 64 * 1024 + 1]).refusal(), (413, "too_large"));
}

#[test]
fn the_same_key_and_body_give_the_same_answer_and_one_payment() {
    let bench = Bench::new(Profile::Full);
    let body = payment_body(json!({}));
    let first = bench.keyed("k1", "/v1/payments", body.clone());
    bench.submit(&first.body, "outcome=approve");
    let again = bench.keyed("k1", "/v1/payments", body);
    assert_eq!((again.status, &again.text), (201, &first.text), "as it was then, not as it is now");
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.header("idempotent-replayed"), None);
    assert_eq!(bench.get("/control/payments").body["payments"][0]["create_calls"], 2);
    assert_eq!(bench.get("/v1/payments").body["payments"].as_array().unwrap().len(), 1);
}

#[test]
fn a_key_with_another_body_or_route_is_refused() {
    let bench = Bench::new(Profile::Full);
    bench.keyed("k1", "/v1/payments", payment_body(json!({})));
    let other = bench.keyed("k1", "/v1/payments", payment_body(json!({"amount": 1})));
    assert_eq!(other.refusal(), (409, "idempotency_key_reused"));
    let payment = bench.authorized();
    let other = bench.keyed("k1", &format!("{}/capture", path(&payment)), json!({}));
    assert_eq!(other.refusal(), (409, "idempotency_key_reused"));
}

#[test]
fn a_key_is_forgotten_after_a_day() {
    let bench = Bench::new(Profile::Full);
    let create = || bench.keyed("k1", "/v1/payments", payment_body(json!({}))).body["id"].clone();
    let first = create();
    bench.wait_ms(24 * 3_600_000 - 1);
    assert_eq!(create(), first);
    bench.wait_ms(1);
    assert_ne!(create(), first);
}

#[test]
fn a_refused_call_does_not_use_up_its_key() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({"capture": "manual"})).body;
    let capture = || bench.keyed("c1", &format!("{}/capture", path(&payment)), json!({}));
    assert_eq!(capture().refusal(), (409, "wrong_status"));
    bench.submit(&payment, "outcome=approve");
    assert_eq!(capture().body["status"], "captured");
}

#[test]
fn a_malformed_key_is_refused() {
    let bench = Bench::new(Profile::Full);
    for key in ["", "has space", &"x".repeat(256)] {
        let got = bench.keyed(key, "/v1/payments", payment_body(json!({})));
        assert_eq!(got.refusal(), (422, "invalid_request"), "{key}");
    }
}

#[test]
fn an_outcome_in_the_metadata_needs_no_page() {
    let made = |outcome: &str, more: Value| {
        let bench = Bench::new(Profile::Full);
        let mut body = json!({"metadata": {"sandbox": outcome, "order_id": "ORD_1"}});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let got = bench.create(body);
        (got.status, got.body, bench.event_names())
    };
    let (status, body, events) = made("approve", json!({}));
    assert_eq!(
        (status, &body["status"], &body["amount_captured"]),
        (201, &json!("captured"), &json!(7500))
    );
    assert!(body.get("client_token").is_none() && body.get("checkout_url").is_none());
    assert_eq!(events, ["payment.completed"]);

    let (status, body, events) = made("approve", json!({"capture": "manual"}));
    assert_eq!((status, &body["status"]), (201, &json!("authorized")));
    assert_eq!(events, ["payment.authorized"]);

    let (status, body, events) = made("authorize", json!({}));
    assert_eq!((status, &body["status"]), (201, &json!("authorized")));
    assert_eq!(events, ["payment.authorized"]);

    let (status, body, events) = made("decline", json!({}));
    assert_eq!((status, &body["error"]["code"]), (402, &json!("payment_declined")));
    assert_eq!(body["payment"]["status"], "failed");
    assert_eq!(body["payment"]["failure"]["code"], "card_declined");
    assert_eq!(events, ["payment.failed"]);
}

#[test]
fn a_pending_outcome_is_captured_when_its_time_has_come() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({"metadata": {"sandbox": "pending:5s"}})).body;
    assert_eq!((&payment["status"], &payment["processing"]), (&json!("pending"), &json!(true)));
    assert_eq!(bench.event_names(), ["payment.pending"]);
    bench.wait_ms(4_999);
    assert_eq!(bench.look_up(&payment)["status"], "pending");
    bench.wait_ms(1);
    assert_eq!(bench.look_up(&payment)["status"], "captured");
    assert_eq!(bench.event_names(), ["payment.completed"]);
}

#[test]
fn a_declined_create_is_replayed_as_declined() {
    let bench = Bench::new(Profile::Full);
    let body = payment_body(json!({"metadata": {"sandbox": "decline"}}));
    let first = bench.keyed("k1", "/v1/payments", body.clone());
    let again = bench.keyed("k1", "/v1/payments", body);
    assert_eq!((again.status, again.text), (402, first.text));
    assert_eq!(bench.event_names(), ["payment.failed"]);
}

#[test]
fn a_delayed_capture_is_reported_with_the_time_of_the_capture() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({"metadata": {"sandbox": "pending:5s"}})).body;
    bench.events();
    bench.wait_ms(3_600_000);
    bench.look_up(&payment);
    assert_eq!(bench.events()[0]["created_at"], "2026-11-20T09:00:05Z");
    let truth = bench.get("/control/payments").body["payments"][0]["captures"].clone();
    assert_eq!(truth[0]["captured_at"], "2026-11-20T09:00:05Z");
}

fn page(bench: &Bench, payment: &Value) -> String {
    bench.get(&format!("/checkout/{}", payment["client_token"].as_str().unwrap())).text
}

#[test]
fn what_the_amount_is_made_of_is_shown() {
    let bench = Bench::new(Profile::Full);
    let row = |kind: &str, label: &str, amount: u64| json!({"kind": kind, "label": label, "amount": amount});
    let mug = json!({"kind": "item", "label": "<Enamel> mug", "quantity": 2, "amount": 7500});
    let payment = bench.create(json!({"amount": 7245, "breakdown": [
        mug, row("discount", "SPRING10", 750), row("shipping", "Express", 495),
        row("included_tax", "VAT 19 %", 1157), {"kind": "fee", "amount": 0},
    ]}));
    let shown = page(&bench, &payment.body);
    for (label, number) in [
        ("2 × &#60;Enamel&#62; mug", "75.00"),
        ("Discount: SPRING10", "−7.50"),
        ("Shipping: Express", "4.95"),
        ("Includes VAT 19 %", "11.57"),
        ("Fee", "0.00"),
    ] {
        let line = format!("<dt>{label}</dt><dd class=\"amount\">{number}</dd>");
        assert!(shown.contains(&line), "{line}: {shown}");
    }
    assert!(shown.contains("<details class=\"bill\" open>"));
    let many = vec![row("item", "Bead", 1); 9];
    let payment = bench.create(json!({"reference": "PAY_2", "breakdown": many}));
    assert!(page(&bench, &payment.body).contains("<details class=\"bill\">"));
    let plain = bench.create(json!({"reference": "PAY_3"}));
    assert!(!page(&bench, &plain.body).contains("Order details"));
}
