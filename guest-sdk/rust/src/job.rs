//! The job at hand, as the record keeps it.
//!
//! *Invariant:* every answer is the same on every replay.
//! *Doesn't know:* real time, or real randomness.
//! *Start at:* [`id`].

use crate::Error;
use crate::host::job as wire;

/// The job's id.
#[must_use]
pub fn id() -> String {
    wire::id()
}

/// When this attempt was accepted, in milliseconds since 1970-01-01T00:00:00Z.
#[must_use]
pub fn accepted_at_ms() -> u64 {
    wire::accepted_at_ms()
}

/// The next bytes of the stream that the host seeded for this call; no secret.
///
/// # Errors
/// `limit` over 4,096 at once.
pub fn random(len: u32) -> Result<Vec<u8>, Error> {
    wire::random(len)
}
