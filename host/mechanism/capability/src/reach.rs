//! Who can reach what, and why: the grants beside the components that lie in the folders.
//!
//! *Invariant:* says what a node with these components and this file would decide, by the very code that decides it.
//! *Doesn't know:* files, WebAssembly; imports come from whoever audited the components.
//! *Start at:* [`Reach::of`].

mod danger;

use std::collections::BTreeSet;

use jaros_decision::{Digest, Failure, Name};
use jaros_gate::{AgentMay, Kinds};
use serde::{Serialize, Serializer};

use crate::{Capability, Grant, Grants, Missing, Role, Via};

pub use danger::Danger;

/// A component's file, as an audit found it.
#[derive(Clone, Debug)]
pub struct Present {
    /// By its folder.
    pub role: Role,
    /// Its file's stem.
    pub name: Name,
    /// SHA-256 of its bytes, where they could be read.
    pub digest: Option<Digest>,
    /// What it asks for, or why it is no component that could serve.
    pub imports: Result<BTreeSet<Capability>, Failure>,
    /// The same as it stands there.
    pub names: Vec<String>,
}

/// What else decides who reaches what.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The actions that every node has.
    pub built_ins: &'a [&'a str],
    /// Whether what an agent asks its model leaves the node.
    pub model_leaves: bool,
}

/// Who can reach what.
#[derive(Clone, Debug, Serialize)]
pub struct Reach {
    /// Every component that lies in a folder, agents first, by name.
    pub components: Vec<Component>,
    /// Every built-in action and every tool, by kind, with the agents that may propose it.
    pub actions: Vec<Action>,
    /// Entries of the file that no component has; each is probably a slip.
    pub nobody: Vec<Nobody>,
    /// Kinds that stand in an agent's `propose` or `payload` and that nothing carries out.
    pub no_kinds: Vec<NoKind>,
    /// Roles that no component has.
    pub unused_roles: Vec<Name>,
    /// Pairs of permissions that carry data out, worst first.
    pub dangers: Vec<Danger>,
}

/// What one component reaches.
#[derive(Clone, Debug, Serialize)]
pub struct Component {
    /// What it is for.
    pub role: Role,
    /// Its name.
    pub name: Name,
    /// Its version.
    pub digest: Option<Digest>,
    /// What it asks for.
    pub imports: Vec<Capability>,
    /// What it has for every component of its kind has it, and what it was granted, asked for or not.
    pub granted: Vec<Granted>,
    /// Imports ∩ grants: what it reaches when it serves.
    pub effective: Vec<Capability>,
    /// What it asks for and doesn't get: with any of these it isn't loaded.
    pub missing: Vec<Missing>,
    /// Why it can't serve: it is no fit component, another version is pinned, or something is missing.
    pub refused: Option<Failure>,
    /// Of an agent: what it may propose.
    pub propose: Option<Proposes>,
}

/// A capability that a component may have.
#[derive(Clone, Debug, Serialize)]
pub struct Granted {
    /// Which.
    pub capability: Capability,
    /// Where it stands.
    pub via: Vec<Via>,
    /// Its folders and the like: `data = /srv/data`.
    pub scope: Vec<String>,
}

/// What an agent may propose.
#[derive(Clone, Debug, Serialize)]
pub struct Proposes {
    /// The kinds; `None`: the built-ins and every tool that imports no capability.
    pub kinds: Option<Vec<Name>>,
    /// Where that stands.
    pub via: Vec<Via>,
    /// The kinds whose payload the operator narrowed.
    pub narrowed: Vec<Name>,
}

/// A kind that can be proposed, and who may.
#[derive(Clone, Debug, Serialize)]
pub struct Action {
    /// The kind.
    pub kind: Name,
    /// Of a tool: what it reaches. `None` for a built-in.
    pub reaches: Option<Vec<Capability>>,
    /// Whether it could serve.
    pub serves: bool,
    /// Who may propose it, and by what.
    pub agents: Vec<Proposer>,
}

/// An agent that may propose a kind.
#[derive(Clone, Debug, Serialize)]
pub struct Proposer {
    /// The agent.
    pub agent: Name,
    /// Where it stands that it may.
    pub via: Vec<Via>,
    /// Whether the operator narrowed what it may put into the payload.
    pub narrowed: bool,
}

/// An entry that no component has.
#[derive(Clone, Debug, Serialize)]
pub struct Nobody {
    /// The section's kind.
    pub role: Role,
    /// Its name.
    pub name: Name,
    /// A component of that kind that it may have meant.
    pub near: Option<Name>,
}

/// A kind that nothing carries out.
#[derive(Clone, Debug, Serialize)]
pub struct NoKind {
    /// Whose section says it.
    pub agent: Name,
    /// The kind.
    pub kind: Name,
}

impl Serialize for Via {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl std::fmt::Display for Via {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Section => f.write_str("section"),
            Self::Role(role) => write!(f, "role {role}"),
        }
    }
}

/// A component with what it was granted, while all is worked out.
struct Held<'a> {
    present: &'a Present,
    grant: Grant,
    /// Imports ∩ grants; nothing for one that can't serve.
    effective: BTreeSet<Capability>,
}

impl Reach {
    /// Works out who can reach what, where these components lie in the folders.
    #[must_use]
    pub fn of(grants: &Grants, present: &[Present], around: &Around<'_>) -> Self {
        let mut held: Vec<Held<'_>> = present.iter().map(|present| Held::new(grants, present)).collect();
        held.sort_by_key(|held| (held.present.role, held.present.name.clone()));
        let actions = actions(grants, &held, around);
        Self {
            components: held.iter().map(|held| held.component(grants)).collect(),
            nobody: nobody(grants, present),
            no_kinds: no_kinds(grants, &held, &actions),
            unused_roles: grants.unused_roles().cloned().collect(),
            dangers: danger::all(&held, around),
            actions,
        }
    }
}

