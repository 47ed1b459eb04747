//! `greet`: a name in, a greeting out. The smallest tool there is.

use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Payload {
    name: String,
}

struct Greet;

impl Tool for Greet {
    const DESCRIPTION: &'static str = "Greets someone by name.";
    type Payload = Payload;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": { "name": { "type": "string", "minLength": 1 } },
            "required": ["name"],
        })
    }

    fn execute(payload: Payload) -> Result<impl Serialize, String> {
        if payload.name.trim() != payload.name {
            log::warn!("the name has spaces around it: {:?}", payload.name);
        }
        Ok(json!({ "greeting": format!("Hello, {}!", payload.name) }))
    }
}

export_tool!(Greet);
