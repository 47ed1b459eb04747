//! `submit`: an agent hands work to another as a child job.
//!
//! *Invariant:* the only way from one agent to another; the child's id follows from the record, so publishing it twice
//! makes one job.
//! *Doesn't know:* when the child runs, or where.
//! *Start at:* [`carry_out`].

use jaros_capability::Role;
use jaros_decision::{Code, Digest, Failure, JobId, Json, Limits, Name, Proposal};
use serde::Deserialize;

use crate::{Context, Effect, Staged};

pub(super) const KIND: &str = "submit";
pub(super) const DESCRIPTION: &str =
    "Submits a child job to an agent; with wait, the child's result is the answer that the next turn sees.";
pub(super) const SCHEMA: &str = r#"{
  "type": "object", "additionalProperties": false, "required": ["agent"],
  "properties": {"agent": {"type": "string"}, "input": {}, "wait": {"type": "boolean"}}
}"#;

#[derive(Deserialize)]
struct Payload {
    agent: String,
    #[serde(default = "Json::null")]
    input: Json,
    #[serde(default)]
    wait: bool,
}

/// The agent that a proposal would submit a job to, as far as it can be told before the gate has seen it.
#[must_use]
pub fn submits_to(proposal: &Proposal) -> Option<Name> {
    #[derive(Deserialize)]
    struct Target {
        agent: Name,
    }
    let is_submit = proposal.kind == KIND;
    is_submit
        .then(|| serde_json::from_str::<Target>(&proposal.payload).ok())
        .flatten()
        .map(|target| target.agent)
}

pub(super) fn carry_out(context: &Context<'_>, payload: &Json) -> Effect {
    match submitted(context, payload) {
        Ok(effect) => effect,
        Err(failure) => Effect::failed(failure),
    }
}

fn submitted(context: &Context<'_>, payload: &Json) -> Result<Effect, Failure> {
    let Payload { agent, input, wait } =
        payload.to().map_err(|error| Failure::new(error.code(), error.to_string()))?;
    let limit = context.setting.limits.all().submit_depth;
    if context.depth >= limit {
        let text = format!(
            "the job is {limit} submits below the first one, the most that limits.submit_depth allows"
        );
        return Err(Failure::new(Code::LIMIT, text));
    }
    let card = context.setting.agent(&agent)?;
    let limits = context.setting.limits_for(Role::Agent, card.name.as_str());
    crosses(&input, context.limits(), limits).map_err(|failure| {
        Failure::new(failure.code, format!("the input of agent {}: {}", card.name, failure.message))
    })?;
    card.input.check(&input, limits.schema_work).map_err(|failure| {
        let text = format!("the input doesn't fit the schema of agent {}: {}", card.name, failure.message);
        Failure::new(failure.code, text)
    })?;
    let job = child_id(context);
    let result = Json::trusted(format!(r#"{{"job":"{job}"}}"#));
    Ok(Effect::answered(result, vec![Staged::Submit { job, agent: card.name.clone(), input, wait }]))
}

/// Whether what passed the parent's limits passes those of the child's agent too.
fn crosses(input: &Json, parent: &Limits, child: &Limits) -> Result<(), Failure> {
    if child.json_bytes >= parent.json_bytes && child.json_depth >= parent.json_depth {
        return Ok(());
    }
    let read = Json::parse(input.as_str(), child.json());
    read.map(drop).map_err(|error| Failure::new(error.code(), error.told("json_bytes")))
}

/// A UUIDv7 of the turn's time, then the decision's number, then bits of the turn's seed: children of a turn sort in
/// the order of their submission, and a replay makes the same ids.
fn child_id(context: &Context<'_>) -> JobId {
    let n = context.id.n;
    let Digest(bits) = Digest::of_parts(&[&context.seed, b"submit", &n.to_le_bytes()]);
    let mut random = [0; 10];
    random.copy_from_slice(&bits[..10]);
    random[..2].copy_from_slice(&u16::try_from(n).unwrap_or(u16::MAX).to_be_bytes());
    let uuid = uuid::Builder::from_unix_timestamp_millis(context.at.0, &random).into_uuid();
    JobId::new(&uuid.to_string()).expect("a UUID is a job id")
}
