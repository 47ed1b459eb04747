//! A project's folder, as far as evals need it: which component it makes, and what lies beside it.
//!
//! *Invariant:* a component that is older than its sources isn't evaluated: what came of it would be told of the wrong text.
//! *Doesn't know:* how it is built.
//! *Start at:* [`Project::open`].

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jaros_capability::Role;
use jaros_decision::Name;
use toml::{Table, Value};

use crate::subject::{Component, Subject};

/// The file that makes a folder a project.
pub const MANIFEST: &str = "jaros.toml";

/// Folders that hold no sources; those whose names begin with a dot don't either, but for `.cargo`.
const MADE: [&str; 8] =
    ["build", "target", "node_modules", "__pycache__", "zig-out", "zig-cache", "dist", "venv"];
/// How deep folders are looked into.
const DEPTH: usize = 16;

/// A project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its folder.
    pub folder: PathBuf,
    /// Its component's name.
    pub name: Name,
    /// What the component is.
    pub kind: Role,
    /// Components that are loaded beside it.
    pub with: Vec<PathBuf>,
}

/// Why a project can't be evaluated.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// Its file can't be used.
    #[error("{}: {why}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// It isn't built.
    #[error("there is no component at {} yet", .0.display())]
    Unbuilt(PathBuf),
    /// It was changed since.
    #[error("{} is newer than the component {}", newer.display(), component.display())]
    Old {
        /// What is newer.
        newer: PathBuf,
        /// Than this.
        component: PathBuf,
    },
    /// A component or a settings file of it can't be used.
    #[error("{0}")]
    Unusable(String),
}

impl Project {
    /// Reads the project in this folder; `None` where there is none.
    ///
    /// # Errors
    /// Its file can't be used.
    pub fn open(folder: &Path) -> Result<Option<Self>, ProjectError> {
        let path = folder.join(MANIFEST);
        let bad = |why: String| ProjectError::Manifest { path: path.clone(), why };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(bad(format!("it can't be read: {error}"))),
        };
        let table: Table = text.parse().map_err(|error: toml::de::Error| bad(error.message().to_owned()))?;
        let word = |key: &str| {
            let value = table.get(key).and_then(Value::as_str);
            value.ok_or_else(|| bad(format!("`{key}` has to be there, a text in quotes")))
        };
        let name = word("name")?;
        let kind = match word("kind")? {
            "agent" => Role::Agent,
            "tool" => Role::Tool,
            other => return Err(bad(format!("`kind` is \"agent\" or \"tool\", not {other:?}"))),
        };
        let listed = table.get("with").map_or(Ok(Vec::new()), |with| {
            let files = with.as_array().ok_or(())?;
            files.iter().map(|file| file.as_str().map(|file| folder.join(file)).ok_or(())).collect()
        });
        Ok(Some(Self {
            folder: folder.to_owned(),
            name: Name::new(name).map_err(|error| bad(format!("`name` can't be {name:?}: {error}")))?,
            kind,
            with: listed.map_err(|()| bad("`with` has to be a list of components' files".into()))?,
        }))
    }

    /// Its component.
    #[must_use]
    pub fn component(&self) -> PathBuf {
        self.folder.join("build").join(format!("{}.wasm", self.name))
    }

    /// Adds the project's components to a subject that has those of the examples, and its grants to theirs.
    ///
    /// # Errors
    /// It isn't built, was changed since, or one of its files can't be used.
    pub fn add_to(&self, subject: &mut Subject) -> Result<(), ProjectError> {
        let component = self.component();
        let made = fs::metadata(&component).and_then(|metadata| metadata.modified());
        let made = made.map_err(|_| ProjectError::Unbuilt(component.clone()))?;
        if let Some(newer) = newer(&self.folder, &self.folder, made, 0) {
            return Err(ProjectError::Old { newer, component });
        }
        let limits = self.setting("limits.toml")?;
        let unusable = ProjectError::Unusable;
        for file in self.with.iter().chain([&component]) {
            subject.add(Component::read(file, &limits).map_err(unusable)?);
        }
        let grants = self.setting("grants.toml")?;
        subject.grants = crate::merged(&subject.grants, &grants).map_err(|why| {
            ProjectError::Unusable(format!("{}: {why}", self.folder.join("grants.toml").display()))
        })?;
        (subject.limits, subject.folder) = (limits, self.folder.clone());
        (subject.compiled, subject.keep_compiled) = (Some(self.folder.join("build/compiled")), true);
        Ok(())
    }

    fn setting(&self, file: &str) -> Result<String, ProjectError> {
        let path = self.folder.join(file);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(ProjectError::Unusable(format!("{} can't be read: {error}", path.display()))),
        }
    }
}

