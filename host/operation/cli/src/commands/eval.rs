//! `eval`: cases about the data directory's components, or about a project's.
//!
//! *Invariant:* a file with a slip in it keeps all cases from running: what can't be read can't have passed.
//! *Doesn't know:* how a case runs or is judged; `jaros-evals` does.
//! *Start at:* [`eval`].

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use jaros_capability::Role;
use jaros_decision::Name;
use jaros_evals::{Case, CaseReport, Component, ProjectError, Report, Subject, Trouble};
use jaros_project::{MANIFEST, Project};

use super::serve::not_opened;
use crate::args;
use crate::bundle;
use crate::context::{Context, compiler};
use crate::exit::Exit;
use crate::input;
use crate::output::{self, Paint};
use crate::problem::{Outcome, Problem, mended};
use crate::text;

/// Bytes of a file of cases.
const CASES_BYTES: u64 = 4 << 20;
/// Characters of a line about what is wrong.
const LINE_CHARS: usize = 1_000;

/// Cases and what they are about.
struct Suite {
    /// The project's folder; `None`: the data directory.
    project: Option<PathBuf>,
    files: Vec<PathBuf>,
    cases: Vec<Case>,
}

/// `eval`.
pub(crate) fn eval(context: &Context, args: &args::Eval) -> Outcome {
    let mut suites = suites(context, args)?;
    read(&mut suites)?;
    let all: usize = suites.iter().map(|suite| suite.cases.len()).sum();
    if let Some(filter) = &args.filter {
        suites.iter_mut().for_each(|suite| suite.cases.retain(|case| case.name.contains(filter)));
    }
    suites.retain(|suite| !suite.cases.is_empty());
    if suites.is_empty() {
        return Err(match &args.filter {
            Some(filter) if all > 0 => Problem::unknown(format!(
                "none of {} is called {filter:?}",
                text::several(all as u64, "case")
            ))
            .next("leave --filter out, or name a part of a case's name"),
            _ => Problem::input("there are no cases to run")
                .next("write one into evals/NAME.json, or name a file of cases"),
        });
    }
    // Whatever is wrong with one of them is said before any of them runs.
    let subjects = suites.iter().map(|suite| subject(context, suite)).collect::<Result<Vec<_>, _>>()?;
    let mut report = Report::default();
    let many = suites.iter().map(|suite| suite.cases.len()).sum();
    for (suite, subject) in suites.iter().zip(&subjects) {
        report.cases.extend(run(context, subject, &suite.cases, report.cases.len(), many)?.cases);
    }
    if let Some(file) = &args.junit {
        let text = jaros_evals::junit(&report).expect("writing to memory doesn't fail");
        fs::write(file, text).map_err(|error| {
            Problem::machine(format!("{} can't be written: {error}", file.display())).next(mended(&error))
        })?;
    }
    if context.out.is_json() {
        context.out.document(&report.to_value())?;
    } else {
        print(context, &report)?;
    }
    Ok(if report.failed() == 0 { Exit::Ok } else { Exit::No })
}

/// Where cases lie, and what they are about.
fn suites(context: &Context, args: &args::Eval) -> Result<Vec<Suite>, Problem> {
    let mut suites: Vec<Suite> = Vec::new();
    let mut add = |project: Option<PathBuf>, files: Vec<PathBuf>| match suites
        .iter_mut()
        .find(|suite| suite.project == project)
    {
        Some(suite) => suite.files.extend(files),
        None => suites.push(Suite { project, files, cases: Vec::new() }),
    };
    // A data directory that is named is meant.
    let named = context.named.is_some();
    let is_project = |folder: &Path| !named && folder.join(MANIFEST).is_file();
    if args.paths.is_empty() {
        if is_project(Path::new(".")) {
            add(Some(".".into()), listed(Path::new("./evals"))?);
        } else {
            context.existing()?;
            add(None, listed(&context.layout.evals())?);
        }
    }
    for path in &args.paths {
        if is_project(path) {
            add(Some(path.clone()), listed(&path.join("evals"))?);
            continue;
        }
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        // `PROJECT/evals`, or a file in it.
        let above = whole.ancestors().skip(1).take(2).find(|folder| is_project(folder));
        let files = if path.is_dir() { listed(path)? } else { vec![path.clone()] };
        add(above.map(Path::to_owned), files);
    }
    Ok(suites)
}

/// The files of cases in a folder, by name.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            let text = format!("the folder {} can't be read: {error}", folder.display());
            return Err(Problem::machine(text).next(mended(&error)));
        }
    };
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut files: Vec<PathBuf> = paths.filter(|path| is(path, "json")).collect();
    files.sort();
    Ok(files)
}

/// Whether a file has this ending, and isn't hidden.
fn is(path: &Path, ending: &str) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    !hidden && path.extension().is_some_and(|end| end == ending)
}

