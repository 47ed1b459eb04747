//! What a component is loaded from, and the part of loading that tools and agents share.
//!
//! *Invariant:* nothing is compiled that wasn't audited and granted; handles are made for imports ∩ grant alone.
//! *Doesn't know:* names in service, schemas.
//! *Start at:* [`Load`].

use std::collections::BTreeSet;
use std::sync::Arc;

use jaros_capability::{Capability, Grant, Handles};
use jaros_decision::{Digest, Failure, Limits};

use crate::audit::Audit;
use crate::engine::Engine;
use crate::log::LogSink;

/// Whether a component's handles reach the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Granted folders are opened now.
    Live,
    /// Nothing is opened: every call is made in a recorded world.
    Recorded,
}

/// What a component is loaded from.
pub struct Load<'a> {
    /// What compiles and runs it.
    pub engine: &'a Engine,
    /// The component.
    pub bytes: &'a [u8],
    /// What the operator wrote for it; has its name and role.
    pub grant: &'a Grant,
    /// Whether its handles reach the machine.
    pub access: Access,
    /// What it may use while it describes itself, and its schema's bounds.
    pub limits: &'a Limits,
    /// Where its diagnostics go while it describes itself.
    pub log: Arc<dyn LogSink>,
}

impl Load<'_> {
    /// Audits it and compares it with its grant.
    /// # Errors
    /// As [`Engine::admit`].
    pub fn admit(&self) -> Result<(Digest, Audit), Failure> {
        self.engine.admit(self.bytes, self.grant, self.limits)
    }

    /// Makes its handles.
    /// # Errors
    /// A granted folder that can't be opened.
    pub fn open(&self, capabilities: &BTreeSet<Capability>) -> Result<Arc<Handles>, Failure> {
        Ok(Arc::new(match self.access {
            Access::Live => self.grant.open(capabilities)?,
            Access::Recorded => self.grant.recorded(capabilities),
        }))
    }
}
