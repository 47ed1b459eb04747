//! One round: what was saved is built, comes into service, and is run.
//!
//! *Invariant:* what goes wrong in it is told and ends the round, never the command; only a machine or a node that fails does.
//! *Doesn't know:* what set it off, or how it is shown.
//! *Start at:* [`Round`].

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use jaros_capability::Grants;
use jaros_decision::{Code, Digest, Failure, JobId, Json, Name};
use jaros_engine::glance;
use jaros_fabric::{Fabric, Folder, new_job_id, write_atomic};
use jaros_node::{LogLine, Request};
use jaros_project::{Case, PROPOSER, Project, Runner};

use super::Bell;
use super::say::{Said, Tried};
use crate::args;
use crate::bundle;
use crate::commands::install::{self, Place, waited};
use crate::commands::logs::{self, Tail};
use crate::commands::{agree, build};
use crate::context::{Context, operator};
use crate::input;
use crate::problem::{Problem, code, mended};
use crate::record;
use crate::story::{self, Story};
use crate::text;

/// How long the node may take to take settings over, or to compile a component.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks at a job, and at whether it waits for somebody.
const PAUSE: Duration = Duration::from_millis(2);
const LOOK: Duration = Duration::from_millis(200);
/// Bytes of the project's settings files.
const SETTINGS_BYTES: u64 = 1 << 20;

/// What rounds share.
pub(super) struct Round<'a> {
    context: &'a Context,
    args: &'a args::Dev,
    /// The node's data directory.
    place: Context,
    log: Tail,
}

impl<'a> Round<'a> {
    pub(super) fn new(context: &'a Context, args: &'a args::Dev, place: Context) -> Self {
        Self { context, args, place, log: Tail::default() }
    }

    /// Goes through it, and tells what came out. `changed` is what was saved; nothing the first time.
    pub(super) fn go(&mut self, changed: &[PathBuf], bell: &Bell) -> Result<(), Problem> {
        let outcome = self.through(changed, bell);
        if bell.is_over() {
            return Ok(());
        }
        match outcome {
            Err(problem) if ends_all(&problem) => Err(problem),
            Err(problem) => {
                self.context.out.tell(&problem);
                self.context.out.flush()
            }
            Ok(()) => self.context.out.flush(),
        }
    }

    fn through(&mut self, changed: &[PathBuf], bell: &Bell) -> Result<(), Problem> {
        let out = &self.context.out;
        let said = Said::begin(out, changed)?;
        // Read anew: what was saved may be jaros.toml.
        let project = build::open(self.args.dir.as_deref())?;
        let runner = Runner { verbose: self.args.verbose, stop: &bell.stop };
        if !self.args.verbose {
            out.progress("building");
        }
        let built = jaros_project::build(&project, &runner);
        out.progress_done();
        let built = built.map_err(|error| build::problem(out, error))?;
        said.built(&project, &built)?;
        let case = jaros_project::first(&project);
        self.settings(&project, case.as_ref())?;
        project.beside().try_for_each(|file| self.beside(&file))?;
        let own = (Place::of(project.kind), &project.name, &built.bytes[..]);
        out.progress("compiling");
        let served = self.serve(own, built.digest);
        out.progress_done();
        match served? {
            Ok(agreed) => agreed.iter().try_for_each(|failure| said.agreed(failure))?,
            Err(failure) => return Err(refused(&project, &failure)),
        }
        let (given, from) = self.given(&project, case.as_ref())?;
        let (agent, input) = order(&project, &given);
        // What was said before isn't about this job.
        self.log.read(&logs::path(&self.place), |_| Ok(()))?;
        let begin = Instant::now();
        let id = self.submit(&agent, &input)?;
        if !self.ended(&id, bell)? {
            return Ok(());
        }
        let took = begin.elapsed();
        let story = self.story(&id)?;
        let logs = self.said(&id)?;
        said.tried(&Tried {
            project: &project,
            built: &built,
            given: &given,
            from: &from,
            story: &story,
            logs: &logs,
            took,
        })
    }

