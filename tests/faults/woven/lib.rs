//! The bundle of `shared` and `functions`, in which every rule of the protocol can be broken: `build.rs`
//! weaves the texts of `../broken` into a copy.

#![allow(warnings, clippy::all, clippy::pedantic, reason = "a copy: the original is checked")]

extern crate self as quittance;

include!(concat!(env!("OUT_DIR"), "/bundle.rs"));

pub mod mutants;
mod wrong;
