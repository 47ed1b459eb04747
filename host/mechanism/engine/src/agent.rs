//! Calls an agent: `describe` and `decide`, each in an instance of its own.
//!
//! *Invariant:* waiting for a model holds no thread; fuel and a deadline end every turn; what the model said is given back
//! however the turn ended.
//! *Doesn't know:* the agent's name, what became of its proposals.
//! *Start at:* [`AgentComponent::decide`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use jaros_capability::Phase;
use jaros_decision::{Answer, Code, Limits, Model, Plan, Profile, Transcript, Turn};
use tokio::sync::Semaphore;
use wasmtime::Store;
use wasmtime::component::InstancePre;

use crate::bindings::agent::exports::jaros::plugin::reasoning as wit;
use crate::bindings::agent::{Reasons, ReasonsIndices};
use crate::bindings::imports::jaros::plugin::types;
use crate::call::{Call, Called, Offer};
use crate::engine::LoadError;
use crate::host::State;
use crate::log::LogSink;
use crate::read;
use crate::stop::EngineError;
use crate::store::{self, Budget, Ended, Part};

/// After so much fuel a computing agent lets others run: about a millisecond. It changes neither what an agent uses nor where
/// it stops.
const YIELD_FUEL: u64 = 1_000_000;

/// A compiled agent; cheap to clone.
#[derive(Clone)]
pub struct AgentComponent(Arc<Inner>);

struct Inner {
    pre: InstancePre<State>,
    exports: ReasonsIndices,
    permits: Arc<Semaphore>,
    weight: u32,
    ceiling: Limits,
}

/// What became of a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The plan, or why there is none.
    pub called: Called<Plan>,
    /// Every model call that was answered, also in a turn that failed.
    pub transcript: Transcript,
}

impl AgentComponent {
    pub(crate) fn new(
        pre: InstancePre<State>,
        permits: Arc<Semaphore>,
        weight: u32,
        ceiling: Limits,
    ) -> wasmtime::Result<Self> {
        let exports = ReasonsIndices::new(&pre)?;
        Ok(Self(Arc::new(Inner { pre, exports, permits, weight, ceiling })))
    }

    /// What the agent says about itself. Holds the calling thread, which must not be one that runs turns.
    /// # Errors
    /// `Refused`: it can't say, or too much. `Engine`: try again.
    pub fn describe(&self, limits: &Limits, log: Arc<dyn LogSink>) -> Result<Profile, LoadError> {
        let budget = Budget { what: "describe", fuel: limits.start_fuel, limit: "start_fuel" };
        let state = State::describing(limits, log, &self.0.ceiling);
        block_on(async {
            let _permit = self.0.permit().await;
            let mut store = store::open(self.0.pre.engine(), state)?;
            let ended = caught(self.0.describe(&mut store, budget)).await;
            let (called, _) = budget.conclude(store, ended, read::profile)?;
            Ok(called.result?)
        })
    }

    /// Asks the agent what should happen next. Dropping the future ends the turn. Needs a tokio runtime with time.
    /// # Errors
    /// The machine failed; nothing of the turn counts.
    pub async fn decide(
        &self,
        call: Call<'_>,
        turn: &Turn,
        model: Arc<dyn Model>,
        actions: Arc<[Offer]>,
    ) -> Result<Decided, EngineError> {
        let limits = call.limits;
        let budget = Budget { what: "decide", fuel: limits.decide_fuel, limit: "decide_fuel" };
        let deadline = limits.decide_ms;
        let state = State::new(call, Phase::Decide, &self.0.ceiling).reasoning(model, actions);
        // The deadline is the agent's: it begins when the agent does, not while it waits for a place.
        let _permit = self.0.permit().await;
        let mut store = store::open(self.0.pre.engine(), state)?;
        let deciding = caught(self.0.decide(&mut store, budget, turn));
        let ended = match tokio::time::timeout(Duration::from_millis(deadline), deciding).await {
            Ok(ended) => ended,
            Err(_) => Ended::Timeout(deadline),
        };
        let (called, transcript) = budget.conclude(store, ended, |answer, state| match answer {
            Ok(plan) => read::plan(plan, state),
            Err(text) => Err(read::words(Code::FAILED, text)),
        })?;
        Ok(Decided { called, transcript })
    }
}

impl Inner {
    async fn permit(&self) -> tokio::sync::SemaphorePermit<'_> {
        self.permits.acquire_many(self.weight).await.expect("nothing closes the semaphore")
    }

    async fn describe(&self, store: &mut Store<State>, budget: Budget) -> Ended<types::Profile> {
        let reasons = match self.start(store).await {
            Ok(reasons) => reasons,
            Err((part, error)) => return Ended::Broke(part, error),
        };
        store::set_fuel(store, budget.fuel);
        ended(reasons.jaros_plugin_reasoning().call_describe(&mut *store).await)
    }

    async fn decide(
        &self,
        store: &mut Store<State>,
        budget: Budget,
        turn: &Turn,
    ) -> Ended<Result<wit::Plan, String>> {
        store.fuel_async_yield_interval(Some(YIELD_FUEL)).expect("the engine consumes fuel");
        let reasons = match self.start(store).await {
            Ok(reasons) => reasons,
            Err((part, error)) => return Ended::Broke(part, error),
        };
        store::set_fuel(store, budget.fuel);
        ended(reasons.jaros_plugin_reasoning().call_decide(&mut *store, &lower(turn)).await)
    }

    async fn start(&self, store: &mut Store<State>) -> Result<Reasons, (Part, wasmtime::Error)> {
        let instance = self.pre.instantiate_async(&mut *store).await.map_err(|error| (Part::Start, error))?;
        self.exports.load(&mut *store, &instance).map_err(|error| (Part::Exports, error))
    }
}

fn ended<R>(result: wasmtime::Result<R>) -> Ended<R> {
    match result {
        Ok(returned) => Ended::Returned(returned),
        Err(error) => Ended::Broke(Part::Call, error),
    }
}

fn lower(turn: &Turn) -> wit::Turn {
    let answer = |answer: &Answer| wit::Answer {
        id: answer.id.to_string(),
        kind: answer.kind.clone(),
        outcome: match &answer.outcome {
            Ok(json) => Ok(json.as_str().to_owned()),
            Err(failure) => {
                Err(types::Error { code: failure.code.as_str().to_owned(), message: failure.message.clone() })
            }
        },
    };
    wit::Turn {
        input: turn.input.as_str().to_owned(),
        memo: turn.memo.as_str().to_owned(),
        answers: turn.answers.iter().map(answer).collect(),
        number: turn.number,
    }
}

/// The future, with a panic as one more way to end.
async fn caught<R>(call: impl Future<Output = Ended<R>>) -> Ended<R> {
    let mut call = pin!(call);
    std::future::poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(context)))
            .unwrap_or_else(|payload| Poll::Ready(Ended::Panicked(payload)))
    })
    .await
}

/// Runs a future on this thread. Loading has no runtime of its own and may not need one.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}
