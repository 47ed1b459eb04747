//! `new`: the folder of a new agent or tool, which builds and passes its test as it stands.
//!
//! *Invariant:* nothing that is there is written over.
//! *Doesn't know:* what a template says.
//! *Start at:* [`new`].

use std::path::Path;

use jaros_project::{BuildError, Lang, Project, WriteError, available, tree};
use serde::Serialize;

use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Paint, quoted};
use crate::problem::{Outcome, Problem, code, mended};
use crate::text;

/// What was written.
#[derive(Serialize)]
struct Made {
    kind: &'static str,
    name: String,
    lang: &'static str,
    folder: String,
    files: Vec<String>,
    /// What isn't installed yet and a build needs.
    missing: Option<String>,
    next: Vec<String>,
}

/// `new`.
pub(crate) fn new(context: &Context, args: &args::New) -> Outcome {
    let role = args.kind.role();
    let files = tree(args.lang, role, &args.name).ok_or_else(|| absent(args.lang))?;
    let folder = args.dir.clone().unwrap_or_else(|| args.name.as_str().into());
    jaros_project::write(&folder, &files).map_err(|error| unwritten(&error))?;
    let mut next = vec![format!("cd {}", quoted(&folder.to_string_lossy()))];
    let missing = missing(&folder)?;
    next.extend(missing.iter().map(|missing| missing.install.clone()));
    next.extend(["jaros build".into(), "jaros dev".into()]);
    // What lies in sdk/ is a copy that nobody has to look at.
    let own = files.iter().map(|file| &file.path).filter(|path| !path.starts_with("sdk/"));
    let made = Made {
        kind: role.word(),
        name: args.name.to_string(),
        lang: args.lang.word(),
        folder: folder.display().to_string(),
        files: own.cloned().collect(),
        missing: missing.map(|missing| missing.sentence),
        next,
    };
    if context.out.is_json() {
        context.out.document(&made)?;
    } else {
        print(context, &made)?;
    }
    Ok(Exit::Ok)
}

/// The first program that a build will need and that isn't here.
fn missing(folder: &Path) -> Result<Option<jaros_project::Missing>, Problem> {
    let bug = |error: &dyn std::fmt::Display| {
        Problem::machine(format!("what was written can't be used: {error}")).next("this is a bug; report it")
    };
    let project = Project::open(folder).map_err(|error| bug(&error))?;
    match jaros_project::ready(&project) {
        Ok(()) => Ok(None),
        Err(BuildError::Missing(missing)) => Ok(Some(missing)),
        Err(error) => Err(bug(&error)),
    }
}

fn absent(lang: Lang) -> Problem {
    let known: Vec<&str> = available().map(Lang::word).collect();
    let text = format!("this program carries no templates for {}", lang.title());
    let next = if known.is_empty() {
        "use a program that was built with guest-sdk/".to_owned()
    } else {
        format!("use --lang {}, or a newer jaros", known.join(", "))
    };
    Problem::input(text).next(next)
}

fn unwritten(error: &WriteError) -> Problem {
    let text = error.to_string();
    match error {
        WriteError::Exists(_) => Problem::new(Exit::Input, code::EXISTS, text)
            .next("take another name, or name a folder with --dir"),
        WriteError::Io { source, .. } => Problem::machine(text).next(mended(source)),
    }
}

fn print(context: &Context, made: &Made) -> Result<(), Problem> {
    let out = &context.out;
    let title = out.paint(Paint::Strong, format_args!("{} {}", made.kind, made.name));
    let count = text::several(made.files.len() as u64, "file");
    out.line(format_args!("{title} in {}/: {count}, and the SDK in sdk/", made.folder))?;
    let own = made.files.iter().filter(|path| !path.starts_with("wit/deps"));
    own.into_iter().try_for_each(|path| out.line(format_args!("  {path}")))?;
    if let Some(missing) = &made.missing {
        out.line("")?;
        out.line(out.paint(Paint::Care, format_args!("Before it can be built: {missing}.")))?;
    }
    out.line("")?;
    out.line("next:")?;
    made.next.iter().try_for_each(|next| out.line(format_args!("  {next}")))
}
