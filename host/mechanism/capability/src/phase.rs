//! Which capabilities answer while which export of a component runs.
//!
//! *Invariant:* `describe` learns nothing and `validate` nothing but the job, so that what they say can't vary with the
//! machine. The virtual WASI, which reaches nothing, works always. Calling a capability that doesn't work now ends the call as
//! `refused`, whatever is granted.
//! *Doesn't know:* grants.
//! *Start at:* [`Phase::permit`].

use std::fmt;

use jaros_decision::{Code, Failure};

use crate::{Capability, Role};

/// The export that is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// `describe`, of either role.
    Describe,
    /// A tool's `validate`.
    Validate,
    /// A tool's `execute`.
    Execute,
    /// An agent's `decide`.
    Decide,
}

impl Phase {
    /// Whether the capability works in this phase to a component that has it.
    #[must_use]
    pub fn allows(self, capability: Capability) -> bool {
        match self {
            Self::Describe => matches!(capability, Capability::Log | Capability::Wasi),
            Self::Validate => matches!(capability, Capability::Job | Capability::Log | Capability::Wasi),
            Self::Execute => capability.open_to(Role::Tool),
            Self::Decide => capability.open_to(Role::Agent),
        }
    }

    /// As [`Phase::allows`], with the failure that ends the call.
    /// # Errors
    /// `refused`.
    pub fn permit(self, capability: Capability) -> Result<(), Failure> {
        if self.allows(capability) {
            return Ok(());
        }
        let works = match self {
            Self::Describe => "only `log` does",
            Self::Validate => "only `job` and `log` do",
            Self::Execute => "only agents have it",
            Self::Decide => "only tools have it",
        };
        Err(Failure::new(Code::REFUSED, format!("`{capability}` doesn't work in `{self}`: {works}")))
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Describe => "describe",
            Self::Validate => "validate",
            Self::Execute => "execute",
            Self::Decide => "decide",
        })
    }
}
