//! The host's side of a call: everything that a guest's imports reach is in [`State`].
//!
//! *Invariant:* a state lives for one call in one store and is never handed on; every import first counts as a host call,
//! and ends the call where its capability doesn't work just now.
//! *Doesn't know:* instances, fuel.
//! *Start at:* [`State`]; then a module for each interface.

mod actions;
mod files_read;
mod files_write;
mod host_facts;
mod http;
mod job;
mod link;
mod log;
mod model;
mod panic;
mod store;
mod wasi;

use std::sync::Arc;

use jaros_capability::http::Outside;
use jaros_capability::{Capability, Handles, Observer, Phase, Stage, Store, World};
use jaros_decision::{Code, Exchange, Failure, JobId, JsonLimits, Limits, Millis, Model};
use wasmtime::Result;

use crate::bindings::imports::jaros::plugin::types::{Error, Host};
use crate::call::{Call, Offer};
use crate::limiter::Limiter;
use crate::log::{Log, LogSink};
use crate::random::Random;
use crate::stop::stop;

use self::wasi::Wasi;

pub(crate) use self::link::{agents, tools};

/// What a guest's imports reach, and what is counted while it runs.
pub(crate) struct State {
    pub(crate) limiter: Limiter,
    pub(crate) log: Log,
    pub(crate) observer: Observer,
    /// What the call has written.
    pub(crate) stage: Stage,
    /// Model calls so far; in a call that ends early too.
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) limits: Limits,
    handles: Arc<Handles>,
    outside: Option<Arc<dyn Outside>>,
    job: String,
    accepted_at_ms: u64,
    random: Random,
    wasi: Wasi,
    host_calls_left: u64,
    host_call_bytes_left: u64,
    reasoning: Option<Reasoning>,
}

/// What only agents have.
pub(crate) struct Reasoning {
    pub(crate) model: Arc<dyn Model>,
    pub(crate) actions: Arc<[Offer]>,
    pub(crate) model_calls_left: u32,
    pub(crate) model_bytes_left: u64,
}

impl State {
    pub(crate) fn new(call: Call<'_>, phase: Phase, ceiling: &Limits) -> Self {
        // The pool was made for the ceiling: what is over it could fail for the machine's reasons.
        let limits = call.limits.within(ceiling);
        Self {
            limiter: Limiter::new(&limits),
            log: Log::new(call.log, limits.log_bytes),
            observer: Observer::new(phase, call.world, &limits),
            stage: Stage::over(call.store),
            exchanges: Vec::new(),
            limits,
            handles: Arc::clone(call.handles),
            outside: call.outside,
            job: call.job.as_str().to_owned(),
            accepted_at_ms: call.accepted_at.0,
            random: Random::new(call.seed, "random"),
            wasi: Wasi::new(call.accepted_at, call.seed),
            host_calls_left: limits.host_calls,
            host_call_bytes_left: limits.host_call_bytes,
            reasoning: None,
        }
    }

    /// For `describe`: there is no job, nothing is granted, and only `log` and the virtual WASI work.
    pub(crate) fn describing(limits: &Limits, log: Arc<dyn LogSink>, ceiling: &Limits) -> Self {
        let nobody = JobId::new("describe").expect("it has only letters");
        let call = Call {
            job: &nobody,
            accepted_at: Millis(0),
            seed: [0; 32],
            handles: &Arc::default(),
            world: World::Live,
            store: Store::default(),
            outside: None,
            limits,
            log,
        };
        Self::new(call, Phase::Describe, ceiling)
    }

    /// The same, for an agent's turn.
    pub(crate) fn reasoning(mut self, model: Arc<dyn Model>, actions: Arc<[Offer]>) -> Self {
        self.reasoning = Some(Reasoning {
            model,
            actions,
            model_calls_left: self.limits.model_calls,
            model_bytes_left: self.limits.model_bytes,
        });
        self
    }

    /// At a call's end, before the state is taken apart.
    pub(crate) fn finish(&mut self) {
        self.wasi.finish(&mut self.log);
    }

    pub(crate) fn json_limits(&self) -> JsonLimits {
        self.limits.json()
    }

    /// Counts a host call of this capability, and the bytes of the texts and lists that the guest handed over with it. A
    /// capability that doesn't work in this phase ends the call too: what a `describe` or a `validate` tries is then a refusal on
    /// the record, and no guest can probe for it in silence.
    fn enter(&mut self, capability: Capability, handed: usize) -> Result<()> {
        self.count(handed)?;
        self.observer.permit(capability).map_err(|failure| stop(failure.code, failure.message))
    }

    /// Counts a host call and what was handed over with it. The one too many ends the call: wasmtime bounds only what crosses at
    /// once, so without this count a guest could hand over the same large text as often as it may call.
    fn count(&mut self, handed: usize) -> Result<()> {
        let Some(left) = self.host_calls_left.checked_sub(1) else {
            let max = self.limits.host_calls;
            return Err(stop(Code::LIMIT, format!("it called the host more than {max} times (host_calls)")));
        };
        self.host_calls_left = left;
        self.hand(handed)
    }

    /// Counts bytes that the guest handed over.
    fn hand(&mut self, bytes: usize) -> Result<()> {
        let Some(left) = self.host_call_bytes_left.checked_sub(bytes as u64) else {
            let max = self.limits.host_call_bytes;
            let text = format!("it handed the host more than {max} bytes in its calls (host_call_bytes)");
            return Err(stop(Code::LIMIT, text));
        };
        self.host_call_bytes_left = left;
        Ok(())
    }
}

/// A failure as guests see it.
fn error(failure: Failure) -> Error {
    Error { code: failure.code.as_str().to_owned(), message: failure.message }
}

/// Only shapes: there is nothing to call.
impl Host for State {}
