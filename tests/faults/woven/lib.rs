//! The bundle, as `shared` and `functions` have it, with every rule of the protocol ready to be broken:
//! `build.rs` weaves the texts of `../broken` into a copy.

#![allow(warnings, clippy::all, clippy::pedantic, reason = "a copy: the original is held to them")]

extern crate self as quittance;

include!(concat!(env!("OUT_DIR"), "/bundle.rs"));

pub mod mutants;
mod wrong;
