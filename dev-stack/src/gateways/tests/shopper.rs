use super::*;

#[test]
fn upi_is_offered_for_rupees_only() {
    let bench = Bench::new(Profile::Full);
    for (currency, offered) in [("INR", true), ("USD", false), ("JPY", false)] {
        let payment = bench.create(json!({"currency": currency})).body;
        let text =
            bench.get(&format!("/checkout/{}", payment["client_token"].as_str().unwrap())).text;
        assert_eq!(text.contains("value=\"upi\""), offered, "{currency}");
        assert_eq!(text.contains("QR code"), offered, "{currency}");
    }
}

#[test]
fn a_payment_by_upi_is_made_in_rupees_only() {
    let bench = Bench::new(Profile::Full);
    let asked = |currency| bench.create(json!({"currency": currency, "method": "upi"}));
    let refused = asked("USD");
    assert_eq!(refused.refusal(), (422, "not_supported"));
    assert_eq!(refused.body["error"]["message"], "UPI does not support USD.");
    assert!(bench.get("/control/payments").body["payments"].as_array().unwrap().is_empty());
    assert_eq!((asked("INR").status, bench.create(json!({"method": "card"})).status), (201, 201));
}

/// The page does not offer it there, so the form was made by hand.
#[test]
fn upi_moves_rupees_only() {
    let bench = Bench::new(Profile::Full);
    for (currency, status) in [("USD", 422), ("INR", 200)] {
        let payment = bench.create(json!({"currency": currency})).body;
        assert_eq!(bench.submit(&payment, "outcome=approve&method=upi").status, status);
    }
    let payment = bench.create(json!({})).body;
    let got = bench.submit(&payment, "outcome=approve&method=upi");
    assert_eq!(got.refusal(), (422, "not_supported"));
    assert_eq!(got.body["error"]["message"], "UPI does not support USD.");
    let page = bench.submit_as(&payment, "outcome=approve&method=upi", "text/html");
    assert!(page.status == 422 && page.text.contains("UPI does not support USD."), "{}", page.text);
    assert_eq!(bench.look_up(&payment)["status"], "pending");
    assert!(bench.event_names().iter().all(|name| name == "payment.completed"));
}

#[test]
fn the_gateways_people_see_its_payments_newest_first() {
    let bench = Bench::new(Profile::Full);
    let page = |path: &str| {
        let request = Request::builder().uri(path).header("accept", "text/html");
        Got::from(bench.send(request.body(Bytes::new()).unwrap()))
    };
    assert_eq!(page("/").header("location"), Some("/control/payments"));
    assert!(page("/control/payments").text.contains("No payments yet."));
    let paid = bench.create(json!({"reference": "PAY_OLD"})).body;
    bench.submit(&paid, "outcome=approve");
    for n in 0..50 {
        let open = bench.create(json!({"reference": format!("PAY_{n}"), "currency": "JPY"})).body;
        assert_eq!(open["status"], "pending");
    }
    let text = page("/control/payments").text;
    let at = |words: &str| text.find(words).unwrap_or(usize::MAX);
    assert!(at("PAY_49") < at("PAY_0<") && at("PAY_OLD") == usize::MAX, "{text}");
    assert!(text.contains("7,500") && text.contains("1 older payment is"), "{text}");
    assert!(bench.get("/control/payments").body["payments"].is_array());
}

#[test]
fn a_page_of_another_site_pays_nothing() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({})).body;
    let path = format!("/checkout/{}", payment["client_token"].as_str().unwrap());
    for (path, name, value) in [
        (path.as_str(), "sec-fetch-site", "cross-site"),
        (&path, "sec-fetch-site", "same-site"),
        (&path, "origin", "http://127.0.0.1:9"),
        ("/control/deliver", "sec-fetch-site", "cross-site"),
    ] {
        let request = Request::builder().method("POST").uri(path).header(name, value);
        let got = Got::from(bench.send(request.body(Bytes::from("outcome=approve")).unwrap()));
        assert_eq!(got.refusal(), (403, "cross_site"), "{path} {name}: {value}");
    }
    assert_eq!(bench.look_up(&payment)["status"], "pending");
}
