//! Greets whoever its input names, in two steps: it proposes a `greet`, and finishes with the answer.

use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Input {
    name: String,
}

#[derive(Deserialize)]
struct Greeting {
    greeting: String,
}

struct Greeter;

impl Agent for Greeter {
    const DESCRIPTION: &'static str = "Greets whoever its input names.";
    type Input = Input;

    fn schema() -> Value {
        json!({ "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"] })
    }

    fn decide(turn: Turn<Input>) -> Result<Plan, String> {
        steps!(turn, start, tell)
    }
}

fn start(turn: Turn<Input>) -> Result<Plan, String> {
    let payload = json!({ "name": turn.input.name });
    Ok(Plan::propose("greet", payload)
        .note("the input names someone")
        .go_on("tell", ()))
}

fn tell(turn: Turn<Input>) -> Result<Plan, String> {
    let answer: Greeting = turn.answers[0].result()?;
    log::info!("{} was greeted", turn.input.name);
    Ok(Plan::finish(json!({ "told": answer.greeting })))
}

export_agent!(Greeter);

#[cfg(test)]
mod tests {
    use jaros_guest::prelude::*;
    use jaros_guest::testing::Host;

    use super::Greeter;

    #[test]
    fn it_greets_and_tells() {
        let host = Host::new().tool("greet", json!({ "greeting": "Hello, Ada!" }));
        let run = host.run::<Greeter>(json!({ "name": "Ada" }));
        assert_eq!(run.result(), Ok(&json!({ "told": "Hello, Ada!" })));
        assert_eq!(run.decisions[0].payload, json!({ "name": "Ada" }));
    }

    #[test]
    fn a_greeting_that_fails_fails_the_job() {
        let host = Host::new().tool("greet", Error::new("refused", "not today"));
        let run = host.run::<Greeter>(json!({ "name": "Ada" }));
        assert_eq!(run.result(), Err("failed: refused: not today".to_owned()));
    }
}
