//! What has to come of a case.
//!
//! *Invariant:* every expectation that was read is checked; one that isn't known is an error.
//! *Doesn't know:* how a case runs, or how it came out.
//! *Start at:* [`Expect`].

use jaros_decision::Code;
use serde_json::Value;

use crate::matching::Want;
use crate::members::{Members, shown};

/// Everything that a case expects; all of it is optional.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expect {
    /// How many decisions the job made, in all its turns.
    pub decision_count: Option<u64>,
    /// About the first of them.
    pub first: Decided,
    /// About each of them, in order; as many as there are.
    pub decisions: Option<Vec<Decided>>,
    /// How the job stands at the end: `DONE`, `FAILED` or `BLOCKED`.
    pub state: Option<&'static str>,
    /// Its result.
    pub result: Vec<Want>,
    /// The code of what it failed with.
    pub error_code: Option<String>,
    /// Words of what it failed with.
    pub error: Vec<Want>,
    /// How often the agent was called.
    pub turns: Option<u64>,
    /// How often it asked the model.
    pub model_calls: Option<u64>,
    /// Pieces that stand in lines of the log, each in one.
    pub logs: Vec<String>,
    /// Whether a second run has to do the same.
    pub deterministic: bool,
}

/// What one decision has to be and come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decided {
    /// Its kind.
    pub kind: Option<String>,
    /// Who proposed it: `planner` or `agent:planner`.
    pub source: Option<String>,
    /// What it was given.
    pub payload: Vec<Want>,
    /// Why, in the agent's words.
    pub note: Vec<Want>,
    /// What the gate said.
    pub gate: Option<Gate>,
    /// `ok`, or the code of what it failed with.
    pub outcome: Option<String>,
    /// Its result.
    pub result: Vec<Want>,
    /// Why it was refused or failed.
    pub message: Vec<Want>,
}

/// What the gate said to a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It let it pass.
    Accept,
    /// It refused it.
    Reject,
}

impl Gate {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
        }
    }

    fn of(word: &str) -> Self {
        if word == "accept" { Self::Accept } else { Self::Reject }
    }
}

const GATES: [&str; 2] = ["accept", "reject"];
const STATES: [&str; 3] = ["DONE", "FAILED", "BLOCKED"];

/// For an agent. The first seven words are those of Jaros for Python, which has two spellings of one.
const OF_AGENTS: [&str; 17] = [
    "decision_count",
    "decision_kind",
    "decision_type",
    "source",
    "payload_contains",
    "gate",
    "result_contains",
    "deterministic",
    "decisions",
    "state",
    "result",
    "error_code",
    "error_contains",
    "error",
    "turns",
    "model_calls",
    "logs_contain",
];
/// For a tool: there is one call of it.
const OF_TOOLS: [&str; 9] = [
    "gate",
    "state",
    "result",
    "result_contains",
    "error_code",
    "error",
    "error_contains",
    "logs_contain",
    "deterministic",
];
const OF_DECISIONS: [&str; 11] = [
    "kind",
    "source",
    "payload",
    "payload_contains",
    "note",
    "note_contains",
    "gate",
    "outcome",
    "result",
    "result_contains",
    "message_contains",
];

impl Expect {
    /// Reads `expect` of an agent's case.
    pub(crate) fn of_agent(value: Value) -> Result<Self, String> {
        let mut members = Members::of(value, "`expect`", &OF_AGENTS)?;
        let kinds = (members.text("decision_kind")?, members.text("decision_type")?);
        let kind = match kinds {
            (Some(_), Some(_)) => {
                return Err(
                    "`expect` has both `decision_kind` and `decision_type`, which mean the same".into()
                );
            }
            (kind, type_) => kind.or(type_),
        };
        let first = Decided {
            kind,
            source: members.text("source")?,
            payload: contained(&mut members, "payload_contains"),
            gate: members.word("gate", &GATES)?.map(Gate::of),
            ..Decided::default()
        };
        let decisions = members.list("decisions")?.map(|list| {
            let numbered = list.into_iter().enumerate();
            numbered.map(|(place, value)| Decided::of(value, place + 1)).collect::<Result<_, _>>()
        });
        let (decision_count, turns) = (members.count("decision_count")?, members.count("turns")?);
        let model_calls = members.count("model_calls")?;
        let decisions = decisions.transpose()?;
        Ok(Self { decision_count, first, decisions, turns, model_calls, ..Self::of_both(&mut members)? })
    }

    /// Reads `expect` of a tool's case.
    pub(crate) fn of_tool(value: Value) -> Result<Self, String> {
        let mut members = Members::of(value, "`expect` of a tool", &OF_TOOLS)?;
        let first = Decided { gate: members.word("gate", &GATES)?.map(Gate::of), ..Decided::default() };
        Ok(Self { first, ..Self::of_both(&mut members)? })
    }

    fn of_both(members: &mut Members) -> Result<Self, String> {
        Ok(Self {
            state: members.word("state", &STATES)?,
            result: wanted(members, "result", "result_contains"),
            error_code: members.text("error_code")?,
            error: words(members, Some("error"), "error_contains")?,
            logs: logs(members)?,
            deterministic: members.flag("deterministic")?,
            ..Self::default()
        })
    }

    /// Whether nothing at all is checked.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Decided {
    fn of(value: Value, number: usize) -> Result<Self, String> {
        let mut members = Members::of(value, &format!("decision {number} of `expect`"), &OF_DECISIONS)?;
        let outcome = members.text("outcome")?;
        if let Some(code) = outcome.as_ref().filter(|code| Code::from_text(code).as_str() != code.as_str()) {
            return Err(format!(
                "`outcome` of decision {number} has to be `ok` or a code such as `refused`, not {code:?}"
            ));
        }
        Ok(Self {
            kind: members.text("kind")?,
            source: members.text("source")?,
            payload: wanted(&mut members, "payload", "payload_contains"),
            note: words(&mut members, Some("note"), "note_contains")?,
            gate: members.word("gate", &GATES)?.map(Gate::of),
            outcome,
            result: wanted(&mut members, "result", "result_contains"),
            message: words(&mut members, None, "message_contains")?,
        })
    }
}

fn contained(members: &mut Members, name: &str) -> Vec<Want> {
    members.take(name).map(Want::Containing).into_iter().collect()
}

/// `X` and `X_contains`.
fn wanted(members: &mut Members, exactly: &str, containing: &str) -> Vec<Want> {
    let exact = members.take(exactly).map(Want::Exactly);
    exact.into_iter().chain(contained(members, containing)).collect()
}

/// The same about a text.
fn words(members: &mut Members, exactly: Option<&str>, containing: &str) -> Result<Vec<Want>, String> {
    let exact = exactly.map(|name| members.text(name)).transpose()?.flatten();
    let piece = members.text(containing)?;
    let exact = exact.map(|text| Want::Exactly(text.into()));
    Ok(exact.into_iter().chain(piece.map(|text| Want::Containing(text.into()))).collect())
}

/// A text, or a list of them.
fn logs(members: &mut Members) -> Result<Vec<String>, String> {
    let pieces = match members.take("logs_contain") {
        None => Vec::new(),
        Some(Value::Array(pieces)) => pieces,
        Some(piece) => vec![piece],
    };
    let text = |piece: Value| match piece {
        Value::String(text) => Ok(text),
        other => Err(format!("`logs_contain` has to be a text or a list of texts, not {}", shown(&other))),
    };
    pieces.into_iter().map(text).collect()
}
