//! The Lambda function `webhook-receiver`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    webhook_receiver::run().await
}
