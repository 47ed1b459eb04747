//! Building a project: from its folder to a component that was looked at.
//!
//! *Invariant:* what lies at `build/NAME.wasm` when this returns passed every check, or is from a build before that did.
//! *Doesn't know:* languages; `recipe` does. Terminals.
//! *Start at:* [`build`].

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jaros_decision::Digest;
use jaros_engine::Audit;
use jaros_fabric::write_atomic;
use serde::Deserialize;

use crate::component::{self, Asks, UnfitError};
use crate::manifest::Project;
use crate::process::Runner;
use crate::recipe::{Facts, Made, NoSource, Recipe, Step, recipe, told};
use crate::sources::Sources;
use crate::tools::{self, Missing};
use crate::world::{World, WorldError};

/// A component that was built.
#[derive(Debug)]
pub struct Built {
    /// Where it lies.
    pub path: PathBuf,
    /// It.
    pub bytes: Vec<u8>,
    /// Its digest.
    pub digest: Digest,
    /// What it is.
    pub audit: Audit,
    /// What an operator has to grant.
    pub asks: Asks,
    /// What the programs said though all went well: warnings.
    pub said: String,
    /// How long it took.
    pub took: Duration,
}

/// Why there is no component.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The world isn't right.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The file that the build begins with isn't there.
    #[error(transparent)]
    Source(#[from] NoSource),
    /// The SDK isn't there.
    #[error("there is no SDK in {}", .0.display())]
    Sdk(PathBuf),
    /// A program is missing.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// A program said no.
    #[error("{program} said no ({ending})")]
    Failed {
        /// Which.
        program: String,
        /// How it ended.
        ending: String,
        /// What it said; empty where it was shown already.
        said: String,
    },
    /// All went well, and there is no component.
    #[error("{0}")]
    Nothing(String),
    /// What was made is no component of this project.
    #[error(transparent)]
    Unfit(#[from] UnfitError),
    /// The disk, or another part of the machine, said no.
    #[error("{what}: {source}")]
    Io {
        /// What couldn't be done.
        what: String,
        /// Why.
        source: io::Error,
    },
    /// It was stopped.
    #[error("the build was stopped")]
    Stopped,
}

/// Builds the project's component, checks it, and puts it to `build/NAME.wasm`.
/// # Errors
/// [`BuildError`], each with what a person can do about it.
pub fn build(project: &Project, runner: &Runner<'_>) -> Result<Built, BuildError> {
    let begin = Instant::now();
    let folder = &project.folder;
    fs::create_dir_all(folder.join("build")).map_err(|source| io_error("build/ can't be made", source))?;
    let (world, recipe) = prepare(project, runner.verbose)?;
    if !folder.join(&project.sdk).is_dir() {
        return Err(BuildError::Sdk(project.sdk.clone()));
    }
    let tools = tools::find(&recipe.needs, folder)?;
    let (mut said, mut last) = (String::new(), String::new());
    for step in &recipe.steps {
        let ran = run(step, &tools, project, runner)?;
        last = ran.out;
        if recipe.made != Made::Cargo {
            said += &last;
        }
        said += &ran.err;
    }
    let bytes = made(&recipe.made, project, &world, &last)?;
    let checked = component::check(&bytes, project.kind, &world);
    if let Made::Component(unchecked) = &recipe.made {
        // Under its own name it may be what the check is about to refuse; under another it isn't needed any more.
        let _ = fs::remove_file(folder.join(unchecked));
    }
    let (audit, path) = (checked?, project.component());
    write_atomic(&path, &bytes)
        .map_err(|failure| io_error("the component can't be written", failure.source))?;
    let asks = component::asks(&audit, &project.name);
    let (digest, said) = (Digest::of(&bytes), told(project.lang, &said));
    Ok(Built { path, bytes, digest, audit, asks, said, took: begin.elapsed() })
}

/// That every program which a build of this project needs is there.
/// # Errors
/// The first that is missing; or the project isn't one that could be built.
pub fn ready(project: &Project) -> Result<(), BuildError> {
    let (_, recipe) = prepare(project, false)?;
    tools::find(&recipe.needs, &project.folder)?;
    Ok(())
}

fn prepare(project: &Project, verbose: bool) -> Result<(World, Recipe), BuildError> {
    let world = World::of(project)?;
    let sources: Vec<PathBuf> = Sources::of(&project.folder).files().map(Path::to_owned).collect();
    let sdk = project.folder.join(&project.sdk);
    let recipe = recipe(&Facts {
        project,
        sdk_whole: &fs::canonicalize(&sdk).unwrap_or(sdk),
        wit: &world.wit,
        world: &world.name,
        sources: &sources,
        env: &|name| std::env::var(name).ok().filter(|value| !value.is_empty()),
        verbose,
    })?;
    Ok((world, recipe))
}

/// What a program said on its way to a good end.
struct Said {
    out: String,
    err: String,
}

fn run(
    step: &Step,
    tools: &[(&'static str, Vec<String>)],
    project: &Project,
    runner: &Runner<'_>,
) -> Result<Said, BuildError> {
    let (_, words) = tools.iter().find(|(tool, _)| *tool == step.tool).expect("a step's tool is needed");
    let words: Vec<String> = words.iter().chain(&step.args).cloned().collect();
    let program = Path::new(&words[0]).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let ran = runner
        .run(&words, &step.env, &project.folder)
        .map_err(|source| io_error(&format!("{program} can't be run"), source))?
        .ok_or(BuildError::Stopped)?;
    if ran.status.success() {
        return Ok(Said { out: ran.out, err: ran.err });
    }
    // Cargo's standard output is for programs.
    let out = if step.tool == "cargo" { "" } else { &*ran.out };
    let said = told(project.lang, &format!("{out}{}", ran.err));
    Err(BuildError::Failed { program, ending: ran.status.to_string(), said })
}

fn made(made: &Made, project: &Project, world: &World, out: &str) -> Result<Vec<u8>, BuildError> {
    let read = |path: &Path| {
        fs::read(project.folder.join(path)).map_err(|source| {
            if source.kind() == io::ErrorKind::NotFound {
                return BuildError::Nothing(format!("the build ended well but made no {}", path.display()));
            }
            io_error(&format!("{} can't be read", path.display()), source)
        })
    };
    match made {
        Made::Component(path) => read(path),
        Made::Core(path) => Ok(component::wrap(&read(path)?, world)?),
        Made::Cargo => {
            let manifest = fs::canonicalize(project.folder.join("Cargo.toml"))
                .map_err(|source| io_error("Cargo.toml can't be found", source))?;
            let path = artifact(out, &manifest).ok_or_else(|| {
                let lines = "[lib]\ncrate-type = [\"cdylib\"]";
                BuildError::Nothing(format!("cargo made no component: Cargo.toml needs\n{lines}"))
            })?;
            read(&path)
        }
    }
}

/// The component among what cargo says that it made of this package.
fn artifact(messages: &str, manifest: &Path) -> Option<PathBuf> {
    #[derive(Deserialize)]
    struct Message {
        reason: String,
        #[serde(default)]
        manifest_path: PathBuf,
        #[serde(default)]
        filenames: Vec<PathBuf>,
    }
    let made = messages.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let ours = made.filter(|message| {
        message.reason == "compiler-artifact"
            && fs::canonicalize(&message.manifest_path).is_ok_and(|path| path == manifest)
    });
    let mut files = ours.flat_map(|message| message.filenames);
    files.rfind(|file| file.extension().is_some_and(|end| end == "wasm"))
}

fn io_error(what: &str, source: io::Error) -> BuildError {
    BuildError::Io { what: what.into(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_component_is_the_one_that_cargo_names_for_this_package() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| {
            let path = dir.path().join(name);
            fs::write(&path, "").unwrap();
            fs::canonicalize(path).unwrap()
        };
        let (ours, other) = (at("ours.toml"), at("other.toml"));
        let line = |reason: &str, manifest: &Path, file: &str| {
            format!(
                "{{\"reason\":\"{reason}\",\"manifest_path\":{manifest:?},\"filenames\":[\"/t/{file}\"],\"x\":1}}\n"
            )
        };
        let artifact = |text: &str| artifact(text, &ours);
        let ours = &ours;
        let good = line("compiler-artifact", ours, "a.wasm");
        assert_eq!(artifact(&good), Some("/t/a.wasm".into()));
        assert_eq!(
            artifact(&(good.clone() + &line("compiler-artifact", &other, "b.wasm"))),
            Some("/t/a.wasm".into())
        );
        assert_eq!(
            artifact(&format!("no JSON\n{good}{{\"reason\":\"build-finished\"}}\n")),
            Some("/t/a.wasm".into())
        );
        assert_eq!(artifact(&line("compiler-artifact", ours, "liba.rlib")), None);
        assert_eq!(artifact(&line("build-script-executed", ours, "a.wasm")), None);
        assert_eq!(artifact(""), None);
    }
}
