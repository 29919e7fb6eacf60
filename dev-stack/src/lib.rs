//! The dev stack: the whole bundle on localhost, from the template that is deployed.

mod cli;
pub mod stack;

pub mod template;

pub mod api_gateway;
mod reference;
mod children;
mod environment;
pub mod event_sources;
pub mod functions;
pub mod lambda;
pub mod runtime_api;

pub mod gateways;
mod sandbox_alone;
pub mod seeds;
pub mod shop;
mod site;

mod banner;
mod listeners;
mod random;
mod rehearsal;

pub use cli::main;
pub use local_aws as aws;
pub use local_aws::{clock, disk};
use local_aws::{hosts, http_client};
