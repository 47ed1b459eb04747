//! `advance`: an agent drives its own job.
//!
//! *Invariant:* all of its events happen or none; the machine's table is the only rule.
//! *Doesn't know:* any job but its own.
//! *Start at:* [`carry_out`].

use jaros_decision::{Failure, Json};
use jaros_machine::{Event, State, advance};
use serde::Deserialize;

use crate::{Context, Effect, Staged};

pub(super) const KIND: &str = "advance";
pub(super) const DESCRIPTION: &str = "Drives the job: events from start, block, unblock, complete, fail, reset (default: complete it), a note, and the job's result.";
pub(super) const SCHEMA: &str = r#"{
  "type": "object", "additionalProperties": false,
  "properties": {
    "events": {"type": "array", "maxItems": 16, "items": {"enum": ["start", "block", "unblock", "complete", "fail", "reset"]}},
    "note": {"type": "string"},
    "result": {}
  }
}"#;

#[derive(Deserialize)]
struct Payload {
    events: Option<Vec<Event>>,
    note: Option<String>,
    #[serde(default, deserialize_with = "present")]
    result: Option<Json>,
}

/// Tells a `null` that was given from a result that was left out.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}

pub(super) fn carry_out(context: &Context<'_>, payload: &Json) -> Effect {
    match advanced(context.state, payload) {
        Ok(effect) => effect,
        Err(failure) => Effect::failed(failure),
    }
}

fn advanced(from: State, payload: &Json) -> Result<Effect, Failure> {
    let Payload { events, note, result } =
        payload.to().map_err(|error| Failure::new(error.code(), error.to_string()))?;
    let events = events.unwrap_or_else(|| vec![Event::Complete]);
    let (to, events) = advance(from, &events)?;
    let answers_job = result.is_some();
    let result = result.unwrap_or_else(|| {
        let note = note.map_or_else(String::new, |note| format!(r#""note":{},"#, Json::string(&note)));
        Json::trusted(format!(r#"{{{note}"state":"{to}"}}"#))
    });
    Ok(Effect::answered(result, vec![Staged::Moved { events, from, to, answers_job }]))
}
