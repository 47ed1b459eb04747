//! Writes down what a call learns from the machine, or answers from what was written down.
//!
//! *Invariant:* a recorded world never touches the machine: every answer comes from the record, in the order of the
//! calls, and the first call that the record doesn't hold is a [`Divergence`], after which nothing is answered.
//! *Doesn't know:* what the calls mean, where observations are kept.
//! *Start at:* [`Observer::call`].

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;

use jaros_decision::{Code, Failure, Json, Limits, Observation};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::words::shown;
use crate::{Capability, Phase};

/// Where answers come from.
#[derive(Debug)]
pub enum World {
    /// The machine.
    Live,
    /// What an earlier run of the same call observed, in order.
    Recorded(VecDeque<Observation>),
}

/// The memory of one call of a component.
#[derive(Debug)]
pub struct Observer {
    phase: Phase,
    world: World,
    observed: Vec<Observation>,
    /// Bytes of everything in `observed`, against `limits.observed_bytes`.
    bytes: u64,
    bytes_max: u64,
    divergence: Option<Divergence>,
    /// Calls that left the node.
    left: u32,
}

impl Observer {
    /// For one call of a component's export.
    #[must_use]
    pub fn new(phase: Phase, world: World, limits: &Limits) -> Self {
        Self {
            phase,
            world,
            observed: Vec::new(),
            bytes: 0,
            bytes_max: limits.observed_bytes,
            divergence: None,
            left: 0,
        }
    }

    /// Whether the capability works just now. Whoever binds a capability asks before each call, and ends the call with this
    /// failure: an answer would let a `describe` or a `validate` try things that no record shows.
    /// # Errors
    /// `refused`.
    pub fn permit(&self, capability: Capability) -> Result<(), Failure> {
        self.phase.permit(capability)
    }

