//! `submit --batch`: many jobs, a line each.
//!
//! *Invariant:* every line is checked before the first job is written; one bad line, and nothing is submitted.
//! *Doesn't know:* what a job may be; the roster does.
//! *Start at:* [`batch`].

use std::collections::HashMap;
use std::path::Path;

use jaros_decision::{JobId, Json, JsonLimits, Name};
use jaros_fabric::new_job_id;
use serde::Deserialize;

use super::roster::Roster;
use super::{Desk, Order, told, unused, wait};
use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::input;
use crate::problem::{Outcome, Problem};
use crate::text;

/// Bytes of a batch: all of it is held until the last line is known to be good.
const BATCH_BYTES: u64 = 256 << 20;
/// Bad lines that are named.
const NAMED: usize = 20;

/// A line without an agent of its own beside it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    agent: String,
    #[serde(default = "Json::null")]
    input: Json,
    id: Option<String>,
}

/// Submits a file of jobs.
pub(super) fn batch(context: &Context, args: &args::Submit, file: &Path, roster: &Roster<'_>) -> Outcome {
    let agent = args.agent.as_deref().map(|agent| roster.agent(agent)).transpose()?;
    let bytes = input::file_or_stdin(file, BATCH_BYTES, None)?;
    let orders = read(context, roster, agent.as_ref(), &bytes)?;
    if orders.is_empty() {
        return Err(
            Problem::input("the batch has no lines").next(r#"a line is {"agent":"NAME","input":{…}}"#)
        );
    }
    if args.wait && context.live()?.is_none() {
        return Err(context.no_node());
    }
    let desk = Desk::open(context)?;
    for (done, order) in orders.iter().enumerate() {
        desk.submit(order).map_err(|problem| unfinished(problem, done, orders.len()))?;
        if !args.wait {
            told_briefly(context, order)?;
        }
    }
    if args.wait {
        context.out.remark(format_args!("submitted {}", text::several(orders.len() as u64, "job")));
        return wait::for_all(context, orders.iter().map(|order| &order.id), args.timeout);
    }
    Ok(Exit::Ok)
}

fn told_briefly(context: &Context, order: &Order) -> Result<(), Problem> {
    if context.out.is_json() { told(context, order) } else { context.out.line(&order.id) }
}

fn unfinished(mut problem: Problem, done: usize, all: usize) -> Problem {
    if done > 0 {
        problem.message += &format!(" ({done} of {all} jobs were submitted before that)");
    }
    problem
}

/// Every line as an order, or all that is wrong.
fn read(
    context: &Context,
    roster: &Roster<'_>,
    agent: Option<&Name>,
    bytes: &[u8],
) -> Result<Vec<Order>, Problem> {
    let limits = context.json_limits(agent);
    let (mut orders, mut wrong, mut bad) = (Vec::new(), Vec::new(), 0);
    let mut lines: HashMap<JobId, usize> = HashMap::new();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let number = index + 1;
        let order = one(context, roster, agent, line, limits).and_then(|order| {
            match lines.insert(order.id.clone(), number) {
                Some(first) => Err(Problem::input(format!("its id {} stands in line {first} too", order.id))),
                None => Ok(order),
            }
        });
        match order {
            Ok(order) => orders.push(order),
            Err(problem) => {
                bad += 1;
                if bad <= NAMED {
                    wrong.push(format!("line {number}: {}", problem.message));
                }
            }
        }
    }
    if bad == 0 {
        return Ok(orders);
    }
    if bad > NAMED {
        wrong.push(format!("and {} more", bad - NAMED));
    }
    let text = format!("{} can't be used, so nothing was submitted", text::several(bad as u64, "line"));
    Err(Problem::input(text).details(wrong).next("mend the lines and submit the batch again"))
}

