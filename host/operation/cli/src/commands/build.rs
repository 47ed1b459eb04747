//! `build`: the component of a project, and what an operator will have to grant it.
//!
//! *Invariant:* what the language's tools print is shown only where it helps: when they say no, when they warn, or on demand.
//! *Doesn't know:* how a language is built.
//! *Start at:* [`build`].

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use jaros_decision::{Code, Digest};
use jaros_project::{BuildError, Built, MANIFEST, ManifestError, Project, Runner, UnfitError};
use serde::Serialize;

use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Output, Paint};
use crate::problem::{Outcome, Problem, code, mended};
use crate::text;

/// What was built.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    role: &'static str,
    name: &'a str,
    lang: &'static str,
    path: String,
    bytes: usize,
    digest: Digest,
    took_ms: u64,
    /// Every import that isn't plain types.
    imports: &'a [String],
    /// What an operator has to grant: keys, commands, lines of `config/grants.toml`.
    asks: &'a jaros_project::Asks,
    warnings: &'a str,
}

/// `build`.
pub(crate) fn build(context: &Context, args: &args::Build) -> Outcome {
    let project = open(args.dir.as_deref())?;
    let stop = AtomicBool::new(false);
    if !args.verbose {
        context.out.progress(format_args!("building {}", project.name));
    }
    let built = jaros_project::build(&project, &Runner { verbose: args.verbose, stop: &stop });
    context.out.progress_done();
    let built = built.map_err(|error| problem(&context.out, error))?;
    if context.out.is_json() {
        context.out.document(&Report::of(&project, &built))?;
    } else {
        print(&context.out, &project, &built)?;
    }
    Ok(Exit::Ok)
}

impl<'a> Report<'a> {
    pub(super) fn of(project: &'a Project, built: &'a Built) -> Self {
        Self {
            role: project.kind.word(),
            name: project.name.as_str(),
            lang: project.lang.word(),
            path: shown(built),
            bytes: built.bytes.len(),
            digest: built.digest,
            took_ms: u64::try_from(built.took.as_millis()).unwrap_or(u64::MAX),
            imports: &built.audit.imports,
            asks: &built.asks,
            warnings: &built.said,
        }
    }
}

/// The project in this folder; without one, in the working folder or the nearest above it that has a `jaros.toml`.
pub(super) fn open(dir: Option<&Path>) -> Result<Project, Problem> {
    let folder = match dir {
        Some(dir) => dir.to_owned(),
        None => nearest(),
    };
    Project::open(&folder).map_err(|error| {
        let text = error.to_string();
        match error {
            ManifestError::Missing(_) => Problem::unknown(text).next(
                "jaros new agent NAME --lang rust makes a project; in one, or with its folder, say it again",
            ),
            ManifestError::Bad { .. } => {
                Problem::input(text).next("mend that file; docs/projects.md has every key")
            }
            ManifestError::Unread { source, .. } => Problem::input(text).next(mended(&source)),
        }
    })
}

fn nearest() -> PathBuf {
    let here = PathBuf::from(".");
    let Ok(whole) = std::env::current_dir() else { return here };
    if whole.join(MANIFEST).exists() {
        return here;
    }
    whole.ancestors().find(|folder| folder.join(MANIFEST).exists()).map_or(here, Path::to_owned)
}

/// Why nothing was built, with what to do. What a tool said is shown here, since only an author can read it.
pub(super) fn problem(out: &Output, error: BuildError) -> Problem {
    let text = error.to_string();
    match error {
        BuildError::World(_) => {
            Problem::input(text).next("mend wit/world.wit; docs/projects.md shows what stands in it")
        }
        BuildError::Source(_) => {
            Problem::input(text).next("put it there, or mend `lang` and `kind` in jaros.toml")
        }
        BuildError::Sdk(_) => Problem::input(text)
            .next("mend `sdk` in jaros.toml, or copy it from a project that jaros new makes"),
        BuildError::Missing(missing) => {
            Problem::new(Exit::Machine, code::NO_TOOL, missing.sentence).next(missing.install)
        }
        BuildError::Failed { said, .. } => failed(out, text, &said),
        BuildError::Nothing(_) => {
            Problem::new(Exit::No, Code::FAILED.as_str(), text).next("jaros build --verbose shows more")
        }
        BuildError::Unfit(unfit) => self::unfit(text, unfit),
        BuildError::Io { source, .. } => Problem::machine(text).next(mended(&source)),
        BuildError::Stopped => {
            Problem::new(Exit::Interrupted, Code::FAILED.as_str(), text).next("jaros build")
        }
    }
}

fn failed(out: &Output, text: String, said: &str) -> Problem {
    let problem =
        Problem::new(Exit::No, Code::FAILED.as_str(), text).next("mend what it names, and build again");
    if out.is_json() {
        return problem.details(said.lines().map(ToOwned::to_owned).collect());
    }
    if !said.trim().is_empty() {
        out.remark(said.trim_end());
    }
    problem
}

fn unfit(text: String, unfit: UnfitError) -> Problem {
    match unfit {
        UnfitError::Beyond { lines, .. } => Problem::new(Exit::No, Code::INVALID.as_str(), text)
            .details(lines)
            .next("add the line to the world in wit/world.wit, which is what an operator reads, or don't call it"),
        UnfitError::Refused(failure) => Problem { message: format!("no host would take the component: {text}"), ..Problem::refused(&failure) }
            .next("mend that, and build again"),
        UnfitError::Kind { .. } => Problem::new(Exit::No, Code::INVALID.as_str(), text).next("mend `kind` in jaros.toml, or the world"),
        UnfitError::Core { .. } => {
            Problem::new(Exit::No, Code::INVALID.as_str(), text).next("mend that, and build again; jaros build --verbose shows more")
        }
    }
}

fn print(out: &Output, project: &Project, built: &Built) -> Result<(), Problem> {
    if !built.said.trim().is_empty() {
        out.remark(built.said.trim_end());
    }
    let title = out.paint(Paint::Strong, format_args!("{} {}", project.kind.word(), project.name));
    out.line(format_args!(
        "{title} @{}, {}, in {}",
        built.digest.short(),
        size(built),
        text::duration(built.took)
    ))?;
    out.line(format_args!("  {}", shown(built)))?;
    let asks = &built.asks;
    if asks.capabilities.is_empty() {
        return out.line("  asks for nothing that an operator would have to grant");
    }
    out.line(format_args!("  asks for {}; an operator grants it by", asks.capabilities.join(", ")))?;
    asks.commands.iter().try_for_each(|command| out.line(format_args!("    {}", out.advice(command))))?;
    out.line("  or in config/grants.toml by")?;
    asks.lines.iter().try_for_each(|line| out.line(format_args!("    {line}")))
}

/// Where it lies, as people would type it.
fn shown(built: &Built) -> String {
    built.path.strip_prefix(".").unwrap_or(&built.path).display().to_string()
}

/// Its size, as people read it.
pub(super) fn size(built: &Built) -> String {
    text::bytes(built.bytes.len() as u64)
}
