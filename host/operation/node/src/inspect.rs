//! Looking at components without putting them into service.
//!
//! *Invariant:* changes nothing but the cache of compiled code, and carries nothing out.
//! *Doesn't know:* whether a node runs.
//! *Start at:* [`inspect`] for one file, [`preview`] for what an agent would propose.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jaros_agents::Agents;
use jaros_capability::{Grants, Role};
use jaros_decision::{DecisionId, Digest, Exchange, Failure, JobId, Json, Millis, Name, Plan, Profile, Turn};
use jaros_engine::{Attempt, Audit, Compiler, Engine, NoLog, glance};
use jaros_executor::{Context, Setting, consider};
use jaros_fabric::Layout;
use jaros_machine::State;
use jaros_tools::Tools;
use serde::Serialize;

use crate::config::Settings;
use crate::library::{Component, Slot, card, failure, load_component, read_component};
use crate::node::{NodeError, engine};
use crate::tenant::InForce;

/// What a component's file holds.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    /// The name that it would have: its file's stem.
    pub name: Option<Name>,
    /// SHA-256 of its bytes.
    pub digest: Option<Digest>,
    /// Its size.
    pub bytes: u64,
    /// `agent` or `tool`, where it is either.
    pub role: Option<String>,
    /// Every import.
    pub imports: Vec<String>,
    /// Every export.
    pub exports: Vec<String>,
    /// What it asks for, in the words of `config/grants.toml`.
    pub capabilities: Vec<String>,
    /// What it says about itself.
    pub profile: Option<Profile>,
    /// Whether its grant names these very bytes, which agrees to what they ask for.
    pub pinned: bool,
    /// Whether this node would take it, as things stand.
    pub accepted: bool,
    /// Why not.
    pub refusal: Option<Failure>,
}

/// What an agent would propose in its first turn, and what the gate would say.
#[derive(Clone, Debug, Serialize)]
pub struct Preview {
    /// The agent.
    pub agent: Name,
    /// What it proposes, or why nothing.
    pub plan: Result<Plan, Failure>,
    /// The gate's word on each proposal, as far as it can be had before those ahead of it are carried out.
    pub verdicts: Vec<Result<(), Failure>>,
    /// Its model calls.
    pub transcript: Vec<Exchange>,
}

/// Looks at one component's file, as a node on this folder would.
///
/// # Errors
/// The engine can't start, or the settings can't be read.
pub fn inspect(layout: &Layout, compiler: &Compiler, file: &Path) -> Result<Inspection, NodeError> {
    let settings = settings(layout)?;
    let engine = engine(layout, compiler, &[])?;
    let mut found = Inspection {
        name: stem(file),
        digest: None,
        bytes: 0,
        role: None,
        imports: Vec::new(),
        exports: Vec::new(),
        capabilities: Vec::new(),
        profile: None,
        pinned: false,
        accepted: false,
        refusal: None,
    };
    let looked = look(&engine, &settings, file, &mut found);
    found.accepted = looked.is_ok();
    found.refusal = looked.err();
    Ok(found)
}

fn look(engine: &Engine, settings: &Settings, file: &Path, found: &mut Inspection) -> Result<(), Failure> {
    let bytes = read_component(file, settings.limits.all())?;
    let digest = Digest::of(&bytes);
    (found.digest, found.bytes) = (Some(digest), bytes.len() as u64);
    // Which limits are its own shows once its role is known.
    let audit = glance(&bytes, &settings.limits.largest())?;
    note(&audit, found);
    let name = found.name.clone().ok_or_else(|| {
        Failure::new(jaros_decision::Code::INVALID, "its file's name can be no component's; rename the file")
    })?;
    let slot = Slot { role: audit.role, name };
    let limits = settings.limits.of(slot.role, slot.name.as_str());
    let grant = grant(&settings.grants, &slot);
    found.pinned = grant.names_version(digest);
    let component = load_component(engine, &slot, &bytes, &grant, limits).map_err(failure)?;
    found.profile = component.profile().cloned();
    Ok(())
}

fn grant(grants: &Grants, slot: &Slot) -> jaros_capability::Grant {
    grants.of(slot.role, &slot.name)
}

