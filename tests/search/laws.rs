//! What no run shows: an event of an order that we do not have, and what the consumer of a queue says of a
//! batch of which the merchant takes a part.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use aws_lambda_events::event::sqs::SqsEvent;
use bytes::Bytes;
use dev_stack::sandbox::Profile;
use http::{Request, Response};
use lambda_runtime::{Context, LambdaEvent};
use quittance::domain::id::{OrderId, PaymentId};
use quittance::domain::idempotency::Key;
use quittance::mutants::{Mutant, breaking};
use quittance::ports::{Transport, TransportError};
use serde_json::{Value, json};

use super::client::Client;
use super::plan::Plan;
use super::process::Process;
use super::run::on_paused_time;
use super::world::World;

/// What a broken rule breaks of a law that holds while it is sound; `None` if it is left to the runs.
pub(super) fn violations(mutant: Mutant) -> Option<Vec<String>> {
    const BATCHES: [Mutant; 3] =
        [Mutant::BatchForgetsAFailure, Mutant::BatchNamesAll, Mutant::BatchNamesNobody];
    let law: fn() -> Vec<String> = if mutant == Mutant::OrphanDropped {
        || on_paused_time(orphan())
    } else if BATCHES.contains(&mutant) {
        || on_paused_time(batch())
    } else {
        return None;
    };
    let sound = breaking(None, law);
    let broken = breaking(Some(mutant), law);
    Some(if sound.is_empty() { broken } else { Vec::new() })
}

fn world(profile: Profile) -> Arc<World> {
    Arc::new(World::new(profile, Plan::default(), false))
}

/// I9.
async fn orphan() -> Vec<String> {
    let world = world(Profile::PhonepeLike);
    let order = OrderId::from_key(&Key::parse("nobody").unwrap());
    let payment = PaymentId::from_number(&order, 0);
    let reply = Client::new(Arc::clone(&world)).told_of(&payment, &json!("pay_of_nobody")).await;
    let kept = world.state().images.keys().any(|key| key.starts_with("P#"));
    let dropped = reply.is_some_and(|reply| reply.status == 200) && !kept;
    dropped
        .then(|| "I9 an event of nobody's is acknowledged and forgotten".to_owned())
        .into_iter()
        .collect()
}

/// Takes what is not refused.
#[derive(Debug, Default)]
struct Merchant {
    taken: Mutex<BTreeSet<String>>,
}

#[async_trait]
impl Transport for Merchant {
    async fn send(
        &self,
        request: Request<Bytes>,
        _: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let message = String::from_utf8_lossy(request.body()).into_owned();
        let mut answer = Response::new(Bytes::new());
        if message == REFUSED {
            *answer.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        } else {
            self.taken.lock().unwrap().insert(message);
        }
        Ok(answer)
    }
}

const REFUSED: &str = "first of one order";
const BATCH: [(&str, &str); 4] = [
    (REFUSED, "one"),
    ("second of one order", "one"),
    ("first of another", "another"),
    ("second of another", "another"),
];

/// I5: whatever the merchant did not take is named, so that it comes again, and nothing else is.
async fn batch() -> Vec<String> {
    let merchant = Arc::new(Merchant::default());
    let mut process = Process::start(&world(Profile::Full), None);
    process.app.transport = Arc::<Merchant>::clone(&merchant);
    let records = BATCH.map(|(message, group)| {
        let attributes = json!({ "MessageGroupId": group, "MessageDeduplicationId": message });
        json!({
            "messageId": message, "body": message, "attributes": attributes,
            "messageAttributes": {},
        })
    });
    let event: SqsEvent = serde_json::from_value(json!({ "Records": records })).unwrap();
    let event = LambdaEvent::new(event, Context::default());
    let said = Box::pin(deliver_confirmation::handle(&process.app, event)).await.unwrap();
    let said: Value = serde_json::to_value(&said).unwrap();
    let named = |message: &str| {
        let failures = said["batchItemFailures"].as_array().into_iter().flatten();
        failures.into_iter().any(|failure| failure["itemIdentifier"] == message)
    };
    let taken = merchant.taken.lock().unwrap().clone();
    let mut wrong = Vec::new();
    for (message, _) in BATCH {
        match (taken.contains(message), named(message)) {
            (true, true) => wrong.push(format!("I5 the {message} was taken and comes again")),
            (false, false) => wrong.push(format!("I5 the {message} was not taken and is lost")),
            (true, false) | (false, true) => {}
        }
    }
    wrong
}
