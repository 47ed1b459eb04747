//! Reads what a guest returned: every JSON text into canonical form, every size against its limit.
//!
//! *Invariant:* nothing passes that couldn't stand on the record and be passed on.
//! *Doesn't know:* what it means, whether it is allowed.
//! *Start at:* [`json`].

use jaros_decision::{Code, Failure, Json, JsonLimits, Plan, Profile, Proposal};

use crate::bindings::agent::exports::jaros::plugin::reasoning as wit;
use crate::bindings::imports::jaros::plugin::types;
use crate::host::State;

/// A failure's message is a sentence, not a way to carry data.
const WORDS_BYTES_MAX: usize = 4 << 10;

/// A JSON text of a guest.
pub(crate) fn json(what: &str, text: &str, state: &State) -> Result<Json, Failure> {
    bounded(what, text, state.json_limits(), "json_bytes")
}

fn bounded(what: &str, text: &str, limits: JsonLimits, bytes: &str) -> Result<Json, Failure> {
    Json::parse(text, limits)
        .map_err(|error| Failure::new(error.code(), format!("{what}: {}", error.told(bytes))))
}

/// A failure in a guest's own words, cut where they are too many.
pub(crate) fn words(code: Code, mut text: String) -> Failure {
    if text.len() > WORDS_BYTES_MAX {
        text.truncate(text.floor_char_boundary(WORDS_BYTES_MAX));
        text.push('…');
    }
    Failure::new(code, text)
}

pub(crate) fn profile(profile: types::Profile, state: &State) -> Result<Profile, Failure> {
    let limits = &state.limits;
    if profile.description.len() as u64 > limits.note_bytes {
        let text = format!("the description is longer than {} bytes (note_bytes)", limits.note_bytes);
        return Err(Failure::new(Code::LIMIT, text));
    }
    let schema = JsonLimits { bytes: limits.schema_bytes, depth: limits.json_depth };
    Ok(Profile {
        description: profile.description,
        schema: bounded("the profile's schema", &profile.schema, schema, "schema_bytes")?,
        meta: json("the profile's meta", &profile.meta, state)?,
    })
}

/// An agent's plan. Kinds, payloads and notes stay as they are: the gate judges each when its turn comes.
pub(crate) fn plan(plan: wit::Plan, state: &State) -> Result<Plan, Failure> {
    let max = state.limits.decisions;
    if plan.decisions.len() as u64 > u64::from(max) {
        let text = format!("the plan has {} decisions, more than {max} (decisions)", plan.decisions.len());
        return Err(Failure::new(Code::LIMIT, text));
    }
    let decision =
        |decision: &types::Decision| decision.kind.len() + decision.payload.len() + decision.note.len();
    let bytes =
        plan.decisions.iter().map(decision).sum::<usize>() + plan.memo.as_ref().map_or(0, String::len);
    let max = state.limits.plan_bytes;
    if bytes as u64 > max {
        return Err(Failure::new(
            Code::LIMIT,
            format!("the plan has {bytes} bytes, more than {max} (plan_bytes)"),
        ));
    }
    let proposal = |decision: types::Decision| Proposal {
        kind: decision.kind,
        payload: decision.payload,
        note: decision.note,
    };
    Ok(Plan {
        decisions: plan.decisions.into_iter().map(proposal).collect(),
        memo: plan.memo.map(|memo| json("the plan's memo", &memo, state)).transpose()?,
    })
}