/// A source that was changed after the component was made. Cases, grants and texts for people are no sources of it.
fn newer(root: &Path, folder: &Path, made: SystemTime, depth: usize) -> Option<PathBuf> {
    for entry in fs::read_dir(folder).ok()?.flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let Ok(metadata) = entry.metadata() else { continue };
        let hidden = name.starts_with('.') && name != ".cargo";
        if metadata.is_dir() {
            let cases = folder == root && name == "evals";
            if !hidden && !cases && !MADE.contains(&name.as_str()) && depth < DEPTH {
                let found = newer(root, &path, made, depth + 1);
                if found.is_some() {
                    return found;
                }
            }
            continue;
        }
        let beside = [".md", ".lock"].iter().any(|end| name.ends_with(end))
            || ["grants.toml", "limits.toml", "package-lock.json"].contains(&name.as_str());
        if !hidden && !beside && metadata.modified().is_ok_and(|changed| changed > made) {
            return Some(path);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const GREET: &[u8] = include_bytes!("../../../../examples-wasm/built/tools/greet.wasm");

    fn project() -> (tempfile::TempDir, Project) {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, bytes: &[u8]| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        };
        write(MANIFEST, b"name = \"greet\"\nkind = \"tool\"\nlang = \"rust\"\n");
        write("src/lib.rs", b"x");
        write("build/greet.wasm", GREET);
        write("grants.toml", b"[tool.greet]\nstore = true\n");
        let project = Project::open(dir.path()).unwrap().unwrap();
        (dir, project)
    }

    fn touch(path: PathBuf, later_s: u64) {
        let file = fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(later_s)).unwrap();
    }

    #[test]
    fn it_joins_the_examples() {
        let (dir, project) = project();
        touch(dir.path().join("build/greet.wasm"), 5);
        let mut subject = Subject { grants: "[tool.notes]\nstore = true\n".into(), ..Subject::default() };
        project.add_to(&mut subject).unwrap();
        project.add_to(&mut subject).unwrap();
        assert_eq!(subject.components.len(), 1, "one of each name");
        assert!(subject.grants.contains("notes") && subject.grants.contains("greet"), "{}", subject.grants);
    }

    #[test]
    fn only_what_is_as_new_as_its_sources_is_evaluated() {
        let (dir, project) = project();
        let said = || project.add_to(&mut Subject::default()).map_err(|error| error.to_string());
        touch(dir.path().join("build/greet.wasm"), 5);
        for beside in ["grants.toml", "README.md", ".hidden", "build/other"] {
            touch(dir.path().join(beside), 10);
            assert_eq!(said(), Ok(()), "{beside}");
        }
        touch(dir.path().join("src/lib.rs"), 10);
        assert!(said().unwrap_err().contains("src/lib.rs is newer than the component"));
        fs::remove_file(dir.path().join("build/greet.wasm")).unwrap();
        assert!(said().unwrap_err().starts_with("there is no component at"));
    }

    #[test]
    fn a_file_with_a_slip_is_told() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Project::open(dir.path()).unwrap(), None);
        for (text, want) in [
            ("name = \"a\"\n", "`kind` has to be there"),
            ("kind = \"tool\"\n", "`name` has to be there"),
            ("name = \"../a\"\nkind = \"tool\"\n", "`name` can't be \"../a\": "),
            ("name = \"a\"\nkind = \"tol\"\n", "`kind` is \"agent\" or \"tool\", not \"tol\""),
            ("name = \"a\"\nkind = \"tool\"\nwith = \"b.wasm\"\n", "`with` has to be a list"),
            ("name", "jaros.toml: "),
        ] {
            fs::write(dir.path().join(MANIFEST), text).unwrap();
            let why = Project::open(dir.path()).unwrap_err().to_string();
            assert!(why.contains(want), "{why}");
        }
    }
}
