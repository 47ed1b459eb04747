//! `notes`: keeps short texts under keys, from one job to the next. Asks for `store`.

use jaros_guest::prelude::*;
use jaros_guest::store;

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Payload {
    /// Adds one to the number under a key.
    Count(String),
    Set {
        key: String,
        text: String,
    },
    Get(String),
    Forget(String),
    List(String),
}

struct Notes;

impl Tool for Notes {
    const DESCRIPTION: &'static str = "Keeps short texts under keys, from one job to the next.";
    type Payload = Payload;

    fn schema() -> Value {
        let key = json!({ "type": "string", "minLength": 1 });
        let one = |name: &str, schema: Value| json!({ "required": [name], "properties": { name: schema } });
        json!({
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "anyOf": [
                one("count", key.clone()),
                one("set", json!({
                    "type": "object",
                    "required": ["key", "text"],
                    "properties": { "key": key, "text": { "type": "string" } },
                })),
                one("get", key.clone()),
                one("forget", key.clone()),
                one("list", json!({ "type": "string", "description": "a prefix" })),
            ],
        })
    }

    fn execute(payload: Payload) -> Result<impl Serialize, String> {
        Ok(match payload {
            Payload::Count(key) => {
                let before = text(&key)?.map_or(Ok(0), |text| text.parse::<u64>());
                let now = before.map_err(|_| format!("{key} holds no number"))? + 1;
                store::put(&key, now.to_string().as_bytes())?;
                json!({ "key": key, "count": now })
            }
            Payload::Set { key, text } => {
                store::put(&key, text.as_bytes())?;
                json!({ "key": key })
            }
            Payload::Get(key) => json!({ "key": key, "text": text(&key)? }),
            Payload::Forget(key) => {
                store::delete(&key)?;
                json!({ "key": key })
            }
            Payload::List(prefix) => json!({ "keys": store::keys(&prefix, "", 100)? }),
        })
    }
}

fn text(key: &str) -> Result<Option<String>, String> {
    let value = store::get(key)?;
    value.map(String::from_utf8).transpose().map_err(|_| format!("{key} holds no text"))
}

export_tool!(Notes);
