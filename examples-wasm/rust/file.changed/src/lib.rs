//! Tells whether a file has changed since it was last asked about: what it looked like then lies in the tool's store.

use jaros_guest::prelude::*;
use jaros_guest::{files, store};

#[derive(Deserialize)]
struct Payload {
    path: String,
}

#[derive(PartialEq, Serialize, Deserialize)]
struct Look {
    bytes: usize,
    words: usize,
}

struct FileChanged;

impl Tool for FileChanged {
    const DESCRIPTION: &'static str = "Tells whether a text file has changed since the last time.";
    type Payload = Payload;

    fn schema() -> Value {
        json!({ "type": "object", "properties": { "path": { "type": "string" } }, "required": ["path"] })
    }

    fn execute(Payload { path }: Payload) -> Result<impl Serialize, String> {
        let text = files::read_text(&path)?;
        let now = Look { bytes: text.len(), words: text.split_whitespace().count() };
        let before: Option<Look> = store::get_json(&path)?;
        store::put_json(&path, &now)?;
        let first = before.is_none();
        let changed = before.is_some_and(|before| before != now);
        Ok(json!({ "path": path, "words": now.words, "changed": changed, "first": first }))
    }
}

export_tool!(FileChanged);

#[cfg(test)]
mod tests {
    use jaros_guest::prelude::*;
    use jaros_guest::testing::Host;

    use super::FileChanged;

    #[test]
    fn a_file_is_new_then_the_same_then_changed() {
        let look = |host: &Host| host.execute::<FileChanged>(json!({ "path": "data/a.txt" }));
        let told = |words: u32, changed: bool, first: bool| {
            Ok(json!({ "path": "data/a.txt", "words": words, "changed": changed, "first": first }))
        };
        let host = Host::new().store().file("data/a.txt", "two words");
        assert_eq!(look(&host), told(2, false, true));
        assert_eq!(look(&host), told(2, false, false));
        assert_eq!(look(&host.file("data/a.txt", "three words now")), told(3, true, false));
    }

    #[test]
    fn what_it_may_not_read_is_refused() {
        let refused =
            Host::new().store().readable("data").execute::<FileChanged>(json!({ "path": "etc/passwd" }));
        assert_eq!(refused, Err("refused: there is no granted folder `etc`; granted: `data`".to_owned()));
    }
}
