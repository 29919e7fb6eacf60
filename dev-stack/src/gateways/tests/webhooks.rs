use super::*;
use http::HeaderMap;
use standardwebhooks::Webhook;

/// As a stranger's library reads them.
fn headers(delivery: &Delivery) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &delivery.headers {
        headers.insert(*name, value.parse().unwrap());
    }
    headers
}

fn header<'a>(delivery: &'a Delivery, name: &str) -> Option<&'a str> {
    delivery.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
}

/// A payment whose approval is reported under this behaviour.
fn approved(bench: &Bench, webhooks: Value) -> Value {
    bench.behave(json!({"webhooks": webhooks}));
    let payment = bench.create(json!({})).body;
    bench.submit(&payment, "outcome=decline_retryable");
    bench.submit(&payment, "outcome=approve");
    payment
}

#[test]
fn an_event_has_the_documented_shape() {
    let bench = Bench::new(Profile::Full);
    let payment = approved(&bench, json!({}));
    let events = bench.events();
    assert_eq!(
        events[0],
        json!({
            "event": "payment.attempt_failed", "payment_id": "PAY_1", "order_id": "ORD_1",
            "status": "pending", "id": payment["id"], "amount": 7500, "currency": "USD",
            "created_at": "2026-11-20T09:00:00Z",
            "failure": {"code": "insufficient_funds", "message": "Insufficient funds."},
            "metadata": {"order_id": "ORD_1"},
        })
    );
    assert_eq!(
        events[1],
        json!({
            "event": "payment.completed", "payment_id": "PAY_1", "order_id": "ORD_1",
            "status": "succeeded", "id": payment["id"], "amount": 7500, "currency": "USD",
            "created_at": "2026-11-20T09:00:00Z",
            "metadata": {"order_id": "ORD_1"},
        })
    );
}

#[test]
fn a_strangers_library_accepts_the_signature_and_refuses_a_bad_one() {
    // That library reads the machine's clock, so the gateway must too.
    let bench = Bench::new(Profile::Full);
    bench.time.store(Clock::system().now_ms(), Ordering::SeqCst);
    let judge = Webhook::new(WEBHOOK_SECRET).unwrap();
    approved(&bench, json!({}));
    for delivery in bench.take() {
        assert_eq!(header(&delivery, "webhook-id"), Some(delivery.event_id.as_str()));
        judge.verify(&delivery.body, &headers(&delivery)).unwrap();
        let mut forged = delivery.body.to_vec();
        forged[0] ^= 1;
        judge.verify(&forged, &headers(&delivery)).unwrap_err();
    }
    approved(&bench, json!({"bad_signature": true}));
    let bad = bench.take();
    assert_eq!(bad.len(), 2);
    for delivery in bad {
        judge.verify(&delivery.body, &headers(&delivery)).unwrap_err();
    }
}

#[test]
fn the_signature_equals_the_reference_libraries_own_vector() {
    let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let signature =
        secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn a_secret_of_another_shape_is_refused_and_none_is_shown() {
    for text in ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!", "whsk_MfKQ"] {
        WebhookSecret::parse(text).unwrap_err();
    }
    let sandbox = Sandbox {
        profile: Profile::Full,
        api_key: ApiKey::new(API_KEY),
        webhook_secret: WebhookSecret::parse(WEBHOOK_SECRET).unwrap(),
    };
    let settings = Settings {
        base_url: String::new(),
        clock: Clock::system(),
        ids: Ids::random().unwrap(),
        disk: Disk::none(),
    };
    let before = format!("{sandbox:?} {settings:?}");
    let shown = format!("{before} {:?}", sandbox.open(settings).unwrap());
    assert!(!shown.contains("sbx_test") && !shown.contains("MfKQ"), "{shown}");
}

#[test]
fn an_unacknowledged_event_is_offered_again_later_and_later_under_one_id() {
    let bench = Bench::new(Profile::Full);
    let payment = bench.create(json!({})).body;
    bench.submit(&payment, "outcome=approve");
    let mut ids = Vec::new();
    for (status, wait_ms) in
        [(None, 1_000), (Some(StatusCode::FOUND), 2_000), (Some(StatusCode::BAD_GATEWAY), 4_000)]
    {
        let taken = bench.take();
        assert_eq!(taken.len(), 1);
        assert!(bench.take().is_empty(), "not while it is out");
        ids.push((
            taken[0].event_id.clone(),
            header(&taken[0], "webhook-timestamp").unwrap().to_owned(),
        ));
        bench.core.delivered(taken[0].id, status);
        bench.wait_ms(wait_ms - 1);
        assert!(bench.take().is_empty());
        bench.wait_ms(1);
    }
    assert!(ids.iter().all(|(id, _)| *id == ids[0].0));
    assert_ne!(ids[0].1, ids[1].1, "signed again at every attempt");
    assert_eq!(bench.event_names(), ["payment.completed"]);
    assert_eq!(bench.core.next_delivery_at(), None);
}

