//! Quittance: the payment protocol. The modules are listed in reading order, lowest layer first. A module
//! uses only itself and those above it in this list.

pub use quittance_domain as domain;
pub mod ports;
pub mod delivery_url;
pub mod config;
mod public_names;
pub mod system;
pub mod aws;
pub mod pause;
pub mod telemetry;
pub mod standard_webhooks;
pub mod secrets;
pub mod store;
pub mod queues;
pub mod gateways;
pub mod app;
pub mod operations;
pub mod http;
