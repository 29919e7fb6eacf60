use super::*;

#[test]
fn everything_that_was_answered_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let body = payment_body(json!({}));
    let (first, look_up, refunded, truth) = {
        let bench = Bench::on(Profile::Full, Disk::open(dir.path()).unwrap(), 1);
        bench.behave(json!({"webhooks": {"mode": "hold"}}));
        bench.behave(json!({"reference": "PAY_2", "create": "error_before"}));
        let first = bench.keyed("k1", "/v1/payments", body.clone());
        bench.submit(&first.body, "outcome=approve");
        let refunds = format!("{}/refunds", path(&first.body));
        let refunded = bench.keyed("r1", &refunds, json!({"amount": 100}));
        bench.create(json!({"reference": "PAY_2"}));
        for n in 3..15 {
            bench.create(json!({"reference": format!("PAY_{n}"), "expires_in": 60}));
        }
        let truth = bench.get("/control/payments").body;
        (first.text, bench.look_up(&first.body), refunded.text, truth)
    };
    let bench = Bench::on(Profile::Full, Disk::open(dir.path()).unwrap(), 2);
    assert_eq!(bench.get("/control/payments").body, truth, "in their order");
    assert_eq!(bench.look_up(&look_up), look_up);
    assert_eq!(bench.keyed("k1", "/v1/payments", body).text, first);
    let refunds = format!("{}/refunds", path(&look_up));
    assert_eq!(bench.keyed("r1", &refunds, json!({"amount": 100})).text, refunded);
    assert_eq!(bench.create(json!({"reference": "PAY_2"})).refusal(), (500, "internal_error"));
    assert_eq!(bench.post("/control/deliver", json!({})).body, json!({"released": 2}));
    assert_eq!(bench.event_names(), ["payment.completed", "refund.completed"]);
    bench.wait_ms(60_000);
    assert_eq!(bench.look_up(&truth["payments"][1])["status"], "expired");
}

#[test]
fn after_a_crash_only_unacknowledged_deliveries_are_offered_again() {
    let dir = tempfile::tempdir().unwrap();
    {
        let bench = Bench::on(Profile::Full, Disk::open(dir.path()).unwrap(), 1);
        let payment = bench.create(json!({})).body;
        bench.submit(&payment, "outcome=decline_retryable");
        assert_eq!(bench.event_names(), ["payment.attempt_failed"]);
        bench.submit(&payment, "outcome=approve");
        assert_eq!(bench.take().len(), 1);
    }
    let bench = Bench::on(Profile::Full, Disk::open(dir.path()).unwrap(), 2);
    assert_eq!(bench.event_names(), ["payment.completed"]);
}

#[test]
fn what_is_not_on_disk_is_not_answered_and_is_written_with_the_next_call() {
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::on(Profile::Full, Disk::open(dir.path()).unwrap(), 1);
    let file = rusqlite::Connection::open(dir.path().join("state.sqlite")).unwrap();
    let rename = |from: &str, to: &str| {
        let sql = format!("ALTER TABLE {from} RENAME TO {to}");
        file.execute_batch(&sql).unwrap();
    };
    rename("documents", "away");
    let scripted = json!({"metadata": {"sandbox": "approve"}});
    assert_eq!(bench.create(scripted).refusal(), (500, "internal_error"));
    assert!(bench.take().is_empty(), "nor is it sent");
    rename("away", "documents");
    assert_eq!(bench.get("/v1/payments").status, 200);
    drop(bench);
    let bench = Bench::on(Profile::Full, Disk::open(dir.path()).unwrap(), 2);
    let found = bench.get("/v1/payments?reference=PAY_1").body;
    assert_eq!(found["payments"][0]["status"], "captured");
    assert_eq!(bench.event_names(), ["payment.completed"]);
}
