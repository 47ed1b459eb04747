//! The client against small servers of the test's own, on loopback.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod addresses;
mod answers;
mod harness;
mod secrets;
mod tls;
