//! A project's `wit/`: the one world that its component is built for.
//!
//! *Invariant:* a world that was read resolves against the contract that lies beside it, or else against this program's.
//! *Doesn't know:* components.
//! *Start at:* [`World::of`].

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use wit_parser::{Resolve, WorldId, WorldItem, WorldKey};

use crate::manifest::Project;
use crate::template::CONTRACT;

/// The world.
pub struct World {
    /// What it is called in `wit/world.wit`.
    pub name: String,
    /// The folder that it was read from, relative to the project: `wit`, or `build/wit`.
    pub wit: PathBuf,
    /// The interfaces that it imports: `jaros:plugin/log@1.0.0`.
    pub imports: BTreeSet<String>,
    pub(crate) resolve: Resolve,
    /// The same world with every import that the contract has: what a module calls is held against this one, so that the
    /// component says what it asks for, and the check says what of it is too much.
    pub(crate) wide: WorldId,
}

/// Why there is no world.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// `wit/` holds none.
    #[error("there is no wit/world.wit")]
    Missing,
    /// It isn't right.
    #[error("wit/ isn't right: {0}")]
    Bad(String),
    /// The disk said no.
    #[error("{} can't be used: {source}", path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl World {
    /// Reads the project's world. Where `wit/deps` is missing, `build/wit` gets a copy with this program's contract.
    /// # Errors
    /// There is none, or it doesn't resolve.
    pub fn of(project: &Project) -> Result<Self, WorldError> {
        let wit = prepared(&project.folder)?;
        let folder = project.folder.join(&wit);
        let mut resolve = Resolve::default();
        let pushed = resolve.push_dir(&folder);
        let (package, _) = pushed.map_err(|error| bad(&resolve.render_error(&error), &folder))?;
        let mut worlds = resolve.packages[package].worlds.values();
        let (Some(id), None) = (worlds.next(), worlds.next()) else {
            let many = resolve.packages[package].worlds.len();
            return Err(WorldError::Bad(format!("it holds {many} worlds, and a component is built for one")));
        };
        let world = &resolve.worlds[*id];
        let imports = world.imports.iter().filter_map(|(key, item)| match (key, item) {
            (WorldKey::Interface(interface), WorldItem::Interface { .. }) => resolve.id_of(*interface),
            _ => None,
        });
        let (name, imports) = (world.name.clone(), imports.collect());
        let text = wide(&resolve, &resolve.id_of_name(package, &name));
        let pushed = resolve.push_str("wide.wit", &text);
        let package = pushed.map_err(|error| bad(&resolve.render_error(&error), &folder))?;
        let wide = *resolve.packages[package].worlds.values().next().expect("the text holds one");
        Ok(Self { name, wit, imports, resolve, wide })
    }
}

/// A world that includes this one and imports the rest of the contract.
fn wide(resolve: &Resolve, world: &str) -> String {
    let ours = resolve.interfaces.iter().filter_map(|(id, interface)| {
        let package = &resolve.packages[interface.package?].name;
        let open =
            package.namespace == "jaros" && package.name == "plugin" && !interface.functions.is_empty();
        let exported = matches!(interface.name.as_deref(), Some("reasoning" | "action"));
        resolve.id_of(id).filter(|_| open && !exported)
    });
    let imports: String = ours.map(|interface| format!("    import {interface};\n")).collect();
    format!("package jaros:wide;\n\nworld wide {{\n    include {world};\n{imports}}}\n")
}

/// What the parser says, with the files of the folder named `wit/…`.
fn bad(said: &str, folder: &Path) -> WorldError {
    let said = said.replace(&*folder.to_string_lossy(), "wit");
    // Its first words only say what was tried.
    WorldError::Bad(said.strip_prefix("failed to parse package: wit: ").unwrap_or(&said).to_owned())
}

/// The folder for tools that read WIT, relative to the project.
fn prepared(project: &Path) -> Result<PathBuf, WorldError> {
    let from = project.join("wit");
    if !from.join("world.wit").is_file() {
        return Err(WorldError::Missing);
    }
    if from.join("deps").is_dir() {
        return Ok("wit".into());
    }
    let to = project.join("build/wit");
    let failed = |path: &Path, source| WorldError::Io { path: path.to_owned(), source };
    let deps = to.join("deps/jaros-plugin");
    // What was copied before may not be there any more.
    match fs::remove_dir_all(&to) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(failed(&to, source)),
        _ => fs::create_dir_all(&deps).map_err(|source| failed(&deps, source))?,
    }
    for entry in fs::read_dir(&from).map_err(|source| failed(&from, source))? {
        let path = entry.map_err(|source| failed(&from, source))?.path();
        if let Some(name) = path.file_name().filter(|_| path.extension().is_some_and(|end| end == "wit")) {
            fs::copy(&path, to.join(name)).map_err(|source| failed(&path, source))?;
        }
    }
    let contract = deps.join("jaros.wit");
    fs::write(&contract, CONTRACT).map_err(|source| failed(&contract, source))?;
    Ok("build/wit".into())
}

#[cfg(test)]
mod tests {
    use jaros_capability::Role;
    use jaros_decision::Name;

    use super::*;
    use crate::lang::Lang;

    fn world(text: &str) -> Result<World, WorldError> {
        let dir = tempfile::tempdir().unwrap();
        let (name, kind, lang) = (Name::new("a").unwrap(), Role::Tool, Lang::C);
        let project =
            Project { folder: dir.path().to_owned(), name, kind, lang, sdk: "sdk".into(), with: Vec::new() };
        fs::create_dir(dir.path().join("wit")).unwrap();
        fs::write(dir.path().join("wit/world.wit"), text).unwrap();
        World::of(&project)
    }

    #[test]
    fn a_world_is_resolved_against_the_contract() {
        let found = world(
            "package local:project;\nworld x { include jaros:plugin/tool@1.0.0; import jaros:plugin/store@1.0.0; }\n",
        )
        .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((found.name.as_str(), found.wit.as_path()), ("x", Path::new("build/wit")));
        for interface in ["job", "log", "panic", "store"] {
            let import = format!("jaros:plugin/{interface}@1.0.0");
            assert!(found.imports.contains(&import), "{import}: {:?}", found.imports);
        }
        assert!(!found.imports.contains("jaros:plugin/model@1.0.0"));
    }

    #[test]
    fn a_world_that_is_wrong_is_told_with_its_place() {
        for (text, want) in [
            ("package local:project;\nworld x { include jaros:plugin/tol@1.0.0; }\n", "wit/world.wit:2:"),
            ("package local:project;\nworld x {\n", "wit/world.wit:"),
            ("package local:project;\n", "it holds 0 worlds"),
            ("package local:project;\nworld x {}\nworld y {}\n", "it holds 2 worlds"),
        ] {
            let why = world(text).err().unwrap_or_else(|| panic!("{text} was taken")).to_string();
            assert!(why.starts_with("wit/ isn't right: ") && why.contains(want), "{why}");
            assert!(!why.contains("/tmp/"), "{why}");
        }
    }
}
