//! The Lambda function `deliver-confirmation`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    deliver_confirmation::run().await
}
