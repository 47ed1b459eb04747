//! One tool, ready to be called.
//!
//! *Invariant:* what a tool reaches was fixed when it was loaded: imports ∩ grant.
//! *Doesn't know:* which version came before it.
//! *Start at:* [`Tool::load`].

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use jaros_capability::{Capability, Handles, Store, World};
use jaros_decision::{Digest, Json, Name, Profile};
use jaros_engine::{Attempt, Called, EngineError, Load, LoadError, ToolComponent};
use jaros_gate::{Action, Schema};

/// A tool in service.
pub struct Tool {
    action: Action,
    digest: Digest,
    profile: Profile,
    capabilities: BTreeSet<Capability>,
    imports: Vec<String>,
    component: ToolComponent,
    handles: Arc<Handles>,
}

impl Tool {
    /// Audits, compiles and asks the tool about itself. From milliseconds to many seconds.
    /// # Errors
    /// `Refused`: not this component, or not with this grant; the version before stays in service. `Engine`: try again.
    pub fn load(load: &Load<'_>) -> Result<Self, LoadError> {
        let (digest, audit) = load.admit()?;
        let component = load.engine.compile_tool(load.bytes, digest)?;
        let profile = component.describe(load.limits, Arc::clone(&load.log))?;
        let action = Action {
            kind: load.grant.name().clone(),
            description: profile.description.clone(),
            schema: Schema::compile(&profile.schema, load.limits)?,
            component: Some(digest),
            open: Capability::none_reaches(&audit.capabilities),
        };
        let handles = load.open(&audit.capabilities)?;
        let (capabilities, imports) = (audit.capabilities, audit.imports);
        Ok(Self { action, digest, profile, capabilities, imports, component, handles })
    }

    /// Its name, which is the kind of the decisions that it carries out.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.action.kind
    }

    /// SHA-256 of its component.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What the gate knows of it.
    #[must_use]
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// What it says about itself.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What it imports and was granted.
    #[must_use]
    pub fn capabilities(&self) -> &BTreeSet<Capability> {
        &self.capabilities
    }

    /// Its imports by name; all are names that the host knows.
    #[must_use]
    pub fn imports(&self) -> &[String] {
        &self.imports
    }

    /// Whether it could carry this payload out, in its own judgement.
    /// # Errors
    /// The machine failed; nothing of the call counts.
    pub fn validate(&self, attempt: &Attempt<'_>, payload: &Json) -> Result<Called<()>, EngineError> {
        // Nothing that is observed answers in `validate`, so there is no record to answer from either.
        self.component.validate(attempt.call(&self.handles, World::Live), payload)
    }

    /// Carries the payload out, over these entries of its store.
    /// # Errors
    /// The machine failed; nothing of the call counts, and it may be made again.
    pub fn execute(
        &self,
        attempt: &Attempt<'_>,
        world: World,
        store: Store,
        payload: &Json,
    ) -> Result<Called<Json>, EngineError> {
        self.component.execute(attempt.call(&self.handles, world).over(store), payload)
    }
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tool")
            .field("name", self.name())
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}
