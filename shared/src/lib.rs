//! Quittance: the payment protocol. Modules in reading order, lowest layer first; a module names only
//! itself and those above it in this list.

pub mod app;
pub mod aws;
pub mod config;
pub mod domain;
pub mod gateways;
pub mod http;
pub mod operations;
pub mod pause;
pub mod ports;
mod public_names;
pub mod queues;
pub mod secrets;
pub mod standard_webhooks;
pub mod store;
pub mod system;
pub mod telemetry;
