//! A project as what is evaluated: its component, what lies beside it, and what it is granted.
//!
//! *Invariant:* a component that is older than its sources isn't evaluated: what came of it would be told of the wrong text.
//! *Doesn't know:* how it is built, or what its file says beyond that.
//! *Start at:* [`Subject::add_project`].

use std::fs;
use std::io;
use std::path::PathBuf;

use jaros_project::{Project, Sources};

use crate::subject::{Component, Subject};

/// Why a project can't be evaluated.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// It isn't built, or a component that goes with it isn't.
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

impl Subject {
    /// Adds a project to a subject that has the examples: its component, those in `with`, and its `grants.toml` to their grants.
    ///
    /// # Errors
    /// It isn't built, was changed since, or one of its files can't be used.
    pub fn add_project(&mut self, project: &Project) -> Result<(), ProjectError> {
        let component = project.component();
        let made = fs::metadata(&component).and_then(|metadata| metadata.modified());
        let made = made.map_err(|_| ProjectError::Unbuilt(component.clone()))?;
        if let Some(newer) = Sources::of(&project.folder).newer_than(made) {
            return Err(ProjectError::Old { newer: project.folder.join(newer), component });
        }
        let limits = setting(project, "limits.toml")?;
        for file in project.beside().chain([component]) {
            if !file.exists() {
                return Err(ProjectError::Unbuilt(file));
            }
            self.add(Component::read(&file, &limits).map_err(ProjectError::Unusable)?);
        }
        let own = setting(project, "grants.toml")?;
        self.grants = jaros_project::merged(&self.grants, &own, project).map_err(|why| {
            ProjectError::Unusable(format!("{}: {why}", project.folder.join("grants.toml").display()))
        })?;
        (self.limits, self.folder) = (limits, project.folder.clone());
        (self.compiled, self.keep_compiled) = (Some(project.folder.join("build/compiled")), true);
        Ok(())
    }
}

/// A settings file of a project; empty where there is none.
fn setting(project: &Project, file: &str) -> Result<String, ProjectError> {
    let path = project.folder.join(file);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(ProjectError::Unusable(format!("{} can't be read: {error}", path.display()))),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::{Duration, SystemTime};

    use super::*;

    const GREET: &[u8] = include_bytes!("../../../../examples-wasm/built/tools/greet.wasm");

    fn project() -> (tempfile::TempDir, Project) {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, bytes: &[u8]| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        };
        write("jaros.toml", b"name = \"greet\"\nkind = \"tool\"\nlang = \"rust\"\n");
        write("src/lib.rs", b"x");
        write("build/greet.wasm", GREET);
        write("grants.toml", b"[tool.greet]\nstore = true\n");
        let project = Project::open(dir.path()).unwrap();
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
        subject.add_project(&project).unwrap();
        subject.add_project(&project).unwrap();
        assert_eq!(subject.components.len(), 1, "one of each name");
        assert!(subject.grants.contains("notes") && subject.grants.contains("greet"), "{}", subject.grants);
    }

    #[test]
    fn only_what_is_as_new_as_its_sources_is_evaluated() {
        let (dir, project) = project();
        let said = || Subject::default().add_project(&project).map_err(|error| error.to_string());
        touch(dir.path().join("build/greet.wasm"), 5);
        for beside in ["grants.toml", "README.md", "build/other"] {
            touch(dir.path().join(beside), 10);
            assert_eq!(said(), Ok(()), "{beside}");
        }
        touch(dir.path().join("src/lib.rs"), 10);
        assert!(said().unwrap_err().contains("src/lib.rs is newer than the component"));
        fs::write(dir.path().join("grants.toml"), "[tool").unwrap();
        touch(dir.path().join("build/greet.wasm"), 20);
        assert!(said().unwrap_err().contains("grants.toml: "));
        fs::remove_file(dir.path().join("build/greet.wasm")).unwrap();
        assert!(said().unwrap_err().starts_with("there is no component at"));
    }
}
