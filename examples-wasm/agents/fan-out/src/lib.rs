//! `fan-out`: has one `text-metrics` job made for each of its texts, waits for them all, and joins what they found.

use jaros_guest::prelude::*;

const TEXTS: [&str; 5] = ["one", "two words", "three\nshort\nlines", "four words in all", ""];

#[derive(Default, Deserialize)]
struct Input {
    texts: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Count {
    characters: u64,
    words: u64,
    lines: u64,
}

struct FanOut;

impl Agent for FanOut {
    const DESCRIPTION: &'static str = "Measures each of its texts in a job of its own and joins the results.";
    // Without texts it takes five of its own.
    type Input = Option<Input>;

    fn decide(turn: Turn<Option<Input>>) -> Result<Plan, String> {
        if turn.number > 1 {
            return join(&turn.answers);
        }
        let texts = match turn.input {
            Some(input) if !input.texts.is_empty() => input.texts,
            _ => TEXTS.map(str::to_owned).to_vec(),
        };
        let submit = |plan: Plan, text| plan.submit_and_wait("text-metrics", json!({ "text": text }));
        Ok(texts.into_iter().fold(Plan::new(), submit).memo(()))
    }
}

fn join(answers: &[Answer]) -> Result<Plan, String> {
    let counts = answers.iter().map(Answer::result::<Count>).collect::<Result<Vec<_>, _>>()?;
    let sum = |of: fn(&Count) -> u64| counts.iter().map(of).sum::<u64>();
    let total = Count { characters: sum(|c| c.characters), words: sum(|c| c.words), lines: sum(|c| c.lines) };
    Ok(Plan::finish(json!({ "counts": counts, "total": total })))
}

export_agent!(FanOut);
