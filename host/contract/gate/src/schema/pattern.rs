//! What a regular expression costs.
//!
//! *Invariant:* a pattern that passes runs in time linear in the text, at most [`weigh`] steps a byte.
//! *Doesn't know:* where in a schema the pattern stands.
//! *Start at:* [`weigh`].

use jaros_decision::{Code, Failure};
use serde_json::json;

/// Bytes of a pattern as it is written.
const BYTES_MAX: usize = 1 << 10;

/// Bytes of a compiled pattern. In the worst case each byte of a text visits all of its states, so a "linear" engine with
/// the usual 10 MB would take minutes for a megabyte.
pub(super) const SIZE_MAX: usize = 64 << 10;

/// Bytes of the engine's cache, one a pattern.
pub(super) const CACHE_BYTES: usize = 256 << 10;

/// Bytes of a compiled pattern that a byte of text visits in one step, at worst; measured.
const SIZE_A_STEP: usize = 16;

/// Steps a byte of text, by the smallest of a few sizes that holds the compiled pattern.
pub(super) fn weigh(pattern: &str) -> Result<u64, Failure> {
    if pattern.len() > BYTES_MAX {
        return Err(Failure::new(Code::LIMIT, format!("a pattern is longer than {BYTES_MAX} bytes")));
    }
    let schema = json!({ "pattern": pattern });
    let fits = |size: &usize| super::contained(|| super::options(*size).build(&schema).is_ok()) == Ok(true);
    match [SIZE_MAX >> 4, SIZE_MAX >> 2, SIZE_MAX].iter().find(|size| fits(size)) {
        Some(size) => Ok((size / SIZE_A_STEP) as u64),
        None if fits(&(SIZE_MAX << 6)) => Err(Failure::new(
            Code::LIMIT,
            format!(
                "a pattern grows over {SIZE_MAX} bytes when compiled; repeat less, or use smaller classes"
            ),
        )),
        None => Err(Failure::new(
            Code::INVALID,
            "a pattern is no regular expression, or needs backtracking (look-around, back-references)",
        )),
    }
}
