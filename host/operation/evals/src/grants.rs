//! What a case's components may do: what the operator granted, with nothing of the operator's behind it.
//!
//! *Invariant:* no folder of the operator's is named in it and no origin can be reached by it, unless the case itself names the
//! origin; whatever was granted is still granted, so that a component is loaded here exactly where it is loaded there.
//! *Doesn't know:* what the other keys mean.
//! *Start at:* [`Granted::of`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use jaros_capability::Grants;
use serde_json::{Map, Value as Json};
use toml::{Table, Value};

use crate::case::{Case, Work};
use crate::members::hint;
use crate::stage::PROPOSER;

/// What requests may go to in place of the granted origins. No name ends in `invalid`, by RFC 2606.
const NOWHERE: &str = "https://no-requests-in-an-eval.invalid";

/// Sections whose entries have folders.
const SECTIONS: [&str; 3] = ["agent", "tool", "role"];

/// The grants of one case.
pub(crate) struct Granted {
    /// The text of its `grants.toml`.
    pub(crate) text: String,
    /// The folders that it needs, relative to the data directory, each with what its file tree begins with.
    pub(crate) folders: Vec<PathBuf>,
    /// Texts to lie there, by path relative to the data directory.
    pub(crate) files: BTreeMap<PathBuf, String>,
}

impl Granted {
    /// Makes the grants of a case from those of the operator, whose relative paths begin at `folder`.
    ///
    /// # Errors
    /// A sentence about the case.
    pub(crate) fn of(operators: &str, folder: &Path, case: &Case) -> Result<Self, String> {
        let mut table: Table =
            operators.parse().map_err(|error: toml::de::Error| told("grants.toml", &error))?;
        let origins = own(&mut table, &case.grants)?;
        let mut folders = Folders { from: folder, known: Vec::new(), named: BTreeMap::new() };
        for section in SECTIONS {
            let entries = table.get_mut(section).and_then(Value::as_table_mut).into_iter().flatten();
            for (name, entry) in entries {
                let Some(entry) = entry.as_table_mut() else { continue };
                folders.exchange(entry);
                if entry.contains_key("http") && !origins.contains(&(section.to_owned(), name.to_owned())) {
                    let nowhere = Table::from_iter([(NOWHERE.to_owned(), Value::Table(Table::new()))]);
                    entry.insert("http".to_owned(), Value::Table(nowhere));
                }
            }
        }
        proposer(&mut table, case);
        let text = toml::to_string(&table).map_err(|error| format!("`grants`: {error}"))?;
        Grants::parse(&text, Path::new("."))
            .map_err(|error| format!("`grants`: {}", error.problems[0].what))?;
        let files = folders.files(&case.files)?;
        Ok(Self { text, folders: folders.places().collect(), files })
    }
}

fn told(what: &str, error: &toml::de::Error) -> String {
    format!("{what} isn't TOML: {}", error.message())
}

/// Puts the case's own sections in place of the operator's; tells in which of them origins are named.
fn own(table: &mut Table, grants: &Map<String, Json>) -> Result<Vec<(String, String)>, String> {
    let mut origins = Vec::new();
    for (section, entries) in grants {
        if !SECTIONS.contains(&section.as_str()) {
            return Err(format!("`grants` has no section `{section}`; {}", hint(section, &SECTIONS)));
        }
        let entries = Value::try_from(entries).map_err(|error| format!("`grants`: {error}"))?;
        let Value::Table(entries) = entries else {
            return Err(format!("`{section}` of `grants` has to be an object"));
        };
        let named = entries.iter().filter(|(_, entry)| entry.get("http").is_some());
        origins.extend(named.map(|(name, _)| (section.clone(), name.clone())));
        let there = table.entry(section.clone()).or_insert_with(|| Value::Table(Table::new()));
        match there.as_table_mut() {
            Some(there) => there.extend(entries),
            None => return Err(format!("`{section}` of grants.toml isn't a section")),
        }
    }
    Ok(origins)
}

/// Lets the agent that calls tools for cases propose these.
fn proposer(table: &mut Table, case: &Case) {
    let tools = case.before.iter().chain([&case.work]).filter_map(|work| match work {
        Work::Tool { name, .. } => Some(name.as_str()),
        Work::Agent { .. } => None,
    });
    let propose: BTreeSet<&str> = tools.chain(["advance"]).collect();
    let propose = propose.into_iter().map(Value::from).collect();
    let entry = Table::from_iter([("propose".to_owned(), Value::Array(propose))]);
    if let Some(agents) = table.entry("agent").or_insert_with(|| Value::Table(Table::new())).as_table_mut() {
        agents.insert(PROPOSER.to_owned(), Value::Table(entry));
    }
}

/// Granted folders, and what takes their place.
struct Folders<'a> {
    from: &'a Path,
    /// The operator's, each once; its number is the name of what takes its place.
    known: Vec<PathBuf>,
    /// Which of them components know by a name.
    named: BTreeMap<String, Vec<usize>>,
}

