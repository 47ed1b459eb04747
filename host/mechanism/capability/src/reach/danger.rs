//! Dangerous pairs: permissions that are harmless alone and together carry data out of the node.
//!
//! *Invariant:* only what components really reach counts, imports ∩ grants; each danger names who, by what, and one thing
//! that would end it. The list stays short: a row for each kind of way, not for each path along it.
//! *Doesn't know:* whether the data matter; an operator who wants the pair leaves it.
//! *Start at:* [`all`]; `docs/grants.md` explains each.

use std::path::{Component, Path, PathBuf};

use jaros_decision::Name;
use serde::Serialize;

use super::{Around, Held};
use crate::{Capability, Role};

/// A pair of permissions to think about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Danger {
    /// A stable word for the kind of way: `sends-what-it-reads`, `hands-on`, `asks-the-model`, `drops-for-another`.
    pub kind: &'static str,
    /// Who has it: `tool fetch`.
    pub who: String,
    /// What can happen, in a sentence.
    pub what: String,
    /// One way to end it.
    pub next: String,
}

/// What brings data in that an operator may not want to leave the node.
const READS: [Capability; 3] = [Capability::FilesRead, Capability::Store, Capability::HostFacts];

/// What lets data out.
const SENDS: Capability = Capability::Http;

/// Every danger among these components.
pub(super) fn all(held: &[Held<'_>], around: &Around<'_>) -> Vec<Danger> {
    let mut dangers = Vec::new();
    let tools: Vec<&Held<'_>> = held.iter().filter(|held| held.present.role == Role::Tool).collect();
    for tool in &tools {
        dangers.extend(sends_what_it_reads(tool));
        dangers.extend(drops_for_another(tool, &tools));
    }
    for agent in held.iter().filter(|held| held.present.role == Role::Agent && held.refused().is_none()) {
        let may: Vec<&&Held<'_>> =
            tools.iter().filter(|tool| agent.grant.may().kinds.allow(tool.name(), tool.open())).collect();
        dangers.extend(hands_on(agent, &may));
        if around.model_leaves {
            dangers.extend(asks_the_model(agent, &may));
        }
    }
    dangers
}

/// One component reads and sends.
fn sends_what_it_reads(tool: &Held<'_>) -> Option<Danger> {
    let read = reads(tool);
    (tool.has(SENDS) && !read.is_empty()).then(|| Danger {
        kind: "sends-what-it-reads",
        who: who(tool),
        what: format!(
            "it has `{SENDS}` and {}: it can send what it reads to the origins that it was granted",
            listed(&read)
        ),
        next: format!("make it two tools, or jaros revoke {} {}", tool.name(), read[0]),
    })
}

/// An agent may have one tool read and another send.
fn hands_on(agent: &Held<'_>, may: &[&&Held<'_>]) -> Option<Danger> {
    let senders: Vec<&Name> = may.iter().filter(|tool| tool.has(SENDS)).map(|tool| tool.name()).collect();
    let mut readers: Vec<String> = may
        .iter()
        .filter(|tool| !tool.has(SENDS) && !reads(tool).is_empty())
        .map(|tool| tool.name().to_string())
        .collect();
    if agent.has(Capability::FilesRead) {
        readers.push(format!("its own `{}`", Capability::FilesRead));
    }
    (!senders.is_empty() && !readers.is_empty()).then(|| Danger {
        kind: "hands-on",
        who: who(agent),
        what: format!(
            "it reads by {} and may propose {}: it can hand on what it reads to the outside",
            few(&readers),
            few(&senders)
        ),
        next: format!(
            "narrow what it may put into `{0}` under [agent.{1}.payload], or jaros revoke {1} propose {0}",
            senders[0],
            agent.name()
        ),
    })
}

