//! The Lambda function `status-check`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    status_check::run().await
}
