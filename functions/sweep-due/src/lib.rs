//! Runs every minute: finishes the work left by a crash, a lost answer or the passage of time.

use std::time::Duration;

use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use quittance::app::{App, Budget};
use quittance::config::Need;
use quittance::operations::sweep::sweep;
use quittance::operations::{Unavailable, chain};
use quittance::system::unix_ms;
use quittance::telemetry;
use serde_json::{Value, json};

pub async fn run() -> Result<(), Error> {
    telemetry::init();
    let app = App::from_env(&[Need::Store, Need::Gateways, Need::Confirmations])?;
    app.warm_up().await;
    // Boxed: nested in the runtime's types, those of a whole sweep exceed rustc's layout limit.
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        Box::pin(async { handle(&app, event).await.map_err(|error| report(&error)) })
    }))
    .await
}

/// Lambda's report names the error's type, which a boxed error has lost.
fn report<E: std::error::Error>(error: &E) -> Diagnostic {
    let error_type = std::any::type_name::<E>().to_owned();
    Diagnostic { error_type, error_message: error.to_string() }
}

/// The event's content does not matter: the work is in the table.
pub async fn handle(app: &App, event: LambdaEvent<Value>) -> Result<Value, Unavailable> {
    let left = event.context.deadline.saturating_sub(unix_ms());
    let sweep = sweep(app, Budget::of(Duration::from_millis(left)));
    let swept = telemetry::within(&event.context.request_id, sweep).await;
    let swept = swept.inspect_err(|error| {
        // Lambda reports the outermost error only; the log needs its causes.
        let (id, error) = (&event.context.request_id, chain(error));
        tracing::error!(request.id = %id, error = %error, "sweep failed");
    })?;
    tracing::info!(
        function = %event.context.env_config.function_name,
        request.id = %event.context.request_id,
        due = swept.due,
        failed = swept.failed,
        left = swept.left,
        age_seconds = swept.age_seconds,
        "sweep"
    );
    Ok(json!({ "due": swept.due, "failed": swept.failed, "left": swept.left }))
}
