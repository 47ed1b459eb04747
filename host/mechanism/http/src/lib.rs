//! Sends the requests that a grant allows, and nothing else: the only crate with a client of the network.
//!
//! *Invariant:* a connection only goes to an address that was judged in the same call; a secret is read at the moment of
//! sending and leaves the crate towards its origin alone, not in an answer, an error or a debug text.
//! *Doesn't know:* which tool asks, what is granted (it gets an [`Allowed`](jaros_capability::http::Allowed)), the record.
//! *Start at:* [`Client::send`].

mod client;
mod exchange;
mod lookup;
mod secret;
mod surroundings;
mod trouble;

pub use client::Client;
pub use surroundings::{Machine, Surroundings};