    /// The project's grants and model, and the files of its first case, in the node's folder.
    fn settings(&self, project: &Project, case: Option<&Case>) -> Result<(), Problem> {
        let root = self.place.layout.root();
        for (path, content) in case.iter().flat_map(|case| &case.files) {
            let file = below(root, path)?;
            make(file.parent().expect("it lies below the root"))?;
            write_atomic(&file, content.as_bytes())?;
        }
        if let Some(model) = own_setting(project, "llm.json")? {
            write_atomic(&self.place.layout.config().join("llm.json"), model.as_bytes())?;
        }
        let own = own_setting(project, "grants.toml")?.unwrap_or_default();
        let text = grants(&own, project, root)?;
        for folder in jaros_project::folders(&own) {
            make(&root.join(folder))?;
        }
        let path = self.place.layout.config().join("grants.toml");
        if input::file(&path, SETTINGS_BYTES, None).ok().as_deref() != Some(text.as_bytes()) {
            write_atomic(&path, text.as_bytes())?;
        }
        self.taken_over(Digest::of(text.as_bytes()))
    }

    /// Waits until the node has these grants in force.
    fn taken_over(&self, wanted: Digest) -> Result<(), Problem> {
        let begin = Instant::now();
        loop {
            let settings = self.place.live_status()?.and_then(|status| status.settings);
            if settings.as_ref().and_then(|settings| settings.grants) == Some(wanted) {
                return Ok(());
            }
            waited(&self.place, begin, PATIENCE, "the project's grants")?;
            thread::sleep(PAUSE);
        }
    }

    /// A component that the project names, as it is by now.
    fn beside(&self, file: &Path) -> Result<(), Problem> {
        let named = |problem: Problem| {
            problem.next("`with` in jaros.toml names it: build that project first, or mend the path")
        };
        let limits = self.place.limits();
        let bytes =
            input::file(file, limits.all().component_bytes, Some("component_bytes")).map_err(named)?;
        let refused = |failure: &Failure| {
            let text = format!("{} is refused: {}", file.display(), failure.message);
            named(Problem { message: text, ..Problem::refused(failure) })
        };
        let audit = glance(&bytes, &limits.largest()).map_err(|failure| refused(&failure))?;
        let name = install::name_of(file)?;
        let served = self.serve((Place::of(audit.role), &name, &bytes), Digest::of(&bytes))?;
        served.map(drop).map_err(|failure| refused(&failure))
    }

    /// Puts a component into service. A version that asks for more than the one before is agreed to, and that it was is
    /// told: its author sits here.
    fn serve(
        &self,
        (place, name, bytes): (Place, &Name, &[u8]),
        digest: Digest,
    ) -> Result<Result<Option<Failure>, Failure>, Problem> {
        let old = install::find(&self.place, place, name)?;
        let again = old.and_then(|old| old.refused).is_some_and(|refused| refused.digest == Some(digest));
        let path = place.folder(&self.place).join(format!("{name}.wasm"));
        if again {
            self.forget(place, name, &path)?;
        }
        write_atomic(&path, bytes)?;
        match install::word(&self.place, place, name, digest, again, PATIENCE)? {
            Ok(_) => Ok(Ok(None)),
            Err(failure) if failure.code == Code::HELD => {
                let version = agree::version(place, name, digest);
                agree::tell(&self.place, &Request::Approve { version, by: operator() }, name)?;
                let word = install::word(&self.place, place, name, digest, true, PATIENCE)?;
                Ok(word.map(|_| Some(failure)))
            }
            Err(failure) => Ok(Err(failure)),
        }
    }

