//! Ids and names, checked once, where they come in.
//!
//! *Invariant:* a [`Name`] and a [`JobId`] are 1 to 128 bytes of `A-Z a-z 0-9 . _ -` (a job id without dots) that begin
//! with a letter or digit: safe as a file name, with no separators, no `..`, no dot at the end, no look-alikes.
//! *Doesn't know:* whether anything of that name exists.
//! *Start at:* [`JobId`], [`DecisionId`].

use alloc::borrow::Cow;

use alloc::sync::Arc;
use core::fmt;
use core::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

/// What an id or a name may not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing, or over 128 bytes.
    #[error("a name has 1 to 128 characters")]
    Length,
    /// A character outside the set.
    #[error(
        "a name has only letters, digits, `.`, `_` and `-` of ASCII, begins with a letter or digit, \
         and no dot ends it or follows another"
    )]
    Character,
    /// A dot in a job id.
    #[error("a job id has only letters, digits, `_` and `-` of ASCII, and begins with a letter or digit")]
    JobCharacter,
    /// Not 64 lower-case hex digits.
    #[error("a digest has 64 lower-case hex digits")]
    Digest,
    /// Not `JOB/TURN/N`.
    #[error("a decision id is JOB/TURN/N, with TURN and N from 1")]
    Decision,
    /// Not `agent:…`, `operator:…`, `schedule:…` or `external:…`.
    #[error("a source is agent:NAME, operator:NAME, schedule:ID or external:NAME")]
    Source,
}

fn check(text: &str, dots: bool) -> Result<(), IdError> {
    if text.is_empty() || text.len() > 128 {
        return Err(IdError::Length);
    }
    let good = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-' || (dots && b == b'.');
    let dots_apart = !text.contains("..") && !text.ends_with('.');
    if text.bytes().all(good) && text.as_bytes()[0].is_ascii_alphanumeric() && dots_apart {
        Ok(())
    } else if dots {
        Err(IdError::Character)
    } else {
        Err(IdError::JobCharacter)
    }
}

macro_rules! checked_name {
    ($(#[$doc:meta])* $name:ident, $dots:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks `text` and takes it over.
            /// # Errors
            /// What the text breaks of the rule.
            pub fn new(text: &str) -> Result<Self, IdError> {
                check(text, $dots).map(|()| Self(Arc::from(text)))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl core::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(&Cow::<'de, str>::deserialize(deserializer)?).map_err(D::Error::custom)
            }
        }
    };
}

checked_name! {
    /// A component, kind of decision, grant, tenant or node: `text.count`, `greeter`. A component's is its file's stem.
    Name, true
}
checked_name! {
    /// A job. The host makes UUIDv7 ones, so names sort by submission; a submitter may choose another.
    JobId, false
}

/// `JOB/TURN/N`: the N-th decision of a job's turn, both from 1. Only the host makes one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DecisionId {
    /// The job.
    pub job: JobId,
    /// The turn, from 1.
    pub turn: u32,
    /// The place in the turn's list, from 1.
    pub n: u32,
}

impl fmt::Display for DecisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.job, self.turn, self.n)
    }
}

impl FromStr for DecisionId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let mut parts = text.split('/');
        let (Some(job), Some(turn), Some(n), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(IdError::Decision);
        };
        // One id has one text: `+1` and `01` are parsed by Rust, and are not how a 1 is written.
        let plain = |part: &&str| part.as_bytes().first().is_some_and(|b| (b'1'..=b'9').contains(b));
        let number = |part: &str| -> Result<u32, IdError> {
            Some(part).filter(plain).and_then(|part| part.parse().ok()).ok_or(IdError::Decision)
        };
        Ok(Self { job: job.parse()?, turn: number(turn)?, n: number(n)? })
    }
}

impl Serialize for DecisionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DecisionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl $name {
            /// The one after this.
            #[must_use]
            pub fn next(self) -> Self {
                Self(self.0 + 1)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number! {
    /// An entry's place in the ledger, from 1.
    Seq
}
number! {
    /// A term of one writer: each takeover of a lease raises it by at least 1.
    Epoch
}
number! {
    /// What a call used, in wasmtime's units of fuel: about one for each instruction.
    Fuel
}
number! {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Millis
}
