//! `run`: one job with components from files, in a folder that goes away.
//!
//! *Invariant:* nothing of it is left behind, and no data directory is touched.
//! *Doesn't know:* how a job is told; `show` does.
//! *Start at:* [`run`].

use std::path::{Path, PathBuf};

use jaros_decision::{Digest, Json, Name};
use jaros_engine::Audit;
use jaros_fabric::{Fabric, Folder, write_atomic};
use jaros_node::{Node, Options, Preview, Status};
use serde::Serialize;

use super::serve::{not_opened, runtime};
use super::show;
use crate::args;
use crate::context::{Context, compiler, operator};
use crate::exit::Exit;
use crate::input;
use crate::output::{Output, Paint};
use crate::problem::{Outcome, Problem};
use crate::record;
use crate::story::{self, ModelCall};
use crate::text;

/// A component's file that was read.
struct Given {
    file: PathBuf,
    name: Name,
    bytes: Vec<u8>,
    audit: Audit,
}

/// `run`.
pub(crate) fn run(context: &Context, args: &args::Run) -> Outcome {
    let folder = temporary()?;
    let inside = context.elsewhere(folder.path());
    inside.layout.create()?;
    if let Some(config) = &args.config {
        settings(config, &inside)?;
    }
    let given = args.files.iter().map(|file| read(&inside, file)).collect::<Result<Vec<_>, _>>()?;
    let agent = the_agent(&given)?;
    let input = match &args.input {
        Some(text) => input::json(text.as_bytes(), "the input", inside.json_limits(Some(&agent.name)))?,
        None => Json::null(),
    };
    if args.dry_run {
        preview(context, &inside, &given, input)
    } else {
        once(context, &inside, &given, agent, &input)
    }
}

/// A folder that goes away.
pub(crate) fn temporary() -> Result<tempfile::TempDir, Problem> {
    tempfile::Builder::new().prefix("jaros-").tempdir().map_err(|error| {
        let text = format!("a temporary folder can't be made: {error}");
        Problem::machine(text).next("set TMPDIR to a folder with room")
    })
}

/// Takes over the settings of another folder.
fn settings(from: &Path, inside: &Context) -> Result<(), Problem> {
    for name in ["grants.toml", "limits.toml", "llm.json"] {
        let file = from.join(name);
        if file.exists() {
            write_atomic(&inside.layout.config().join(name), &input::file(&file, 1 << 20, None)?)?;
        }
    }
    Ok(())
}

fn read(inside: &Context, file: &Path) -> Result<Given, Problem> {
    let limits = inside.limits();
    let bytes = input::file(file, limits.all().component_bytes, Some("component_bytes"))?;
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let name = Name::new(&stem).map_err(|error| {
        Problem::input(format!("{}: its name can be no component's: {error}", file.display()))
            .next("rename the file")
    })?;
    let audit = jaros_engine::glance(&bytes, &limits.largest()).map_err(|failure| {
        let mut problem = Problem::refused(&failure);
        problem.message = format!("{} is refused: {}", file.display(), failure.message);
        problem.next(format!("jaros inspect {} tells more", file.display()))
    })?;
    Ok(Given { file: file.to_owned(), name, bytes, audit })
}

fn is_agent(given: &Given) -> bool {
    given.audit.role == jaros_capability::Role::Agent
}

fn the_agent(given: &[Given]) -> Result<&Given, Problem> {
    let agents: Vec<&Given> = given.iter().filter(|given| is_agent(given)).collect();
    match agents[..] {
        [agent] => Ok(agent),
        [] => Err(Problem::input("none of the files is an agent")
            .next("name one agent, and the tools that it needs")),
        [first, ..] => Err(Problem::input(format!(
            "{} of the files are agents, and the job needs to know which",
            agents.len()
        ))
        .next(format!("name {} and its tools only; a swarm runs under jaros serve", first.file.display()))),
    }
}

/// A node for this one job.
fn once(context: &Context, inside: &Context, given: &[Given], agent: &Given, input: &Json) -> Outcome {
    for one in given {
        let folder = if is_agent(one) { inside.layout.agents() } else { inside.layout.tools() };
        write_atomic(&folder.join(format!("{}.wasm", one.name)), &one.bytes)?;
    }
    let id = jaros_fabric::new_job_id();
    let job = format!(
        "{{\"agent\":\"{}\",\"by\":\"{}\",\"id\":\"{id}\",\"input\":{input}}}\n",
        agent.name,
        operator()
    );
    Folder::open(inside.layout.clone(), inside.limits().all().job_bytes)?
        .submit(&id, job.as_bytes())
        .map_err(|error| Problem::input(error.to_string()).next("make the input smaller"))?;
    let mut options = Options::new(inside.layout.root(), compiler());
    options.once = true;
    let workers = options.workers;
    let node = Node::open(options).map_err(|error| not_opened(&error))?;
    runtime(workers)?.block_on(node.run()).map_err(|error| not_opened(&error))?;
    refusals(context, inside);
    let Some(story) = story::gather(&mut record::open(inside)?, &id)? else {
        return Err(
            Problem::machine("the job left no trace").next("jaros run again; if it stays so, this is a bug")
        );
    };
    if context.out.is_json() {
        context.out.document(&story)?;
    } else {
        show::print(&context.out, &story)?;
    }
    Ok(if story.state == "DONE" { Exit::Ok } else { Exit::No })
}

