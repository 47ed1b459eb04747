//! Waiting for results.
//!
//! *Invariant:* an answer is noticed within a few milliseconds of its file; a job that waits for a person, and a node that
//! is gone, end the waiting with a word about it instead of hanging.
//! *Doesn't know:* how jobs are submitted.
//! *Start at:* [`for_one`].

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jaros_decision::{Code, JobId, Json, JsonLimits};
use jaros_ledger::Reader;
use serde::Deserialize;

use crate::context::Context;
use crate::exit::Exit;
use crate::problem::{Outcome, Problem, code};
use crate::record;
use crate::roll::Roll;
use crate::text;

/// Between two looks at the outbox: short at first, since most jobs are.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LAST_PAUSE: Duration = Duration::from_millis(20);
/// Between two looks at the node, and at whether somebody has to act.
const FIRST_ROUND: Duration = Duration::from_millis(20);
const LAST_ROUND: Duration = Duration::from_millis(250);

/// `outbox/ID.json`.
#[derive(Deserialize)]
struct Document {
    state: String,
    /// A job may well end with `null`: the state tells how it ended.
    #[serde(default = "Json::null")]
    result: Json,
    error: Option<Failed>,
}

#[derive(Deserialize)]
struct Failed {
    code: String,
    message: String,
}

/// Waits for one result and prints it.
pub(super) fn for_one(context: &Context, id: &JobId, timeout: Option<Duration>) -> Outcome {
    let mut waiting = Waiting::new(context, timeout);
    let begin = Instant::now();
    let document = waiting.result(id)?;
    let result = read(&document, id)?;
    if context.out.is_json() {
        context.out.document(&document)?;
        return Ok(if result.state == "DONE" { Exit::Ok } else { Exit::No });
    }
    if result.state != "DONE" {
        return Err(problem(id, result.error));
    }
    context.out.remark(format_args!("done after {}", text::duration(begin.elapsed())));
    context.out.line(pretty(context, &result.result))?;
    Ok(Exit::Ok)
}

/// Waits for every result and prints a line each.
pub(super) fn for_all<'j>(
    context: &Context,
    ids: impl Iterator<Item = &'j JobId>,
    timeout: Option<Duration>,
) -> Outcome {
    let mut waiting = Waiting::new(context, timeout);
    let (mut all, mut failed) = (0_u64, 0_u64);
    for id in ids {
        let document = waiting.result(id)?;
        let result = read(&document, id)?;
        all += 1;
        failed += u64::from(result.state != "DONE");
        context.out.line(&document)?;
        context.out.progress(format_args!("{} done", text::count(all)));
    }
    context.out.progress_done();
    context.out.remark(format_args!("{} done, {} failed", text::count(all - failed), text::count(failed)));
    Ok(if failed == 0 { Exit::Ok } else { Exit::No })
}

fn read(document: &Json, id: &JobId) -> Result<Document, Problem> {
    document.to().map_err(|error| {
        Problem::machine(format!("outbox/{id}.json is no result: {error}"))
            .next(format!("jaros show {id} tells the result"))
    })
}

fn problem(id: &JobId, failed: Option<Failed>) -> Problem {
    let failed = failed.unwrap_or(Failed { code: "failed".into(), message: "no reason was given".into() });
    let text = format!("job {id} failed, {}: {}", text::plain(&failed.code), text::lines(&failed.message));
    Problem::new(Exit::No, &failed.code, text).next(format!("jaros show {id}"))
}

fn pretty(context: &Context, result: &Json) -> String {
    if context.out.is_terminal() {
        // The text is a guest's: in JSON, what moves a cursor is escaped up to what JSON itself lets stand.
        text::lines(&serde_json::to_string_pretty(&result.to_value()).expect("JSON is JSON"))
    } else {
        result.to_string()
    }
}

/// What waits, and what it has seen meanwhile.
struct Waiting<'a> {
    context: &'a Context,
    deadline: Option<(Instant, Duration)>,
    looked: Instant,
    /// The record so far, once it had to be asked.
    roll: Roll,
    reader: Option<Reader>,
}

impl<'a> Waiting<'a> {
    fn new(context: &'a Context, timeout: Option<Duration>) -> Self {
        let deadline = timeout.map(|timeout| (Instant::now() + timeout, timeout));
        Self { context, deadline, looked: Instant::now(), roll: Roll::default(), reader: None }
    }

    /// The job's result, as soon as there is one.
    fn result(&mut self, id: &JobId) -> Result<Json, Problem> {
        let path = self.context.layout.outbox().join(format!("{id}.json"));
        let (mut pause, mut round) = (FIRST_PAUSE, FIRST_ROUND);
        loop {
            if let Some(document) = look(&path)? {
                return Ok(document);
            }
            if let Some((deadline, timeout)) = self.deadline
                && Instant::now() >= deadline
            {
                let text = format!("job {id} hasn't ended within {}", text::duration(timeout));
                return Err(Problem::new(Exit::Unanswered, Code::TIMEOUT.as_str(), text)
                    .next(format!("it goes on; jaros show {id} tells how it stands")));
            }
            if self.looked.elapsed() >= round {
                self.look_round(id)?;
                self.looked = Instant::now();
                round = (round * 2).min(LAST_ROUND);
            }
            std::thread::sleep(pause);
            pause = (pause * 3 / 2).min(LAST_PAUSE);
        }
    }

    /// Whether anybody is there to answer, and nobody has to act first.
    fn look_round(&mut self, id: &JobId) -> Result<(), Problem> {
        let outbox = self.context.layout.outbox().join(format!("{id}.json"));
        if self.context.live()?.is_none() && !outbox.exists() {
            let text = format!("the node stopped before job {id} ended");
            return Err(Problem::new(Exit::Unanswered, code::NO_NODE, text)
                .next(format!("jaros serve goes on with it; jaros show {id} tells how it stands")));
        }
        let status = self.context.live_status()?;
        if status.is_none_or(|status| status.jobs.blocked_count == 0) {
            return Ok(());
        }
        // Somebody's job is blocked: only the record tells whether this one waits for it.
        let reader = match &mut self.reader {
            Some(reader) => reader,
            none => none.insert(record::open(self.context)?),
        };
        self.roll.catch_up(reader)?;
        let blocked = self.roll.blocked_below(id);
        let Some(first) = blocked.first() else { return Ok(()) };
        let text = if *first == id {
            format!("job {id} waits for an operator")
        } else {
            format!("job {id} waits for job {first}, which waits for an operator")
        };
        Err(Problem::new(Exit::Unanswered, code::BLOCKED, text)
            .next(format!("jaros unblock {first} --input JSON")))
    }
}

/// A result appears whole, by a link or a rename.
fn look(path: &PathBuf) -> Result<Option<Json>, Problem> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let text = format!("{} can't be read: {error}", path.display());
            return Err(Problem::machine(text).next("look at that file"));
        }
    };
    // An empty file is what a power cut may leave of one; the node writes it anew.
    if bytes.is_empty() {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&bytes);
    let json = Json::parse(&text, JsonLimits::HOST);
    json.map(Some).map_err(|error| {
        Problem::machine(format!("{} is no result: {error}", path.display()))
            .next("remove it; the node writes it anew")
    })
}
