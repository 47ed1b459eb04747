//! What a project's component may do while it is tried out: the grants of its own `grants.toml` beside those of the examples.
//!
//! *Invariant:* where both name a component, the project's word counts alone; nothing else is added but that the agent which
//! tries tools out may propose this one.
//! *Doesn't know:* what a key means; the node's reader judges the text.
//! *Start at:* [`merged`].

use std::path::{Component, PathBuf};

use jaros_capability::Role;
use toml::{Table, Value};

use crate::manifest::Project;

/// The agent that proposes what its input says.
pub const PROPOSER: &str = "proposer";

/// The text of `config/grants.toml` for a node that tries the project out. `examples` is what the bundled components need, `own` the
/// project's `grants.toml`.
/// # Errors
/// `own` isn't TOML; a sentence.
pub fn merged(examples: &str, own: &str, project: &Project) -> Result<String, String> {
    let mut all: Table = examples.parse().expect("the examples' grants are TOML");
    let own: Table = own.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
    if project.kind == Role::Tool {
        propose(&mut all, project.name.as_str());
    }
    for (section, value) in own {
        match (all.get_mut(&section), value) {
            (Some(Value::Table(there)), Value::Table(own)) => there.extend(own),
            (_, value) => {
                all.insert(section, value);
            }
        }
    }
    Ok(toml::to_string(&all).expect("a table is TOML"))
}

/// The folders that a project's `grants.toml` names by a path below the data directory: they are the trying node's own to make.
#[must_use]
pub fn folders(own: &str) -> Vec<PathBuf> {
    let table: Table = own.parse().unwrap_or_default();
    let components = table.values().filter_map(Value::as_table).flat_map(Table::values);
    let keys = components.filter_map(Value::as_table).flat_map(|component| {
        ["files-read", "files-write"].into_iter().filter_map(|key| component.get(key)?.as_table())
    });
    let paths = keys.flat_map(Table::values).filter_map(Value::as_str).map(PathBuf::from);
    paths.filter(|path| path.components().all(|part| matches!(part, Component::Normal(_)))).collect()
}

/// Lets the proposer propose this kind too.
fn propose(all: &mut Table, kind: &str) {
    let agents = all.get_mut("agent").and_then(|agents| agents.get_mut(PROPOSER));
    let list = agents.and_then(|agent| agent.get_mut("propose")).and_then(Value::as_array_mut);
    if let Some(list) = list.filter(|list| list.iter().all(|one| one.as_str() != Some(kind))) {
        list.push(kind.into());
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jaros_capability::Grants;
    use jaros_decision::Name;

    use super::*;
    use crate::lang::Lang;

    const EXAMPLES: &str =
        "[tool.notes]\nstore = true\n[agent.proposer]\npropose = [\"greet\"]\n[agent.a]\npropose = [\"b\"]\n";

    fn project(kind: Role) -> Project {
        let (name, lang) = (Name::new("t.x").unwrap(), Lang::C);
        Project { folder: "p".into(), name, kind, lang, sdk: "sdk".into(), with: Vec::new() }
    }

    /// What the merged text says, which a node takes.
    fn told(own: &str, kind: Role) -> Table {
        let text = merged(EXAMPLES, own, &project(kind)).unwrap();
        Grants::parse(&text, Path::new("d")).unwrap_or_else(|error| panic!("{error}\n{text}"));
        text.parse().unwrap()
    }

    fn proposes(table: &Table, agent: &str) -> Vec<String> {
        let list = table["agent"][agent]["propose"].as_array().expect("a list");
        list.iter().map(|kind| kind.as_str().expect("a kind").to_owned()).collect()
    }

    #[test]
    fn the_projects_word_counts_alone() {
        let own = "agent.a.propose = [\"c\"]\n[tool.\"t.x\"]\nfiles-read = { data = \"data\" }\n";
        let table = told(own, Role::Tool);
        assert_eq!(proposes(&table, "a"), ["c"]);
        assert_eq!(proposes(&table, "proposer"), ["greet", "t.x"]);
        assert_eq!(table["tool"].as_table().map(Table::len), Some(2), "the examples' tool stays: {table}");
        assert_eq!(proposes(&told("", Role::Agent), "proposer"), ["greet"], "an agent is proposed by nobody");
        let narrow = told("[agent.proposer]\npropose = [\"advance\"]\n", Role::Tool);
        assert_eq!(proposes(&narrow, "proposer"), ["advance"], "an author may narrow it himself");
    }

    #[test]
    fn folders_below_the_data_directory_are_found_and_no_others() {
        let own = "[tool.a]\nfiles-read = { data = \"data\", up = \"../x\", far = \"/srv\" }\n\
            files-write = { out = \"a/b\" }\nstore = true\n[role.r]\nfiles-read = { r = \"r\" }\n";
        let mut found = folders(own);
        found.sort();
        assert_eq!(found, ["a/b", "data", "r"].map(PathBuf::from));
        assert!(folders("[tool").is_empty() && folders("x = 1").is_empty());
    }

    #[test]
    fn what_is_no_toml_is_told() {
        assert!(merged(EXAMPLES, "[tool", &project(Role::Tool)).is_err());
        assert_eq!(told("# nothing\n", Role::Agent), told("", Role::Agent));
    }
}
