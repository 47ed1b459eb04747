//! Bytes by digest: a folder in which every file is named by the SHA-256 of what it holds.
//!
//! *Invariant:* what [`Content::get`] returns has the digest that it was asked for; a damaged file is an error, never
//! an answer.
//! *Doesn't know:* what the bytes mean, who names them, whether they are still needed.
//! *Start at:* [`Content`].

mod error;
mod store;
mod sync;

pub use error::ContentError;
pub use store::Content;
