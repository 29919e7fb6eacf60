//! The AWS services that the bundle uses, imitated on localhost.

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

/// The region of everything here; the embedded `DynamoDB` names the same one.
pub const REGION: &str = "us-east-1";
/// The account of everything here.
pub const ACCOUNT: &str = "000000000000";
