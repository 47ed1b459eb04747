//! Calls a tool: `describe`, `validate`, `execute`, each in an instance of its own.
//!
//! *Invariant:* the calling thread is held until the call ends; fuel ends every call.
//! *Doesn't know:* the tool's name, its schema, who may propose it.
//! *Start at:* [`ToolComponent`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jaros_capability::Phase;
use jaros_decision::{Code, Failure, Json, Limits, Profile};
use wasmtime::Store;
use wasmtime::component::InstancePre;

use crate::bindings::tool::{Acts, ActsIndices};
use crate::call::{Call, Called};
use crate::engine::LoadError;
use crate::host::State;
use crate::log::LogSink;
use crate::permits::Permits;
use crate::read;
use crate::stop::EngineError;
use crate::store::{self, Budget, Ended, Part};

/// A compiled tool; cheap to clone.
#[derive(Clone)]
pub struct ToolComponent(Arc<Inner>);

struct Inner {
    pre: InstancePre<State>,
    exports: ActsIndices,
    permits: Arc<Permits>,
    weight: u32,
    ceiling: Limits,
}

impl ToolComponent {
    pub(crate) fn new(
        pre: InstancePre<State>,
        permits: Arc<Permits>,
        weight: u32,
        ceiling: Limits,
    ) -> wasmtime::Result<Self> {
        let exports = ActsIndices::new(&pre)?;
        Ok(Self(Arc::new(Inner { pre, exports, permits, weight, ceiling })))
    }

    /// What the tool says about itself.
    /// # Errors
    /// `Refused`: it can't say, or too much. `Engine`: try again.
    pub fn describe(&self, limits: &Limits, log: Arc<dyn LogSink>) -> Result<Profile, LoadError> {
        let budget = Budget { what: "describe", fuel: limits.start_fuel, limit: "start_fuel" };
        let state = State::describing(limits, log, &self.0.ceiling);
        let called = self.run(
            state,
            budget,
            |store, acts| acts.jaros_plugin_action().call_describe(store),
            read::profile,
        )?;
        Ok(called.result?)
    }

    /// Whether `execute` could carry this payload out.
    /// # Errors
    /// The machine failed; nothing of the call counts.
    pub fn validate(&self, call: Call<'_>, payload: &Json) -> Result<Called<()>, EngineError> {
        let budget = Budget { what: "validate", fuel: call.limits.validate_fuel, limit: "validate_fuel" };
        let payload = payload.as_str().to_owned();
        self.run(
            State::new(call, Phase::Validate, &self.0.ceiling),
            budget,
            |store, acts| acts.jaros_plugin_action().call_validate(store, &payload),
            |answer, _| answer.map_err(|text| read::words(Code::REFUSED, text)),
        )
    }

    /// Carries the payload out.
    /// # Errors
    /// The machine failed; nothing of the call counts.
    pub fn execute(&self, call: Call<'_>, payload: &Json) -> Result<Called<Json>, EngineError> {
        let budget = Budget { what: "execute", fuel: call.limits.execute_fuel, limit: "execute_fuel" };
        let payload = payload.as_str().to_owned();
        self.run(
            State::new(call, Phase::Execute, &self.0.ceiling),
            budget,
            |store, acts| acts.jaros_plugin_action().call_execute(store, &payload),
            |answer, state| match answer {
                Ok(text) => read::json("the result of execute", &text, state),
                Err(text) => Err(read::words(Code::FAILED, text)),
            },
        )
    }

    fn run<R, T>(
        &self,
        state: State,
        budget: Budget,
        call: impl FnOnce(&mut Store<State>, &Acts) -> wasmtime::Result<R>,
        read: impl FnOnce(R, &State) -> Result<T, Failure>,
    ) -> Result<Called<T>, EngineError> {
        let inner = &*self.0;
        let _permit = inner.permits.acquire(inner.weight);
        let mut store = store::open(inner.pre.engine(), state)?;
        let ended = catch_unwind(AssertUnwindSafe(|| inner.call(&mut store, budget, call)));
        let ended = ended.unwrap_or_else(Ended::Panicked);
        budget.conclude(store, ended, read).map(|(called, _)| called)
    }
}

impl Inner {
    fn call<R>(
        &self,
        store: &mut Store<State>,
        budget: Budget,
        call: impl FnOnce(&mut Store<State>, &Acts) -> wasmtime::Result<R>,
    ) -> Ended<R> {
        let instance = match self.pre.instantiate(&mut *store) {
            Ok(instance) => instance,
            Err(error) => return Ended::Broke(Part::Start, error),
        };
        let acts = match self.exports.load(&mut *store, &instance) {
            Ok(acts) => acts,
            Err(error) => return Ended::Broke(Part::Exports, error),
        };
        store::set_fuel(store, budget.fuel);
        match call(store, &acts) {
            Ok(returned) => Ended::Returned(returned),
            Err(error) => Ended::Broke(Part::Call, error),
        }
    }
}
