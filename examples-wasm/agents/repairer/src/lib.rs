//! `repairer`: shows the loop of observing and repairing. Its first proposal doesn't fit the schema of `text.count`; it sees the
//! refusal among its answers, repairs the payload, and ends with the count.

use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Input {
    text: String,
}

/// What the agent notes for itself between turns.
#[derive(Serialize, Deserialize)]
struct Memo {
    refused: Option<String>,
}

struct Repairer;

impl Agent for Repairer {
    const DESCRIPTION: &'static str = "Proposes a malformed text.count, sees the refusal, and repairs it.";
    type Input = Input;

    fn decide(turn: Turn<Input>) -> Result<Plan, String> {
        let text = &turn.input.text;
        if turn.number == 1 {
            let malformed = json!({ "txt": text });
            return Ok(Plan::propose("text.count", malformed)
                .note("a first guess")
                .memo(Memo { refused: None }));
        }
        let Some(answer) = turn.answers.first() else { return Err("nothing was answered".to_owned()) };
        match &answer.outcome {
            Ok(count) => {
                let repaired = turn.memo::<Memo>()?.refused;
                Ok(Plan::finish(json!({ "count": count, "repaired": repaired })))
            }
            Err(error) if turn.number == 2 => {
                let refused = Some(error.code.clone());
                Ok(Plan::propose("text.count", json!({ "text": text }))
                    .note(format!("repaired: {}", error.message))
                    .memo(Memo { refused }))
            }
            Err(error) => Err(error.clone().into()),
        }
    }
}

export_agent!(Repairer);
