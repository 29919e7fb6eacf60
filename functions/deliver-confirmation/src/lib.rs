//! Reads the queue `deliveries`: posts each confirmation, signed, to the merchant's URL.

use std::any::type_name;
use std::time::Duration;

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::{Context, Diagnostic, Error, LambdaEvent, service_fn};
use quittance::app::App;
use quittance::config::Need;
use quittance::operations::deliver::{Confirmation, deliver, hold, postpone};
use quittance::queues::REQUEST_ID;
use quittance::system::unix_ms;
use quittance::telemetry::{self, Metric};
use serde_json::Value;

pub async fn run() -> Result<(), Error> {
    telemetry::init();
    let app = App::from_env(&[Need::Delivery])?;
    app.warm_up().await;
    // Boxed: nested in the runtime's types, this one exceeds rustc's layout limit.
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        Box::pin(async {
            let payload = read(event.payload)?;
            handle(&app, LambdaEvent::new(payload, event.context)).await.map_err(Diagnostic::from)
        })
    }))
    .await
}

/// Parses the event here, because the runtime's own error report would name a reference instead of a type.
fn read(event: Value) -> Result<SqsEvent, Diagnostic> {
    serde_json::from_value(event).map_err(|error: serde_json::Error| Diagnostic {
        error_type: type_name::<serde_json::Error>().to_owned(),
        error_message: error.to_string(),
    })
}

/// After a failure, later messages of the same order are reported as failed too, so that none overtakes
/// an earlier one.
pub async fn handle(app: &App, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
    let mut stopped: Vec<String> = Vec::new();
    let mut response = SqsBatchResponse::default();
    for message in event.payload.records {
        let group = attribute(&message, "MessageGroupId");
        if !stopped.contains(&group) && delivered(app, &event.context, &message).await {
            continue;
        }
        stopped.push(group);
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = message.message_id.unwrap_or_default();
        response.batch_item_failures.push(failure);
    }
    Ok(response)
}

async fn delivered(app: &App, context: &Context, message: &SqsMessage) -> bool {
    let tries = attribute(message, "ApproximateReceiveCount").parse().unwrap_or(1);
    let arn = message.event_source_arn.as_deref().unwrap_or_default();
    let handle = message.receipt_handle.as_deref().unwrap_or_default();
    let left = Duration::from_millis(context.deadline.saturating_sub(unix_ms()));
    hold(app, arn, handle, tries, left).await;
    let (request_id, cause) = (&context.request_id, cause(message));
    let confirmation = match Confirmation::read(message.body.as_deref().unwrap_or_default()) {
        Ok(confirmation) => confirmation,
        Err(error) => {
            let message = message.message_id.as_deref().unwrap_or_default();
            tracing::error!(request.id = %request_id, cause.request.id = %cause, error = %error, queue.message.id = %message, "try" = tries, "confirmation not delivered");
            telemetry::metric(Metric::ConfirmationFailed, "");
            return false;
        }
    };
    let Confirmation { id, order, .. } = &confirmation;
    let payment = confirmation.payment.as_deref();
    match deliver(app, &confirmation).await {
        Ok(()) => {
            tracing::info!(request.id = %request_id, cause.request.id = %cause, message.id = %id, order.id = %order, payment.id = payment, "try" = tries, "confirmation delivered");
            telemetry::metric(Metric::ConfirmationDelivered, "");
            if let Some(recorded_at) = confirmation.recorded_at {
                let seconds = app.clock.now().since(recorded_at);
                telemetry::measure(Metric::TimeToDelivery, seconds, "");
            }
            true
        }
        Err(error) => {
            let wait_seconds = error.wait_seconds(tries);
            let next_try_at = app.clock.now().plus(wait_seconds.into()).rfc3339();
            tracing::warn!(request.id = %request_id, cause.request.id = %cause, error = %error, status = error.status(), message.id = %id, order.id = %order, payment.id = payment, "try" = tries, next_try_at = %next_try_at, "confirmation not delivered");
            telemetry::metric(Metric::ConfirmationFailed, "");
            postpone(app, arn, handle, wait_seconds).await;
            false
        }
    }
}

/// The id of the request that recorded the fact.
fn cause(message: &SqsMessage) -> String {
    let attribute = message.message_attributes.get(REQUEST_ID);
    attribute.and_then(|attribute| attribute.string_value.clone()).unwrap_or_default()
}

fn attribute(message: &SqsMessage, name: &str) -> String {
    message.attributes.get(name).cloned().unwrap_or_default()
}
