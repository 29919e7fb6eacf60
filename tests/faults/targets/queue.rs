//! Arbitrary JSON in place of the queue's event: messages of an order stay in sequence, and every request
//! to the merchant is signed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use lambda_runtime::LambdaEvent;
use quittance::app::App;
use quittance::deliver_confirmation;
use quittance::ports::{Transport, TransportError};
use quittance::standard_webhooks::{Headers, ID, SIGNATURE, SigningKey, TIMESTAMP, verify};
use serde_json::Value;

use super::Ran;
use super::bench::on_a_bench;
use crate::world::ground::DELIVERY_SECRET;

pub(super) fn run(input: &[u8]) -> Ran {
    let Ok(event) = serde_json::from_slice::<SqsEvent>(input) else { return Ran::NotPassedOn };
    on_a_bench(async |bench| {
        let merchant = Arc::new(Merchant::default());
        let app = App { transport: merchant.clone(), ..bench.app().clone() };
        let now = app.clock.now().unix();
        let records = event.records.clone();
        let event = LambdaEvent::new(event, lambda_runtime::Context::default());
        let response = deliver_confirmation::handle(&app, event).await.unwrap();
        let failed: Vec<String> = response
            .batch_item_failures
            .into_iter()
            .map(|failure| failure.item_identifier)
            .collect();
        let posted = merchant.posted.lock().unwrap().clone();
        assert_in_order(&records, &failed, &posted);
        for request in &posted {
            assert_signed(request, now);
        }
    });
    Ran::Through
}

/// The merchant's server: takes most messages, and refuses the others every time.
#[derive(Debug, Default)]
struct Merchant {
    posted: Mutex<Vec<(Request<Bytes>, bool)>>,
}

#[async_trait]
impl Transport for Merchant {
    async fn send(
        &self,
        request: Request<Bytes>,
        _: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let takes = !request.body().len().is_multiple_of(3);
        self.posted.lock().unwrap().push((request, takes));
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = if takes { StatusCode::OK } else { StatusCode::GONE };
        Ok(response)
    }
}

/// Every message is either sent and accepted, or reported. After a failure the rest of its group is held
/// back.
fn assert_in_order(records: &[SqsMessage], failed: &[String], posted: &[(Request<Bytes>, bool)]) {
    let taken = posted.iter().filter(|(_, taken)| *taken).count();
    assert_eq!(taken + failed.len(), records.len(), "each message has one outcome");
    let mut reported = failed.iter();
    let mut stopped: Vec<&str> = Vec::new();
    let mut posted = posted.iter().peekable();
    for record in records {
        let attribute = |name: &str| record.attributes.get(name).map_or("", String::as_str);
        let group = attribute("MessageGroupId");
        let body = record.body.as_deref().unwrap_or_default();
        let said: Value = serde_json::from_str(body).unwrap_or_default();
        let this = |(request, _): &&(Request<Bytes>, bool)| {
            text(request, ID) == said["id"].as_str() && request.body() == body
        };
        let was_taken = |(_, taken): &(Request<Bytes>, bool)| *taken;
        let done =
            !stopped.contains(&group) && posted.next_if(|post| this(post)).is_some_and(was_taken);
        if !done {
            let id = record.message_id.as_deref().unwrap_or_default();
            assert_eq!(reported.next().map(String::as_str), Some(id));
            stopped.push(group);
        }
    }
    assert!(posted.next().is_none(), "a message overtook another of its order");
}

fn text<'r>(request: &'r Request<Bytes>, name: &str) -> Option<&'r str> {
    request.headers().get(name).and_then(|value| str::from_utf8(value.as_bytes()).ok())
}

fn assert_signed((request, _): &(Request<Bytes>, bool), now: i64) {
    let header = |name: &str| text(request, name);
    let headers =
        Headers { id: header(ID), timestamp: header(TIMESTAMP), signature: header(SIGNATURE) };
    let key = SigningKey::parse(DELIVERY_SECRET).unwrap();
    assert_eq!(verify([&key], headers, request.body(), now), Ok(()));
}
