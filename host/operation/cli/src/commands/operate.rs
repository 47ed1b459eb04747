//! `unblock` and `cancel`: what an operator does to a job.
//!
//! *Invariant:* returns when it stands on the record, or says that it doesn't.
//! *Doesn't know:* how a node is asked; `jaros_node::ask` does.
//! *Start at:* [`ask`].

use std::time::Duration;

use jaros_decision::{Code, Json};
use jaros_fabric::ControlError;
use jaros_node::{Reply, Request};
use serde::Serialize;

use crate::args::{Cancel, Unblock};
use crate::context::{Context, operator};
use crate::exit::Exit;
use crate::input;
use crate::problem::{Outcome, Problem, code};

/// How long a node may take to answer: a turn that is under way may have to end first.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Serialize)]
struct Did<'a> {
    did: &'a str,
    job: &'a str,
}

/// `unblock`.
pub(crate) fn unblock(context: &Context, args: &Unblock) -> Outcome {
    let word = |text: &String| input::json(text.as_bytes(), "the input", context.json_limits(None));
    let input: Option<Json> = args.input.as_ref().map(word).transpose()?;
    let request = Request::Unblock { job: args.job.clone(), input, by: operator() };
    act(context, &request, "unblocked", args.job.as_str())
}

/// `cancel`.
pub(crate) fn cancel(context: &Context, args: &Cancel) -> Outcome {
    let request = Request::Cancel { job: args.job.clone(), by: operator() };
    act(context, &request, "cancelled", args.job.as_str())
}

fn act(context: &Context, request: &Request, did: &str, job: &str) -> Outcome {
    match ask(context, request)? {
        Reply::Refused(failure) if failure.code == Code::NOT_FOUND => {
            Err(Problem { exit: Exit::Input, ..Problem::refused(&failure) }
                .next("jaros jobs lists what there is"))
        }
        Reply::Refused(failure) => {
            Err(Problem::refused(&failure).next(format!("jaros show {job} tells how it stands")))
        }
        Reply::Done | Reply::Checkpoint { .. } => {
            if context.out.is_json() {
                context.out.document(&Did { did, job })?;
            } else {
                context.out.line(format_args!("{did} {job}"))?;
            }
            Ok(Exit::Ok)
        }
    }
}

/// Asks the running node.
pub(crate) fn ask(context: &Context, request: &Request) -> Result<Reply, Problem> {
    context.running()?;
    jaros_node::ask(&context.layout, request, PATIENCE).map_err(|error| match error {
        ControlError::Unanswered(_) if context.live().ok().flatten().is_none() => context.no_node(),
        ControlError::Unanswered(_) => {
            Problem::new(Exit::Unanswered, Code::TIMEOUT.as_str(), error.to_string())
                .next("jaros status, then repeat")
        }
        ControlError::InDoubt(_) => {
            Problem::new(Exit::Unanswered, Code::IN_DOUBT.as_str(), error.to_string())
                .next("jaros ledger --kind operator tells whether it stands on the record")
        }
        ControlError::Io(failure) => failure.into(),
    })
}

/// What the node said that it doesn't usually say.
pub(crate) fn unexpected() -> Problem {
    Problem::new(Exit::Machine, code::MACHINE, "the node answered something else than it was asked")
        .next("use the same version of jaros for the node and for the command line")
}
