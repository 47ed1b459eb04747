//! Facts as entries to append.
//!
//! *Invariant:* whatever a guest, a submitter or a model wrote goes into the data, under a salt; the body names it.
//! *Doesn't know:* how the ledger writes.
//! *Start at:* [`Fact::draft`].

use jaros_decision::{Digest, Json, Name, Ref, Seq};
use jaros_gate::{Admitted, Refusal};
use jaros_ledger::{Data, Draft, DraftError, record};
use jaros_machine::{Ending, State};

use super::blob::Blob;
use super::{Fact, Operation, Reasoned};
use crate::{Effect, Staged};

impl Fact {
    /// What the gate admitted, under this setting.
    #[must_use]
    pub fn admitted(admitted: &Admitted, seen: Seq) -> Self {
        Self::Admitted {
            id: admitted.id().clone(),
            kind: admitted.kind().clone(),
            payload: admitted.payload().clone(),
            note: admitted.note().to_owned(),
            source: admitted.source().clone(),
            component: admitted.component(),
            seen,
        }
    }

    /// What the gate refused, under this setting.
    #[must_use]
    pub fn refused(refusal: &Refusal, seen: Seq) -> Self {
        Self::Refused {
            id: refusal.id.clone(),
            kind: refusal.kind.clone(),
            failure: refusal.failure.clone(),
            source: refusal.source.clone(),
            seen,
        }
    }

    /// The entry that says this, with its data.
    ///
    /// # Errors
    /// The fact is too large for one entry.
    pub fn draft(&self) -> Result<Draft, DraftError> {
        let mut data = Data::new();
        match self {
            Self::Accepted { job, agent, input, source, parent, depth, turns, at } => {
                let body = record::Job {
                    agent: agent.clone(),
                    at_ms: *at,
                    depth: *depth,
                    input: data.add(input),
                    job: job.clone(),
                    parent: parent.clone(),
                    source: source.clone(),
                    turns: *turns,
                };
                Draft::of(&body, data)
            }
            Self::Reasoned(reasoned) => reasoned_draft(reasoned),
            Self::Admitted { id, kind, payload, note, source, component, seen } => {
                let body = record::Decision {
                    component: *component,
                    id: id.clone(),
                    kind: kind.clone(),
                    note: (!note.is_empty()).then(|| data.add_text(note)),
                    payload: data.add(payload),
                    seen: *seen,
                    source: source.clone(),
                };
                Draft::of(&body, data)
            }
            Self::Refused { id, kind, failure, source, seen } => {
                let body = record::Refusal {
                    code: failure.code.clone(),
                    id: id.clone(),
                    kind: data.add_text(kind),
                    message: data.add_text(&failure.message),
                    seen: *seen,
                    source: source.clone(),
                };
                Draft::of(&body, data)
            }
            Self::Intended { id, index, repeatable, request } => {
                let body = record::Intent {
                    id: id.clone(),
                    index: *index,
                    repeatable: *repeatable,
                    request: Some(data.add(request)),
                };
                Draft::of(&body, data)
            }
            Self::Outcome { id, effect, fuel } => {
                let effect = effect_record(effect, &mut data);
                Draft::outcome(id, record::Cost { fuel: *fuel }, &effect, data)
            }
            Self::Ended { job, ending } => ended_draft(job.clone(), ending),
            Self::Operated { operation, job, input, source, at } => {
                let body = record::Operator {
                    at_ms: *at,
                    component: None,
                    input: input.as_ref().map(|input| data.add(input)),
                    job: Some(job.clone()),
                    op: match operation {
                        Operation::Unblock => record::Op::Unblock,
                        Operation::Cancel => record::Op::Cancel,
                    },
                    source: source.clone(),
                };
                Draft::of(&body, data)
            }
        }
    }
}

fn reasoned_draft(reasoned: &Reasoned) -> Result<Draft, DraftError> {
    let mut data = Data::new();
    let plan = reasoned.plan.as_ref().ok().map(|plan| data.add(&json(plan)));
    let failure = reasoned.plan.as_ref().err().map(|failure| record::Failed {
        code: failure.code.clone(),
        message: data.add_text(&failure.message),
    });
    let body = record::Reasoned {
        agent: reasoned.agent.clone(),
        at_ms: reasoned.at,
        attempt: reasoned.attempt,
        component: reasoned.component,
        extra: None,
        failure,
        fuel: reasoned.fuel,
        job: reasoned.job.clone(),
        observed: many(&reasoned.observed, &mut data),
        plan,
        seen: reasoned.seen,
        seed: Digest(reasoned.seed),
        transcript: many(&reasoned.transcript, &mut data),
        turn: reasoned.turn,
    };
    Draft::of(&body, data)
}

fn ended_draft(job: jaros_decision::JobId, ending: &Ending) -> Result<Draft, DraftError> {
    let mut data = Data::new();
    let failure = ending.outcome.as_ref().err();
    let body = record::Done {
        code: failure.map(|failure| failure.code.clone()),
        decision: ending.decision.clone(),
        job,
        reason: failure.map(|failure| data.add_text(&failure.message)),
        result: ending.outcome.as_ref().ok().map(|result| data.add(result)),
        state: if ending.state == State::Done { record::End::Done } else { record::End::Failed },
    };
    Draft::of(&body, data)
}

fn effect_record(effect: &Effect, data: &mut Data) -> record::Effect {
    let failure = effect.outcome.as_ref().err();
    record::Effect {
        code: failure.map(|failure| failure.code.clone()),
        message: failure.map(|failure| data.add_text(&failure.message)),
        observed: many(&effect.observed, data),
        ok: failure.is_none(),
        result: effect.outcome.as_ref().ok().map(|result| data.add(result)),
        staged: effect.staged.iter().map(|staged| staged_record(staged, data)).collect(),
    }
}

fn staged_record(staged: &Staged, data: &mut Data) -> record::Staged {
    match staged {
        Staged::Artifact { path, data: text } => record::Staged::Artifact {
            artifact: data.add_text(path),
            bytes: text.len() as u64,
            data: record::Bytes::Datum(data.add_text(text)),
        },
        Staged::Entry { tool, key, value } => record::Staged::Entry {
            entry: data.add_text(key),
            store: tool.clone(),
            value: value.as_ref().map(|value| data.add(&Blob::json(value))),
        },
        Staged::File { tool, path, data: bytes } => record::Staged::File {
            data: bytes.as_ref().map(|bytes| data.add(&Blob::json(bytes))),
            file: data.add_text(path),
            tool: tool.clone(),
        },
        Staged::Submit { job, agent, input, wait } => record::Staged::Submit {
            agent: agent.clone(),
            input: data.add(input),
            submit: job.clone(),
            wait: *wait,
        },
        Staged::Moved { events, from, to, answers_job } => record::Staged::Events {
            answers_job: *answers_job,
            events: events.iter().map(|event| word(event.as_str())).collect(),
            from: word(from.as_str()),
            to: word(to.as_str()),
        },
    }
}

fn word(text: &str) -> Name {
    Name::new(text).expect("the machine's words are names")
}

/// A list as one datum; an empty one is left out.
fn many<T: serde::Serialize>(list: &[T], data: &mut Data) -> Option<Ref> {
    (!list.is_empty()).then(|| data.add(&json(list)))
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> Json {
    Json::of(value).expect("what passed the boundary is JSON")
}
