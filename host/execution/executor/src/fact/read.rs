//! Facts as the record has them.
//!
//! *Invariant:* a fact that can't be read whole is an error that names the entry; nothing is guessed.
//! *Doesn't know:* whether the chain holds; whoever reads entries has checked that.
//! *Start at:* [`Fact::read`].

use jaros_decision::{Code, Failure, Json, Ref, Seq};
use jaros_ledger::record::{self, Bytes};
use jaros_ledger::{DatumError, Entry, EntryError, EntryKind, Item};
use jaros_machine::{Ending, Event, State};
use serde::de::DeserializeOwned;

use super::blob::Blob;
use super::{Fact, Operation, Reasoned};
use crate::{Effect, Staged};

/// Why a fact can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The entry isn't what its kind holds.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// A datum isn't there.
    #[error("entry {seq} names data that can't be read: {why}")]
    Data {
        /// Which entry.
        seq: Seq,
        /// Why not.
        why: String,
    },
    /// A datum isn't what its place holds.
    #[error("entry {seq} names data of another shape: {why}")]
    Shape {
        /// Which entry.
        seq: Seq,
        /// What is wrong.
        why: String,
    },
}

/// One entry with its data.
struct Reading<'a> {
    item: &'a Item<'a>,
    entry: &'a Entry<'a>,
}

impl Fact {
    /// The fact that an entry states; `None` for entries that aren't about a job.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn read(item: &Item<'_>) -> Result<Option<Self>, ReadError> {
        let reading = Reading { item, entry: &item.entry };
        Ok(Some(match item.entry.kind {
            EntryKind::Job => reading.accepted()?,
            EntryKind::Reasoned => Self::Reasoned(Box::new(reading.reasoned()?)),
            EntryKind::Decision => reading.admitted()?,
            EntryKind::Refusal => reading.refused()?,
            EntryKind::Intent => reading.intended()?,
            EntryKind::Outcome => reading.outcome()?,
            EntryKind::Done => reading.ended()?,
            EntryKind::Operator => return reading.operated(),
            _ => return Ok(None),
        }))
    }
}