impl<'a> Held<'a> {
    fn new(grants: &Grants, present: &'a Present) -> Self {
        let grant = grants.of(present.role, &present.name);
        let mut held = Self { present, grant, effective: BTreeSet::new() };
        if held.refused().is_none() {
            held.effective = present.imports.clone().unwrap_or_default();
        }
        held
    }

    /// Why it can't serve, as its loading would say.
    fn refused(&self) -> Option<Failure> {
        let pinned = self.present.digest.map_or(Ok(()), |digest| self.grant.pinned(digest));
        let admitted = self.present.imports.as_ref().map_err(Clone::clone);
        pinned.and(admitted).and_then(|imports| self.grant.admit(imports, &self.present.names)).err()
    }

    fn has(&self, capability: Capability) -> bool {
        self.effective.contains(&capability)
    }

    fn name(&self) -> &Name {
        &self.present.name
    }

    /// Whether an agent without a written grant may propose it.
    fn open(&self) -> bool {
        self.present.imports.as_ref().is_ok_and(Capability::none_reaches)
    }

    fn component(&self, grants: &Grants) -> Component {
        let Present { role, name, digest, imports, names: _ } = self.present;
        let granted = self.grant.capabilities().into_iter().map(|capability| Granted {
            capability,
            via: match capability.is_given() {
                true => vec![Via::Default],
                false => grants.via(*role, name, |permission| permission.grants(capability)),
            },
            scope: self.grant.permission().scope(capability),
        });
        let imports = imports.as_ref().cloned().unwrap_or_default();
        Component {
            role: *role,
            name: name.clone(),
            digest: *digest,
            granted: granted.collect(),
            effective: self.effective.iter().copied().collect(),
            missing: self.grant.missing(&imports),
            imports: imports.into_iter().collect(),
            refused: self.refused(),
            propose: (*role == Role::Agent).then(|| proposes(grants, name)),
        }
    }
}

fn proposes(grants: &Grants, agent: &Name) -> Proposes {
    let AgentMay { kinds, rules } = grants.may(agent);
    Proposes {
        kinds: match kinds {
            Kinds::Open => None,
            Kinds::Only(kinds) => Some(kinds.iter().cloned().collect()),
        },
        via: match kinds {
            Kinds::Open => vec![Via::Default],
            Kinds::Only(_) => {
                grants.via(Role::Agent, agent, |permission| permission.may.kinds != Kinds::Open)
            }
        },
        narrowed: rules.keys().cloned().collect(),
    }
}

fn actions(grants: &Grants, held: &[Held<'_>], around: &Around<'_>) -> Vec<Action> {
    let agents: Vec<&Held<'_>> = held.iter().filter(|held| held.present.role == Role::Agent).collect();
    let proposers = |kind: &Name, open: bool| -> Vec<Proposer> {
        let may = |agent: &&&Held<'_>| agent.grant.may().kinds.allow(kind, open);
        let proposer = |agent: &&Held<'_>| Proposer {
            agent: agent.name().clone(),
            via: match agent.grant.may().kinds {
                Kinds::Open => vec![Via::Default],
                Kinds::Only(_) => grants.via(
                    Role::Agent,
                    agent.name(),
                    |permission| matches!(&permission.may.kinds, Kinds::Only(kinds) if kinds.contains(kind)),
                ),
            },
            narrowed: agent.grant.may().rules.contains_key(kind),
        };
        agents.iter().filter(may).map(proposer).collect()
    };
    let built_ins = around.built_ins.iter().filter_map(|kind| Name::new(kind).ok());
    let mut actions: Vec<Action> = built_ins
        .map(|kind| Action { agents: proposers(&kind, true), kind, reaches: None, serves: true })
        .collect();
    actions.extend(held.iter().filter(|held| held.present.role == Role::Tool).map(|tool| Action {
        kind: tool.name().clone(),
        reaches: Some(
            tool.effective.iter().copied().filter(|capability| !capability.reaches_nothing()).collect(),
        ),
        serves: tool.refused().is_none(),
        agents: proposers(tool.name(), tool.open()),
    }));
    actions.sort_by(|a, b| a.kind.cmp(&b.kind));
    actions
}

fn nobody(grants: &Grants, present: &[Present]) -> Vec<Nobody> {
    let is_there = |role: Role, name: &Name| present.iter().any(|one| one.role == role && one.name == *name);
    let unknown = grants.names().filter(|(role, name)| !is_there(*role, name));
    unknown
        .map(|(role, name)| {
            let known = present.iter().filter(|one| one.role == role).map(|one| one.name.as_str());
            let near = crate::words::near(name.as_str(), known).and_then(|near| Name::new(near).ok());
            Nobody { role, name: name.clone(), near }
        })
        .collect()
}

fn no_kinds(grants: &Grants, held: &[Held<'_>], actions: &[Action]) -> Vec<NoKind> {
    let known: BTreeSet<&Name> = actions.iter().map(|action| &action.kind).collect();
    let mut found = Vec::new();
    for agent in held.iter().filter(|held| held.present.role == Role::Agent) {
        let AgentMay { kinds, rules } = grants.may(agent.name());
        let listed: BTreeSet<&Name> = match kinds {
            Kinds::Open => BTreeSet::new(),
            Kinds::Only(kinds) => kinds.iter().collect(),
        };
        let named: BTreeSet<&Name> = listed.into_iter().chain(rules.keys()).collect();
        found.extend(
            named
                .difference(&known)
                .map(|kind| NoKind { agent: agent.name().clone(), kind: (*kind).clone() }),
        );
    }
    found
}
