//! `scribe`: writes a text under `artifacts/`. Two decisions in one list, carried out in order.

use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Input {
    path: String,
    text: String,
}

struct Scribe;

impl Agent for Scribe {
    const DESCRIPTION: &'static str = "Writes a text into a file under artifacts/.";
    type Input = Input;

    fn decide(turn: Turn<Input>) -> Result<Plan, String> {
        let Input { path, text } = turn.input;
        Ok(Plan::propose("fs.write", json!({ "path": path, "data": text }))
            .then("advance", json!({ "events": ["complete"], "result": { "written": path } })))
    }
}

export_agent!(Scribe);
