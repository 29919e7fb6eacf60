use super::*;

/// The outcome of the call, and how often it took effect.
fn create_under(mode: &str) -> (String, usize) {
    let bench = Bench::new(Profile::Full);
    bench.behave(json!({"create": mode}));
    let outcome = bench.outcome("POST", "/v1/payments", Some("k1"), &payment_body(json!({})));
    let came = match outcome {
        Outcome::Answer(response) => response.status().as_u16().to_string(),
        Outcome::Silence => "silence".to_owned(),
        Outcome::Close => "close".to_owned(),
    };
    (came, bench.get("/control/payments").body["payments"].as_array().unwrap().len())
}

#[test]
fn a_create_call_fails_before_or_after_its_effect() {
    let expected = |came: &str, made| (came.to_owned(), made);
    assert_eq!(create_under("ok"), expected("201", 1));
    assert_eq!(create_under("error_before"), expected("500", 0));
    assert_eq!(create_under("error_after"), expected("500", 1));
    assert_eq!(create_under("timeout_before"), expected("silence", 0));
    assert_eq!(create_under("timeout_after"), expected("silence", 1));
    assert_eq!(create_under("close"), expected("close", 1));
    assert_eq!(create_under("refuse"), expected("422", 0));
}

#[test]
fn after_a_lost_answer_the_same_key_gives_it() {
    for mode in ["error_after", "timeout_after", "close"] {
        let bench = Bench::new(Profile::Full);
        bench.behave(json!({"create": mode}));
        bench.outcome("POST", "/v1/payments", Some("k1"), &payment_body(json!({})));
        bench.behave(json!({}));
        let got = bench.keyed("k1", "/v1/payments", payment_body(json!({})));
        assert_eq!((got.status, got.header("idempotent-replayed")), (201, Some("true")), "{mode}");
        let truth = bench.get("/control/payments").body;
        assert_eq!(truth["payments"].as_array().unwrap().len(), 1);
        assert_eq!(truth["create_calls"], json!({"PAY_1": 2}));
    }
}

#[test]
fn create_calls_without_effect_are_counted_too() {
    let bench = Bench::new(Profile::Full);
    bench.behave(json!({"create": "error_before"}));
    bench.create(json!({}));
    bench.create(json!({}));
    let truth = bench.get("/control/payments").body;
    assert_eq!(truth, json!({"payments": [], "create_calls": {"PAY_1": 2}}));
}

#[test]
fn other_calls_fail_in_the_same_ways() {
    for (act, step, status) in [
        ("capture", "authorized", "captured"),
        ("void", "authorized", "canceled"),
        ("cancel", "pending", "canceled"),
        ("refund", "captured", "captured"),
    ] {
        for (mode, effect) in
            [("error_before", false), ("timeout_before", false), ("timeout_after", true)]
        {
            let bench = Bench::new(Profile::Full);
            let payment = match step {
                "authorized" => bench.authorized(),
                "captured" => bench.captured(),
                _ => bench.create(json!({})).body,
            };
            bench.behave(json!({act: mode}));
            let route = if act == "refund" { "refunds" } else { act };
            let path = format!("{}/{route}", path(&payment));
            let outcome = bench.outcome("POST", &path, None, &Value::Null);
            match (mode, outcome) {
                ("error_before", Outcome::Answer(response)) => assert_eq!(response.status(), 500),
                (_, Outcome::Silence) => {}
                (_, other) => panic!("{act} {mode}: {other:?}"),
            }
            let seen = bench.look_up(&payment);
            assert_eq!(seen["status"], if effect { status } else { step }, "{act} {mode}");
            let refunds = usize::from(effect && act == "refund");
            assert_eq!(seen["refunds"].as_array().unwrap().len(), refunds, "{act} {mode}");
        }
    }
}

#[test]
fn a_behaviour_for_one_reference_leaves_the_others_alone() {
    let bench = Bench::new(Profile::Full);
    bench.behave(json!({"reference": "PAY_2", "create": "error_before"}));
    assert_eq!(bench.create(json!({})).status, 201);
    assert_eq!(bench.create(json!({"reference": "PAY_2"})).refusal(), (500, "internal_error"));
    bench.behave(json!({"reference": "PAY_2"}));
    assert_eq!(bench.create(json!({"reference": "PAY_2"})).status, 201);
}

