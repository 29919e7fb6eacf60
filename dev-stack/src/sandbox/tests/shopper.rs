use super::*;

#[test]
fn upi_is_offered_for_rupees_only() {
    let bench = Bench::new(Profile::Full);
    for (currency, offered) in [("INR", true), ("USD", false), ("JPY", false)] {
        let payment = bench.create(json!({"currency": currency, "method": "upi"})).body;
        let text =
            bench.get(&format!("/checkout/{}", payment["client_token"].as_str().unwrap())).text;
        assert_eq!(text.contains("value=\"upi\""), offered, "{currency}");
        assert_eq!(text.contains("QR code"), offered, "{currency}");
    }
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
