//! The Lambda function `capture-payment`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    capture_payment::run().await
}
