//! Writes a brief of a text: the model summarises, `word.count` measures, the model shortens what is too long, and the agent
//! `echo` gets the brief handed.

use jaros_guest::prelude::*;

const WORDS_MAX: u32 = 20;

#[derive(Deserialize)]
struct Input {
    text: String,
}

#[derive(Serialize, Deserialize)]
struct Draft {
    summary: String,
}

#[derive(Deserialize)]
struct Counted {
    words: u32,
}

struct Brief;

impl Agent for Brief {
    const DESCRIPTION: &'static str =
        "Has the model summarise a text in at most 20 words, and hands the summary on.";
    type Input = Input;

    fn schema() -> Value {
        json!({ "type": "object", "properties": { "text": { "type": "string" } }, "required": ["text"] })
    }

    fn decide(turn: Turn<Input>) -> Result<Plan, String> {
        steps!(turn, start, judge, done)
    }
}

fn start(turn: Turn<Input>) -> Result<Plan, String> {
    let summary = model::ask(&format!("Summarise in one sentence: {}", turn.input.text))?;
    Ok(Plan::propose("word.count", json!({ "text": summary })).go_on("judge", Draft { summary }))
}

fn judge(turn: Turn<Input>) -> Result<Plan, String> {
    let Counted { words } = turn.answers[0].result()?;
    let Draft { mut summary } = turn.data()?;
    if words > WORDS_MAX {
        summary = model::ask(&format!("Shorten to at most {WORDS_MAX} words: {summary}"))?;
    }
    let brief = json!({ "summary": summary, "words": words });
    Ok(Plan::new().submit_and_wait("echo", brief).go_on("done", ()))
}

fn done(turn: Turn<Input>) -> Result<Plan, String> {
    let echoed: Value = turn.answers[0].result()?;
    Ok(Plan::finish(json!({ "brief": echoed })))
}

export_agent!(Brief);

#[cfg(test)]
mod tests {
    use jaros_guest::prelude::*;
    use jaros_guest::testing::{Host, Run};

    use super::Brief;

    fn run(words: u32) -> (Host, Run) {
        let host = Host::new()
            .model("a summary")
            .model("a shorter one")
            .tool("word.count", json!({ "words": words }))
            .agent("echo", |input: &Value| Ok(input.clone()));
        let run = host.run::<Brief>(json!({ "text": "A long story." }));
        (host, run)
    }

    #[test]
    fn a_short_summary_is_handed_on_as_it_is() {
        let (host, run) = run(20);
        assert_eq!(run.result(), Ok(&json!({ "brief": { "summary": "a summary", "words": 20 } })));
        assert_eq!(run.kinds(), ["word.count", "submit", "advance"]);
        assert_eq!(host.asked()[0]["messages"][0]["content"], "Summarise in one sentence: A long story.");
    }

    #[test]
    fn a_long_summary_is_shortened_once() {
        let (host, run) = run(21);
        assert_eq!(run.result(), Ok(&json!({ "brief": { "summary": "a shorter one", "words": 21 } })));
        assert_eq!(host.asked()[1]["messages"][0]["content"], "Shorten to at most 20 words: a summary");
    }
}
