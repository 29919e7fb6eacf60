//! The functions by their folder names: the very code that is deployed, in the very runtime loop.

use lambda_runtime::Error;

pub const NAMES: [&str; 9] = [
    "create-order",
    "create-payment",
    "webhook-receiver",
    "status-check",
    "capture-payment",
    "cancel-payment",
    "refund-payment",
    "sweep-due",
    "deliver-confirmation",
];

/// Runs one function until its runtime ends.
pub async fn run(name: &str) -> Result<(), Error> {
    match name {
        "create-order" => create_order::run().await,
        "create-payment" => create_payment::run().await,
        "webhook-receiver" => webhook_receiver::run().await,
        "status-check" => status_check::run().await,
        "capture-payment" => capture_payment::run().await,
        "cancel-payment" => cancel_payment::run().await,
        "refund-payment" => refund_payment::run().await,
        "sweep-due" => sweep_due::run().await,
        "deliver-confirmation" => deliver_confirmation::run().await,
        unknown => Err(format!("no function is named {unknown}").into()),
    }
}
