//! `submit`: gives jobs to agents, and waits for their results when asked to.
//!
//! *Invariant:* a job that can't be one is refused before anything is written, a batch as a whole.
//! *Doesn't know:* how a job is run.
//! *Start at:* [`submit`].

mod batch;
mod roster;
mod wait;

use jaros_decision::{JobId, Json, Name};
use jaros_fabric::{Fabric, Folder, SubmitError, new_job_id};
use serde::Serialize;

use self::roster::Roster;
use crate::args;
use crate::context::{Context, operator};
use crate::exit::Exit;
use crate::input;
use crate::problem::{Outcome, Problem, code};

/// A job that may be submitted.
struct Order {
    id: JobId,
    agent: Name,
    input: Json,
}

#[derive(Serialize)]
struct Submitted<'a> {
    id: &'a JobId,
    agent: &'a Name,
    path: String,
}

/// `submit`.
pub(crate) fn submit(context: &Context, args: &args::Submit) -> Outcome {
    context.existing()?;
    let roster = Roster::new(context)?;
    if let Some(file) = &args.batch {
        return batch::batch(context, args, file, &roster);
    }
    let agent = args.agent.as_deref().expect("clap asks for an agent without --batch");
    let agent = roster.agent(agent)?;
    let input = given(context, args, &agent)?;
    roster.check(&agent, &input)?;
    let id = args.id.clone().unwrap_or_else(new_job_id);
    if args.id.is_some() {
        unused(context, &id)?;
    }
    if args.wait && context.live()?.is_none() {
        return Err(context.no_node());
    }
    let desk = Desk::open(context)?;
    let order = Order { id, agent, input };
    desk.submit(&order)?;
    if args.wait {
        context.out.remark(format_args!("submitted {}", order.id));
        return wait::for_one(context, &order.id, args.timeout);
    }
    told(context, &order)?;
    Ok(Exit::Ok)
}

fn given(context: &Context, args: &args::Submit, agent: &Name) -> Result<Json, Problem> {
    let limits = context.json_limits(Some(agent));
    let limit = Some("json_bytes");
    let bytes = match (&args.input, &args.input_file, &args.stdin) {
        (Some(text), ..) => text.clone().into_bytes(),
        (None, Some(file), _) => input::file_or_stdin(file, limits.bytes, limit)?,
        (None, None, Some(_)) => input::stdin(limits.bytes, limit)?,
        (None, None, None) => return Ok(Json::null()),
    };
    input::json(&bytes, "the input", limits)
}

/// That nothing is known under an id that somebody chose.
fn unused(context: &Context, id: &JobId) -> Result<(), Problem> {
    let layout = &context.layout;
    let taken = [(layout.inbox(), "waits in the inbox"), (layout.outbox(), "has ended already")];
    let found = taken.iter().find(|(folder, _)| folder.join(format!("{id}.json")).symlink_metadata().is_ok());
    match found {
        None => Ok(()),
        Some((_, what)) => Err(taken_id(format!("job {id} {what}"), id)),
    }
}

fn taken_id(text: String, id: &JobId) -> Problem {
    Problem::new(Exit::Refused, code::EXISTS, text)
        .next(format!("submit under another id; jaros show {id} tells about that one"))
}

fn told(context: &Context, order: &Order) -> Result<(), Problem> {
    let path = context.layout.inbox().join(format!("{}.json", order.id)).display().to_string();
    if context.out.is_json() {
        return context.out.record(&Submitted { id: &order.id, agent: &order.agent, path });
    }
    context.out.line(format_args!("{}\n{path}", order.id))
}

/// Where jobs are handed in.
struct Desk {
    folder: Folder,
    by: Name,
}

impl Desk {
    fn open(context: &Context) -> Result<Self, Problem> {
        let folder = Folder::open(context.layout.clone(), context.limits().all().job_bytes)?;
        Ok(Self { folder, by: operator() })
    }

    fn submit(&self, order: &Order) -> Result<(), Problem> {
        let Order { id, agent, input } = order;
        let text =
            format!("{{\"agent\":\"{agent}\",\"by\":\"{}\",\"id\":\"{id}\",\"input\":{input}}}\n", self.by);
        self.folder.submit(id, text.as_bytes()).map_err(|error| match error {
            SubmitError::Exists(id) => taken_id(format!("job {id} waits in the inbox"), &id),
            SubmitError::TooBig { .. } => Problem::new(Exit::Input, "limit", error.to_string())
                .next("make the input smaller, or raise `job_bytes` in config/limits.toml"),
            SubmitError::Io(failure) => failure.into(),
        })
    }
}