/// What an agent learns goes into its questions to a model elsewhere.
fn asks_the_model(agent: &Held<'_>, may: &[&&Held<'_>]) -> Option<Danger> {
    if !agent.has(Capability::Model) {
        return None;
    }
    let mut readers: Vec<String> =
        may.iter().filter(|tool| !reads(tool).is_empty()).map(|tool| tool.name().to_string()).collect();
    if agent.has(Capability::FilesRead) {
        readers.insert(0, format!("its own `{}`", Capability::FilesRead));
    }
    (!readers.is_empty()).then(|| Danger {
        kind: "asks-the-model",
        who: who(agent),
        what: format!(
            "it reads by {} and asks a model that isn't on this node: what it reads can leave with its questions",
            few(&readers)
        ),
        next: "set a model of this node in config/llm.json, or take one of the two away".into(),
    })
}

/// One component writes where another, which sends, reads.
fn drops_for_another(writer: &Held<'_>, tools: &[&Held<'_>]) -> Option<Danger> {
    let written = folders(writer, Capability::FilesWrite);
    let reader = tools.iter().find(|reader| {
        let read = folders(reader, Capability::FilesRead);
        let meets = |one: &PathBuf| read.iter().any(|other| one.starts_with(other) || other.starts_with(one));
        reader.name() != writer.name() && reader.has(SENDS) && written.iter().any(meets)
    })?;
    Some(Danger {
        kind: "drops-for-another",
        who: who(writer),
        what: format!(
            "it writes into a folder that tool {} reads, which has `{SENDS}`: what it writes can leave the node",
            reader.name()
        ),
        next: format!("give {} a folder of its own in config/grants.toml", reader.name()),
    })
}

fn reads(held: &Held<'_>) -> Vec<Capability> {
    READS.into_iter().filter(|capability| held.has(*capability)).collect()
}

/// The folders that it reaches by this.
fn folders(held: &Held<'_>, capability: Capability) -> Vec<PathBuf> {
    let granted = held.grant.permission().folders(capability).filter(|_| held.has(capability));
    granted.into_iter().flatten().map(|(_, folder)| resolved(&folder.path)).collect()
}

/// The folder that a path leads to, where it is there; else the path without `.` and `..`.
fn resolved(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| {
        path.components().fold(PathBuf::new(), |mut plain, part| {
            match part {
                Component::CurDir => {}
                Component::ParentDir => {
                    plain.pop();
                }
                part => plain.push(part),
            }
            plain
        })
    })
}

fn who(held: &Held<'_>) -> String {
    format!("{} {}", held.present.role, held.present.name)
}

fn listed(capabilities: &[Capability]) -> String {
    let shown: Vec<String> = capabilities.iter().map(|capability| format!("`{capability}`")).collect();
    shown.join(" and ")
}

/// At most three of them.
fn few(names: &[impl std::fmt::Display]) -> String {
    let shown: Vec<String> = names.iter().take(3).map(ToString::to_string).collect();
    match names.len() {
        0..=3 => shown.join(" and "),
        more => format!("{} and {} more", shown.join(", "), more - 3),
    }
}

#[cfg(test)]
mod tests {
    use jaros_decision::Digest;

    use super::*;
    use crate::Grants;
    use crate::reach::Present;

