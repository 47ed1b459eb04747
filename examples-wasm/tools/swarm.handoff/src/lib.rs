//! `swarm.handoff`: notes that work goes from one agent to another; fails where the payload says that it isn't fit to go.

use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Payload {
    ok: bool,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    reason: Option<String>,
}

struct Handoff;

impl Tool for Handoff {
    const DESCRIPTION: &'static str =
        "Hands work to another agent; fails when the work is not fit to be handed on.";
    type Payload = Payload;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": {
                "ok": { "type": "boolean", "description": "whether the work is fit to be handed on" },
                "to": { "type": "string" },
                "reason": { "type": "string" },
            },
            "required": ["ok"],
        })
    }

    fn execute(payload: Payload) -> Result<impl Serialize, String> {
        if !payload.ok {
            return Err(payload.reason.unwrap_or_else(|| "the work is not fit to be handed on".to_owned()));
        }
        Ok(json!({ "handed_to": payload.to }))
    }
}

export_tool!(Handoff);
