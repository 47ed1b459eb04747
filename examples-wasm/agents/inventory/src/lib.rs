//! `inventory`: looks up what lies at a path inside a granted folder, with `fs.stat`. Without a path, the grant `data`.

use jaros_guest::prelude::*;

#[derive(Default, Deserialize)]
struct Input {
    path: Option<String>,
}

struct Inventory;

impl Agent for Inventory {
    const DESCRIPTION: &'static str = "Looks up what lies at a path of a granted folder, with fs.stat.";
    // A schedule may leave the input out.
    type Input = Option<Input>;

    fn decide(turn: Turn<Option<Input>>) -> Result<Plan, String> {
        let path = turn.input.unwrap_or_default().path.unwrap_or_else(|| "data".to_owned());
        Ok(Plan::propose("fs.stat", json!({ "path": path })).note("what lies there"))
    }
}

export_agent!(Inventory);
