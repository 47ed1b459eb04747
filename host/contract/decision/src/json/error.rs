//! Why a text is no [`Json`](crate::Json).
//!
//! *Invariant:* one sentence each, with the place where a text was read.
//! *Doesn't know:* whose text it was.
//! *Start at:* [`JsonError`].

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use crate::{Code, Failure};

/// Where in a text; nothing where a value was written and no text read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// From 1; 0 where there is no text.
    pub line: usize,
    /// In bytes, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 { Ok(()) } else { write!(f, " at line {} column {}", self.line, self.column) }
    }
}

/// Why a text is no [`Json`](crate::Json).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// The text, or its canonical form, is too long.
    #[error("the JSON text is longer than {limit} bytes")]
    Bytes {
        /// The limit.
        limit: u64,
    },
    /// Too many objects and arrays inside one another.
    #[error("JSON is nested deeper than {limit} levels{place}")]
    Depth {
        /// The limit.
        limit: u32,
        /// Where the first level too many begins.
        place: Place,
    },
    /// A byte-order mark.
    #[error("the JSON text begins with a byte-order mark; save it as UTF-8 without one")]
    Mark,
    /// One name twice in an object.
    #[error("the member {name:?} is repeated{place}")]
    Repeated {
        /// The name, shortened to 64 characters.
        name: String,
        /// Where the object ends.
        place: Place,
    },
    /// A name that the host's JSON library would take for its own.
    #[error("a member's name may not begin with `$serde_json::private::`{place}")]
    Reserved {
        /// Where.
        place: Place,
    },
    /// A number that would be printed as an integer beyond ±(2^53−1), which not every reader keeps exactly.
    #[error("an integer is beyond ±(2^53−1){place}; write it as a string")]
    Integer {
        /// Where.
        place: Place,
    },
    /// NaN or infinity, which JSON has no word for.
    #[error("a number is not finite{place}")]
    NotFinite {
        /// Where.
        place: Place,
    },
    /// Not JSON at all, a lone surrogate, a number out of range.
    #[error("not JSON: {message}")]
    Syntax {
        /// What was expected, and where.
        message: String,
    },
    /// JSON, but not of the shape that was asked for.
    #[error("{message}")]
    Shape {
        /// What was expected, and where.
        message: String,
    },
}

impl JsonError {
    /// [`Code::LIMIT`] for bytes and depth, else [`Code::INVALID`].
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Bytes { .. } | Self::Depth { .. } => Code::LIMIT,
            _ => Code::INVALID,
        }
    }

    /// The sentence, with the name of the limit where one was reached: `bytes` for the bytes, else `json_depth`.
    #[must_use]
    pub fn told(&self, bytes: &str) -> String {
        match self {
            Self::Bytes { .. } => format!("{self} ({bytes})"),
            Self::Depth { .. } => format!("{self} (json_depth)"),
            _ => self.to_string(),
        }
    }

    /// The same error, at this place.
    pub(super) fn at(mut self, line: usize, column: usize) -> Self {
        match &mut self {
            Self::Depth { place, .. }
            | Self::Repeated { place, .. }
            | Self::Reserved { place }
            | Self::Integer { place }
            | Self::NotFinite { place } => *place = Place { line, column },
            Self::Bytes { .. } | Self::Mark | Self::Syntax { .. } | Self::Shape { .. } => {}
        }
        self
    }
}

impl From<JsonError> for Failure {
    fn from(error: JsonError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl serde::ser::Error for JsonError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Shape { message: message.to_string() }
    }
}
