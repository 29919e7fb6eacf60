//! The Lambda function `cancel-payment`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    cancel_payment::run().await
}