impl Reading<'_> {
    fn accepted(&self) -> Result<Fact, ReadError> {
        let body: record::Job = self.entry.parse()?;
        Ok(Fact::Accepted {
            input: self.json(body.input)?,
            job: body.job,
            agent: body.agent,
            source: body.source,
            parent: body.parent,
            depth: body.depth,
            turns: body.turns,
            at: body.at_ms,
        })
    }

    fn reasoned(&self) -> Result<Reasoned, ReadError> {
        let body: record::Reasoned = self.entry.parse()?;
        let plan = match (body.plan, body.failure) {
            (Some(plan), None) => Ok(self.typed(plan)?),
            (None, Some(failed)) => Err(Failure::new(failed.code, self.text(failed.message)?)),
            _ => return Err(self.shape("a turn has a plan or a failure")),
        };
        Ok(Reasoned {
            observed: self.list(body.observed)?,
            transcript: self.list(body.transcript)?,
            job: body.job,
            turn: body.turn,
            attempt: body.attempt,
            agent: body.agent,
            component: body.component,
            at: body.at_ms,
            seed: body.seed.0,
            seen: body.seen,
            fuel: body.fuel,
            plan,
        })
    }

    fn admitted(&self) -> Result<Fact, ReadError> {
        let body: record::Decision = self.entry.parse()?;
        Ok(Fact::Admitted {
            payload: self.json(body.payload)?,
            note: body.note.map_or(Ok(String::new()), |note| self.text(note))?,
            id: body.id,
            kind: body.kind,
            source: body.source,
            component: body.component,
            seen: body.seen,
        })
    }

    fn refused(&self) -> Result<Fact, ReadError> {
        let body: record::Refusal = self.entry.parse()?;
        Ok(Fact::Refused {
            kind: self.text(body.kind)?,
            failure: Failure::new(body.code, self.text(body.message)?),
            id: body.id,
            source: body.source,
            seen: body.seen,
        })
    }

    fn intended(&self) -> Result<Fact, ReadError> {
        let body: record::Intent = self.entry.parse()?;
        let request = body.request.map_or_else(|| Ok(Json::null()), |request| self.json(request))?;
        Ok(Fact::Intended { id: body.id, index: body.index, repeatable: body.repeatable, request })
    }

    fn outcome(&self) -> Result<Fact, ReadError> {
        let body: record::Outcome = self.entry.parse()?;
        Ok(Fact::Outcome { effect: self.effect(body.effect)?, id: body.id, fuel: body.cost.fuel })
    }

    fn effect(&self, effect: record::Effect) -> Result<Effect, ReadError> {
        let outcome = self.either(effect.result, effect.code, effect.message)?;
        let staged = effect.staged.into_iter().map(|staged| self.staged(staged)).collect::<Result<_, _>>()?;
        Ok(Effect { outcome, staged, observed: self.list(effect.observed)? })
    }

    fn staged(&self, staged: record::Staged) -> Result<Staged, ReadError> {
        Ok(match staged {
            record::Staged::Artifact { artifact, data: Bytes::Datum(data), .. } => {
                Staged::Artifact { path: self.text(artifact)?, data: self.text(data)? }
            }
            record::Staged::Artifact { data: Bytes::Content(_), .. } => {
                return Err(self.shape("an artifact of this version is a datum"));
            }
            record::Staged::Entry { entry, store, value } => {
                Staged::Entry { tool: store, key: self.text(entry)?, value: self.bytes(value)? }
            }
            record::Staged::File { data, file, tool } => {
                Staged::File { tool, path: self.text(file)?, data: self.bytes(data)? }
            }
            record::Staged::Submit { agent, input, submit, wait } => {
                Staged::Submit { job: submit, agent, input: self.json(input)?, wait }
            }
            record::Staged::Events { answers_job, events, from, to } => {
                let events =
                    events.iter().map(|event| event.as_str().parse::<Event>()).collect::<Result<_, _>>();
                Staged::Moved {
                    events: events.map_err(|failure| self.shape(&failure.message))?,
                    from: self.state(from.as_str())?,
                    to: self.state(to.as_str())?,
                    answers_job,
                }
            }
        })
    }

    fn ended(&self) -> Result<Fact, ReadError> {
        let body: record::Done = self.entry.parse()?;
        let state = match body.state {
            record::End::Done => State::Done,
            record::End::Failed => State::Failed,
        };
        let outcome = self.either(body.result, body.code, body.reason)?;
        Ok(Fact::Ended { job: body.job, ending: Ending { state, outcome, decision: body.decision } })
    }

    fn operated(&self) -> Result<Option<Fact>, ReadError> {
        let body: record::Operator = self.entry.parse()?;
        let operation = match body.op {
            record::Op::Unblock => Operation::Unblock,
            record::Op::Cancel => Operation::Cancel,
            record::Op::Approve | record::Op::Rollback | record::Op::Checkpoint => return Ok(None),
        };
        let Some(job) = body.job else { return Err(self.shape("an operator's act on a job names the job")) };
        let input = body.input.map(|input| self.json(input)).transpose()?;
        Ok(Some(Fact::Operated { operation, job, input, source: body.source, at: body.at_ms }))
    }

    fn either(
        &self,
        result: Option<Ref>,
        code: Option<Code>,
        message: Option<Ref>,
    ) -> Result<Result<Json, Failure>, ReadError> {
        match (result, code, message) {
            (Some(result), None, None) => Ok(Ok(self.json(result)?)),
            (None, Some(code), Some(message)) => Ok(Err(Failure::new(code, self.text(message)?))),
            _ => Err(self.shape("there is either a result or a failure")),
        }
    }

    fn state(&self, word: &str) -> Result<State, ReadError> {
        let states = [State::Pending, State::Running, State::Blocked, State::Done, State::Failed];
        let found = states.into_iter().find(|state| state.as_str() == word);
        found.ok_or_else(|| self.shape("there is no such state"))
    }

    fn json(&self, reference: Ref) -> Result<Json, ReadError> {
        self.item
            .json(&reference)
            .map_err(|error| ReadError::Data { seq: self.entry.seq, why: error.to_string() })
    }

    fn typed<T: DeserializeOwned>(&self, reference: Ref) -> Result<T, ReadError> {
        self.item.value(&reference).map_err(|error| match error {
            DatumError::Shape { .. } => self.shape(&error.to_string()),
            gone => ReadError::Data { seq: self.entry.seq, why: gone.to_string() },
        })
    }

    fn bytes(&self, reference: Option<Ref>) -> Result<Option<Vec<u8>>, ReadError> {
        let blob = reference.map(|reference| self.typed::<Blob>(reference)).transpose()?;
        Ok(blob.map(Blob::into_bytes))
    }

    fn text(&self, reference: Ref) -> Result<String, ReadError> {
        self.typed(reference)
    }

    fn list<T: DeserializeOwned>(&self, reference: Option<Ref>) -> Result<Vec<T>, ReadError> {
        reference.map_or(Ok(Vec::new()), |reference| self.typed(reference))
    }

    fn shape(&self, why: &str) -> ReadError {
        ReadError::Shape { seq: self.entry.seq, why: why.to_owned() }
    }
}
