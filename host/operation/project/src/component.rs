//! From bytes to a component that may leave the project: a core module is wrapped, and every import is compared with the world.
//!
//! *Invariant:* what passes is valid, of the project's kind, and asks for nothing that `wit/world.wit` doesn't name.
//! *Doesn't know:* who made the bytes, or what an operator granted.
//! *Start at:* [`wrap`], [`check`].

use jaros_capability::{Capability, Role, edit};
use jaros_decision::{Failure, Limits, Name};
use jaros_engine::Audit;
use serde::Serialize;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

use crate::world::World;

/// Why the bytes are no component of this project.
#[derive(Debug, thiserror::Error)]
pub enum UnfitError {
    /// The core module doesn't fit its world.
    #[error("the core module can't become a component of the world `{world}`: {why}")]
    Core {
        /// The world.
        world: String,
        /// Why not.
        why: String,
    },
    /// No host would take it.
    #[error("{0}")]
    Refused(Failure),
    /// It is the other kind.
    #[error("jaros.toml says that this is {wanted}, but the component is {found}")]
    Kind {
        /// What the project says.
        wanted: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// It imports what the world doesn't name.
    #[error("the component imports what its world doesn't name: {}", .imports.join(", "))]
    Beyond {
        /// These.
        imports: Vec<String>,
        /// The lines to add to `wit/world.wit`.
        lines: Vec<String>,
    },
}

/// What an operator has to grant before the component serves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Asks {
    /// The keys in `config/grants.toml`.
    pub capabilities: Vec<&'static str>,
    /// The commands that grant them, with an example of a scope where one is needed.
    pub commands: Vec<String>,
    /// The lines in `config/grants.toml` that say the same.
    pub lines: Vec<String>,
}

/// A component of this world out of a core module.
/// # Errors
/// The module lacks an export of the world, or imports what isn't there.
pub(crate) fn wrap(core: &[u8], world: &World) -> Result<Vec<u8>, UnfitError> {
    let mut bytes = core.to_vec();
    let encoded = embed_component_metadata(&mut bytes, &world.resolve, world.wide, StringEncoding::UTF8)
        .and_then(|()| ComponentEncoder::default().validate(true).module(&bytes)?.encode());
    encoded.map_err(|error| UnfitError::Core { world: world.name.clone(), why: format!("{error:#}") })
}

/// That these bytes are a component as the project says it is.
/// # Errors
/// [`UnfitError`], each with what is wrong.
pub(crate) fn check(bytes: &[u8], role: Role, world: &World) -> Result<Audit, UnfitError> {
    // The widest limits: which ones hold is the operator's business, and the node's to say.
    let limits = Limits { component_bytes: u64::MAX, ..Limits::default() };
    let audit = jaros_engine::audit(bytes, &limits).map_err(UnfitError::Refused)?;
    if audit.role != role {
        return Err(UnfitError::Kind { wanted: article(role), found: article(audit.role) });
    }
    // Types are no request: they hold nothing that can be called.
    let beyond = |import: &&String| {
        !world.imports.contains(*import) && Capability::from_import(import).is_ok_and(|what| what.is_some())
    };
    let imports: Vec<String> = audit.imports.iter().filter(beyond).cloned().collect();
    if imports.is_empty() {
        return Ok(audit);
    }
    let lines = imports.iter().map(|import| format!("import {import};")).collect();
    Err(UnfitError::Beyond { imports, lines })
}

/// What an operator has to grant to a component that passed.
#[must_use]
pub(crate) fn asks(audit: &Audit, name: &Name) -> Asks {
    let beyond = audit.capabilities.iter().filter(|capability| !capability.is_given());
    ask(beyond.copied(), audit.role, name)
}

fn ask(beyond: impl Iterator<Item = Capability>, role: Role, name: &Name) -> Asks {
    let (mut asks, mut text) = (Asks::default(), String::new());
    for capability in beyond {
        asks.capabilities.push(capability.interface());
        let Some(command) = edit::command(capability, name) else { continue };
        // Behind `jaros grant NAME KEY` stands an example of a scope.
        let scope: Vec<String> = command.split(' ').skip(4).map(ToOwned::to_owned).collect();
        asks.commands.push(command);
        let target = edit::Target { role, name };
        if let Ok(more) = edit::grant(&text, &target, capability.interface(), &scope, &[]) {
            text = more;
        }
    }
    asks.lines = text.lines().map(ToOwned::to_owned).collect();
    asks
}

fn article(role: Role) -> &'static str {
    match role {
        Role::Agent => "an agent",
        Role::Tool => "a tool",
    }
}

#[cfg(test)]
mod tests;
