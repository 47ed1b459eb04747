//! Decisions judged once more, several at once.
//!
//! *Invariant:* each check depends on the record alone, so that any number of workers in any order find the same.
//! *Doesn't know:* the chain, jobs, files.
//! *Start at:* [`Check`].

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{Scope, ScopedJoinHandle};

use jaros_capability::{Store, World};
use jaros_decision::{DecisionId, Digest, Failure, Fuel, Json, Millis, Name, Proposal, Seq};
use jaros_engine::{EngineError, NoLog};
use jaros_executor::{Context, Effect, Judged, Setting, judge};
use jaros_machine::State;

/// What the record says became of a proposal.
pub(crate) enum Recorded {
    Carried { kind: Name, payload: Json, note: String, component: Option<Digest>, effect: Effect, fuel: Fuel },
    Refused { kind: String, failure: Failure },
}

/// One proposal with the circumstances and the verdict of then.
pub(crate) struct Check {
    pub(crate) seq: Seq,
    pub(crate) id: DecisionId,
    pub(crate) agent: Name,
    pub(crate) setting: Arc<Setting>,
    pub(crate) state: State,
    pub(crate) depth: u32,
    pub(crate) at: Millis,
    pub(crate) seed: [u8; 32],
    /// The tool's store as it was before this decision.
    pub(crate) store: Store,
    pub(crate) proposal: Proposal,
    pub(crate) recorded: Recorded,
}

/// What a check found.
pub(crate) struct Finding {
    pub(crate) check: Check,
    /// What differs, as a sentence.
    pub(crate) what: String,
}

/// What one worker found.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) findings: Vec<Finding>,
    pub(crate) costs_differ: u64,
    pub(crate) broken: Option<EngineError>,
}

/// Checks handed over at once: a channel's lock and wake-up are paid once for all of them.
const BATCH: usize = 32;

/// Workers that take checks.
pub(crate) struct Workers<'scope> {
    batch: Vec<Check>,
    queue: Option<SyncSender<Vec<Check>>>,
    handles: Vec<ScopedJoinHandle<'scope, Tally>>,
}

impl<'scope> Workers<'scope> {
    pub(crate) fn start<'env>(scope: &'scope Scope<'scope, 'env>, workers: usize) -> Self {
        let workers = workers.max(1);
        let (queue, work) = sync_channel(workers * 4);
        let work = Arc::new(Mutex::new(work));
        let handles = (0..workers).map(|_| {
            let work = work.clone();
            scope.spawn(move || take(&work))
        });
        Self { batch: Vec::with_capacity(BATCH), queue: Some(queue), handles: handles.collect() }
    }

    pub(crate) fn add(&mut self, check: Check) {
        self.batch.push(check);
        if self.batch.len() >= BATCH {
            self.send();
        }
    }

    fn send(&mut self) {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        if let Some(queue) = &self.queue {
            // A worker that broke off says why in its tally.
            let _ = queue.send(batch);
        }
    }

    /// Waits for all of them.
    pub(crate) fn finish(mut self) -> Tally {
        self.send();
        self.queue = None;
        let mut whole = Tally::default();
        for handle in self.handles {
            let tally = handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            whole.findings.extend(tally.findings);
            whole.costs_differ += tally.costs_differ;
            whole.broken = whole.broken.or(tally.broken);
        }
        whole.findings.sort_by_key(|finding| finding.check.seq);
        whole
    }
}

fn take(work: &Mutex<Receiver<Vec<Check>>>) -> Tally {
    let mut tally = Tally::default();
    loop {
        let batch = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(batch) = batch else { return tally };
        for check in batch {
            if tally.broken.is_none() {
                one(check, &mut tally);
            }
        }
    }
}

fn one(check: Check, tally: &mut Tally) {
    let context = Context {
        setting: &check.setting,
        id: check.id.clone(),
        agent: &check.agent,
        state: check.state,
        depth: check.depth,
        at: check.at,
        seed: check.seed,
        store: check.store.clone(),
        outside: None,
        log: Arc::new(NoLog),
    };
    let observed = match &check.recorded {
        Recorded::Carried { effect, .. } => effect.observed.iter().cloned().collect(),
        Recorded::Refused { .. } => VecDeque::new(),
    };
    match judge(&context, &check.proposal, World::Recorded(observed)) {
        Ok(judged) => {
            if let Some(what) = differs(&check.recorded, &judged) {
                tally.findings.push(Finding { check, what });
            } else if costs_differ(&check.recorded, &judged) {
                tally.costs_differ += 1;
            }
        }
        Err(error) => tally.broken = Some(error),
    }
}

fn differs(recorded: &Recorded, judged: &Judged) -> Option<String> {
    match (recorded, judged) {
        (Recorded::Refused { kind, failure }, Judged::Refused(refusal)) => {
            let again = &refusal.failure;
            let same = *kind == refusal.kind && failure == again;
            (!same).then(|| {
                let (was, is) = (&failure.message, &again.message);
                format!(
                    "the record says it was refused ({}: {was}), it is refused ({}: {is})",
                    failure.code, again.code
                )
            })
        }
        (Recorded::Refused { failure, .. }, Judged::Carried(_)) => Some(format!(
            "the record says it was refused ({}: {}), it is admitted",
            failure.code, failure.message
        )),
        (Recorded::Carried { .. }, Judged::Refused(refusal)) => {
            let Failure { code, message } = &refusal.failure;
            Some(format!("the record says it was admitted, it is refused ({code}: {message})"))
        }
        (Recorded::Carried { kind, payload, note, component, effect, .. }, Judged::Carried(carried)) => {
            let admitted = &carried.admitted;
            if admitted.kind() != kind || admitted.payload() != payload || admitted.note() != note {
                return Some("the decision isn't the one that the agent proposed".into());
            }
            if admitted.component() != *component {
                return Some("the record names another component than was in service".into());
            }
            if let Some(divergence) = &carried.divergence {
                return Some(format!("it asks something else than it did: {divergence}"));
            }
            carried.effect.difference(effect)
        }
    }
}

/// Only a call that returned has an exact cost.
fn costs_differ(recorded: &Recorded, judged: &Judged) -> bool {
    match (recorded, judged) {
        (Recorded::Carried { effect, fuel, .. }, Judged::Carried(carried)) => {
            effect.outcome.is_ok() && *fuel != carried.fuel
        }
        _ => false,
    }
}
