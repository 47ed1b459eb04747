//! The files that somebody writes in a project, as opposed to those that tools leave there.
//!
//! *Invariant:* what a build or a node writes is never a source, so that a build doesn't set off another one.
//! *Doesn't know:* languages.
//! *Start at:* [`Sources::of`].

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Folders that tools write, wherever they lie. Any whose name begins with a dot counts too, but for `.cargo`.
const MADE: [&str; 3] = ["target", "node_modules", "__pycache__"];
/// Folders that tools write beside `jaros.toml`; deeper down they are somebody's.
const MADE_HERE: [&str; 5] = ["build", "dist", "venv", "zig-out", "zig-cache"];
/// Files that tools write.
const LOCKS: [&str; 4] = ["Cargo.lock", "package-lock.json", "uv.lock", "4913"];
/// How deep folders are looked into, and how many files are looked at: a project is small, and a slip shouldn't hang.
const DEPTH: usize = 16;
const FILES: usize = 20_000;

/// The sources of a project, with what tells that one changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    files: BTreeMap<PathBuf, (u64, Option<SystemTime>)>,
    folders: BTreeSet<PathBuf>,
}

impl Sources {
    /// Looks through a project's folder. What can't be read isn't there.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        let mut sources = Self::default();
        sources.look(folder, Path::new(""), 0);
        sources
    }

    fn look(&mut self, root: &Path, below: &Path, depth: usize) {
        let Ok(entries) = fs::read_dir(root.join(below)) else { return };
        self.folders.insert(below.to_owned());
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let Ok(found) = entry.metadata() else { continue };
            let path = below.join(name);
            if found.is_dir() {
                let here = depth == 0 && MADE_HERE.contains(&name);
                if !here && !is_made(name) && depth < DEPTH {
                    self.look(root, &path, depth + 1);
                }
            } else if found.is_file() && !is_left(name) && self.files.len() < FILES {
                self.files.insert(path, (found.len(), found.modified().ok()));
            }
        }
    }

    /// The files, relative to the project.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }

    /// The folders that hold them, relative to the project, which is the empty path.
    pub fn folders(&self) -> impl Iterator<Item = &Path> {
        self.folders.iter().map(PathBuf::as_path)
    }

    /// What is new, different or gone in `now`.
    #[must_use]
    pub fn changed(&self, now: &Self) -> Vec<PathBuf> {
        let new = now.files.iter().filter(|(path, state)| self.files.get(*path) != Some(state));
        let gone = self.files.keys().filter(|path| !now.files.contains_key(*path));
        let all: BTreeSet<&PathBuf> = new.map(|(path, _)| path).chain(gone).collect();
        all.into_iter().cloned().collect()
    }

    /// The first file that a component depends on and that is newer than `made`: neither evals, nor settings, nor texts for people.
    #[must_use]
    pub fn newer_than(&self, made: SystemTime) -> Option<&Path> {
        let matters = |path: &Path| {
            let settings = ["grants.toml", "limits.toml", "llm.json"].map(Path::new);
            let eval = path.starts_with("evals") || settings.contains(&path);
            !eval && path.extension().is_none_or(|end| end != "md")
        };
        let newer = |state: &(u64, Option<SystemTime>)| state.1.is_some_and(|at| at > made);
        self.files.iter().find(|(path, state)| matters(path) && newer(state)).map(|(path, _)| path.as_path())
    }
}

fn is_made(name: &str) -> bool {
    MADE.contains(&name) || (name.starts_with('.') && name != ".cargo")
}

/// Locks, and what editors write beside a file.
fn is_left(name: &str) -> bool {
    let editors =
        name.ends_with('~') || name.ends_with(".swp") || name.ends_with(".swx") || name.ends_with(".tmp");
    LOCKS.contains(&name) || editors || name.starts_with(".#") || name.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn place(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        dir
    }

    #[test]
    fn only_what_people_write_counts() {
        let dir = place(&[
            "jaros.toml",
            "src/lib.rs",
            "src/deep/er.rs",
            "src/build/x.rs",
            ".cargo/config.toml",
            "wit/world.wit",
            "evals/a.json",
            "build/a.wasm",
            "target/x/y",
            "node_modules/a/b.js",
            ".venv/bin/x",
            ".jaros-data/a",
            "a/__pycache__/b.pyc",
            "Cargo.lock",
            "package-lock.json",
            "src/.#lib.rs",
            "src/lib.rs~",
            "src/.lib.rs.swp",
            "4913",
        ]);
        let found = Sources::of(dir.path());
        let files: Vec<_> = found.files().map(|path| path.to_string_lossy().into_owned()).collect();
        assert_eq!(
            files,
            [
                ".cargo/config.toml",
                "evals/a.json",
                "jaros.toml",
                "src/build/x.rs",
                "src/deep/er.rs",
                "src/lib.rs",
                "wit/world.wit"
            ]
        );
        assert!(found.folders().any(|path| path == Path::new("src/deep")));
        assert!(!found.folders().any(|path| path.starts_with("build") || path.starts_with(".jaros-data")));
    }

    #[test]
    fn a_change_is_named_and_a_build_is_none() {
        let dir = place(&["a.c", "b.c", "c.c"]);
        let before = Sources::of(dir.path());
        fs::create_dir(dir.path().join("build")).unwrap();
        fs::write(dir.path().join("build/a.wasm"), "x").unwrap();
        assert!(before.changed(&Sources::of(dir.path())).is_empty());
        fs::write(dir.path().join("a.c"), "xx").unwrap();
        fs::remove_file(dir.path().join("b.c")).unwrap();
        fs::write(dir.path().join("d.c"), "x").unwrap();
        let changed = before.changed(&Sources::of(dir.path()));
        assert_eq!(changed, ["a.c", "b.c", "d.c"].map(PathBuf::from));
    }

    #[test]
    fn a_component_is_old_when_a_source_is_newer() {
        let dir = place(&["a.c", "evals/a.json", "grants.toml", "limits.toml", "README.md"]);
        let found = Sources::of(dir.path());
        let past = SystemTime::now() - Duration::from_secs(3600);
        assert_eq!(found.newer_than(past), Some(Path::new("a.c")));
        assert_eq!(found.newer_than(SystemTime::now() + Duration::from_secs(3600)), None);
        fs::remove_file(dir.path().join("a.c")).unwrap();
        assert_eq!(Sources::of(dir.path()).newer_than(past), None, "nothing else makes it old");
    }
}
