//! One job as the record tells it, from its acceptance on.
//!
//! *Invariant:* made of facts only, in the record's order; the running node, recovery and replay keep the same one.
//! *Doesn't know:* other jobs, except through [`Chronicle::child_ended`].
//! *Start at:* [`Chronicle::begin`].

use std::sync::Arc;

use jaros_capability::Store;
use jaros_decision::{Code, DecisionId, Failure, JobId, Json, Millis, Name, Source};
use jaros_engine::LogSink;
use jaros_machine::{Progress, Step, Verdict};

use crate::{Context, Fact, Operation, Setting};

/// A job, what happened to it, and so what happens next.
#[derive(Clone, Debug)]
pub struct Chronicle {
    /// The job.
    pub job: JobId,
    /// Who works on it.
    pub agent: Option<Name>,
    /// Who it came from.
    pub source: Source,
    /// The decision that submitted it.
    pub parent: Option<DecisionId>,
    /// How many submits there are above it.
    pub depth: u32,
    /// When it was accepted.
    pub accepted: Millis,
    progress: Progress,
    turn_at: Millis,
    turn_seed: [u8; 32],
    /// The decision whose calls may have left the node, while its outcome isn't known.
    under_way: Option<UnderWay>,
}

/// A decision with intents on the record.
#[derive(Clone, Debug)]
struct UnderWay {
    id: DecisionId,
    repeatable: bool,
}

impl Chronicle {
    /// Begins with a job's acceptance; `None` for any other fact.
    #[must_use]
    pub fn begin(fact: &Fact) -> Option<Self> {
        let Fact::Accepted { job, agent, input, source, parent, depth, turns, at } = fact else {
            return None;
        };
        Some(Self {
            job: job.clone(),
            agent: agent.clone(),
            source: source.clone(),
            parent: parent.clone(),
            depth: *depth,
            accepted: *at,
            progress: Progress::new(job.clone(), input.clone(), *turns),
            turn_at: *at,
            turn_seed: [0; 32],
            under_way: None,
        })
    }

    /// Goes on with a fact about this job.
    ///
    /// # Errors
    /// `invalid` where an operator's `unblock` finds the job in another state; nothing has changed then.
    pub fn tell(&mut self, fact: &Fact) -> Result<(), Failure> {
        let progress = &mut self.progress;
        match fact {
            Fact::Accepted { .. } | Fact::Admitted { .. } => {}
            Fact::Reasoned(reasoned) => {
                (self.turn_at, self.turn_seed) = (reasoned.at, reasoned.seed);
                progress.reasoned(reasoned.plan.clone());
            }
            Fact::Refused { failure, .. } => {
                self.under_way = None;
                progress.judged(Verdict::Refused(failure.clone()));
            }
            Fact::Intended { id, repeatable, .. } => {
                let before = self.under_way.take().filter(|before| before.id == *id);
                let repeatable = *repeatable && before.is_none_or(|before| before.repeatable);
                self.under_way = Some(UnderWay { id: id.clone(), repeatable });
            }
            Fact::Outcome { effect, .. } => {
                self.under_way = None;
                progress.judged(effect.verdict());
            }
            Fact::Ended { ending, .. } => progress.end(ending.clone()),
            Fact::Operated { operation: Operation::Unblock, input, .. } => progress.unblock(input.clone())?,
            Fact::Operated { operation: Operation::Cancel, .. } => {
                progress.stop(Failure::new(Code::CANCELLED, "an operator cancelled the job"));
            }
        }
        Ok(())
    }

    /// A child that it submitted has ended.
    pub fn child_ended(&mut self, child: &JobId, outcome: Result<Json, Failure>) {
        self.progress.child_ended(child, outcome);
    }

    /// The host ends it: its agent can't be called, or its file can't be read.
    pub fn stop(&mut self, failure: Failure) {
        self.progress.stop(failure);
    }

    /// The decision that a call of left the node and may not be made again: after a crash its outcome is in doubt.
    #[must_use]
    pub fn in_doubt(&self) -> Option<&DecisionId> {
        self.under_way.as_ref().filter(|under_way| !under_way.repeatable).map(|under_way| &under_way.id)
    }

    /// What has to happen next.
    #[must_use]
    pub fn next(&self) -> Step {
        self.progress.next()
    }

    /// Where the job stands.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The circumstances in which its agent's next proposal is judged; `None` for a job without an agent.
    #[must_use]
    pub fn context<'a>(
        &'a self,
        setting: &'a Setting,
        id: DecisionId,
        store: Store,
        log: Arc<dyn LogSink>,
    ) -> Option<Context<'a>> {
        Some(Context {
            setting,
            id,
            agent: self.agent.as_ref()?,
            state: self.progress.state(),
            depth: self.depth,
            at: self.turn_at,
            seed: self.turn_seed,
            store,
            outside: None,
            log,
        })
    }
}
