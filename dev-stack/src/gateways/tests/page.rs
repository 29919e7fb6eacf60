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
    bench.submit(&payment, "outcome=approve&method=wallet");
    let paid = bench.look_up(&payment);
    assert_eq!((&paid["status"], &paid["method"]), (&json!("captured"), &json!("wallet")));
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
    assert!(browser.text.contains("Paid") && browser.text.contains("already decided"));
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
    let browser = bench.submit_as(&payment, "outcome=approve", "text/html");
    assert!(browser.text.contains("time to pay had ended") && !browser.text.contains("decided"));
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
fn the_page_shows_the_amount_and_loads_only_what_is_its_own() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({"return_url": "https://shop.example/back?x=1"})).body;
    let got = show(&bench, &payment);
    assert_eq!((got.status, got.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(got.text.contains("Pay 75.00 USD") && got.text.contains("value=\"netbanking\""));
    let policy = got.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.contains("form-action 'self' https://shop.example;"), "{policy}");
    assert_eq!(got.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(got.header("referrer-policy"), Some("same-origin"));
    assert_eq!(got.header("cache-control"), Some("no-store"));
    for (name, _) in got.response.headers() {
        assert_eq!(got.response.headers().get_all(name).iter().count(), 1, "{name}");
    }
}

#[test]
fn foreign_words_are_escaped() {
    let bench = Bench::new(Profile::Full);
    let hostile = "https://shop.example/?a=\"><script>alert('1')</script>&b=2";
    let payment = bench.create(json!({"return_url": hostile})).body;
    bench.submit(&payment, "outcome=approve");
    let text = show(&bench, &payment).text;
    assert!(
        !text.contains("<script>") && text.contains("&#60;script&#62;alert(&#39;1&#39;)"),
        "{text}"
    );
}

#[test]
fn an_unknown_outcome_method_or_token_is_refused_in_the_callers_language() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({})).body;
    for form in [
        "",
        "outcome=",
        "outcome=steal",
        "outcome=approve&method=cash",
        "outcome=approve&outcome=decline",
        "outcome=approve&method=card&method=upi",
    ] {
        assert_eq!(bench.submit(&payment, form).refusal(), (422, "invalid_request"), "{form}");
    }
    assert_eq!(bench.get("/checkout/tok_none").refusal(), (404, "not_found"));
    let stranger = json!({"client_token": "tok_none"});
    let got = bench.submit_as(&stranger, "outcome=approve", "text/html");
    assert_eq!(got.status, 404);
    assert!(got.text.starts_with("<!doctype html>"));
}

#[test]
fn the_files_of_the_page_are_there_and_nothing_else_is() {
    let bench = Bench::new(Profile::Full);
    for (file, kind) in [
        ("site.css", "text/css; charset=utf-8"),
        ("checkout.js", "text/javascript; charset=utf-8"),
        ("mark.svg", "image/svg+xml"),
    ] {
        let got = bench.get(&format!("/assets/{file}"));
        assert_eq!((got.status, got.header("content-type")), (200, Some(kind)));
        assert!(!got.text.is_empty() && got.header("x-content-type-options") == Some("nosniff"));
    }
    assert_eq!(bench.get("/assets/shop.js").refusal(), (404, "not_found"));
    assert_eq!(bench.get("/").refusal(), (404, "not_found"));
}

#[test]
fn the_pages_own_script_gets_what_it_shows() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({})).body;
    let path = format!("/checkout/{}", payment["client_token"].as_str().unwrap());
    let ask = |accept: &str| {
        let request = Request::builder().uri(&path).header("accept", accept);
        Got::from(bench.send(request.body(Bytes::new()).unwrap()))
    };
    assert_eq!(ask("application/json").body["next"], "pay");
    assert!(ask("text/html,application/json").text.starts_with("<!doctype html>"));
    bench.submit(&payment, "outcome=approve");
    assert_eq!(ask("application/json").body["status"], "captured");
}

/// The fields for card data have no name, so a browser sends none. A client that sends them gets the same
/// answer as without them, and nothing of them is stored.
#[test]
fn card_data_is_neither_asked_for_nor_kept() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Disk::open(dir.path()).unwrap();
    let bench = Bench::on(Profile::Full, disk, 1);
    let payment = bench.create(json!({})).body;
    let page = show(&bench, &payment).text;
    let fields = page.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    for field in fields.filter(|field| field.contains("id=\"card-")) {
        assert!(!field.contains(" name="), "{field}");
    }
    let typed = "4242424242424242";
    let form = format!("outcome=decline_retryable&card_number={typed}&card_code=9z8z7");
    let got = bench.submit(&payment, &form);
    assert_eq!(got.status, 200);
    let shown = [got.text, show(&bench, &payment).text, bench.get("/control/payments").text];
    let events: String = bench.events().iter().map(ToString::to_string).collect();
    for text in shown.into_iter().chain([events]) {
        assert!(!text.contains(typed) && !text.contains("9z8z7"), "{text}");
    }
    let mut kept = Vec::new();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        kept.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let holds = |needle: &str| kept.windows(needle.len()).any(|bytes| bytes == needle.as_bytes());
    assert!(holds("insufficient_funds") && !holds(typed) && !holds("9z8z7"));
}
