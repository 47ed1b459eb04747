//! One call's store: made with every limit, judged and taken apart at the end.
//!
//! *Invariant:* a store serves one call and is dropped after it, so nothing of a guest outlives its call.
//! *Doesn't know:* which export is called.
//! *Start at:* [`open`], [`Budget::conclude`].

use std::any::Any;

use jaros_decision::{Code, Exchange, Failure, Fuel};
use wasmtime::{Engine, Error, Store};

use crate::call::Called;
use crate::host::State;
use crate::stop::{Ending, EngineError};

/// What one export may use.
#[derive(Clone, Copy)]
pub(crate) struct Budget {
    /// The export.
    pub(crate) what: &'static str,
    pub(crate) fuel: u64,
    /// The limit that `fuel` comes from.
    pub(crate) limit: &'static str,
}

/// The part of a call that ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Instantiation: data, start functions, what a toolchain runs before everything else.
    Start,
    /// Finding the exports: they have other types than the contract says.
    Exports,
    /// The export itself, result and clean-up included.
    Call,
}

/// How a call ended.
pub(crate) enum Ended<R> {
    Returned(R),
    Broke(Part, Error),
    /// A host function panicked.
    Panicked(Box<dyn Any + Send>),
    /// The host's own deadline passed.
    Timeout(u64),
}

/// Fuel for the start; the export's comes after it.
pub(crate) fn open(engine: &Engine, state: State) -> Result<Store<State>, EngineError> {
    let limits = state.limits;
    let mut store = Store::try_new(engine, state).map_err(|error| EngineError::Machine(error.to_string()))?;
    store.limiter(|state| &mut state.limiter);
    store.set_hostcall_fuel(usize::try_from(limits.lift_bytes).unwrap_or(usize::MAX));
    store.set_max_component_handles(usize::try_from(limits.handles).unwrap_or(usize::MAX));
    set_fuel(&mut store, limits.start_fuel);
    Ok(store)
}

pub(crate) fn set_fuel(store: &mut Store<State>, fuel: u64) {
    store.set_fuel(fuel).expect("both engines consume fuel");
}

impl Budget {
    /// Turns how the call ended into what became of it. `read` reads what it returned.
    pub(crate) fn conclude<R, T>(
        self,
        store: Store<State>,
        ended: Ended<R>,
        read: impl FnOnce(R, &State) -> Result<T, Failure>,
    ) -> Result<(Called<T>, Vec<Exchange>), EngineError> {
        let left = store.get_fuel().expect("both engines consume fuel");
        let mut state = store.into_data();
        state.finish();
        let mut used = self.fuel.saturating_sub(left);
        let result = match ended {
            Ended::Returned(returned) => read(returned, &state),
            Ended::Broke(part, error) => {
                if part != Part::Call {
                    used = 0;
                }
                Err(self.judge(part, &error, &state)?)
            }
            Ended::Panicked(payload) => {
                state.log.note(&format!("a host function panicked: {}", panic_text(&*payload)));
                Err(Failure::new(Code::FAILED, format!("{} met an error of the host's own", self.what)))
            }
            Ended::Timeout(ms) => {
                let text = format!("{} took more than {ms} ms (decide_ms)", self.what);
                Err(Failure::new(Code::TIMEOUT, text))
            }
        };
        let staged = if result.is_ok() { state.stage.into_changes() } else { Vec::new() };
        let (observed, divergence) = state.observer.finish();
        Ok((Called { result, fuel: Fuel(used), observed, staged, divergence }, state.exchanges))
    }

    fn judge(self, part: Part, error: &Error, state: &State) -> Result<Failure, EngineError> {
        state.log.note(&format!("{} ended early: {error:#}", self.what));
        let limits = &state.limits;
        let (what, fuel) = match part {
            Part::Start => ("the component's start", (limits.start_fuel, "start_fuel")),
            Part::Exports => {
                let text = "the component exports a function of another type than jaros.wit says; build it against this \
                            host's jaros.wit";
                return Ok(Failure::new(Code::INVALID, text));
            }
            Part::Call => (self.what, (self.fuel, self.limit)),
        };
        Ending { what, fuel, limits, limiter: &state.limiter }.judge(error)
    }
}

fn panic_text(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}
