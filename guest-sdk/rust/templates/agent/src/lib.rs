use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Input { name: String }

struct Greeter;

impl Agent for Greeter {
    const DESCRIPTION: &'static str = "Greets whoever its input names.";
    type Input = Input;

    fn decide(turn: Turn<Input>) -> Result<Plan, String> {
        Ok(Plan::propose("greet", json!({ "name": turn.input.name })).note("the input names someone"))
    }
}

export_agent!(Greeter);
