//! `http.get`: fetches a text from an origin that the operator granted. Asks for `http`.

use jaros_guest::http;
use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Payload {
    url: String,
}

struct HttpGet;

impl Tool for HttpGet {
    const DESCRIPTION: &'static str = "Fetches a text from an origin that the operator granted.";
    type Payload = Payload;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": { "url": { "type": "string", "format": "uri" } },
            "required": ["url"],
            "additionalProperties": false,
        })
    }

    fn execute(Payload { url }: Payload) -> Result<impl Serialize, String> {
        let response = http::get(&url)?;
        let text = String::from_utf8_lossy(&response.body);
        Ok(json!({ "status": response.status, "text": text }))
    }
}

export_tool!(HttpGet);
