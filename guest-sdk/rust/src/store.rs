//! A small ordered map that outlives the job, one per tool and tenant. Tools only.
//!
//! *Invariant:* what is put or deleted is staged until the outcome is on the record; the call sees its own changes.
//! *Doesn't know:* other tools' keys.
//! *Start at:* [`get`], [`put`].

use crate::Error;
use crate::bindings::imports::jaros::plugin::store as wire;

/// A key's value, if it has one.
///
/// # Errors
/// `limit`.
pub fn get(key: &str) -> Result<Option<Vec<u8>>, Error> {
    wire::get(key)
}

/// Sets a key's value.
///
/// # Errors
/// `limit`.
pub fn put(key: &str, value: &[u8]) -> Result<(), Error> {
    wire::put(key, value)
}

/// Removes a key, whether or not it is there.
///
/// # Errors
/// `limit`.
pub fn delete(key: &str) -> Result<(), Error> {
    wire::delete(key)
}

/// Keys that start with `prefix` and come after `after`, in byte order, at most `limit`.
///
/// # Errors
/// `limit`.
pub fn keys(prefix: &str, after: &str, limit: u32) -> Result<Vec<String>, Error> {
    wire::keys(prefix, after, limit)
}