#[test]
fn held_events_wait_for_their_release() {
    let bench = Bench::new(Profile::Full);
    approved(&bench, json!({"mode": "hold"}));
    bench.wait_ms(3_600_000);
    assert!(bench.events().is_empty());
    assert_eq!(
        bench.post("/control/deliver", json!({"reference": "PAY_2"})).body,
        json!({"released": 0})
    );
    assert_eq!(
        bench.post("/control/deliver", json!({"reference": "PAY_1"})).body,
        json!({"released": 2})
    );
    assert_eq!(bench.event_names(), ["payment.attempt_failed", "payment.completed"]);
    assert_eq!(bench.post("/control/deliver", Value::Null).body, json!({"released": 0}));
}

#[test]
fn events_that_are_never_sent_are_lost() {
    let bench = Bench::new(Profile::Full);
    approved(&bench, json!({"mode": "never"}));
    assert_eq!(bench.post("/control/deliver", json!({})).body, json!({"released": 0}));
    assert!(bench.events().is_empty());
}

#[test]
fn late_events_come_after_their_delay() {
    let bench = Bench::new(Profile::Full);
    approved(&bench, json!({"mode": "late", "delay_ms": 1500}));
    assert_eq!(bench.core.next_delivery_at(), Some(START + 1_500));
    bench.wait_ms(1_499);
    assert!(bench.events().is_empty());
    bench.wait_ms(1);
    assert_eq!(bench.event_names(), ["payment.attempt_failed", "payment.completed"]);
}

#[test]
fn duplicates_share_one_id_and_body() {
    let bench = Bench::new(Profile::Full);
    approved(&bench, json!({"times": 3}));
    let taken = bench.take();
    assert_eq!(taken.len(), 6);
    for same in taken.chunks(3) {
        assert!(
            same.iter().all(|one| one.event_id == same[0].event_id && one.body == same[0].body)
        );
    }
    assert_ne!(taken[0].event_id, taken[3].event_id);
}

#[test]
fn reversed_events_come_newest_first() {
    let bench = Bench::new(Profile::Full);
    approved(&bench, json!({"mode": "hold", "order": "reversed"}));
    bench.post("/control/deliver", json!({}));
    assert_eq!(bench.event_names(), ["payment.completed", "payment.attempt_failed"]);
}

#[test]
fn an_unsigned_gateway_sends_one_fixed_header() {
    for profile in [Profile::PhonepeLike, Profile::PaypalLike] {
        let bench = Bench::new(profile);
        approved(&bench, json!({}));
        bench.behave(json!({"webhooks": {"bad_signature": true}}));
        let payment = bench.create(json!({"reference": "PAY_2"})).body;
        bench.submit(&payment, "outcome=approve");
        let taken = bench.take();
        // SHA-256 of the secret's text.
        let hash = "96ad2ccd81462a766178ae09a71df55f548a3f66da11606f9cdf40b391e22dd0";
        let shown = |n: usize| header(&taken[n], "authorization").unwrap().to_owned();
        assert_eq!(shown(0), hash);
        assert_eq!(shown(0), shown(1));
        assert_ne!(shown(0), shown(taken.len() - 1));
        assert!(taken.iter().all(|one| header(one, "webhook-signature").is_none()));
        assert!(taken.iter().all(|one| header(one, "webhook-id") == Some(&one.event_id)));
    }
}

#[test]
fn at_most_64_deliveries_are_out_at_once() {
    let bench = Bench::new(Profile::Full);
    approved(&bench, json!({"times": 50}));
    let first = bench.take();
    assert_eq!(first.len(), 64);
    bench.core.delivered(first[0].id, Some(StatusCode::OK));
    bench.core.delivered(first[0].id, None);
    assert_eq!(bench.take().len(), 1, "a second report changes nothing");
}
