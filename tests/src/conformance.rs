//! One table of behaviours, the same for guests of every language.
//!
//! The guests are an agent `conform` and a tool `conform.tool` in each language (`tests/conformance/LANG`), which do what they are told.
//! They lie built under `tests/frozen/VERSION/LANG`, where they stay as they are: what was built for a version of the contract
//! runs on every later host. `JAROS_GUESTS=DIR` adds those that were built just now, `DIR/LANG/*.wasm`.
//!
//! *Invariant:* a row has one expectation for all languages; where they may differ, the row says which ends are allowed.
//! *Doesn't know:* how a guest is built.
//! *Start at:* [`rows`], [`Guests::all`].

mod rows;
mod run;

pub use rows::{Asked, Expected, Row, rows};
pub use run::{Guests, Outcome, run};
