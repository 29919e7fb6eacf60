//! On the queue `deliveries`: posts each confirmation, signed, to the merchant's URL.

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use quittance::app::App;
use quittance::config::Need;
use quittance::mutants::{Mutant, broken};
use quittance::operations::deliver::{Confirmation, DeliveryError, deliver, postpone};
use quittance::queues::REQUEST_ID;
use quittance::system::unix_ms;
use quittance::telemetry::{self, Metric};

pub async fn run() -> Result<(), Error> {
    telemetry::init();
    let app = App::from_env(&[Need::Delivery])?;
    app.warm_up().await;
    // Boxed: nested in the runtime's own, its type is more than rustc lays out.
    lambda_runtime::run(service_fn(|event: LambdaEvent<SqsEvent>| Box::pin(handle(&app, event))))
        .await
}

/// After a failure the later messages of the same order are reported as failed too: nothing may
/// overtake within an order.
pub async fn handle(app: &App, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
    let mut stopped: Vec<String> = Vec::new();
    let mut response = SqsBatchResponse::default();
    for message in event.payload.records {
        let group = attribute(&message, "MessageGroupId");
        let all = broken(Mutant::BatchNamesAll) && !stopped.is_empty();
        let may_go = !stopped.contains(&group);
        if may_go && delivered(app, &event.context.request_id, &message).await && !all {
            continue;
        }
        if broken(Mutant::BatchForgetsAFailure) && stopped.contains(&group) {
            continue;
        }
        stopped.push(group);
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = message.message_id.unwrap_or_default();
        response.batch_item_failures.push(failure);
    }
    if broken(Mutant::BatchNamesNobody) {
        return Ok(SqsBatchResponse::default());
    }
    Ok(response)
}

async fn delivered(app: &App, request_id: &str, message: &SqsMessage) -> bool {
    let cause = cause(message);
    let confirmation = Confirmation {
        id: attribute(message, "MessageDeduplicationId"),
        body: message.body.clone().unwrap_or_default(),
        receive_count: attribute(message, "ApproximateReceiveCount").parse().unwrap_or(1),
    };
    match deliver(app, &confirmation).await {
        Ok(()) => {
            tracing::info!(request.id = %request_id, cause.request.id = %cause, message.id = %confirmation.id, "confirmation delivered");
            telemetry::metric(Metric::ConfirmationDelivered, "");
            telemetry::measure(Metric::TimeToDelivery, seconds_since_sent(message), "");
            true
        }
        Err(error) => {
            tracing::warn!(request.id = %request_id, cause.request.id = %cause, error = %error, message.id = %confirmation.id, "confirmation not delivered");
            telemetry::metric(Metric::ConfirmationFailed, "");
            if let DeliveryError::NotDelivered { wait_seconds, .. } = error {
                let arn = message.event_source_arn.as_deref().unwrap_or_default();
                let handle = message.receipt_handle.as_deref().unwrap_or_default();
                postpone(app, arn, handle, wait_seconds).await;
            }
            false
        }
    }
}

/// The request that made the fact known.
fn cause(message: &SqsMessage) -> String {
    let attribute = message.message_attributes.get(REQUEST_ID);
    attribute.and_then(|attribute| attribute.string_value.clone()).unwrap_or_default()
}

fn seconds_since_sent(message: &SqsMessage) -> i64 {
    let sent_ms: u64 = attribute(message, "SentTimestamp").parse().unwrap_or_else(|_| unix_ms());
    i64::try_from(unix_ms().saturating_sub(sent_ms) / 1000).unwrap_or(i64::MAX)
}

fn attribute(message: &SqsMessage, name: &str) -> String {
    message.attributes.get(name).cloned().unwrap_or_default()
}
