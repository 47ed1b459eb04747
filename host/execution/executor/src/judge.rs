//! One proposal through the gate and, if it is admitted, carried out.
//!
//! *Invariant:* the running node and a replay call this very function; what differs is only where a capability's
//! answers come from ([`World`]).
//! *Doesn't know:* the ledger, and what the verdict means for the job.
//! *Start at:* [`judge`].

use std::sync::Arc;

use jaros_capability::http::Outside;
use jaros_capability::{Change, Divergence, Role, Store, World};
use jaros_decision::{DecisionId, Digest, Fuel, Limits, Millis, Name, Proposal, Source};
use jaros_engine::{Attempt, EngineError, LogSink};
use jaros_gate::{Admitted, Refusal, View, admit};
use jaros_machine::State;
use jaros_tools::Validation;

use crate::{Effect, Setting, Staged, builtin};

/// Where a proposal is judged.
pub struct Context<'a> {
    /// What is in force.
    pub setting: &'a Setting,
    /// The id that the host gives it.
    pub id: DecisionId,
    /// Who proposes.
    pub agent: &'a Name,
    /// The job's state before it.
    pub state: State,
    /// How many submits above the job there are.
    pub depth: u32,
    /// When the turn was accepted.
    pub at: Millis,
    /// The turn's seed.
    pub seed: [u8; 32],
    /// The store of the tool that is proposed, where it has one.
    pub store: Store,
    /// The way out of the node for that tool, where it has one.
    pub outside: Option<Arc<dyn Outside>>,
    /// Where diagnostics go.
    pub log: Arc<dyn LogSink>,
}

/// What became of a proposal.
#[derive(Debug)]
pub enum Judged {
    /// The gate said no.
    Refused(Box<Refusal>),
    /// It was carried out, well or badly.
    Carried(Box<Carried>),
}

/// The gate's word on a proposal.
#[derive(Debug)]
pub struct Considered {
    /// Whether it may be carried out.
    pub verdict: Result<Admitted, Box<Refusal>>,
    /// What its tool's own `validate` used; 0 where it wasn't asked.
    pub fuel: Fuel,
}

/// A decision that was carried out.
#[derive(Debug)]
pub struct Carried {
    /// What was admitted.
    pub admitted: Admitted,
    /// What it came to.
    pub effect: Effect,
    /// What it cost; not part of the effect.
    pub fuel: Fuel,
    /// Where a replayed component asked something else than the record says.
    pub divergence: Option<Divergence>,
}

impl Context<'_> {
    /// What the proposing agent may use: it bounds what it proposes, and what a built-in does for it.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        self.setting.limits_for(Role::Agent, self.agent.as_str())
    }

    /// A tool's calls for this decision: each decision has randomness of its own.
    fn attempt(&self, kind: &str) -> Attempt<'_> {
        let n = self.id.n.to_le_bytes();
        let Digest(seed) = Digest::of_parts(&[&self.seed, b"decision", &n]);
        Attempt {
            job: &self.id.job,
            accepted_at: self.at,
            seed,
            limits: self.setting.limits_for(Role::Tool, kind),
            log: self.log.clone(),
            outside: self.outside.clone(),
        }
    }
}

/// Judges one proposal in its turn and carries it out where it is admitted.
///
/// `world` answers what the component reads from outside.
/// # Errors
/// A failure of the machine, which is no outcome: it is retried or it stops the node.
pub fn judge(context: &Context<'_>, proposal: &Proposal, world: World) -> Result<Judged, EngineError> {
    match consider(context, proposal)?.verdict {
        Ok(admitted) => carry_out(context, admitted, world).map(|carried| Judged::Carried(Box::new(carried))),
        Err(refusal) => Ok(Judged::Refused(refusal)),
    }
}

/// The gate's verdict alone; nothing is carried out.
///
/// # Errors
/// As [`judge`].
pub fn consider(context: &Context<'_>, proposal: &Proposal) -> Result<Considered, EngineError> {
    let setting = context.setting;
    let attempt = context.attempt(&proposal.kind);
    let view = View {
        actions: setting,
        grants: setting.may(context.agent),
        limits: context.limits(),
        action_limits: attempt.limits,
    };
    let validation = Validation::new(&setting.tools, &attempt);
    let source = Source::Agent(context.agent.clone());
    let verdict = admit(context.id.clone(), source, proposal, &view, &validation);
    Ok(Considered { fuel: validation.finish()?, verdict })
}

/// Carries out what was admitted, once.
///
/// # Errors
/// As [`judge`].
pub fn carry_out(context: &Context<'_>, admitted: Admitted, world: World) -> Result<Carried, EngineError> {
    if let Some(built_in) = builtin::find(admitted.kind().as_str()) {
        let effect = (built_in.carry_out)(context, admitted.payload());
        return Ok(Carried { admitted, effect, fuel: Fuel(0), divergence: None });
    }
    let tool = context.setting.tools.get(admitted.kind().as_str()).expect("the gate admits known kinds only");
    let called = tool.execute(
        &context.attempt(admitted.kind().as_str()),
        world,
        context.store.clone(),
        admitted.payload(),
    )?;
    let staged = called.staged.into_iter().map(|change| staged(admitted.kind(), change)).collect();
    let effect = Effect { outcome: called.result, staged, observed: called.observed };
    Ok(Carried { admitted, effect, fuel: called.fuel, divergence: called.divergence })
}

fn staged(tool: &Name, change: Change) -> Staged {
    let tool = tool.clone();
    match change {
        Change::Entry { key, value } => Staged::Entry { tool, key, value },
        Change::File { path, data } => Staged::File { tool, path, data },
    }
}
