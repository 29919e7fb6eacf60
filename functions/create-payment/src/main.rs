//! The Lambda function `create-payment`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    create_payment::run().await
}
