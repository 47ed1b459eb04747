//! `echo`: ends its job with the input as the result. Needs no tool.

use jaros_guest::prelude::*;

struct Echo;

impl Agent for Echo {
    const DESCRIPTION: &'static str = "Returns its input.";
    type Input = Value;

    fn decide(turn: Turn<Value>) -> Result<Plan, String> {
        Ok(Plan::finish(turn.input))
    }
}

export_agent!(Echo);