#[test]
fn a_behaviour_is_answered_whole_and_as_documented() {
    let bench = Bench::new(Profile::Full);
    let sent = json!({
        "reference": null, "create": "ok", "hide_seconds": 0,
        "webhooks": {"mode": "now", "delay_ms": 0, "times": 1, "order": "fifo",
                     "amount_delta": 0, "currency": null, "bad_signature": false},
    });
    let mut expected = sent.clone();
    for (act, mode) in [
        ("capture", "ok"),
        ("void", "ok"),
        ("cancel", "ok"),
        ("refund", "ok"),
        ("refund_status", "succeeded"),
    ] {
        expected[act] = json!(mode);
    }
    assert_eq!(bench.call("PUT", "/control/behaviour", sent).body, expected);
    assert_eq!(bench.call("PUT", "/control/behaviour", json!({})).body, expected);
}

#[test]
fn an_invalid_behaviour_is_refused() {
    let bench = Bench::new(Profile::Full);
    for (wrong, member) in [
        (json!({"create": null}), "create:"),
        (json!({"refund_status": null}), "refund_status:"),
        (json!({"hide_seconds": "1"}), "hide_seconds:"),
        (json!({"reference": "x"}), "reference:"),
        (json!({"reference": ""}), "reference:"),
        (json!({"creates": "ok"}), "creates:"),
        (json!({"webhooks": null}), "webhooks:"),
        (json!({"webhooks": []}), "webhooks:"),
        (json!({"webhooks": {"mode": null}}), "webhooks.mode:"),
        (json!({"webhooks": {"currency": "XAU"}}), "webhooks.currency:"),
        (json!({"webhooks": {"currency": "ABC"}}), "webhooks.currency:"),
        (json!([]), "the body"),
        (json!(["PAY_1"]), "the body"),
        (json!("ok"), "the body"),
    ] {
        let got = bench.call("PUT", "/control/behaviour", wrong.clone());
        assert_eq!(got.refusal(), (422, "invalid_request"), "{wrong}");
        let message = got.body["error"]["message"].as_str().unwrap();
        assert!(message.starts_with(member), "{wrong}: {message}");
    }
    for wrong in [
        json!({"create": "explode"}),
        json!({"creates": "ok"}),
        json!({"hide_seconds": -1}),
        json!({"hide_seconds": 172_801}),
        json!({"reference": "*"}),
        json!({"refund_status": "gone"}),
        json!({"webhooks": {"mode": "often"}}),
        json!({"webhooks": {"times": 0}}),
        json!({"webhooks": {"times": 101}}),
        json!({"webhooks": {"delay_ms": 86_400_001}}),
        json!({"webhooks": {"amount_delta": 1.5}}),
        json!({"webhooks": {"amount_delta": 1_000_000_000_000_i64}}),
        json!({"webhooks": {"currency": "usd"}}),
        json!({"webhooks": {"speed": 1}}),
    ] {
        let got = bench.call("PUT", "/control/behaviour", wrong.clone());
        assert_eq!(got.refusal(), (422, "invalid_request"), "{wrong}");
    }
}

#[test]
fn a_wrong_amount_is_truly_taken() {
    let bench = Bench::new(Profile::Full);
    bench.behave(json!({"webhooks": {"amount_delta": -500, "currency": "EUR"}}));
    let payment = bench.create(json!({})).body;
    bench.submit(&payment, "outcome=approve");
    let seen = bench.look_up(&payment);
    assert_eq!(
        [&seen["amount"], &seen["amount_captured"], &seen["currency"]],
        [&json!(7500), &json!(7000), &json!("EUR")]
    );
    let event = &bench.events()[0];
    assert_eq!([&event["amount"], &event["currency"]], [&json!(7000), &json!("EUR")]);
    let truth = bench.get("/control/payments").body["payments"][0]["captures"].clone();
    let expected =
        json!([{"amount": 7000, "currency": "EUR", "captured_at": "2026-11-20T09:00:00Z"}]);
    assert_eq!(truth, expected);
    let refund = bench.post(&format!("{}/refunds", path(&payment)), json!({}));
    assert_eq!([&refund.body["amount"], &refund.body["currency"]], [&json!(7000), &json!("EUR")]);
}

#[test]
fn at_least_one_minor_unit_is_taken() {
    let bench = Bench::new(Profile::Full);
    bench.behave(json!({"webhooks": {"amount_delta": -999_999}}));
    assert_eq!(bench.captured()["amount_captured"], 1);
}
