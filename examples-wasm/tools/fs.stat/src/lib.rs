//! `fs.stat`: what lies at a path inside a granted folder. Asks for `files-read`.

use jaros_guest::files;
use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Payload {
    path: String,
}

struct FsStat;

impl Tool for FsStat {
    const DESCRIPTION: &'static str =
        "Tells the kind and size of what lies at a path, and what a folder holds.";
    type Payload = Payload;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": { "path": { "type": "string", "description": "GRANT/rest" } },
            "required": ["path"],
        })
    }

    fn execute(Payload { path }: Payload) -> Result<impl Serialize, String> {
        let found = files::stat(&path)?;
        let mut result = json!({ "path": path, "kind": found.kind, "size_bytes": found.size_bytes });
        if found.kind == "dir" {
            let names: Vec<String> = files::entries(&path)?.into_iter().map(|entry| entry.name).collect();
            result["entries"] = json!(names);
        }
        Ok(result)
    }
}

export_tool!(FsStat);
