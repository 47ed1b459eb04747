//! The first case of a project's evals: what it is tried out with where nobody says.
//!
//! *Invariant:* files are looked at in the order of their names, so that it is the same one each time.
//! *Doesn't know:* what a case expects; an eval judges that.
//! *Start at:* [`first`].

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jaros_capability::Role;
use serde::Deserialize;
use serde_json::Value;

use crate::manifest::Project;

/// Bytes of a file of cases.
const CASES_BYTES: u64 = 4 << 20;

/// What a case gives to a component.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Case {
    /// What it is called.
    #[serde(default)]
    pub name: String,
    #[serde(alias = "kind")]
    agent: Option<String>,
    tool: Option<String>,
    input: Option<Value>,
    payload: Option<Value>,
    /// Files in granted folders, below the data directory: `{"data/a.txt": "text"}`.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Cases {
    Many(Vec<Case>),
    One(Box<Case>),
}

impl Case {
    /// The input of an agent, or the payload of a tool; `null` where the case has none.
    #[must_use]
    pub fn given(&self, role: Role) -> Value {
        let given = match role {
            Role::Agent => &self.input,
            Role::Tool => &self.payload,
        };
        given.clone().unwrap_or(Value::Null)
    }

    fn is_for(&self, project: &Project) -> bool {
        let named = match project.kind {
            Role::Agent => &self.agent,
            Role::Tool => &self.tool,
        };
        named.as_deref() == Some(project.name.as_str())
    }
}

/// The first case about the project's own component.
#[must_use]
pub fn first(project: &Project) -> Option<Case> {
    files(&project.folder).into_iter().flat_map(|file| cases(&file)).find(|case| case.is_for(project))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("evals")).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .filter(|entry| entry.metadata().is_ok_and(|found| found.is_file() && found.len() <= CASES_BYTES))
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    files
}

/// A file that is no cases has none here: an eval says what is wrong with it.
fn cases(file: &Path) -> Vec<Case> {
    let text = fs::read_to_string(file).unwrap_or_default();
    match serde_json::from_str(&text) {
        Ok(Cases::Many(cases)) => cases,
        Ok(Cases::One(case)) => vec![*case],
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use jaros_decision::Name;
    use serde_json::json;

    use super::*;
    use crate::lang::Lang;

    fn found(kind: Role, files: &[(&str, &str)]) -> Option<Case> {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("evals")).unwrap();
        for (name, text) in files {
            fs::write(dir.path().join("evals").join(name), text).unwrap();
        }
        let (name, lang) = (Name::new("a").unwrap(), Lang::C);
        first(&Project {
            folder: dir.path().to_owned(),
            name,
            kind,
            lang,
            sdk: "sdk".into(),
            with: Vec::new(),
        })
    }

    #[test]
    fn the_first_case_about_the_component_is_taken() {
        let broken = ("0.json", "{");
        let other = ("1.json", r#"[{"name":"o","agent":"b","input":1}]"#);
        let ours = (
            "2.json",
            r#"[{"agent":"b"},{"name":"x","kind":"a","input":{"n":1},"expect":{"decision_count":1}}]"#,
        );
        let last = ("3.json", r#"{"agent":"a","input":2}"#);
        let tool = ("4.json", r#"{"tool":"a","payload":[3],"files":{"data/a.txt":"t"}}"#);
        let files = [broken, other, ours, last, tool];
        let agent = found(Role::Agent, &files).unwrap();
        assert_eq!((agent.name.as_str(), agent.given(Role::Agent)), ("x", json!({ "n": 1 })));
        let tool = found(Role::Tool, &files).unwrap();
        assert_eq!((tool.given(Role::Tool), tool.files["data/a.txt"].as_str()), (json!([3]), "t"));
        assert_eq!(found(Role::Agent, &[broken, other]), None);
        assert_eq!(found(Role::Agent, &[]), None);
    }
}
