//! What a round says: one block, from what was saved to what came of it.
//!
//! *Invariant:* people and programs are told the same; with `--json` a round is one line. Other people's words carry no control
//! characters.
//! *Doesn't know:* how a round goes.
//! *Start at:* [`Said`].

use std::cell::RefCell;
use std::fmt::Display;
use std::path::PathBuf;
use std::time::Duration;

use jaros_capability::Role;
use jaros_decision::{Failure, Json};
use jaros_node::LogLine;
use jaros_project::{Built, Project};
use serde::Serialize;

use crate::commands::build::{self, Report};
use crate::commands::show;
use crate::context::Context;
use crate::output::{Output, Paint};
use crate::problem::Problem;
use crate::story::{Decision, ModelCall, Story};
use crate::text;

/// Characters of an input, a payload, a result.
const SHOWN_CHARS: usize = 300;
/// What was saved is named up to here.
const NAMED: usize = 3;

/// A round that is being told.
pub(super) struct Said<'a> {
    out: &'a Output,
    changed: Vec<String>,
    agreed: RefCell<Option<Failure>>,
}

/// A job that tried the component out.
pub(super) struct Tried<'a> {
    pub(super) project: &'a Project,
    pub(super) built: &'a Built,
    /// The input, or the payload.
    pub(super) given: &'a Json,
    /// Where that comes from; empty for nowhere.
    pub(super) from: &'a str,
    pub(super) story: &'a Story,
    pub(super) logs: &'a [LogLine],
    pub(super) took: Duration,
}

/// A round as programs read it.
#[derive(Serialize)]
struct Document<'a> {
    changed: &'a [String],
    built: Report<'a>,
    given: &'a Json,
    job: &'a Story,
    logs: &'a [LogLine],
    took_ms: u64,
}

/// What the command says first.
pub(super) fn begin(out: &Output, project: &Project, place: &Context) -> Result<(), Problem> {
    if out.is_json() {
        return Ok(());
    }
    let title = out.paint(Paint::Strong, format_args!("{} {}", project.kind.word(), project.name));
    let lang = project.lang.title();
    out.line(format_args!("{title} in {lang}, in a node on {}", place.root()))?;
    out.line(out.paint(Paint::Dim, "Saving a file builds it and runs it again; Ctrl-C ends it."))?;
    out.flush()
}

impl<'a> Said<'a> {
    /// Names what was saved.
    pub(super) fn begin(out: &'a Output, changed: &[PathBuf]) -> Result<Self, Problem> {
        let changed: Vec<String> = changed.iter().map(|path| path.display().to_string()).collect();
        let said = Self { out, changed, agreed: RefCell::default() };
        if out.is_json() {
            return Ok(said);
        }
        out.line("")?;
        let more = said.changed.len().saturating_sub(NAMED);
        let mut named = said.changed[..said.changed.len() - more].join(", ");
        if more > 0 {
            named += &format!(" and {more} more");
        }
        if !named.is_empty() {
            said.row("saved", named)?;
        }
        out.flush()?;
        Ok(said)
    }

    /// Tells that it was built.
    pub(super) fn built(&self, project: &Project, built: &Built) -> Result<(), Problem> {
        if self.out.is_json() {
            return Ok(());
        }
        if !built.said.trim().is_empty() {
            self.out.remark(built.said.trim_end());
        }
        let about = format!("{}, in {}", build::size(built), text::duration(built.took));
        let name = format!("{}@{}", project.name, built.digest.short());
        self.row("built", format_args!("{name} {}", self.out.paint(Paint::Dim, about)))?;
        self.out.flush()
    }

    /// Tells that the node held the version and was told to take it.
    pub(super) fn agreed(&self, failure: &Failure) -> Result<(), Problem> {
        *self.agreed.borrow_mut() = Some(failure.clone());
        if self.out.is_json() {
            return Ok(());
        }
        let why = text::plain(&failure.message);
        self.row("agreed", format_args!("{why}, which dev did for you"))
    }

    /// Tells the job that tried it out.
    pub(super) fn tried(&self, tried: &Tried<'_>) -> Result<(), Problem> {
        if self.out.is_json() {
            return self.out.record(&Document {
                changed: &self.changed,
                built: Report::of(tried.project, tried.built),
                given: tried.given,
                job: tried.story,
                logs: tried.logs,
                took_ms: u64::try_from(tried.took.as_millis()).unwrap_or(u64::MAX),
            });
        }
        let from = if tried.from.is_empty() { "neither --input nor a case in evals/" } else { tried.from };
        let what = if tried.project.kind == Role::Agent { "input" } else { "payload" };
        self.row(
            what,
            format_args!("{} {}", shown(tried.given), self.out.paint(Paint::Dim, format_args!("({from})"))),
        )?;
        for line in tried.logs {
            self.log(line)?;
        }
        match tried.project.kind {
            Role::Agent => self.agent(tried),
            Role::Tool => self.tool(tried),
        }
    }

