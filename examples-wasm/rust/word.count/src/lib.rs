//! Counts the words of a text.

use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Payload {
    text: String,
}

struct WordCount;

impl Tool for WordCount {
    const DESCRIPTION: &'static str = "Counts the words of a text.";
    type Payload = Payload;

    fn schema() -> Value {
        json!({ "type": "object", "properties": { "text": { "type": "string" } }, "required": ["text"] })
    }

    fn execute(payload: Payload) -> Result<impl Serialize, String> {
        Ok(json!({ "words": payload.text.split_whitespace().count() }))
    }
}

export_tool!(WordCount);

#[cfg(test)]
mod tests {
    use jaros_guest::prelude::*;
    use jaros_guest::testing::Host;

    use super::WordCount;

    #[test]
    fn words_are_what_white_space_parts() {
        for (text, words) in [("two words", 2), (" \n\t", 0), ("a\u{a0}b\nc", 3)] {
            let counted = Host::new().execute::<WordCount>(json!({ "text": text }));
            assert_eq!(counted, Ok(json!({ "words": words })), "{text:?}");
        }
    }
}
