//! `fs.write`: a file under `artifacts/`.
//!
//! *Invariant:* the path is checked here, on the text, and once more against the folder when it is published.
//! *Doesn't know:* what lies there already.
//! *Start at:* [`carry_out`].

use jaros_decision::{Code, Failure, Json};
use jaros_fabric::ArtifactPath;
use serde::Deserialize;

use crate::{Context, Effect, Staged};

pub(super) const KIND: &str = "fs.write";
pub(super) const DESCRIPTION: &str =
    "Writes a text file under artifacts/, whole, once the outcome is on the record.";
pub(super) const SCHEMA: &str = r#"{
  "type": "object", "additionalProperties": false, "required": ["path", "data"],
  "properties": {"path": {"type": "string"}, "data": {"type": "string"}}
}"#;

#[derive(Deserialize)]
struct Payload {
    path: String,
    data: String,
}

pub(super) fn carry_out(context: &Context<'_>, payload: &Json) -> Effect {
    match written(context, payload) {
        Ok(effect) => effect,
        Err(failure) => Effect::failed(failure),
    }
}

fn written(context: &Context<'_>, payload: &Json) -> Result<Effect, Failure> {
    let Payload { path, data } =
        payload.to().map_err(|error| Failure::new(error.code(), error.to_string()))?;
    let limit = context.limits().artifact_bytes;
    if data.len() as u64 > limit {
        let text = format!("the file has {} bytes, over the {limit} of limits.artifact_bytes", data.len());
        return Err(Failure::new(Code::LIMIT, text));
    }
    ArtifactPath::new(&path).map_err(|error| Failure::new(Code::REFUSED, error.to_string()))?;
    let result = Json::trusted(format!(r#"{{"bytes":{},"path":{}}}"#, data.len(), Json::string(&path)));
    Ok(Effect::answered(result, vec![Staged::Artifact { path, data }]))
}
