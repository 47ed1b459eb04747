//! Which agents there are, and what input each takes.
//!
//! *Invariant:* an agent that the node serves, that it is loading, or whose file lies in `agents/` is known; nothing else is.
//! A schema counts only for the very bytes that are there.
//! *Doesn't know:* jobs.
//! *Start at:* [`Roster::agent`].

use std::cell::RefCell;
use std::collections::HashMap;

use jaros_capability::{LimitSet, Role};
use jaros_decision::{Code, Digest, Json, Name};
use jaros_gate::Schema;
use jaros_node::{ComponentStatus, Status};

use crate::commands::components;
use crate::context::Context;
use crate::exit::Exit;
use crate::input;
use crate::problem::Problem;
use crate::text;

/// The agents of a data directory.
pub(super) struct Roster<'a> {
    context: &'a Context,
    limits: LimitSet,
    /// Whether the node that said this is running.
    live: bool,
    agents: Vec<ComponentStatus>,
    schemas: RefCell<HashMap<Name, Option<Schema>>>,
}

impl<'a> Roster<'a> {
    pub(super) fn new(context: &'a Context) -> Result<Self, Problem> {
        let live = context.live_status()?;
        let (live, status) = (live.is_some(), live.or_else(|| Status::read(&context.layout).ok()));
        let components = status.map_or_else(Vec::new, |status| status.components);
        let agents = components.into_iter().filter(|component| component.role == "agent").collect();
        Ok(Self { context, limits: context.limits(), live, agents, schemas: RefCell::default() })
    }

    /// The agent of this name.
    pub(super) fn agent(&self, wanted: &str) -> Result<Name, Problem> {
        let known = self.known(wanted);
        let name = match Name::new(wanted) {
            Ok(name) if known.is_some() || self.file(&name).is_file() => name,
            _ => return Err(self.unknown(wanted)),
        };
        match known {
            Some(ComponentStatus { digest: None, refused: Some(refused), .. }) if self.live => {
                let why = text::lines(&refused.failure.message);
                let text = format!("agent {name} isn't in service: {why}");
                Err(Problem::new(Exit::Refused, refused.failure.code.as_str(), text)
                    .next(format!("mend agents/{name}.wasm; the node takes it in by itself")))
            }
            _ => Ok(name),
        }
    }

    /// Whether this input fits the agent's schema, as far as that is known.
    pub(super) fn check(&self, agent: &Name, input: &Json) -> Result<(), Problem> {
        let mut schemas = self.schemas.borrow_mut();
        let schema = schemas.entry(agent.clone()).or_insert_with(|| self.schema(agent));
        let work = self.limits.of(Role::Agent, agent.as_str()).schema_work;
        let Some(Err(failure)) = schema.as_ref().map(|schema| schema.check(input, work)) else {
            return Ok(());
        };
        let text =
            format!("the input doesn't fit the schema of agent {agent}: {}", text::plain(&failure.message));
        Err(Problem::new(Exit::Input, failure.code.as_str(), text)
            .next(format!("jaros inspect {} shows the schema", self.file(agent).display())))
    }

    fn schema(&self, agent: &Name) -> Option<Schema> {
        let found = self.known(agent.as_str())?;
        // A node that ended may have served other bytes than lie there now.
        if !self.live {
            let bytes = input::file(&self.file(agent), self.limits.all().component_bytes, None).ok()?;
            found.digest.filter(|digest| *digest == Digest::of(&bytes))?;
        }
        Schema::compile(found.schema.as_ref()?, self.limits.of(Role::Agent, agent.as_str())).ok()
    }

    fn known(&self, name: &str) -> Option<&ComponentStatus> {
        let found = self.agents.iter().find(|agent| agent.name.as_str() == name);
        // Where no node runs, only what lies there can come into service.
        found.filter(|agent| self.live || self.file(&agent.name).is_file())
    }

    fn file(&self, name: &Name) -> std::path::PathBuf {
        self.context.layout.agents().join(format!("{name}.wasm"))
    }

    fn unknown(&self, wanted: &str) -> Problem {
        let mut names = components::names(&self.context.layout.agents());
        if self.live {
            names.extend(self.agents.iter().map(|agent| agent.name.clone()));
        }
        names.sort();
        names.dedup();
        let known: Vec<&str> = names.iter().map(Name::as_str).collect();
        let text = format!(
            "there is no agent {:?}; {}",
            text::brief(wanted, 64),
            text::suggestion(wanted, &known, "agent")
        );
        let next = if known.is_empty() {
            "jaros init --with-examples, or jaros add-agent FILE"
        } else {
            "jaros components --agents lists them"
        };
        Problem::new(Exit::Input, Code::NOT_FOUND.as_str(), text).next(next)
    }
}