/// Components that the node didn't take, to standard error: the job may have gone on without them.
fn refusals(context: &Context, inside: &Context) {
    let components = Status::read(&inside.layout).map_or_else(|_| Vec::new(), |status| status.components);
    for component in components {
        if let Some(refused) = component.refused {
            let why = text::lines(&refused.failure.message);
            context.out.remark(format_args!("{} {} was refused: {why}", component.role, component.name));
            context.out.remark("next: --config DIR takes the grants of another folder");
        }
    }
}

/// What `run --dry-run --json` prints.
#[derive(Serialize)]
struct Proposed {
    agent: Name,
    component: Digest,
    proposals: Vec<ProposedOne>,
    memo: Option<Json>,
    error: Option<jaros_decision::Failure>,
    model_calls: Vec<ModelCall>,
}

#[derive(Serialize)]
struct ProposedOne {
    kind: String,
    payload: String,
    note: String,
    verdict: &'static str,
    error: Option<jaros_decision::Failure>,
}

fn preview(context: &Context, inside: &Context, given: &[Given], input: Json) -> Outcome {
    let files: Vec<PathBuf> = given.iter().map(|given| given.file.clone()).collect();
    let found = runtime(1)?.block_on(jaros_node::preview(&inside.layout, &compiler(), &files, input));
    let found = found
        .map_err(|why| Problem::new(Exit::Refused, "refused", why).next("jaros inspect FILE tells more"))?;
    let component = the_agent(given).map(|agent| Digest::of(&agent.bytes))?;
    let proposed = proposed(found, component);
    let good = proposed.error.is_none() && proposed.proposals.iter().all(|one| one.error.is_none());
    if context.out.is_json() {
        context.out.document(&proposed)?;
    } else {
        print(&context.out, &proposed)?;
    }
    Ok(if good { Exit::Ok } else { Exit::No })
}

fn proposed(found: Preview, component: Digest) -> Proposed {
    let (plan, error) = match found.plan {
        Ok(plan) => (Some(plan), None),
        Err(failure) => (None, Some(failure)),
    };
    let memo = plan.as_ref().and_then(|plan| plan.memo.clone());
    let proposals =
        plan.into_iter().flat_map(|plan| plan.decisions).zip(found.verdicts).map(|(proposal, verdict)| {
            let word = if verdict.is_ok() { "admitted" } else { "refused" };
            ProposedOne {
                kind: proposal.kind,
                payload: proposal.payload,
                note: proposal.note,
                verdict: word,
                error: verdict.err(),
            }
        });
    let proposals = proposals.collect();
    let model_calls = found.transcript.into_iter().map(ModelCall::of).collect();
    Proposed { agent: found.agent, component, proposals, memo, error, model_calls }
}

fn print(out: &Output, found: &Proposed) -> Result<(), Problem> {
    let title = out.paint(Paint::Strong, format_args!("{}@{}", found.agent, found.component.short()));
    out.line(format_args!("{title} would propose, in its first turn:"))?;
    found.model_calls.iter().try_for_each(|call| show::model_call(out, call))?;
    for (index, one) in found.proposals.iter().enumerate() {
        let kind = out.paint(Paint::Strong, text::brief(&one.kind, 64));
        out.line(format_args!("  {:<6} {kind} {}", index + 1, text::brief(&one.payload, 400)))?;
        let verdict = match &one.error {
            None => out.paint(Paint::Good, "would be admitted"),
            Some(failure) => out.paint(Paint::Care, format_args!("would be refused: {}", show::why(failure))),
        };
        out.line(format_args!("         {verdict}"))?;
    }
    if let Some(failure) = &found.error {
        out.line(format_args!(
            "  {}",
            out.paint(Paint::Bad, format_args!("no plan: {}", show::why(failure)))
        ))?;
    }
    if let Some(memo) = &found.memo {
        out.line(format_args!("  memo   {}", text::brief(memo.as_str(), 400)))?;
    }
    out.line(out.paint(Paint::Dim, "Nothing was carried out."))?;
    Ok(())
}
