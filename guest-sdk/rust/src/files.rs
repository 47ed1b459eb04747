//! Files inside the folders that the operator granted: `files-read`, and `files-write` for tools.
//!
//! *Invariant:* a path is `GRANT/rest`; host paths never appear. What is read is recorded, what is written is staged until
//! the outcome is on the record.
//! *Doesn't know:* where the folders lie.
//! *Start at:* [`read`].

use crate::Error;
use crate::host::{files_read, files_write};

pub use crate::bindings::imports::jaros::plugin::files_read::Entry;

/// A whole file, up to the host's limit.
///
/// # Errors
/// `not-found`, `refused` outside the grants, `limit`.
pub fn read(path: &str) -> Result<Vec<u8>, Error> {
    files_read::read(path)
}

/// A whole file as text.
///
/// # Errors
/// As [`read`]; `invalid` when it isn't UTF-8.
pub fn read_text(path: &str) -> Result<String, Error> {
    String::from_utf8(read(path)?).map_err(|_| Error::new("invalid", format!("{path} is not UTF-8")))
}

/// At most `len` bytes from `offset` on.
///
/// # Errors
/// As [`read`].
pub fn read_range(path: &str, offset: u64, len: u32) -> Result<Vec<u8>, Error> {
    files_read::read_range(path, offset, len)
}

/// What lies at a path; links are never followed.
///
/// # Errors
/// As [`read`].
pub fn stat(path: &str) -> Result<Entry, Error> {
    files_read::stat(path)
}

/// What a folder holds, sorted by name.
///
/// # Errors
/// As [`read`].
pub fn entries(path: &str) -> Result<Vec<Entry>, Error> {
    files_read::entries(path)
}

/// Writes a whole file, bytes or text. Tools only.
///
/// # Errors
/// `refused` outside the grants, `limit`.
pub fn write(path: &str, data: impl AsRef<[u8]>) -> Result<(), Error> {
    files_write::write(path, data.as_ref())
}

/// Removes a file. Tools only.
///
/// # Errors
/// `not-found`, `refused` outside the grants.
pub fn remove(path: &str) -> Result<(), Error> {
    files_write::remove(path)
}
