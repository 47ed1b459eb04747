//! Who is under way, and who is told when one ends.
//!
//! *Invariant:* a job has at most one driver; a job whose end is on the record never gets another.
//! *Doesn't know:* what drivers do.
//! *Start at:* [`Jobs`].

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use jaros_decision::{DecisionId, JobId, Json, Name, Source};
use jaros_executor::{Chronicle, Fact, Staged};
use jaros_machine::Ending;
use tokio::sync::mpsc;

use crate::driver::Message;
use crate::tenant::Phase;

/// What the record says of a child before it is claimed. The inbox file of a child is only its token: whoever can write
/// there can't change who submitted it, or what.
#[derive(Clone, Debug)]
pub(crate) struct Lineage {
    pub(crate) parent: DecisionId,
    pub(crate) depth: u32,
    pub(crate) agent: Name,
    pub(crate) input: Json,
    pub(crate) source: Source,
}

struct Entry {
    phase: Phase,
    messages: mpsc::UnboundedSender<Message>,
}

#[derive(Default)]
struct Inner {
    live: HashMap<JobId, Entry>,
    ended: HashSet<JobId>,
    expected: HashMap<JobId, Lineage>,
}

/// A tenant's jobs.
#[derive(Default)]
pub(crate) struct Jobs(Mutex<Inner>);

/// How many jobs are in which phase.
#[derive(Clone, Debug, Default)]
pub(crate) struct Census {
    pub(crate) running: usize,
    pub(crate) waiting: usize,
    pub(crate) blocked: Vec<JobId>,
    pub(crate) expected: usize,
}

impl Jobs {
    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().expect("nothing panics while it holds the jobs")
    }

    /// A new driver's messages; `None` where the job has one or has ended.
    pub(crate) fn begin(&self, job: &JobId) -> Option<mpsc::UnboundedReceiver<Message>> {
        let mut inner = self.inner();
        if inner.live.contains_key(job) || inner.ended.contains(job) {
            return None;
        }
        let (messages, receiver) = mpsc::unbounded_channel();
        inner.live.insert(job.clone(), Entry { phase: Phase::Running, messages });
        Some(receiver)
    }

    pub(crate) fn has_ended(&self, job: &JobId) -> bool {
        self.inner().ended.contains(job)
    }

    pub(crate) fn enter(&self, job: &JobId, phase: Phase) {
        if let Some(entry) = self.inner().live.get_mut(job) {
            entry.phase = phase;
        }
    }

    /// Sends a word to a job's driver, if it has one.
    pub(crate) fn send(&self, job: &JobId, message: Message) -> bool {
        self.inner().live.get(job).is_some_and(|entry| entry.messages.send(message).is_ok())
    }

    /// Notes the children that these facts submit, before anybody can claim them.
    pub(crate) fn expect_children(&self, parent: &Chronicle, facts: &[Fact]) {
        let mut inner = None;
        for (child, lineage) in children(parent, facts) {
            inner.get_or_insert_with(|| self.inner()).expected.insert(child, lineage);
        }
    }

    /// What the record says of a child that is claimed now.
    pub(crate) fn lineage(&self, job: &JobId) -> Option<Lineage> {
        self.inner().expected.remove(job)
    }

    /// Takes a job off the list and tells its parent.
    pub(crate) fn ended(&self, chronicle: &Chronicle, ending: &Ending) {
        {
            let mut inner = self.inner();
            inner.live.remove(&chronicle.job);
            inner.ended.insert(chronicle.job.clone());
        }
        if let Some(parent) = &chronicle.parent {
            // A parent that ended without waiting has no driver.
            self.send(&parent.job, Message::ChildEnded(chronicle.job.clone(), ending.outcome.clone()));
        }
    }

    /// A job that the record says has ended.
    pub(crate) fn remember_ended(&self, job: JobId) {
        self.inner().ended.insert(job);
    }

    pub(crate) fn remember_expected(&self, job: JobId, lineage: Lineage) {
        self.inner().expected.insert(job, lineage);
    }

    pub(crate) fn census(&self) -> Census {
        let inner = self.inner();
        let mut census = Census { expected: inner.expected.len(), ..Census::default() };
        for (job, entry) in &inner.live {
            match entry.phase {
                Phase::Running => census.running += 1,
                Phase::Waiting => census.waiting += 1,
                Phase::Blocked => census.blocked.push(job.clone()),
            }
        }
        census.blocked.sort();
        census
    }
}

/// The children that these facts of `parent` submit.
pub(crate) fn children<'a>(
    parent: &'a Chronicle,
    facts: &'a [Fact],
) -> impl Iterator<Item = (JobId, Lineage)> + 'a {
    let outcomes = facts.iter().filter_map(|fact| match fact {
        Fact::Outcome { id, effect, .. } => Some((id, effect)),
        _ => None,
    });
    outcomes.flat_map(move |(id, effect)| {
        effect.staged.iter().filter_map(move |staged| match staged {
            Staged::Submit { job, agent, input, .. } => Some((
                job.clone(),
                Lineage {
                    parent: id.clone(),
                    depth: parent.depth + 1,
                    agent: agent.clone(),
                    input: input.clone(),
                    source: Source::Agent(parent.agent.clone()?),
                },
            )),
            Staged::Artifact { .. } | Staged::Entry { .. } | Staged::File { .. } | Staged::Moved { .. } => {
                None
            }
        })
    })
}
