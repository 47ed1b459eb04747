//! Counts the words and lines of a text.

use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Payload {
    text: String,
}

struct Counter;

impl Tool for Counter {
    const DESCRIPTION: &'static str = "Counts the words and lines of a text.";
    type Payload = Payload;

    fn schema() -> Value {
        json!({ "type": "object", "properties": { "text": { "type": "string" } }, "required": ["text"] })
    }

    fn execute(payload: Payload) -> Result<impl Serialize, String> {
        let (words, lines) = (
            payload.text.split_whitespace().count(),
            payload.text.lines().count(),
        );
        Ok(json!({ "words": words, "lines": lines }))
    }
}

export_tool!(Counter);

#[cfg(test)]
mod tests {
    use jaros_guest::prelude::*;
    use jaros_guest::testing::Host;

    use super::Counter;

    #[test]
    fn it_counts_words_and_lines() {
        let counted =
            Host::new().execute::<Counter>(json!({ "text": "two words\nand three more" }));
        assert_eq!(counted, Ok(json!({ "words": 5, "lines": 2 })));
    }

    #[test]
    fn a_payload_without_text_is_refused() {
        let refused = Host::new()
            .validate::<Counter>(json!({ "words": 1 }))
            .unwrap_err();
        assert!(
            refused.starts_with("payload: missing field `text`"),
            "{refused}"
        );
    }
}
