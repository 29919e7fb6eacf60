//! The Lambda function `sweep-due`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    sweep_due::run().await
}
