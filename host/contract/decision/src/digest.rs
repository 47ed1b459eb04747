//! SHA-256 names: [`Digest`] of bytes, [`Ref`] of a salted datum.
//!
//! *Invariant:* the text form is always 64 lower-case hex digits (a [`Ref`] has an `@` before them).
//! *Doesn't know:* where the bytes lie.
//! *Start at:* [`Digest::of`].

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::IdError;

/// SHA-256 over some bytes; 64 lower-case hex digits as text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// All zeros: what stands where there is nothing before.
    pub const ZERO: Self = Self([0; 32]);

    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest of the parts one after the other, without joining them first.
    #[must_use]
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// Appends the 64 hex digits to `out`.
    pub fn push_hex(&self, out: &mut String) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        out.reserve(64);
        for byte in self.0 {
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }

    /// The 64 hex digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        let mut out = String::new();
        self.push_hex(&mut out);
        out
    }

    /// The first twelve hex digits, for people.
    #[must_use]
    pub fn short(&self) -> String {
        let mut out = self.to_hex();
        out.truncate(12);
        out
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", self.short())
    }
}

impl FromStr for Digest {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let pairs = text.as_bytes().as_chunks::<2>().0;
        let mut out = [0; 32];
        if text.len() != 64 {
            return Err(IdError::Digest);
        }
        // Digits are looked up and judged together: a branch a digit would cost more than hashing the bytes.
        let mut wrong = 0;
        for (byte, [high, low]) in out.iter_mut().zip(pairs) {
            let (high, low) = (NIBBLE[usize::from(*high)], NIBBLE[usize::from(*low)]);
            wrong |= high | low;
            *byte = (high << 4) | (low & 15);
        }
        if wrong < 16 { Ok(Self(out)) } else { Err(IdError::Digest) }
    }
}

/// The value of each lower-case hex digit; 255 for all other bytes.
const NIBBLE: [u8; 256] = {
    let mut table = [255; 256];
    let mut value = 0;
    while value < 16 {
        table[b"0123456789abcdef"[value as usize] as usize] = value;
        value += 1;
    }
    table
};

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <alloc::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Names a datum on the record without containing it: SHA-256(salt ‖ data), written `@` and 64 hex digits.
///
/// The salt keeps a short datum from being guessed back from its digest, so that blanking the data line erases it.
/// The data stand in a data line before the entry that names them, or, when large, in the content store as a file of
/// salt ‖ data. No text of a guest ever stands in an entry's body, so `"@` there always begins a reference.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ref(pub Digest);

impl Ref {
    /// The reference to `data` under `salt`.
    #[must_use]
    pub fn of(salt: &[u8], data: &[u8]) -> Self {
        Self(Digest::of_parts(&[salt, data]))
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.0)
    }
}

impl fmt::Debug for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.0.short())
    }
}

impl FromStr for Ref {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        text.strip_prefix('@').ok_or(IdError::Digest)?.parse().map(Self)
    }
}

impl Serialize for Ref {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ref {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <alloc::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}