fn one(
    context: &Context,
    roster: &Roster<'_>,
    agent: Option<&Name>,
    line: &[u8],
    limits: JsonLimits,
) -> Result<Order, Problem> {
    let order = match agent {
        Some(agent) => {
            Order { id: new_job_id(), agent: agent.clone(), input: input::json(line, "it", limits)? }
        }
        None => whole(context, roster, line, limits)?,
    };
    roster.check(&order.agent, &order.input)?;
    Ok(order)
}

fn whole(context: &Context, roster: &Roster<'_>, line: &[u8], limits: JsonLimits) -> Result<Order, Problem> {
    // The line may nest its input one deeper than the input itself may be.
    let around = JsonLimits { bytes: limits.bytes.saturating_add(4 << 10), depth: limits.depth + 1 };
    let json = input::json(line, "it", around)?;
    let line: Line = json.to().map_err(|error| Problem::input(format!("it is no job: {error}")))?;
    let agent = roster.agent(&line.agent)?;
    let input = input::json(line.input.as_str().as_bytes(), "its input", limits)?;
    let id = match line.id {
        None => new_job_id(),
        Some(id) => {
            let id = JobId::new(&id)
                .map_err(|error| Problem::input(format!("its id {:?}: {error}", text::brief(&id, 40))))?;
            unused(context, &id)?;
            id
        }
    };
    Ok(Order { id, agent, input })
}

#[cfg(test)]
mod tests {
    use jaros_fabric::Layout;

    use super::*;
    use crate::output::Output;

    /// A data directory in which there is the agent `echo`, and the job `there` waits.
    fn context(root: &Path) -> Context {
        let context = Context { layout: Layout::new(root), out: Output::new(false), named: None };
        context.layout.create().unwrap();
        std::fs::write(context.layout.agents().join("echo.wasm"), "").unwrap();
        std::fs::write(context.layout.inbox().join("there.json"), "").unwrap();
        context
    }

    #[test]
    fn one_bad_line_and_nothing_is_submitted() {
        let dir = tempfile::tempdir().unwrap();
        let context = context(dir.path());
        let roster = Roster::new(&context).unwrap();
        let echo = Name::new("echo").unwrap();
        let check = |agent: Option<&Name>, text: &[u8]| match read(&context, &roster, agent, text) {
            Ok(orders) => orders.iter().map(|order| order.input.to_string()).collect::<Vec<_>>().join(" "),
            Err(problem) => problem.details.join(" | "),
        };
        assert_eq!(check(None, b"{\"agent\":\"echo\",\"input\":1}\r\n\n{\"agent\":\"echo\"}"), "1 null");
        assert_eq!(check(Some(&echo), b"{\"b\":1}\n[2]\n"), "{\"b\":1} [2]");
        assert_eq!(check(None, b""), "");
        for (line, why) in [
            (&b"{\"agent\":\"eco\"}"[..], "line 2: there is no agent \"eco\"; did you mean echo?"),
            (b"{\"agent\":\"../echo\"}", "line 2: there is no agent"),
            (b"{\"input\":1}", "line 2: it is no job: missing field `agent`"),
            (b"{\"agent\":\"echo\",\"x\":1}", "line 2: it is no job: unknown field `x`"),
            (b"{\"agent\":\"echo\",\"id\":\"../x\"}", "line 2: its id \"../x\": "),
            (b"{\"agent\":\"echo\",\"id\":\"there\"}", "line 2: job there waits in the inbox"),
            (b"{\"agent\":\"echo\",\"id\":\"one\"}", "line 2: its id one stands in line 1 too"),
            (b"nope", "line 2: it can't be used: not JSON"),
            (b"\xff", "line 2: it is not UTF-8 text"),
        ] {
            let told = check(None, &[b"{\"agent\":\"echo\",\"id\":\"one\"}\n", line].concat());
            assert!(told.starts_with(why) && !told.contains(" | "), "{told}\n instead of {why}");
        }
        let many = "nope\n".repeat(30);
        assert!(check(None, many.as_bytes()).ends_with(
            "line 20: it can't be used: not JSON: expected ident at line 1 column 2 | and 10 more"
        ));
    }
}
