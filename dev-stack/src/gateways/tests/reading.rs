use super::*;

#[test]
fn a_look_up_by_reference_shows_every_object_of_it() {
    let bench = Bench::new(Profile::Full);
    let first = bench.create(json!({})).body;
    let second = bench.create(json!({})).body;
    bench.create(json!({"reference": "PAY_2"}));
    let got = bench.get("/v1/payments?reference=PAY_1");
    assert_eq!(got.body, json!({"payments": [first, second], "next_cursor": null}));
    let none = bench.get("/v1/payments?reference=PAY_9");
    assert_eq!((none.status, none.body), (200, json!({"payments": [], "next_cursor": null})));
}

#[test]
fn the_list_is_read_page_by_page_from_a_time_on() {
    let bench = Bench::new(Profile::Full);
    for n in 0..7 {
        bench.create(json!({"reference": format!("PAY_{n}")}));
        bench.wait_ms(1_000);
    }
    let mut path = "/v1/payments?created_from=2026-11-20T09:00:02Z&limit=2".to_owned();
    let mut pages: Vec<Vec<String>> = Vec::new();
    loop {
        let got = bench.get(&path).body;
        let payments = got["payments"].as_array().unwrap().iter();
        pages.push(payments.map(|one| one["reference"].as_str().unwrap().to_owned()).collect());
        let Some(cursor) = got["next_cursor"].as_str() else {
            break;
        };
        path = format!("/v1/payments?created_from=2026-11-20T09:00:02Z&limit=2&cursor={cursor}");
    }
    let expected: Vec<Vec<String>> =
        [vec!["PAY_2", "PAY_3"], vec!["PAY_4", "PAY_5"], vec!["PAY_6"]]
            .map(|page| page.into_iter().map(str::to_owned).collect())
            .into();
    assert_eq!(pages, expected);
}

#[test]
fn a_query_that_makes_no_sense_is_refused() {
    let bench = Bench::new(Profile::Full);
    for query in ["created_from=yesterday", "cursor=x", "limit=0", "limit=101", "limit=x"] {
        let got = bench.get(&format!("/v1/payments?{query}"));
        assert_eq!(got.refusal(), (422, "invalid_request"), "{query}");
    }
    assert_eq!(bench.get("/v1/settlements?date=soon").refusal(), (422, "invalid_request"));
}

#[test]
fn hidden_payments_are_seen_by_nobody_but_the_truth() {
    let bench = Bench::new(Profile::Full);
    bench.behave(json!({"hide_seconds": 10}));
    let payment = bench.create(json!({})).body;
    let listed = |query: &str| bench.get(&format!("/v1/payments{query}")).body["payments"].clone();
    assert_eq!(bench.get(&path(&payment)).refusal(), (404, "not_found"));
    assert_eq!(listed("?reference=PAY_1"), json!([]));
    assert_eq!(listed(""), json!([]));
    assert_eq!(bench.get("/control/payments").body["payments"][0]["hidden"], true);
    assert_eq!(bench.submit(&payment, "outcome=approve").body["status"], "captured");
    bench.wait_ms(10_000);
    assert_eq!(bench.look_up(&payment)["status"], "captured");
    assert_eq!(listed("").as_array().unwrap().len(), 1);
    assert_eq!(bench.get("/control/payments").body["payments"][0]["hidden"], false);
}

#[test]
fn hidden_refunds_turn_up_later() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.captured();
    bench.behave(json!({"hide_seconds": 10}));
    let refund = bench.post(&format!("{}/refunds", path(&payment)), json!({"amount": 1000}));
    assert_eq!(refund.status, 201);
    let seen = bench.look_up(&payment);
    assert_eq!((&seen["refunds"], &seen["amount_refunded"]), (&json!([]), &json!(0)));
    let truth = bench.get("/control/payments").body["payments"][0].clone();
    assert_eq!(truth["amount_refunded"], 1000);
    bench.wait_ms(10_000);
    let seen = bench.look_up(&payment);
    assert_eq!((&seen["refunds"][0], &seen["amount_refunded"]), (&refund.body, &json!(1000)));
}

/// Type, amount and currency of each line.
fn lines(got: &Value) -> Vec<(String, u64, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let lines = got["settlements"].as_array().unwrap().iter();
    lines
        .map(|one| (text(&one["type"]), one["amount"].as_u64().unwrap(), text(&one["currency"])))
        .collect()
}

#[test]
fn a_day_is_settled_once_it_is_over() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.captured();
    let lost = bench.captured();
    bench
        .post(&format!("{}/refunds", path(&payment)), json!({"reference": "RFD_1", "amount": 500}));
    bench.post(&control_path(&payment, "refund"), json!({"amount": 1, "status": "pending"}));
    bench.post(&control_path(&lost, "dispute"), json!({"status": "lost", "amount": 70}));
    assert_eq!(lines(&bench.get("/v1/settlements?date=2026-11-20").body), []);
    bench.wait_ms(15 * 3_600_000);
    let settled = bench.get("/v1/settlements").body;
    let usd = |kind: &str, amount| (kind.to_owned(), amount, "USD".to_owned());
    let expected =
        [usd("payment", 7500), usd("refund", 500), usd("payment", 7500), usd("dispute", 70)];
    assert_eq!(lines(&settled), expected);
    let refund = &settled["settlements"][1];
    assert_eq!(
        refund,
        &json!({
            "id": refund["refund_id"], "settlement_id": "stl_20261120_USD", "type": "refund",
            "payment_id": payment["id"], "reference": "PAY_1",
            "refund_id": bench.look_up(&payment)["refunds"][0]["id"], "refund_reference": "RFD_1",
            "amount": 500, "currency": "USD",
            "occurred_at": "2026-11-20T09:00:00Z", "settled_at": "2026-11-21T00:00:00Z",
        })
    );
}

#[test]
fn settlements_are_read_page_by_page() {
    let bench = Bench::new(Profile::Full);
    for _ in 0..5 {
        bench.captured();
    }
    bench.wait_ms(24 * 3_600_000);
    let mut sizes = Vec::new();
    let mut path = "/v1/settlements?date=2026-11-20&limit=2".to_owned();
    loop {
        let got = bench.get(&path).body;
        sizes.push(lines(&got).len());
        let Some(cursor) = got["next_cursor"].as_str() else {
            break;
        };
        path = format!("/v1/settlements?date=2026-11-20&limit=2&cursor={cursor}");
    }
    assert_eq!(sizes, [2, 2, 1]);
}
