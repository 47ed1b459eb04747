//! `advance`: asks the model, and proposes one `advance` with the answer as its note.

use jaros_guest::prelude::*;

/// A note is a line for people; the whole answer is the result.
const NOTE_CHARACTERS: usize = 400;

#[derive(Deserialize)]
struct Input {
    prompt: String,
}

struct Advance;

impl Agent for Advance {
    const DESCRIPTION: &'static str = "Asks the model its prompt and ends with the answer.";
    type Input = Input;

    fn decide(turn: Turn<Input>) -> Result<Plan, String> {
        let answer = model::ask(&turn.input.prompt)?;
        let note: String = answer.chars().take(NOTE_CHARACTERS).collect();
        Ok(Plan::propose("advance", json!({ "note": note, "result": { "answer": answer } })))
    }
}

export_agent!(Advance);
