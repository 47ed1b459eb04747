//! A whole job: turn by turn, each decision answered, as the node's own loop does it.
//!
//! *Invariant:* the first decision that fails or is refused ends its list; a plan without a memo ends the job.
//! *Doesn't know:* schemas and grants of what is proposed.
//! *Start at:* [`Run`].

use serde_json::{Value, json};

use super::Host;
use super::given::turn;
use crate::{Agent, Error};

const TURNS_MAX: u32 = 64;

/// How a job went.
#[derive(Clone, Debug)]
pub struct Run {
    /// `DONE`, `FAILED`, or `BLOCKED` where it waits for an operator.
    pub state: &'static str,
    /// What the job answers, or why it failed; for one that is blocked the code is `blocked`.
    pub outcome: Result<Value, Error>,
    /// What was proposed and judged, in order.
    pub decisions: Vec<Decision>,
    /// Turns that were taken.
    pub turns: u32,
}

/// One decision that was judged.
#[derive(Clone, Debug)]
pub struct Decision {
    /// `test/TURN/N`.
    pub id: String,
    /// What was proposed.
    pub kind: String,
    /// With what.
    pub payload: Value,
    /// And why.
    pub note: String,
    /// What came of it.
    pub outcome: Result<Value, Error>,
}

impl Run {
    /// The job's result.
    ///
    /// # Errors
    /// `CODE: MESSAGE` of a job that has none.
    pub fn result(&self) -> Result<&Value, String> {
        self.outcome.as_ref().map_err(|error| error.clone().into())
    }

    /// The kinds that were proposed, in order.
    #[must_use]
    pub fn kinds(&self) -> Vec<&str> {
        self.decisions.iter().map(|decision| decision.kind.as_str()).collect()
    }
}

/// The job's own state, which `advance` drives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Pending,
    Running,
    Blocked,
    Done,
    Failed,
}

impl State {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Pending, "PENDING"),
        (Self::Running, "RUNNING"),
        (Self::Blocked, "BLOCKED"),
        (Self::Done, "DONE"),
        (Self::Failed, "FAILED"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).expect("all states are named").1
    }

    fn after(self, event: &str) -> Option<Self> {
        match (self, event) {
            (Self::Pending, "start") | (Self::Blocked, "unblock") => Some(Self::Running),
            (Self::Pending | Self::Running | Self::Blocked, "fail") => Some(Self::Failed),
            (Self::Pending | Self::Running, "complete") => Some(Self::Done),
            (Self::Pending | Self::Running, "block") => Some(Self::Blocked),
            (Self::Failed, "reset") => Some(Self::Pending),
            _ => None,
        }
    }
}

/// A job under way.
struct Job<'h> {
    host: &'h Host,
    state: State,
    /// What an `advance` of this turn gave as the job's result, or as the reason of its failure.
    said: Option<Result<Value, String>>,
    decisions: Vec<Decision>,
    turns: u32,
}

pub(super) fn run<A: Agent>(host: &Host, input: Value) -> Run {
    let mut job = Job { host, state: State::Pending, said: None, decisions: Vec::new(), turns: 0 };
    let outcome = job.run::<A>(&input);
    let state = match (&outcome, job.state) {
        (Err(_), State::Blocked) => "BLOCKED",
        (Ok(_), _) => "DONE",
        (Err(_), _) => "FAILED",
    };
    Run { state, outcome, decisions: job.decisions, turns: job.turns }
}

