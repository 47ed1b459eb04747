//! `text-metrics`: has `text.count` measure the text of its input.

use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Input {
    text: String,
}

struct TextMetrics;

impl Agent for TextMetrics {
    const DESCRIPTION: &'static str = "Measures the text of its input with text.count.";
    type Input = Input;

    fn decide(turn: Turn<Input>) -> Result<Plan, String> {
        Ok(Plan::propose("text.count", json!({ "text": turn.input.text })).note("measure the text"))
    }
}

export_agent!(TextMetrics);