fn note(audit: &Audit, found: &mut Inspection) {
    found.role = Some(audit.role.to_string());
    found.imports.clone_from(&audit.imports);
    found.exports.clone_from(&audit.exports);
    found.capabilities =
        audit.capabilities.iter().map(|capability| capability.interface().to_owned()).collect();
}

fn stem(file: &Path) -> Option<Name> {
    Name::new(file.file_stem()?.to_str()?).ok()
}

/// The settings of a folder that may not have a layout yet.
fn settings(layout: &Layout) -> Result<Settings, NodeError> {
    Settings::read(layout, layout).map_err(NodeError::Settings)
}

/// Calls the one agent among these files once and asks the gate about each proposal; nothing is carried out.
///
/// # Errors
/// A file is refused, there is not exactly one agent, or the machine failed; as a sentence.
pub async fn preview(
    layout: &Layout,
    compiler: &Compiler,
    files: &[PathBuf],
    input: Json,
) -> Result<Preview, String> {
    let settings = settings(layout).map_err(|error| error.to_string())?;
    let engine = engine(layout, compiler, &[]).map_err(|error| error.to_string())?;
    let in_force = assemble(&engine, &settings, files)?;
    let mut agents = in_force.agents.iter();
    let (Some(agent), None) = (agents.next(), agents.next()) else {
        return Err("exactly one of the files has to be an agent; the others are its tools".into());
    };
    let limits = in_force.setting.limits_for(Role::Agent, agent.name().as_str());
    agent.check_input(&input, limits).map_err(|failure| failure.message)?;
    let job = JobId::new("preview").expect("an id");
    let turn = Turn { input, memo: Json::null(), answers: Vec::new(), number: 1 };
    let (at, seed) = (Millis(crate::clock::now().0), [0; 32]);
    let attempt = Attempt { job: &job, accepted_at: at, seed, limits, log: Arc::new(NoLog), outside: None };
    let offers = in_force.offers_for(agent.name());
    let decided = agent
        .decide(&attempt, jaros_capability::World::Live, &turn, in_force.model.clone(), offers)
        .await
        .map_err(|error| error.to_string())?;
    let mut verdicts = Vec::new();
    for (index, proposal) in decided.called.result.iter().flat_map(|plan| &plan.decisions).enumerate() {
        let n = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let id = DecisionId { job: job.clone(), turn: 1, n };
        let (setting, agent, state) = (&in_force.setting, agent.name(), State::Pending);
        let context = Context {
            setting,
            id,
            agent,
            state,
            depth: 0,
            at,
            seed,
            store: jaros_capability::Store::default(),
            outside: None,
            log: Arc::new(NoLog),
        };
        let verdict = consider(&context, proposal).map_err(|error| error.to_string())?.verdict;
        verdicts.push(verdict.map(drop).map_err(|refusal| refusal.failure));
    }
    Ok(Preview {
        agent: agent.name().clone(),
        plan: decided.called.result,
        verdicts,
        transcript: decided.transcript,
    })
}

fn assemble(engine: &Engine, settings: &Settings, files: &[PathBuf]) -> Result<InForce, String> {
    let (mut tools, mut agents, mut cards) = (Tools::default(), Agents::default(), BTreeMap::new());
    for file in files {
        let refused = |failure: Failure| format!("{}: {}", file.display(), failure.message);
        let name =
            stem(file).ok_or_else(|| format!("{}: the file's name can be no component's", file.display()))?;
        let bytes = read_component(file, settings.limits.all()).map_err(refused)?;
        let audit = glance(&bytes, &settings.limits.largest()).map_err(refused)?;
        let slot = Slot { role: audit.role, name };
        let grant = grant(&settings.grants, &slot);
        let limits = settings.limits.of(slot.role, slot.name.as_str());
        match load_component(engine, &slot, &bytes, &grant, limits).map_err(failure).map_err(refused)? {
            Component::Agent(agent) => {
                cards.insert(slot.name, Arc::new(card(&agent)));
                agents = agents.with(agent);
            }
            Component::Tool(tool) => tools = tools.with(tool),
            Component::Gone => {}
        }
    }
    let setting = Setting {
        seen: jaros_decision::Seq(0),
        tools,
        agents: Arc::new(cards),
        grants: settings.grants.clone(),
        limits: Arc::new(settings.limits.clone().within(engine.limits())),
    };
    Ok(InForce { setting, agents, model: settings.model.clone() })
}
