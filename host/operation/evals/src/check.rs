//! Each expectation of a case against what came of it.
//!
//! *Invariant:* one check for each thing that was expected, whether it holds or not, with both sides to show.
//! *Doesn't know:* how the case ran.
//! *Start at:* [`checks`].

use jaros_decision::{Failure, Json};
use serde::Serialize;
use serde_json::Value;

use crate::expect::{Decided, Expect, Gate};
use crate::matching::Want;
use crate::seen::{Decision, Seen};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which expectation: `result_contains`, `decision 2: kind`.
    pub what: String,
    /// Whether it holds.
    pub ok: bool,
    /// What was wanted.
    pub expected: String,
    /// What there was.
    pub found: String,
}

/// Looks at everything that was expected but `deterministic`, which needs a second run.
pub(crate) fn checks(expect: &Expect, seen: &Seen) -> Vec<Check> {
    let mut checks = Checks(Vec::new());
    if let Some(count) = expect.decision_count {
        checks.equal("decision_count", count, seen.decisions.len());
    }
    checks.decided("", &DECISION_WORDS, &expect.first, seen.decisions.first());
    if let Some(decisions) = &expect.decisions {
        // Each of them has a line of its own below; that they are as many is said once.
        checks.equal(
            "decisions",
            format!("{} of them", decisions.len()),
            format!("{} of them", seen.decisions.len()),
        );
        for (place, decided) in decisions.iter().enumerate() {
            let at = format!("decision {}: ", place + 1);
            checks.decided(&at, &WORDS, decided, seen.decisions.get(place));
        }
    }
    if let Some(state) = expect.state {
        let found = match &seen.outcome {
            Some(Err(failure)) if state != seen.state => format!("{}, {}", seen.state, told(failure)),
            _ => seen.state.clone(),
        };
        checks.add("state", state == seen.state, state, found);
    }
    let failure = seen.outcome.as_ref().and_then(|outcome| outcome.as_ref().err());
    checks.wants("result", &expect.result, &result(seen.outcome.as_ref(), &seen.state));
    if let Some(code) = &expect.error_code {
        let found = failure.map_or_else(|| seen.state.clone(), told);
        checks.add("error_code", failure.is_some_and(|failure| failure.code.as_str() == code), code, found);
    }
    checks.wants("error", &expect.error, &message(seen.outcome.as_ref(), &seen.state));
    if let Some(turns) = expect.turns {
        checks.equal("turns", turns, seen.turns);
    }
    if let Some(calls) = expect.model_calls {
        checks.equal("model_calls", calls, seen.model_calls);
    }
    for piece in &expect.logs {
        let found = match &*seen.logs {
            [] => "nothing was logged".to_owned(),
            lines => lines.join(" | "),
        };
        let ok = seen.logs.iter().any(|line| line.contains(piece));
        checks.add("logs_contain", ok, Value::from(piece.as_str()), found);
    }
    checks.0
}

/// Whether a second run did what the first did.
pub(crate) fn same_twice(first: &Seen, second: &Seen) -> Check {
    let differs = first.decisions.iter().zip(&second.decisions).position(|(one, other)| {
        (&one.kind, &one.payload, &one.note) != (&other.kind, &other.payload, &other.note)
    });
    let found = match differs {
        _ if first.digest == second.digest => "the same".to_owned(),
        Some(place) => {
            let told = |seen: &Seen| {
                let decision = &seen.decisions[place];
                format!("{} {} “{}”", decision.kind, decision.payload, decision.note)
            };
            format!("decision {} was {}, then {}", place + 1, told(first), told(second))
        }
        None if first.decisions.len() != second.decisions.len() => {
            format!("{} decisions, then {}", first.decisions.len(), second.decisions.len())
        }
        None => "the same decisions, with other results or effects".to_owned(),
    };
    let ok = first.digest == second.digest;
    Check { what: "deterministic".into(), ok, expected: "the same in a second run".into(), found }
}

