//! `file.save`: writes text files into a granted folder, or removes them. Asks for `files-write`.

use jaros_guest::files;
use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Payload {
    path: String,
    /// Left out, the file is removed.
    text: Option<String>,
}

struct FileSave;

impl Tool for FileSave {
    const DESCRIPTION: &'static str = "Writes a text file into a granted folder; without a text, removes it.";
    type Payload = Payload;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": {
                "path": { "type": "string", "description": "GRANT/rest" },
                "text": { "type": "string" },
            },
            "required": ["path"],
            "additionalProperties": false,
        })
    }

    fn execute(Payload { path, text }: Payload) -> Result<impl Serialize, String> {
        match &text {
            Some(text) => files::write(&path, text.as_bytes())?,
            None => files::remove(&path)?,
        }
        Ok(json!({ "path": path, "bytes": text.map(|text| text.len()) }))
    }
}

export_tool!(FileSave);
