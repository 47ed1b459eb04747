//! One agent, ready to be asked.
//!
//! *Invariant:* what an agent reaches was fixed when it was loaded: imports ∩ grant.
//! *Doesn't know:* which version came before it.
//! *Start at:* [`Agent::load`].

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use jaros_capability::{Capability, Handles, World};
use jaros_decision::{Digest, Failure, Json, Limits, Model, Name, Profile, Turn};
use jaros_engine::{AgentComponent, Attempt, Decided, EngineError, Load, LoadError, Offer};
use jaros_gate::{AgentMay, Schema};

/// An agent in service.
pub struct Agent {
    name: Name,
    digest: Digest,
    profile: Profile,
    input: Schema,
    capabilities: BTreeSet<Capability>,
    imports: Vec<String>,
    may: AgentMay,
    component: AgentComponent,
    handles: Arc<Handles>,
}

impl Agent {
    /// Audits, compiles and asks the agent about itself. From milliseconds to many seconds; holds the thread.
    /// # Errors
    /// `Refused`: not this component, or not with this grant; the version before stays in service. `Engine`: try again.
    pub fn load(load: &Load<'_>) -> Result<Self, LoadError> {
        let (digest, audit) = load.admit()?;
        let component = load.engine.compile_agent(load.bytes, digest)?;
        let profile = component.describe(load.limits, Arc::clone(&load.log))?;
        let handles = load.open(&audit.capabilities)?;
        Ok(Self {
            name: load.grant.name().clone(),
            digest,
            input: Schema::compile(&profile.schema, load.limits)?,
            profile,
            capabilities: audit.capabilities,
            imports: audit.imports,
            may: load.grant.may().clone(),
            component,
            handles,
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// SHA-256 of its component.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
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

    /// What it may propose.
    #[must_use]
    pub fn may(&self) -> &AgentMay {
        &self.may
    }

    /// What a job's input must look like.
    #[must_use]
    pub fn input(&self) -> &Schema {
        &self.input
    }

    /// Whether a job's input is what the agent's schema asks for. `limits` are the agent's.
    /// # Errors
    /// `invalid` or `limit`: what isn't, and where.
    pub fn check_input(&self, input: &Json, limits: &Limits) -> Result<(), Failure> {
        let named = |failure: Failure| {
            Failure::new(failure.code, format!("input of {}: {}", self.name, failure.message))
        };
        self.input.check(input, limits.schema_work).map_err(named)
    }

    /// Asks what should happen next. Dropping the future ends the turn. Needs a tokio runtime with time.
    /// # Errors
    /// The machine failed; nothing of the turn counts, and it may be made again.
    pub async fn decide(
        &self,
        attempt: &Attempt<'_>,
        world: World,
        turn: &Turn,
        model: Arc<dyn Model>,
        offers: Arc<[Offer]>,
    ) -> Result<Decided, EngineError> {
        self.component.decide(attempt.call(&self.handles, world), turn, model, offers).await
    }
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agent")
            .field("name", &self.name)
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}
