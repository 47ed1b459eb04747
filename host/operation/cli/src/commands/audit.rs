//! `audit`: what was refused, held or stopped, by which component, and what operators decided about components.
//!
//! *Invariant:* every row stands on the record, and its entry was checked against the chain. Guests' words are on one line,
//! escaped. Nothing is held back but the newest rows that are to be shown.
//! *Doesn't know:* how rows follow from entries; `trail` does.
//! *Start at:* [`audit`].

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jaros_decision::Name;
use jaros_ledger::Reader;
use serde::Serialize;

use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Output, Paint};
use crate::problem::{Outcome, Problem, code};
use crate::record;
use crate::text;
use crate::trail::{Row, Trail, What};

/// Between two looks at a ledger that is followed.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LAST_PAUSE: Duration = Duration::from_millis(100);
/// Characters of what was tried, and of a sentence.
const TRIED_CHARS: usize = 100;
const MESSAGE_CHARS: usize = 240;

/// How often what was refused to whom.
#[derive(Default)]
struct Summary(BTreeMap<(Option<&'static str>, Option<Name>, String), u64>);

/// A line of the summary.
#[derive(Serialize)]
struct Count<'a> {
    role: Option<&'static str>,
    component: Option<&'a Name>,
    reason: &'a str,
    count: u64,
}

#[derive(Serialize)]
struct Counts<'a> {
    summary: Vec<Count<'a>>,
    total: u64,
}

/// `audit`.
pub(crate) fn audit(context: &Context, args: &args::Audit) -> Outcome {
    let out = &context.out;
    let mut reader = record::open(context)?;
    let mut trail = Trail::default();
    let mut newest: VecDeque<String> = VecDeque::new();
    let mut summary = Summary::default();
    while let Some(rows) = next(&mut reader, &mut trail)? {
        for row in rows.into_iter().filter(|row| wanted(args, row)) {
            summary.add(&row);
            if args.summary {
                continue;
            }
            if args.limit > 0 && newest.len() == args.limit {
                newest.pop_front();
            }
            newest.push_back(shown(out, &row));
            // Without a limit nothing has to be held back.
            if args.limit == 0 {
                print(out, &mut newest)?;
            }
        }
    }
    print(out, &mut newest)?;
    record::intact(context, &reader)?;
    if args.follow {
        return follow(context, args, reader, trail);
    }
    if args.summary || !out.is_json() {
        summary.print(out, args)?;
    }
    Ok(Exit::Ok)
}

/// The rows of the next entry; `None` at the end.
fn next(reader: &mut Reader, trail: &mut Trail) -> Result<Option<Vec<Row>>, Problem> {
    let Some(item) = reader.read()? else { return Ok(None) };
    trail.see(&item).map(Some).map_err(|error| {
        Problem::new(Exit::No, code::BROKEN, error.to_string()).next("jaros verify checks the whole ledger")
    })
}

fn follow(context: &Context, args: &args::Audit, mut reader: Reader, mut trail: Trail) -> Outcome {
    let mut pause = FIRST_PAUSE;
    loop {
        while let Some(rows) = next(&mut reader, &mut trail)? {
            pause = FIRST_PAUSE;
            for row in rows.iter().filter(|row| wanted(args, row)) {
                context.out.line(shown(&context.out, row))?;
            }
        }
        context.out.flush()?;
        std::thread::sleep(pause);
        pause = (pause * 2).min(LAST_PAUSE);
    }
}

fn wanted(args: &args::Audit, row: &Row) -> bool {
    args.component.as_ref().is_none_or(|name| row.component.as_ref() == Some(name))
        && args.reason.as_ref().is_none_or(|reason| row.reason == *reason)
        && args.since.is_none_or(|since| row.at_ms >= since.0)
}

fn print(out: &Output, lines: &mut VecDeque<String>) -> Result<(), Problem> {
    lines.drain(..).try_for_each(|line| out.line(line))
}

fn shown(out: &Output, row: &Row) -> String {
    if out.is_json() { serde_json::to_string(row).expect("a row is JSON") } else { line(out, row) }
}

/// `2026-11-22 15:09:10.227Z   931  tool phone.home@403ddea4bc9f  was loaded  refused: the component can't …`.
fn line(out: &Output, row: &Row) -> String {
    let time = out.paint(Paint::Dim, text::moment(row.at_ms));
    let who = who(row.role, row.component.as_ref());
    let who = row.digest.map_or_else(|| who.clone(), |digest| format!("{who}@{}", digest.short()));
    let reason = match (row.what, &row.message) {
        (What::Approve | What::Rollback, _) => out.paint(Paint::Good, &row.reason),
        (_, message) => {
            let why = message.as_deref().unwrap_or("(its words were erased)");
            let why = text::brief(why, MESSAGE_CHARS);
            format!("{}: {why}", out.paint(Paint::Care, text::plain(&row.reason)))
        }
    };
    format!("{time}  {:>6}  {who:<34}  {}  {reason}", row.entry, tried(row))
}

fn who(role: Option<&'static str>, component: Option<&Name>) -> String {
    let name = component.map_or("(no agent)", Name::as_str);
    role.map_or_else(|| name.to_owned(), |role| format!("{role} {name}"))
}

/// What was tried, in a few words.
fn tried(row: &Row) -> String {
    let call = row.call.as_deref().unwrap_or_default();
    let with = match &row.arguments {
        Some(arguments) => format!("{call} {arguments}"),
        None => call.to_owned(),
    };
    let with = text::brief(&with, TRIED_CHARS);
    match row.what {
        What::Load | What::Held => "to come into service".into(),
        What::Gate => format!("proposed {with}"),
        What::Capability => format!("called {with}"),
        What::Stopped => format!("ran {with}"),
        What::Job => "worked on a job".into(),
        What::Approve | What::Rollback => row.by.as_ref().map_or_else(String::new, |by| format!("by {by}")),
    }
}

impl Summary {
    fn add(&mut self, row: &Row) {
        *self.0.entry((row.role, row.component.clone(), row.reason.clone())).or_default() += 1;
    }

    fn print(&self, out: &Output, args: &args::Audit) -> Result<(), Problem> {
        let total: u64 = self.0.values().sum();
        if out.is_json() {
            let counts = self.0.iter().map(|((role, component, reason), count)| Count {
                role: *role,
                component: component.as_ref(),
                reason,
                count: *count,
            });
            return out.document(&Counts { summary: counts.collect(), total });
        }
        if total == 0 {
            out.remark("Nothing of that kind is on the record.");
            return Ok(());
        }
        if !args.summary {
            out.line("")?;
        }
        for ((role, component, reason), count) in &self.0 {
            let who = who(*role, component.as_ref());
            out.line(format_args!("{:>8}  {who:<34}  {}", text::count(*count), text::plain(reason)))?;
        }
        out.line(format_args!("{:>8}  in all", text::count(total)))
    }
}
