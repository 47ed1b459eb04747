//! Canonical JSON: what crosses the boundary and what stands on the record.
//!
//! *Invariant:* a [`Json`] holds I-JSON (RFC 7493) in the canonical form of RFC 8785; equal values are equal texts.
//! *Doesn't know:* what the text means.
//! *Start at:* [`Json::parse`].

mod canon;
mod error;
mod read;
mod write;

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use self::canon::Canon;
pub use self::error::{JsonError, Place};

/// How large a JSON text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonLimits {
    /// Bytes, of the text as it came and of its canonical form.
    pub bytes: u64,
    /// Objects and arrays inside one another; never over [`JsonLimits::DEPTH_MAX`], whatever stands here.
    pub depth: u32,
}

impl JsonLimits {
    /// One level before serde_json stops by itself, with a sentence less clear than ours.
    pub const DEPTH_MAX: u32 = 126;

    /// Any number of bytes, and room around what passed the boundary: for what the host itself made.
    pub const HOST: Self = Self { bytes: u64::MAX, depth: Self::DEPTH_MAX };
}

impl Default for JsonLimits {
    fn default() -> Self {
        Self { bytes: 1 << 20, depth: 64 }
    }
}

/// A JSON text in canonical form; cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Json(Arc<str>);

impl Json {
    fn new(canonical: &str) -> Self {
        Self(Arc::from(canonical))
    }

    /// Reads a text that anyone may have written.
    /// # Errors
    /// The first thing that I-JSON or the limits forbid, with its line and column.
    pub fn parse(text: &str, limits: JsonLimits) -> Result<Self, JsonError> {
        if text.len() as u64 > limits.bytes {
            return Err(JsonError::Bytes { limit: limits.bytes });
        }
        read::text(text, limits).map(|text| Self::new(&text))
    }

    /// The canonical form of any serialisable value.
    /// # Errors
    /// What has no JSON: a key that is no text, NaN, an integer beyond ±(2^53−1), over [`JsonLimits::DEPTH_MAX`] levels.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self, JsonError> {
        let mut canon = Canon::new(JsonLimits::HOST);
        value.serialize(&mut canon)?;
        canon.finish().map(|text| Self::new(&text))
    }

    /// The canonical form of a tree.
    /// # Errors
    /// As [`Json::of`].
    pub fn from_value(value: &Value) -> Result<Self, JsonError> {
        Self::of(value)
    }

    /// `null`.
    #[must_use]
    pub fn null() -> Self {
        Self::new("null")
    }

    /// A JSON string that says `text`.
    #[must_use]
    pub fn string(text: &str) -> Self {
        let mut out = String::with_capacity(text.len() + 2);
        canon::push_string(&mut out, text);
        Self::new(&out)
    }

    /// A text that the host built in canonical form; debug builds check that it did.
    #[must_use]
    pub fn trusted(text: String) -> Self {
        debug_assert_eq!(
            Self::parse(&text, JsonLimits { bytes: u64::MAX, depth: JsonLimits::DEPTH_MAX })
                .as_ref()
                .map(Self::as_str),
            Ok(&*text),
            "the host built a text that isn't canonical"
        );
        Self::new(&text)
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value as a tree.
    #[must_use]
    pub fn to_value(&self) -> Value {
        serde_json::from_str(&self.0).expect("a canonical text is JSON")
    }

    /// The value as a `T`.
    /// # Errors
    /// How it isn't one.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, JsonError> {
        serde_json::from_str(&self.0).map_err(|error| JsonError::Shape { message: error.to_string() })
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Json {
    /// As JSON inside JSON, never as a quoted text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.0).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    /// Any value, brought into canonical form; of any format that names its own types, `serde_json::Value` included.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut canon = Canon::new(JsonLimits::HOST);
        serde::de::DeserializeSeed::deserialize(read::Any(&mut canon), deserializer)?;
        canon.finish().map(|text| Self::new(&text)).map_err(D::Error::custom)
    }
}
