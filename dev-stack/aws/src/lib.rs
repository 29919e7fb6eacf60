//! The AWS services that the bundle leans on, imitated on localhost.

pub mod clock;
pub mod disk;
pub mod hosts;
pub mod http_client;

pub mod dynamodb;
pub mod sqs;
pub mod secrets_manager;

mod protocol;
mod ids;
#[cfg(test)]
mod tests;

pub use ids::Ids;
pub use protocol::{AwsError, AwsJson, router, serve};

/// Where everything pretends to be; the same region that the embedded `DynamoDB` names.
pub const REGION: &str = "us-east-1";
/// Whose everything pretends to be.
pub const ACCOUNT: &str = "000000000000";
