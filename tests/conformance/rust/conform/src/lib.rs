//! The agent that every language has, so that a test can hold them against each other.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

use jaros_guest::actions;
use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Input {
    r#do: String,
    #[serde(flatten)]
    more: Value,
}

#[derive(Deserialize)]
struct Proposal {
    kind: String,
    payload: Value,
}

static TURNS: AtomicU32 = AtomicU32::new(0);

struct Conform;

impl Agent for Conform {
    const DESCRIPTION: &'static str = "Does what its input says, as its siblings in other languages do.";
    type Input = Input;

    fn decide(turn: Turn<Input>) -> Result<Plan, String> {
        steps!(turn, start, middle, end)
    }
}

fn start(turn: Turn<Input>) -> Result<Plan, String> {
    let more = &turn.input.more;
    let text = |name: &str| more[name].as_str().unwrap_or_default();
    let number =
        |name: &str| more[name].as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or_default();
    Ok(match turn.input.r#do.as_str() {
        "propose" if turn.number > 1 => {
            let answers: Vec<Value> = turn.answers.iter().map(outcome).collect();
            Plan::finish(json!({ "answers": answers }))
        }
        "propose" => {
            let proposals = Vec::<Proposal>::deserialize(&more["decisions"])
                .map_err(|error| format!("input: {error}"))?;
            let all = |plan: Plan, one: Proposal| plan.then(&one.kind, one.payload);
            proposals.into_iter().fold(Plan::new(), all).memo(())
        }
        "turns" if turn.number < number("n") => Plan::new().memo(turn.number),
        "turns" => Plan::finish(json!({ "turns": turn.number })),
        "steps" => Plan::new().go_on("middle", ["start"]),
        "lost" => Plan::new().go_on("nowhere", ()),
        "ask" => Plan::finish(match model::ask(text("prompt")) {
            Ok(text) => json!({ "text": text }),
            Err(error) => json!({ "code": error.code }),
        }),
        "chat" => {
            let mut chat = Chat::new(&turn, "", text("question"))?;
            let reply = chat.ask()?;
            if !reply.calls().is_empty() {
                return Ok(chat.carry_out(&reply));
            }
            Plan::finish(json!({ "answer": reply.text, "turns": turn.number }))
        }
        "actions" => {
            let kinds: Vec<String> = actions::list().into_iter().map(|action| action.kind).collect();
            Plan::finish(json!({ "kinds": kinds }))
        }
        "time" => Plan::finish(json!({ "ms": job::accepted_at_ms() })),
        "random" => Plan::finish(json!({ "bytes": job::random(number("len"))? })),
        "fail" => return Err(text("message").to_owned()),
        "crash" => Plan::finish([0][black_box(3)]),
        "spin" => loop {
            black_box(());
        },
        "count" => Plan::finish(TURNS.fetch_add(1, Ordering::Relaxed) + 1),
        "block" => Plan::block(text("reason")),
        "finish" => Plan::finish(&more["result"]),
        other => return Err(format!("unknown: {other}")),
    })
}

fn middle(turn: Turn<Input>) -> Result<Plan, String> {
    let mut steps: Vec<String> = turn.data()?;
    steps.push("middle".to_owned());
    Ok(Plan::new().go_on("end", steps))
}

fn end(turn: Turn<Input>) -> Result<Plan, String> {
    let mut steps: Vec<String> = turn.data()?;
    steps.push("end".to_owned());
    Ok(Plan::finish(json!({ "steps": steps })))
}

fn outcome(answer: &Answer) -> Value {
    match &answer.outcome {
        Ok(result) => json!({ "ok": result }),
        Err(error) => json!({ "code": error.code, "message": error.message }),
    }
}

export_agent!(Conform);