fn read(suites: &mut [Suite]) -> Result<(), Problem> {
    let mut wrong = Vec::new();
    for suite in suites {
        for file in &suite.files {
            let shown = file.strip_prefix("./").unwrap_or(file).display().to_string();
            let bytes = input::file(file, CASES_BYTES, None)?;
            match String::from_utf8(bytes) {
                Ok(text) => match jaros_evals::cases(&shown, &text) {
                    Ok(cases) => suite.cases.extend(cases),
                    Err(why) => wrong.extend(why),
                },
                Err(_) => wrong.push(format!("{shown} is not UTF-8 text")),
            }
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let details = wrong.iter().map(|why| text::brief(why, LINE_CHARS)).collect();
    Err(Problem::input("there are cases that can't be used, so none was run")
        .details(details)
        .next("mend them; docs/evals.md has every member of a case"))
}

fn subject(context: &Context, suite: &Suite) -> Result<Subject, Problem> {
    let Some(folder) = &suite.project else { return data_directory(context) };
    let mut subject = Subject { grants: bundle::GRANTS.to_owned(), ..Subject::default() };
    for (role, component) in
        bundle::agents().map(|c| (Role::Agent, c)).chain(bundle::tools().map(|c| (Role::Tool, c)))
    {
        let name = Name::new(component.name).expect("an example's name is a name");
        subject.add(Component { role, name, bytes: component.bytes.into() });
    }
    let project = Project::open(folder)
        .map_err(|error| Problem::input(error.to_string()).next("mend it, and repeat"))?;
    subject.add_project(&project).map_err(|error| {
        let problem = Problem::input(error.to_string());
        match error {
            ProjectError::Unbuilt(component) | ProjectError::Old { component, .. } => {
                problem.next(build_of(&component))
            }
            ProjectError::Unusable(_) => problem.next("mend it, and repeat"),
        }
    })?;
    Ok(subject)
}

/// The command that makes `PROJECT/build/NAME.wasm`.
fn build_of(component: &Path) -> String {
    let project = component.ancestors().nth(2).map(|project| project.strip_prefix(".").unwrap_or(project));
    match project {
        Some(project) if project != Path::new("") => {
            format!("jaros build {}", output::quoted(&project.to_string_lossy()))
        }
        _ => "jaros build".to_owned(),
    }
}

fn data_directory(context: &Context) -> Result<Subject, Problem> {
    context.existing()?;
    let mut subject = Subject {
        grants: context.setting("grants.toml"),
        limits: context.setting("limits.toml"),
        folder: context.layout.root().to_owned(),
        compiled: Some(context.layout.compiled()),
        ..Subject::default()
    };
    let most = context.limits().largest().component_bytes;
    for (role, folder) in [(Role::Agent, context.layout.agents()), (Role::Tool, context.layout.tools())] {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
            let name = path.file_stem().and_then(|stem| Name::new(&stem.to_string_lossy()).ok());
            if let Some(name) = name.filter(|_| is(&path, "wasm")) {
                let bytes = input::file(&path, most, Some("component_bytes"))?;
                subject.add(Component { role, name, bytes: bytes.into() });
            }
        }
    }
    Ok(subject)
}

/// Runs a suite; `before` of `many` cases have run already.
fn run(
    context: &Context,
    subject: &Subject,
    cases: &[Case],
    before: usize,
    many: usize,
) -> Result<Report, Problem> {
    let (ended, heard) = mpsc::channel();
    let compiler = compiler();
    let report = thread::scope(|scope| {
        let running = scope.spawn(move || {
            let done = |report: &CaseReport| drop(ended.send(report.name.clone()));
            jaros_evals::evaluate(subject, cases, &compiler, &done)
        });
        context.out.progress(format_args!("{before} of {many}"));
        for (count, name) in heard.iter().enumerate() {
            let name = text::brief(&name, 60);
            context.out.progress(format_args!("{} of {many}: {name}", before + count + 1));
        }
        context.out.progress_done();
        running.join().expect("evaluating doesn't panic")
    });
    report.map_err(|trouble| match trouble {
        Trouble::Settings(why) => Problem::input(why).next("mend the file, and repeat"),
        Trouble::Node(error) => not_opened(&error),
        Trouble::Folder(error) => {
            Problem::machine(Trouble::Folder(error).to_string()).next("set TMPDIR to a folder with room")
        }
        Trouble::Record(_) => {
            Problem::machine(trouble.to_string()).next("jaros eval again; if it stays so, this is a bug")
        }
    })
}

fn print(context: &Context, report: &Report) -> Result<(), Problem> {
    let out = &context.out;
    for case in &report.cases {
        let (paint, word) = if case.passed { (Paint::Good, "PASS") } else { (Paint::Bad, "FAIL") };
        let name = text::brief(&case.name, 200);
        let took = out.paint(Paint::Dim, format_args!("({} ms)", case.took_ms));
        out.line(format_args!("{}  {name}  {took}", out.paint(paint, word)))?;
        for wrong in case.wrong() {
            out.line(format_args!("      {}", text::brief(&wrong, LINE_CHARS)))?;
        }
    }
    let failed = report.failed();
    let told = format!("{} passed, {failed} failed", report.passed());
    let paint = if failed == 0 { Paint::Good } else { Paint::Bad };
    out.line("")?;
    out.line(out.paint(paint, told))
}
