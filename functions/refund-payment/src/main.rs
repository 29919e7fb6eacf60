//! The Lambda function `refund-payment`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    refund_payment::run().await
}