    /// Answers one call: live by asking the machine and writing the answer down, recorded from the record.
    ///
    /// Whether there is room is judged *before* the call by what is written down already, so that a replay comes to the
    /// same end without knowing how large an answer would have been.
    /// # Errors
    /// What `live` answered or the record holds; `limit` when the call has observed too much; `invalid` for arguments
    /// that have no JSON; `failed` once the call has left its record.
    pub fn call<A, T>(
        &mut self,
        call: &str,
        arguments: &A,
        live: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure>
    where
        A: Serialize + ?Sized,
        T: Serialize + DeserializeOwned,
    {
        let Ok(answer) = self.try_call::<A, T, Infallible>(call, arguments, || Ok(live()));
        answer
    }

    /// As [`Observer::call`], for an answer that the machine may owe: then nothing is written down, and the component's call
    /// must end without an outcome.
    /// # Errors
    /// What `live` couldn't do.
    pub fn try_call<A, T, E>(
        &mut self,
        call: &str,
        arguments: &A,
        live: impl FnOnce() -> Result<Result<T, Failure>, E>,
    ) -> Result<Result<T, Failure>, E>
    where
        A: Serialize + ?Sized,
        T: Serialize + DeserializeOwned,
    {
        let arguments = match self.admit(call, arguments) {
            Ok(arguments) => arguments,
            Err(failure) => return Ok(Err(failure)),
        };
        match &mut self.world {
            World::Live => self.ask(call, arguments, live),
            World::Recorded(record) => {
                let next = record.pop_front();
                Ok(self.recall(call, &arguments, next))
            }
        }
    }

    /// Whether there is still something to be observed, and the arguments as they are written down.
    fn admit<A: Serialize + ?Sized>(&self, call: &str, arguments: &A) -> Result<Json, Failure> {
        if self.divergence.is_some() {
            return Err(left());
        }
        let arguments = Json::of(arguments)
            .map_err(|error| Failure::new(Code::INVALID, format!("the arguments of {call}: {error}")))?;
        if self.bytes >= self.bytes_max {
            let max = self.bytes_max;
            return Err(Failure::new(
                Code::LIMIT,
                format!("observed_bytes: this call has observed {max} bytes"),
            ));
        }
        Ok(arguments)
    }

    /// Counts a call that leaves the node and gives its number, from 1: the same live and in every replay.
    /// # Errors
    /// `limit`.
    pub(crate) fn leave(&mut self, max: u32) -> Result<u32, Failure> {
        if self.left >= max {
            return Err(Failure::new(
                Code::LIMIT,
                format!("a call of a tool sends at most {max} requests (http_calls)"),
            ));
        }
        self.left += 1;
        Ok(self.left)
    }

    /// Puts a refusal on the record that follows from the call's arguments and the node's own state alone, so that nothing
    /// is tried in silence. Recorded: the record must hold the same one here.
    ///
    /// Returns the failure that the guest is answered with: `failure`, or `failed` once the call has left its record. When
    /// the call has observed too much already, the refusal is only answered, live and in every replay alike.
    pub fn refuse<A>(&mut self, call: &str, arguments: &A, failure: Failure) -> Failure
    where
        A: Serialize + ?Sized,
    {
        if self.divergence.is_some() {
            return left();
        }
        let Ok(arguments) = Json::of(arguments) else { return failure };
        if self.bytes >= self.bytes_max {
            return failure;
        }
        let refusal = Observation { call: call.into(), arguments, answer: Err(failure.clone()) };
        if let World::Recorded(record) = &mut self.world {
            let next = record.pop_front();
            if next.as_ref() != Some(&refusal) {
                let recorded = next.as_ref().map_or_else(|| "nothing more".into(), describe);
                let asked = format!("{}, which is refused ({failure})", describe(&refusal));
                self.divergence = Some(self.diverges(&recorded, &asked));
                return left();
            }
        }
        self.keep(refusal);
        failure
    }

    /// Whether the call has left its record so far.
    #[must_use]
    pub fn divergence(&self) -> Option<&Divergence> {
        self.divergence.as_ref()
    }

    /// What was observed, and how a replay left its record, a record that wasn't used up included.
    #[must_use]
    pub fn finish(mut self) -> (Vec<Observation>, Option<Divergence>) {
        if let (None, World::Recorded(record)) = (&self.divergence, &self.world)
            && let Some(next) = record.front()
        {
            self.divergence = Some(self.diverges(&describe(next), "nothing more"));
        }
        (self.observed, self.divergence)
    }

    fn ask<T: Serialize, E>(
        &mut self,
        call: &str,
        arguments: Json,
        live: impl FnOnce() -> Result<Result<T, Failure>, E>,
    ) -> Result<Result<T, Failure>, E> {
        // A file's name may hold what JSON can't say; then that is the answer, now and in every replay.
        let answer = live()?.and_then(|answer| match Json::of(&answer) {
            Ok(json) => Ok((answer, json)),
            Err(error) => {
                Err(Failure::new(Code::INVALID, format!("the answer of {call} has no JSON: {error}")))
            }
        });
        let recorded = answer.as_ref().map(|(_, json)| json.clone()).map_err(Clone::clone);
        self.keep(Observation { call: call.into(), arguments, answer: recorded });
        Ok(answer.map(|(answer, _)| answer))
    }

    fn recall<T: DeserializeOwned>(
        &mut self,
        call: &str,
        arguments: &Json,
        next: Option<Observation>,
    ) -> Result<T, Failure> {
        let asked = format!("{call} {}", shown(arguments.as_str()));
        let Some(next) = next else {
            self.divergence = Some(self.diverges("nothing more", &asked));
            return Err(left());
        };
        if next.call != call || next.arguments != *arguments {
            self.divergence = Some(self.diverges(&describe(&next), &asked));
            return Err(left());
        }
        let answer = match &next.answer {
            Err(failure) => Err(failure.clone()),
            Ok(json) => match json.to() {
                Ok(answer) => Ok(answer),
                Err(error) => {
                    self.divergence =
                        Some(self.diverges(&format!("an answer that is none: {error}"), &asked));
                    return Err(left());
                }
            },
        };
        self.keep(next);
        answer
    }

    fn keep(&mut self, observation: Observation) {
        let answer = match &observation.answer {
            Ok(json) => json.as_str().len(),
            Err(failure) => failure.code.as_str().len() + failure.message.len(),
        };
        self.bytes += (observation.call.len() + observation.arguments.as_str().len() + answer) as u64;
        self.observed.push(observation);
    }

    fn diverges(&self, recorded: &str, asked: &str) -> Divergence {
        Divergence { call: self.observed.len() + 1, recorded: recorded.into(), asked: asked.into() }
    }
}

fn describe(observation: &Observation) -> String {
    format!("{} {}", observation.call, shown(observation.arguments.as_str()))
}

fn left() -> Failure {
    Failure::new(Code::FAILED, "this replay has left its record")
}

/// Where a replay left its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// Which of the call's observations, from 1.
    pub call: usize,
    /// What the record holds there.
    pub recorded: String,
    /// What the component asked.
    pub asked: String,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { call, recorded, asked } = self;
        write!(f, "observation {call}: the record holds {recorded}, the component asked {asked}")
    }
}
