//! The two engines, and compiling for them.
//!
//! *Invariant:* what comes out of here is valid, linked and has its role's exports; compiling the same bytes again gives the
//! same code, from the cache where there is one, and the same bytes are never compiled twice at once.
//! *Doesn't know:* names, grants, what a component says about itself.
//! *Start at:* [`Engine`].

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use jaros_capability::{Grant, Role};
use jaros_decision::{Code, Digest, Failure, Json, Limits};
use tokio::sync::Semaphore;
use wasmtime::component::{Component, InstancePre, Linker};

use crate::agent::AgentComponent;
use crate::allocator;
use crate::audit::{self, Audit};
use crate::cache::{Cache, Key};
use crate::compile::{Uncompiled, Work, Workshop, uncompiled};
use crate::flights::Flights;
use crate::host::{self, State};
use crate::identity;
use crate::permits::Permits;
use crate::settings::{self, MEMORIES_A_CALL, Settings, TABLES_A_CALL};
use crate::stop::{EngineError, is_machine};
use crate::tool::ToolComponent;

/// Why there is no engine. Stop: none of it passes by itself.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// This machine can't run the configuration, mostly for lack of address space (`ulimit -v`).
    #[error("the WebAssembly engine can't start: {0}")]
    Engine(String),
    /// The folder of compiled code can't be used.
    #[error("compiled code can't be kept in {}: {error}", path.display())]
    Compiled {
        /// The folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// Why a component isn't there.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It can't be had from this component; goes on the record.
    #[error(transparent)]
    Refused(#[from] Failure),
    /// The machine failed: try again, then stop.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Compiles and runs components; cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    tools: Plant,
    agents: Plant,
    tool_permits: Arc<Permits>,
    agent_permits: Arc<Semaphore>,
    /// The most permits there are for one tool, one agent.
    tool_calls: u32,
    agent_calls: u32,
    cache: Cache,
    workshop: Workshop,
    /// Components that are being loaded or compiled.
    flights: Flights<Key, Result<Component, Failure>>,
    limits: Limits,
    identity: Json,
}

/// One of the two engines.
struct Plant {
    role: Role,
    engine: wasmtime::Engine,
    linker: Linker<State>,
    config: Digest,
}

impl Plant {
    fn new(
        role: Role,
        config: &wasmtime::Config,
        link: impl FnOnce(&wasmtime::Engine) -> wasmtime::Result<Linker<State>>,
    ) -> Result<Self, SetupError> {
        let setup = |error: wasmtime::Error| SetupError::Engine(format!("{error:#}"));
        let engine = wasmtime::Engine::new(config).map_err(setup)?;
        let linker = link(&engine).map_err(setup)?;
        let config = identity::config_digest(&engine);
        Ok(Self { role, engine, linker, config })
    }
}

impl Engine {
    /// Sets both engines up. Reserves address space, hardly any memory, and takes a few milliseconds.
    /// # Errors
    /// See [`SetupError`].
    pub fn new(settings: &Settings) -> Result<Self, SetupError> {
        allocator::give_back();
        let cache = Cache::open(settings.compiled_dir.as_deref()).map_err(|error| SetupError::Compiled {
            path: settings.compiled_dir.clone().unwrap_or_default(),
            error,
        })?;
        let tools = Plant::new(Role::Tool, &settings::tools(settings), host::tools)?;
        let agents = Plant::new(Role::Agent, &settings::agents(settings), host::agents)?;
        let (tool_calls, agent_calls) = (settings.tool_calls.max(1), settings.agent_calls.max(1));
        let identity = identity::identity(tools.config, agents.config, settings);
        Ok(Self(Arc::new(Inner {
            tools,
            agents,
            tool_permits: Arc::new(Permits::new(tool_calls)),
            agent_permits: Arc::new(Semaphore::new(agent_calls as usize)),
            tool_calls,
            agent_calls,
            cache,
            workshop: Workshop::new(settings.compiler.clone(), settings.limits),
            flights: Flights::new(),
            limits: settings.limits,
            identity,
        })))
    }

    /// What it was made with: no call has more memory, tables or instances, and all have this stack.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// What runs the guests, for the record: `{"config":…,"cpu":…,"name":"wasmtime 48.0.8",…}`.
    #[must_use]
    pub fn identity(&self) -> &Json {
        &self.0.identity
    }

    /// Looks at a component and compares it with its grant: all that is decided before anything of it is compiled. Whether it
    /// is valid in every byte is found where it is compiled, under limits.
    /// # Errors
    /// As [`glance`](crate::glance); `refused` where another version is pinned, where it has the other role, or imports what
    /// isn't granted.
    pub fn admit(&self, bytes: &[u8], grant: &Grant, limits: &Limits) -> Result<(Digest, Audit), Failure> {
        let digest = Digest::of(bytes);
        grant.pinned(digest)?;
        let audit = audit::glance(bytes, limits)?;
        audit.expect(grant.role())?;
        grant.admit(&audit.capabilities, &audit.imports)?;
        Ok((digest, audit))
    }

    /// Compiles a tool, or takes it from the cache. From milliseconds to many seconds: never on an async thread.
    /// # Errors
    /// `Refused`: it isn't valid, doesn't compile, or not in the time and memory that it may, or its imports or exports have
    /// other types than the contract says. `Engine`: nothing was learned about it; try again.
    pub fn compile_tool(&self, bytes: &[u8], digest: Digest) -> Result<ToolComponent, LoadError> {
        let inner = &*self.0;
        let (pre, weight) = inner.compile(&inner.tools, bytes, digest, inner.tool_calls)?;
        ToolComponent::new(pre, Arc::clone(&inner.tool_permits), weight, inner.limits)
            .map_err(|error| mistyped(&error).into())
    }

    /// Compiles an agent, or takes it from the cache. From milliseconds to many seconds: never on an async thread.
    /// # Errors
    /// As [`Engine::compile_tool`].
    pub fn compile_agent(&self, bytes: &[u8], digest: Digest) -> Result<AgentComponent, LoadError> {
        let inner = &*self.0;
        let (pre, weight) = inner.compile(&inner.agents, bytes, digest, inner.agent_calls)?;
        AgentComponent::new(pre, Arc::clone(&inner.agent_permits), weight, inner.limits)
            .map_err(|error| mistyped(&error).into())
    }
}

impl Inner {
    fn compile(
        &self,
        plant: &Plant,
        bytes: &[u8],
        digest: Digest,
        calls: u32,
    ) -> Result<(InstancePre<State>, u32), LoadError> {
        let key = Key { component: digest, config: plant.config };
        let component = self.flights.join(key, || self.component(plant, key, bytes))??;
        let pre = plant.linker.instantiate_pre(&component).map_err(|error| mistyped(&error))?;
        Ok((pre, weight(&component).min(calls)))
    }

    fn component(
        &self,
        plant: &Plant,
        key: Key,
        bytes: &[u8],
    ) -> Result<Result<Component, Failure>, EngineError> {
        if let Some(loaded) = self.cache.load(&plant.engine, key) {
            return held(loaded);
        }
        let budget = self.workshop.budget(bytes.len());
        if let Some(failure) = self.cache.refusal(key, &budget) {
            return Ok(Err(failure));
        }
        let work = Work { role: plant.role, engine: &plant.engine, config: plant.config, bytes };
        match self.workshop.compile(work) {
            Ok(code) => held(self.cache.keep(&plant.engine, key, &code)),
            Err(Uncompiled::Machine(error)) => Err(error),
            Err(Uncompiled::Unfit(failure)) => Ok(Err(failure)),
            Err(Uncompiled::Hopeless(failure)) => {
                // A full disk costs the next start some time, nothing else.
                let _ = self.cache.refuse(key, &budget, &failure);
                Ok(Err(failure))
            }
        }
    }
}

/// Code that the engine took, or why its pools can't hold what it needs.
fn held(loaded: wasmtime::Result<Component>) -> Result<Result<Component, Failure>, EngineError> {
    match loaded {
        Ok(component) => Ok(Ok(component)),
        Err(error) if is_machine(&error) => Err(EngineError::Machine(format!("{error:#}"))),
        Err(error) => Ok(Err(uncompiled(&format!("{error:#}")))),
    }
}

/// How many usual calls' share of the pool one call of this component takes.
fn weight(component: &Component) -> u32 {
    component.resources_required().map_or(u32::MAX, |needs| {
        needs.num_memories.div_ceil(MEMORIES_A_CALL).max(needs.num_tables.div_ceil(TABLES_A_CALL)).max(1)
    })
}

fn mistyped(error: &wasmtime::Error) -> Failure {
    Failure::new(
        Code::INVALID,
        format!("the component doesn't fit jaros.wit: {error:#}; build it against this host's jaros.wit"),
    )
}