    /// A component that reaches all that it is said to; the rules read nothing else of it.
    fn holds<'a>(present: &'a Present, grants: &Grants) -> Held<'a> {
        let effective = present.imports.clone().unwrap_or_default();
        Held { present, grant: grants.of(present.role, &present.name), effective }
    }

    fn dangers(grants: &str, components: &[(Role, &str, &[Capability])], model_leaves: bool) -> Vec<String> {
        let grants = Grants::parse(grants, Path::new("/data")).unwrap();
        let present: Vec<Present> = components
            .iter()
            .map(|(role, name, imports)| Present {
                role: *role,
                name: Name::new(name).unwrap(),
                digest: Some(Digest::of(b"")),
                imports: Ok(imports.iter().copied().collect()),
                names: Vec::new(),
            })
            .collect();
        let held: Vec<Held<'_>> = present.iter().map(|present| holds(present, &grants)).collect();
        let around = Around { built_ins: &[], model_leaves };
        all(&held, &around).into_iter().map(|danger| format!("{} {}", danger.kind, danger.who)).collect()
    }

    #[test]
    fn each_pair_is_found_and_neither_half_alone_is() {
        use Capability::{FilesRead, HostFacts, Http, Model, Store};
        let (agent, tool) = (Role::Agent, Role::Tool);
        let both = "[agent.a]\npropose = [\"reads\", \"sends\"]";
        let own = "[agent.a]\npropose = [\"sends\"]\nfiles-read = { d = \"x\" }";
        type Row<'a> = (&'a str, &'a [(Role, &'a str, &'a [Capability])], bool, &'a [&'a str]);
        let table: &[Row<'_>] = &[
            ("", &[(tool, "t", &[FilesRead, Http])], false, &["sends-what-it-reads tool t"]),
            ("", &[(tool, "t", &[Store, Http])], false, &["sends-what-it-reads tool t"]),
            ("", &[(tool, "t", &[HostFacts, Http])], false, &["sends-what-it-reads tool t"]),
            ("", &[(tool, "t", &[Http])], false, &[]),
            ("", &[(tool, "t", &[FilesRead, Store, HostFacts])], false, &[]),
            (
                both,
                &[(tool, "reads", &[FilesRead]), (tool, "sends", &[Http]), (agent, "a", &[])],
                false,
                &["hands-on agent a"],
            ),
            (both, &[(tool, "reads", &[FilesRead]), (agent, "a", &[])], false, &[]),
            (both, &[(tool, "sends", &[Http]), (agent, "a", &[])], false, &[]),
            ("", &[(tool, "reads", &[FilesRead]), (tool, "sends", &[Http]), (agent, "a", &[])], false, &[]),
            (own, &[(tool, "sends", &[Http]), (agent, "a", &[FilesRead])], false, &["hands-on agent a"]),
            (both, &[(tool, "reads", &[Store]), (agent, "a", &[Model])], true, &["asks-the-model agent a"]),
            (both, &[(tool, "reads", &[Store]), (agent, "a", &[Model])], false, &[]),
            (both, &[(tool, "reads", &[Store]), (agent, "a", &[])], true, &[]),
            (own, &[(agent, "a", &[FilesRead, Model])], true, &["asks-the-model agent a"]),
            ("", &[(agent, "a", &[Model])], true, &[]),
        ];
        for (grants, components, model_leaves, expected) in table {
            assert_eq!(dangers(grants, components, *model_leaves), *expected, "{grants} {components:?}");
        }
    }

    #[test]
    fn a_folder_that_one_writes_and_another_reads_is_found_however_it_is_written() {
        use Capability::{FilesRead, FilesWrite, Http};
        let table = [
            ("/srv/out", "/srv/out", true),
            ("/srv/out/a", "/srv/out", true),
            ("/srv/out", "/srv/./in/../out/a", true),
            ("out", "/data/out", true),
            ("/srv/out", "/srv/outer", false),
            ("/srv/out", "/srv/in", false),
        ];
        for (written, read, meets) in table {
            let grants = format!(
                "[tool.writes]\nfiles-write = {{ d = \"{written}\" }}\n[tool.sends]\nfiles-read = {{ d = \"{read}\" }}"
            );
            let components: &[(Role, &str, &[Capability])] =
                &[(Role::Tool, "writes", &[FilesWrite]), (Role::Tool, "sends", &[FilesRead, Http])];
            let found = dangers(&grants, components, false);
            let dropped = found.contains(&String::from("drops-for-another tool writes"));
            assert_eq!(dropped, meets, "{written} {read}: {found:?}");
        }
    }

    #[test]
    fn paths_that_are_not_there_are_compared_without_their_dots() {
        assert_eq!(resolved(Path::new("/nowhere/./a/../b")), Path::new("/nowhere/b"));
    }

    #[test]
    fn names_in_a_sentence_are_few() {
        assert_eq!(few(&["a", "b", "c"]), "a and b and c");
        assert_eq!(few(&["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
    }
}
