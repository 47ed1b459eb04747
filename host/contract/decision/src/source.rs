//! Who something came from, stamped by the host.
//!
//! *Invariant:* no guest can make one; the kind is a variant, so no name can pass for another kind's.
//! *Doesn't know:* whether whoever it names may do anything.
//! *Start at:* [`Source`].

use alloc::borrow::Cow;
use core::fmt;
use core::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use crate::{IdError, Name};

/// Who a job or a decision came from; `agent:greeter` as text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A component that reasons.
    Agent(Name),
    /// A person at the command line, by the name of their account.
    Operator(Name),
    /// The scheduler, by the schedule's id.
    Schedule(Name),
    /// A file that somebody put into the inbox.
    External(Name),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent(name) => write!(f, "agent:{name}"),
            Self::Operator(name) => write!(f, "operator:{name}"),
            Self::Schedule(name) => write!(f, "schedule:{name}"),
            Self::External(name) => write!(f, "external:{name}"),
        }
    }
}

impl FromStr for Source {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (kind, name) = text.split_once(':').ok_or(IdError::Source)?;
        let name = Name::new(name)?;
        match kind {
            "agent" => Ok(Self::Agent(name)),
            "operator" => Ok(Self::Operator(name)),
            "schedule" => Ok(Self::Schedule(name)),
            "external" => Ok(Self::External(name)),
            _ => Err(IdError::Source),
        }
    }
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
