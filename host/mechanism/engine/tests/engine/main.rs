//! What guests can do to the engine, one file a subject.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agents;
mod audit;
mod built;
mod cache;
mod compile;
mod guards;
mod guests;
mod hostile;
mod http;
mod limits;
mod timings;
mod tools;
mod wasi;