/// What the expectations of a decision are called in its list, and among those of the case.
const WORDS: [&str; 3] = ["kind", "source", "gate"];
const DECISION_WORDS: [&str; 3] = ["decision_kind", "source", "gate"];

/// What a value was, or why there is none.
type Found<'a> = Result<Value, String>;

struct Checks(Vec<Check>);

impl Checks {
    fn add(&mut self, what: impl ToString, ok: bool, expected: impl ToString, found: impl ToString) {
        let (expected, found) = (expected.to_string(), found.to_string());
        self.0.push(Check { what: what.to_string(), ok, expected, found });
    }

    fn equal(&mut self, what: &str, expected: impl ToString, found: impl ToString) {
        let (expected, found) = (expected.to_string(), found.to_string());
        self.add(what, expected == found, &expected, &found);
    }

    fn wants(&mut self, what: &str, wants: &[Want], found: &Found<'_>) {
        for want in wants {
            let name = match want {
                Want::Exactly(_) => what.to_owned(),
                Want::Containing(_) => format!("{what}_contains"),
            };
            let ok = found.as_ref().is_ok_and(|found| want.fits(found));
            let shown = found.as_ref().map_or_else(Clone::clone, Value::to_string);
            self.add(name, ok, want.value(), shown);
        }
    }

    fn decided(&mut self, at: &str, words: &[&str; 3], want: &Decided, found: Option<&Decision>) {
        let Some(found) = found else {
            if *want != Decided::default() {
                self.add(
                    format!("{at}{}", words[0]),
                    false,
                    want.kind.as_deref().unwrap_or("a decision"),
                    "no decision",
                );
            }
            return;
        };
        if let Some(kind) = &want.kind {
            self.equal(&format!("{at}{}", words[0]), kind, &found.kind);
        }
        if let Some(source) = &want.source {
            let ok = found.source == *source || found.source.strip_prefix("agent:") == Some(source);
            self.add(format!("{at}{}", words[1]), ok, source, &found.source);
        }
        let payload = serde_json::from_str(&found.payload).map_err(|_| found.payload.clone());
        self.wants(&format!("{at}payload"), &want.payload, &payload);
        self.wants(&format!("{at}note"), &want.note, &Ok(found.note.as_str().into()));
        let outcome = found.outcome.as_ref();
        if let Some(gate) = want.gate {
            let said = found.gate.map_or("not judged", Gate::as_str);
            let why = outcome
                .and_then(|outcome| outcome.as_ref().err())
                .filter(|_| found.gate == Some(Gate::Reject));
            let said = why.map_or_else(|| said.to_owned(), |failure| format!("{said}, {}", told(failure)));
            self.add(format!("{at}{}", words[2]), found.gate == Some(gate), gate.as_str(), said);
        }
        if let Some(want) = &want.outcome {
            let (ok, said) = match outcome {
                None => (false, "none".to_owned()),
                Some(Ok(result)) => (want == "ok", format!("ok, {result}")),
                Some(Err(failure)) => (failure.code.as_str() == want, told(failure)),
            };
            self.add(format!("{at}outcome"), ok, want, said);
        }
        self.wants(&format!("{at}result"), &want.result, &result(outcome, "no outcome"));
        self.wants(&format!("{at}message"), &want.message, &message(outcome, "no outcome"));
    }
}

fn told(failure: &Failure) -> String {
    format!("{}: {}", failure.code, failure.message)
}

fn result(outcome: Option<&Result<Json, Failure>>, none: &str) -> Found<'static> {
    match outcome {
        Some(Ok(result)) => Ok(result.to_value()),
        Some(Err(failure)) => Err(format!("no result, {}", told(failure))),
        None => Err(format!("no result, {none}")),
    }
}

fn message(outcome: Option<&Result<Json, Failure>>, none: &str) -> Found<'static> {
    match outcome {
        Some(Ok(result)) => Err(format!("no failure, {result}")),
        Some(Err(failure)) => Ok(failure.message.as_str().into()),
        None => Err(format!("no failure, {none}")),
    }
}

#[cfg(test)]
mod tests;