    /// Takes a version that was refused away, so that the node looks at the same bytes again: what was missing may be there.
    fn forget(&self, place: Place, name: &Name, path: &Path) -> Result<(), Problem> {
        // It may be gone already.
        let _ = fs::remove_file(path);
        let begin = Instant::now();
        let still = || install::find(&self.place, place, name).map(|found| found.and_then(|one| one.refused));
        while still()?.is_some() {
            waited(&self.place, begin, PATIENCE, &format!("the end of {} {name}", place.word()))?;
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// What it is tried with, and where that comes from.
    fn given(&self, project: &Project, case: Option<&Case>) -> Result<(Json, String), Problem> {
        let limits = self.place.json_limits(None);
        if let Some(text) = &self.args.input {
            return Ok((input::json(text.as_bytes(), "--input", limits)?, "--input".into()));
        }
        let Some(case) = case else { return Ok((Json::null(), String::new())) };
        let text = case.given(project.kind).to_string();
        let what = format!("what the case {:?} of evals/ gives", case.name);
        Ok((input::json(text.as_bytes(), &what, limits)?, format!("evals: {}", case.name)))
    }

    fn submit(&self, agent: &Name, input: &Json) -> Result<JobId, Problem> {
        let id = new_job_id();
        let job = format!(
            "{{\"agent\":\"{agent}\",\"by\":\"{}\",\"id\":\"{id}\",\"input\":{input}}}\n",
            operator()
        );
        let folder = Folder::open(self.place.layout.clone(), self.place.limits().all().job_bytes)?;
        folder
            .submit(&id, job.as_bytes())
            .map_err(|error| Problem::input(error.to_string()).next("make the input smaller"))?;
        Ok(id)
    }

    /// Waits for the job's end, or until it waits for somebody. `false`: something else came first.
    fn ended(&self, id: &JobId, bell: &Bell) -> Result<bool, Problem> {
        let result = self.place.layout.outbox().join(format!("{id}.json"));
        let mut looked = Instant::now();
        loop {
            if result.exists() {
                return Ok(true);
            }
            if bell.is_over() {
                return Ok(false);
            }
            if looked.elapsed() > LOOK {
                looked = Instant::now();
                if self.place.live()?.is_none() {
                    return Err(self.place.no_node());
                }
                let blocked =
                    self.place.live_status()?.is_some_and(|status| status.jobs.blocked.contains(id));
                if blocked {
                    return Ok(true);
                }
            }
            thread::sleep(PAUSE);
        }
    }

    fn story(&self, id: &JobId) -> Result<Story, Problem> {
        story::gather(&mut record::open(&self.place)?, id)?
            .ok_or_else(|| Problem::machine("the job left no trace").next("this is a bug; report it"))
    }

    /// What was said in this job.
    fn said(&mut self, id: &JobId) -> Result<Vec<LogLine>, Problem> {
        let mut lines = Vec::new();
        self.log.read(&logs::path(&self.place), |line| {
            if line.job.as_deref() == Some(id.as_str()) {
                lines.push(line);
            }
            Ok(())
        })?;
        Ok(lines)
    }
}

/// Which agent runs, with what: a tool is proposed by the agent that tries tools out.
fn order(project: &Project, given: &Json) -> (Name, Json) {
    match project.kind {
        jaros_capability::Role::Agent => (project.name.clone(), given.clone()),
        jaros_capability::Role::Tool => {
            let input = serde_json::json!({ "kind": project.name.as_str(), "payload": given.to_value() });
            let agent = Name::new(PROPOSER).expect("a name");
            (agent, Json::from_value(&input).expect("what holds JSON is JSON"))
        }
    }
}

/// A settings file of the project, where it has one.
fn own_setting(project: &Project, name: &str) -> Result<Option<String>, Problem> {
    let path = project.folder.join(name);
    if !path.exists() {
        return Ok(None);
    }
    let bytes = input::file(&path, SETTINGS_BYTES, None)?;
    let text = String::from_utf8(bytes);
    text.map(Some).map_err(|_| Problem::input(format!("{name} is not UTF-8 text")).next("save it as UTF-8"))
}

/// The node's grants, checked, so that a slip is told by the line in the author's own file.
fn grants(own: &str, project: &Project, root: &Path) -> Result<String, Problem> {
    let bad = |why: &str| {
        let details =
            why.lines().map(|line| text::plain(&line.replace("config/grants.toml", "grants.toml"))).collect();
        Problem::input("grants.toml can't be used")
            .details(details)
            .next("mend it: docs/grants.md has every key")
    };
    Grants::parse(own, root).map_err(|error| bad(&error.to_string()))?;
    let text = jaros_project::merged(bundle::GRANTS, own, project).map_err(|why| bad(&why))?;
    Grants::parse(&text, root).map_err(|error| bad(&error.to_string()))?;
    Ok(text)
}

fn make(folder: &Path) -> Result<(), Problem> {
    fs::create_dir_all(folder).map_err(|error| {
        Problem::machine(format!("{} can't be made: {error}", folder.display())).next(mended(&error))
    })
}

/// A path of a case, below the data directory and nowhere else.
fn below(root: &Path, path: &str) -> Result<PathBuf, Problem> {
    let normal = |part| matches!(part, std::path::Component::Normal(_));
    if !path.is_empty() && Path::new(path).components().all(normal) {
        return Ok(root.join(path));
    }
    Err(Problem::input(format!("the first case in evals/ names a file {path:?}"))
        .next("name it like data/a.txt"))
}

/// Why the node doesn't take it; what it would be granted by is the project's file here, not an operator's.
fn refused(project: &Project, failure: &Failure) -> Problem {
    let mut problem = install::refusal(Place::of(project.kind), &project.name, failure);
    problem.message = problem.message.replace("config/grants.toml", "the project's grants.toml");
    problem.next("mend that, and save")
}

/// Whether going on would only repeat it.
fn ends_all(problem: &Problem) -> bool {
    problem.silent || problem.code.as_str() == code::NO_NODE
}