impl Job<'_> {
    fn run<A: Agent>(&mut self, input: &Value) -> Result<Value, Error> {
        let mut given = turn(input);
        while self.turns < TURNS_MAX {
            self.turns += 1;
            self.said = None;
            let plan = self.host.decide::<A>(given).map_err(|message| Error::new("failed", message))?;
            let wire = plan.into_wire();
            let first = self.decisions.len();
            for decision in wire.decisions {
                let payload = serde_json::from_str(&decision.payload).expect("the SDK wrote it");
                let outcome = self.judge(&decision.kind, &payload);
                let id =
                    format!("{}/{}/{}", self.host.job_id(), self.turns, self.decisions.len() - first + 1);
                let stops = outcome.is_err();
                self.decisions.push(Decision {
                    id,
                    kind: decision.kind,
                    payload,
                    note: decision.note,
                    outcome,
                });
                if stops {
                    break;
                }
            }
            let judged = &self.decisions[first..];
            match (wire.memo, self.state) {
                (_, State::Done | State::Failed) | (None, State::Pending | State::Running) => {
                    return self.at_rest(first);
                }
                (_, State::Blocked) => {
                    return Err(Error::new("blocked", self.why("the job waits for an operator")));
                }
                (Some(memo), State::Pending | State::Running) => {
                    let memo: Value = serde_json::from_str(&memo).expect("the SDK wrote it");
                    given = turn(input).memo(memo).number(self.turns + 1);
                    for decision in judged {
                        given = match &decision.outcome {
                            Ok(result) => given.answer(&decision.kind, result),
                            Err(error) => given.failed(&decision.kind, &error.code, &error.message),
                        };
                    }
                }
            }
        }
        Err(Error::new("limit", format!("the job used all of its {TURNS_MAX} turns (limits.turns)")))
    }

    /// The end of a job whose last list is through.
    fn at_rest(&self, first: usize) -> Result<Value, Error> {
        let judged = &self.decisions[first..];
        if self.state == State::Failed {
            return Err(Error::new("failed", self.why("the agent failed its job without saying why")));
        }
        let failed = judged.iter().find_map(|decision| decision.outcome.clone().err());
        if let Some(error) = failed.filter(|_| self.state != State::Done) {
            return Err(error);
        }
        let last = || judged.last().and_then(|decision| decision.outcome.clone().ok()).unwrap_or(Value::Null);
        Ok(self.said.clone().and_then(Result::ok).unwrap_or_else(last))
    }

    fn why(&self, unsaid: &str) -> String {
        match &self.said {
            Some(Err(why)) if !why.is_empty() => why.clone(),
            _ => unsaid.to_owned(),
        }
    }

    fn judge(&mut self, kind: &str, payload: &Value) -> Result<Value, Error> {
        match kind {
            "advance" => self.advance(payload),
            "submit" => self.submit(payload),
            "fs.write" => {
                let bytes = payload["data"].as_str().map(str::len);
                let bytes = bytes.ok_or_else(|| Error::new("invalid", "`data` must be a text"))?;
                Ok(json!({ "bytes": bytes, "path": payload["path"] }))
            }
            tool => match self.host.tools.get(tool) {
                Some(tool) => tool.answer(payload),
                None => Err(Error::new(
                    "not-found",
                    format!("there is no action \"{tool}\"; the test gave {}", names(self.host.tools.keys())),
                )),
            },
        }
    }

    fn advance(&mut self, payload: &Value) -> Result<Value, Error> {
        let all = vec![json!("complete")];
        let events = payload.get("events").map_or(Some(&all), Value::as_array);
        let events = events.ok_or_else(|| Error::new("invalid", "`events` must be a list"))?;
        let mut state = self.state;
        for event in events {
            let event = event.as_str().unwrap_or_default();
            state = state.after(event).ok_or_else(|| {
                let text =
                    format!("a job that is {} can't {event}; `jaros machine` shows the table", state.name());
                Error::new("invalid", text)
            })?;
        }
        self.state = state;
        let note = payload.get("note").and_then(Value::as_str);
        if let Some(result) = payload.get("result") {
            self.said = Some(Ok(result.clone()));
            return Ok(result.clone());
        }
        if matches!(state, State::Failed | State::Blocked) {
            self.said = Some(Err(note.unwrap_or_default().to_owned()));
        }
        let mut result = json!({ "state": state.name() });
        if let Some(note) = note {
            result["note"] = json!(note);
        }
        Ok(result)
    }

    fn submit(&mut self, payload: &Value) -> Result<Value, Error> {
        let name = payload["agent"].as_str().unwrap_or_default();
        let Some(agent) = self.host.agents.get(name) else {
            let text = format!(
                "there is no agent \"{name}\" in service; the test gave {}",
                names(self.host.agents.keys())
            );
            return Err(Error::new("not-found", text));
        };
        let answer = agent.answer(&payload["input"]);
        if payload["wait"] == true {
            answer
        } else {
            Ok(json!({ "job": format!("{}-child", self.host.job_id()) }))
        }
    }
}

fn names<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.map(String::as_str).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