    /// A tool's own outcome: the agent that proposed it is scenery.
    fn tool(&self, tried: &Tried<'_>) -> Result<(), Problem> {
        let decisions = tried.story.turns.iter().flat_map(|turn| &turn.decisions);
        let ours = decisions.into_iter().find(|decision| decision.kind == tried.project.name.as_str());
        let Some(decision) = ours else { return self.end(tried) };
        self.effects(decision)?;
        match (&decision.result, &decision.error) {
            (_, Some(failure)) => self.bad(decision.verdict, failure),
            (Some(result), None) => self.good(result, tried.took),
            (None, None) => self.end(tried),
        }
    }

    fn agent(&self, tried: &Tried<'_>) -> Result<(), Problem> {
        for turn in &tried.story.turns {
            let title = format!("turn {}", turn.turn);
            for call in &turn.model_calls {
                self.model(&title, call)?;
            }
            for decision in &turn.decisions {
                self.decision(&title, decision)?;
            }
            if let Some(failure) = &turn.error {
                let why = self.out.paint(Paint::Bad, format_args!("no plan: {}", show::why(failure)));
                self.row(&title, why)?;
            }
        }
        self.end(tried)
    }

    fn model(&self, title: &str, call: &ModelCall) -> Result<(), Problem> {
        let asked = call.request.messages.last().map_or("", |message| message.content.as_str());
        self.row(title, format_args!("asked the model: {}", text::brief(asked, SHOWN_CHARS)))?;
        match (&call.answer, &call.error) {
            (Some(answer), _) => self.row("", format_args!("→ {}", text::brief(&answer.text, SHOWN_CHARS))),
            (None, Some(failure)) => self.row("", self.out.paint(Paint::Bad, show::why(failure))),
            (None, None) => Ok(()),
        }
    }

    fn decision(&self, title: &str, decision: &Decision) -> Result<(), Problem> {
        let note = Some(&decision.note).filter(|note| !note.is_empty());
        let note = note.map_or_else(String::new, |note| format!("  “{}”", text::brief(note, 120)));
        let kind = self.out.paint(Paint::Strong, text::brief(&decision.kind, 64));
        let payload = text::brief(&decision.payload, SHOWN_CHARS);
        self.row(title, format_args!("{kind} {payload}{}", self.out.paint(Paint::Dim, note)))?;
        self.effects(decision)?;
        match (&decision.result, &decision.error) {
            (_, Some(failure)) => self.row(
                "",
                self.out.paint(Paint::Bad, format_args!("{}: {}", decision.verdict, show::why(failure))),
            ),
            (Some(result), None) => self.row("", format_args!("→ {}", shown(result))),
            (None, None) => Ok(()),
        }
    }

    /// What it wrote.
    fn effects(&self, decision: &Decision) -> Result<(), Problem> {
        let artifacts = decision.artifacts.iter().map(|path| format!("wrote artifacts/{path}"));
        decision
            .changes
            .iter()
            .cloned()
            .chain(artifacts)
            .try_for_each(|what| self.row("", text::plain(&what)))
    }

    fn end(&self, tried: &Tried<'_>) -> Result<(), Problem> {
        match (&tried.story.result, &tried.story.error) {
            (Some(result), _) => self.good(result, tried.took),
            (None, Some(failure)) => self.bad("failed", failure),
            (None, None) if tried.story.state == "BLOCKED" => {
                let id = &tried.story.id;
                self.row(
                    "blocked",
                    self.out.paint(Paint::Care, format_args!("it waits for an operator (job {id})")),
                )
            }
            (None, None) => self.row("job", "still under way"),
        }
    }

    fn good(&self, result: &Json, took: Duration) -> Result<(), Problem> {
        let after = self.out.paint(Paint::Dim, format_args!("after {}", text::duration(took)));
        self.row(&self.out.paint(Paint::Good, "result "), format_args!("{} {after}", shown(result)))
    }

    fn bad(&self, verdict: &str, failure: &Failure) -> Result<(), Problem> {
        let what = if verdict == "refused" { "refused" } else { "failed " };
        self.row(&self.out.paint(Paint::Bad, what), show::why(failure))
    }

    fn log(&self, line: &LogLine) -> Result<(), Problem> {
        let paint = match line.level.as_str() {
            "error" => Paint::Bad,
            "warn" => Paint::Care,
            _ => Paint::Dim,
        };
        let level = self.out.paint(paint, format_args!("{:<5}", text::plain(&line.level)));
        let message = text::lines(&line.message).replace('\n', "\n         ");
        self.row("log", format_args!("{level} {message}"))
    }

    fn row(&self, title: &str, what: impl Display) -> Result<(), Problem> {
        let title = if title.contains('\x1b') {
            title.to_owned()
        } else {
            self.out.paint(Paint::Dim, format_args!("{title:<7}"))
        };
        self.out.line(format_args!("{title} {what}"))
    }
}

fn shown(json: &Json) -> String {
    text::brief(json.as_str(), SHOWN_CHARS)
}
