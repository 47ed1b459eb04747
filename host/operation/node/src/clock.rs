//! The wall clock, read in one place.
//!
//! *Invariant:* what is read here goes on the record before anything depends on it.
//! *Doesn't know:* time-outs, which go by the monotonic clock.
//! *Start at:* [`now`].

use std::time::{SystemTime, UNIX_EPOCH};

use jaros_decision::Millis;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub(crate) fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