impl Folders<'_> {
    /// Exchanges the folders of an entry.
    fn exchange(&mut self, entry: &mut Table) {
        for key in ["files-read", "files-write"] {
            let folders = entry.get_mut(key).and_then(Value::as_table_mut).into_iter().flatten();
            for (name, path) in folders {
                let Some(written) = path.as_str().filter(|path| !path.is_empty()) else { continue };
                let number = self.number(&self.from.join(written));
                let numbers = self.named.entry(name.to_owned()).or_default();
                if !numbers.contains(&number) {
                    numbers.push(number);
                }
                *path = Value::String(place(number).display().to_string());
            }
        }
    }

    /// Two ways to write a folder are one folder, as far as their texts tell.
    fn number(&mut self, path: &Path) -> usize {
        let path: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
        self.known.iter().position(|known| *known == path).unwrap_or_else(|| {
            self.known.push(path);
            self.known.len() - 1
        })
    }

    fn places(&self) -> impl Iterator<Item = PathBuf> {
        (0..self.known.len()).map(place)
    }

    /// Where the case's files lie: in every folder of their grant's name.
    fn files(&self, files: &BTreeMap<String, String>) -> Result<BTreeMap<PathBuf, String>, String> {
        let mut placed = BTreeMap::new();
        for (path, text) in files {
            let (name, rest) = path.split_once('/').unwrap_or((path, ""));
            let plain = Path::new(rest).components().all(|part| matches!(part, Component::Normal(_)));
            if rest.is_empty() || !plain {
                return Err(format!(
                    "`files` has {path:?}; a file there is called GRANT/path, such as data/a.txt"
                ));
            }
            let Some(numbers) = self.named.get(name) else {
                let known: Vec<&str> = self.named.keys().map(String::as_str).collect();
                let hint = hint(name, &known);
                return Err(format!("`files` has {path:?}, and no grant names a folder {name:?}; {hint}"));
            };
            placed.extend(numbers.iter().map(|number| (place(*number).join(rest), text.clone())));
        }
        Ok(placed)
    }
}

fn place(number: usize) -> PathBuf {
    Path::new("granted").join((number + 1).to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::case::cases;

    const OPERATORS: &str = r#"
[tool."fs.stat"]
files-read = { data = "shared" }
[tool.save]
files-write = { out = "./shared" }
[role.looks]
files-read = { data = "/srv/data" }
[tool.fetch.http."https://example.com"]
headers = { Authorization = { env = "KEY" } }
[agent.a]
roles = ["looks"]
propose = ["fs.stat"]
"#;

    fn of(more: &Json) -> Result<Granted, String> {
        let mut case = json!({"name": "n", "agent": "a", "expect": {"turns": 1}});
        case.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let case = cases("a.json", &case.to_string()).unwrap().remove(0);
        Granted::of(OPERATORS, Path::new("/data"), &case)
    }

    #[test]
    fn nothing_of_the_operators_is_behind_a_grant() {
        let granted = of(&json!({})).unwrap();
        for theirs in ["shared", "/srv", "example.com", "KEY"] {
            assert!(!granted.text.contains(theirs), "{theirs} in\n{}", granted.text);
        }
        assert_eq!(granted.folders, [Path::new("granted/1"), Path::new("granted/2")]);
        let grants = Grants::parse(&granted.text, Path::new("/eval")).unwrap();
        let before = Grants::parse(OPERATORS, Path::new("/data")).unwrap();
        for tool in ["fs.stat", "save", "fetch"] {
            let name = tool.parse().unwrap();
            let (is, was) = (grants.for_tool(&name).capabilities(), before.for_tool(&name).capabilities());
            assert_eq!(is, was, "{tool}");
        }
    }

    #[test]
    fn files_lie_in_every_folder_of_the_name() {
        let files = json!({"files": {"data/x/a.txt": "t", "out/b": "u"}});
        let placed: Vec<String> =
            of(&files).unwrap().files.keys().map(|path| path.display().to_string()).collect();
        assert_eq!(placed.len(), 3, "{placed:?}");
        let shared = placed.iter().find(|path| path.ends_with("/b")).unwrap().replace("/b", "/x/a.txt");
        assert!(placed.contains(&shared), "`data` and `out` are one folder here: {placed:?}");
        for (files, want) in [
            (json!({"data": "t"}), "a file there is called GRANT/path"),
            (json!({"data/../x": "t"}), "a file there is called GRANT/path"),
            (json!({"dat/x": "t"}), "no grant names a folder \"dat\"; did you mean data?"),
        ] {
            let why = of(&json!({ "files": files })).err().unwrap();
            assert!(why.contains(want), "{why}");
        }
    }

    #[test]
    fn a_case_may_grant_for_itself() {
        let own = json!({"grants": {"tool": {"fetch": {"http": {"https://a.example": {}}}, "new": {"store": true}}}});
        let text = of(&own).unwrap().text;
        assert!(text.contains("https://a.example") && text.contains("[tool.new]"), "{text}");
        for (grants, want) in [
            (json!({"tol": {}}), "`grants` has no section `tol`; did you mean tool?"),
            (json!({"tool": 1}), "`tool` of `grants` has to be an object"),
            (json!({"tool": {"a": {"stor": true}}}), "`grants`: unknown key `stor`"),
            (json!({"tool": {"a": null}}), "`grants`: "),
        ] {
            let why = of(&json!({ "grants": grants })).err().unwrap_or_else(|| panic!("{grants} was taken"));
            assert!(why.starts_with(want), "{why}");
        }
    }
}
