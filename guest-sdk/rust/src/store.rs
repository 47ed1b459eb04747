//! A small ordered map that outlives the job, one per tool and tenant. Tools only.
//!
//! *Invariant:* what is put or deleted is staged until the outcome is on the record; the call sees its own changes.
//! *Doesn't know:* other tools' keys.
//! *Start at:* [`get`], [`put`].

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;
use crate::host::store as wire;
use crate::text;

/// A key's value, if it has one.
///
/// # Errors
/// `limit`.
pub fn get(key: &str) -> Result<Option<Vec<u8>>, Error> {
    wire::get(key)
}

/// A key's value as text, if it has one.
///
/// # Errors
/// `limit`; `invalid` when it isn't UTF-8.
pub fn get_text(key: &str) -> Result<Option<String>, Error> {
    let text = |value| {
        String::from_utf8(value)
            .map_err(|_| Error::new("invalid", format!("the value of {key} is not UTF-8")))
    };
    get(key)?.map(text).transpose()
}

/// A key's value as JSON, if it has one.
///
/// # Errors
/// `limit`; `invalid` when it doesn't fit the type.
pub fn get_json<T: DeserializeOwned>(key: &str) -> Result<Option<T>, Error> {
    let typed = |value: Vec<u8>| {
        serde_json::from_slice(&value)
            .map_err(|error| Error::new("invalid", format!("the value of {key}: {error}")))
    };
    get(key)?.map(typed).transpose()
}

/// Sets a key's value, bytes or text.
///
/// # Errors
/// `limit`.
pub fn put(key: &str, value: impl AsRef<[u8]>) -> Result<(), Error> {
    wire::put(key, value.as_ref())
}

/// Sets a key's value to JSON.
///
/// # Errors
/// `limit`.
pub fn put_json(key: &str, value: &impl Serialize) -> Result<(), Error> {
    put(key, text::of(value))
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
