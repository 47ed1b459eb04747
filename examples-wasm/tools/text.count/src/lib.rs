//! `text.count`: characters, words and lines of a text.

use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Payload {
    text: String,
}

#[derive(Serialize)]
struct Count {
    characters: usize,
    words: usize,
    lines: usize,
}

struct TextCount;

impl Tool for TextCount {
    const DESCRIPTION: &'static str = "Counts the characters, words and lines of a text.";
    type Payload = Payload;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": { "text": { "type": "string" } },
            "required": ["text"],
            "additionalProperties": false,
        })
    }

    fn execute(payload: Payload) -> Result<impl Serialize, String> {
        let text = &payload.text;
        Ok(Count {
            characters: text.chars().count(),
            words: text.split_whitespace().count(),
            lines: text.lines().count(),
        })
    }
}

export_tool!(TextCount);
