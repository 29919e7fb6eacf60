//! What no run can show: how the queue's consumer reports a batch that the merchant takes in part.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use aws_lambda_events::event::sqs::SqsEvent;
use bytes::Bytes;
use dev_stack::gateways::sandbox::Profile;
use http::{Request, Response};
use lambda_runtime::{Context, LambdaEvent};
use quittance::deliver_confirmation;
use quittance::mutants::{Mutant, NoticedBy, breaking};
use quittance::ports::{Transport, TransportError};
use serde_json::{Value, json};

use crate::explore::run::on_paused_time;
use crate::world::World;
use crate::world::plan::Plan;
use crate::world::process::Process;

/// What happened to the batch.
#[derive(Clone, Debug)]
pub struct Handed {
    pub violations: Vec<String>,
    /// The actions, for a reader.
    pub trace: Vec<String>,
}

/// The batch as a mutant handles it; `None` if runs must show what is wrong with it.
pub(crate) fn broken(mutant: Mutant) -> Option<Handed> {
    if mutant.rule().noticed_by != NoticedBy::Batch {
        return None;
    }
    let handed = || on_paused_time(hand_over());
    let sound = breaking(None, handed);
    let broken = breaking(Some(mutant), handed);
    Some(if sound.violations.is_empty() { broken } else { sound.turned_down() })
}

impl Handed {
    /// What fails with every rule intact says nothing about the mutant.
    fn turned_down(self) -> Self {
        Self { violations: Vec::new(), ..self }
    }
}

/// Takes every message it does not refuse.
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
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let message = body["id"].as_str().unwrap_or_default().to_owned();
        let mut answer = Response::new(Bytes::new());
        if message == REFUSED {
            *answer.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        } else {
            self.taken.lock().unwrap().insert(message);
        }
        Ok(answer)
    }
}

const REFUSED: &str = "first-of-one-order";
const BATCH: [(&str, &str); 4] = [
    (REFUSED, "one"),
    ("second-of-one-order", "one"),
    ("first-of-another", "another"),
    ("second-of-another", "another"),
];

/// I5: every message the merchant did not take is named, so that it comes again, and nothing else is.
async fn hand_over() -> Handed {
    let merchant = Arc::new(Merchant::default());
    let world = Arc::new(World::new(Profile::Full, 1, 1, Plan::default(), false));
    let mut process = Process::start(&world, None);
    process.app.transport = Arc::<Merchant>::clone(&merchant);
    let records = BATCH.map(|(message, group)| {
        let attributes = json!({ "MessageGroupId": group, "MessageDeduplicationId": message });
        let body = json!({ "id": message, "data": { "order_id": group } }).to_string();
        json!({
            "messageId": message, "body": body, "attributes": attributes,
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
    let (mut wrong, mut trace) = (Vec::new(), Vec::new());
    for (message, group) in BATCH {
        let took = if taken.contains(message) { "taken" } else { "not taken" };
        let comes = if named(message) { "comes again" } else { "is done with" };
        trace.push(format!("{message} (group {group}): {took} by the merchant, {comes}"));
        match (taken.contains(message), named(message)) {
            (true, true) => wrong.push(format!("I5 the {message} was taken but comes again")),
            (false, false) => wrong.push(format!("I5 the {message} was not taken but is lost")),
            (true, false) | (false, true) => {}
        }
    }
    Handed { violations: wrong, trace }
}
