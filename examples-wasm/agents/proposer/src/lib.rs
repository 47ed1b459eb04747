//! `proposer`: proposes what its input says, to try a tool or a grant out. Refusals and failures end in its result too.

use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Wish {
    kind: String,
    #[serde(default)]
    payload: Value,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    Many { decisions: Vec<Wish> },
    One(Wish),
}

struct Proposer;

impl Agent for Proposer {
    const DESCRIPTION: &'static str = "Proposes what its input says: to try tools and grants out.";
    type Input = Input;

    fn decide(turn: Turn<Input>) -> Result<Plan, String> {
        if turn.number > 1 {
            let answers: Vec<Value> = turn.answers.iter().map(told).collect();
            return Ok(Plan::finish(json!({ "answers": answers })));
        }
        let wishes = match turn.input {
            Input::Many { decisions } => decisions,
            Input::One(wish) => vec![wish],
        };
        let plan = wishes.iter().fold(Plan::new(), |plan, wish| plan.then(&wish.kind, &wish.payload));
        Ok(plan.memo("asked"))
    }
}

fn told(answer: &Answer) -> Value {
    match &answer.outcome {
        Ok(result) => result.clone(),
        Err(error) => json!({ "error": { "code": error.code, "message": error.message } }),
    }
}

export_agent!(Proposer);
