//! The tests that every gateway must pass, written once.
#![cfg(test)]
