//! Counting the record against the folders: what was accepted, decided, carried out and answered, and how often each.
//!
//! *Invariant:* reads the whole ledger, hashes checked, and the outbox; believes no counter of the node's.
//! *Doesn't know:* whether a result is right.
//! *Start at:* [`Count::of`].

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use jaros_decision::{DecisionId, JobId};
use jaros_executor::Fact;
use serde::Serialize;

use crate::context::Context;
use crate::problem::Problem;
use crate::record;

/// How much stands where.
#[derive(Default, Serialize)]
pub(super) struct Count {
    /// Entries on the record.
    pub(super) entries: u64,
    /// Jobs that were accepted.
    pub(super) jobs: usize,
    /// Files in the outbox.
    pub(super) results: usize,
    /// Jobs that ended.
    pub(super) ended: usize,
    /// Decisions that the gate admitted.
    pub(super) decisions: usize,
    /// Decisions that were carried out.
    pub(super) outcomes: usize,
    /// Model answers that agents reasoned with.
    pub(super) model_answers: usize,
    /// Those of turns that an earlier node took up and left nothing of on the record.
    pub(super) asked_again: usize,
    #[serde(skip)]
    tally: Tally,
    #[serde(skip)]
    outbox: BTreeSet<JobId>,
}

/// How often each thing stands on the record.
#[derive(Default)]
struct Tally {
    accepted: HashMap<JobId, usize>,
    ended: HashMap<JobId, usize>,
    reasoned: HashMap<(JobId, u32), usize>,
    admitted: HashMap<DecisionId, usize>,
    carried_out: HashMap<DecisionId, usize>,
}

impl Count {
    /// Counts a data directory, whether or not a node runs there.
    pub(super) fn of(place: &Context) -> Result<Self, Problem> {
        let mut tally = Tally::default();
        let (mut entries, mut model_answers, mut asked_again) = (0, 0, 0);
        let mut reader = record::open(place)?;
        while let Some(item) = reader.read()? {
            entries += 1;
            let Some(fact) = Fact::read(&item)? else { continue };
            if let Fact::Reasoned(turn) = &fact {
                model_answers += turn.transcript.len();
                asked_again += if turn.attempt > 1 { turn.transcript.len() } else { 0 };
            }
            tally.take_in(fact);
        }
        let outbox = outbox(place);
        Ok(Self {
            entries,
            jobs: tally.accepted.len(),
            results: outbox.len(),
            ended: tally.ended.len(),
            decisions: tally.admitted.len(),
            outcomes: tally.carried_out.len(),
            model_answers,
            asked_again,
            tally,
            outbox,
        })
    }

    /// Jobs that were handed in, or accepted, or decided upon, and never came to their end with a result.
    pub(super) fn lost(&self, handed_in: &[JobId]) -> usize {
        let known = |job: &&JobId| self.tally.accepted.contains_key(*job);
        let ended = |job: &&JobId| self.tally.ended.contains_key(*job) && self.outbox.contains(*job);
        let unheard = handed_in.iter().filter(|job| !known(job)).count();
        let open = self.tally.accepted.keys().filter(|job| !ended(job)).count();
        let undone = |id: &&DecisionId| !self.tally.carried_out.contains_key(*id);
        unheard + open + self.tally.admitted.keys().filter(undone).count()
    }

    /// Things that stand on the record more than once, and results of jobs that nobody knows.
    pub(super) fn twice(&self) -> usize {
        let Tally { accepted, ended, reasoned, admitted, carried_out } = &self.tally;
        let stray = self.outbox.iter().filter(|job| !ended.contains_key(*job)).count();
        again(accepted) + again(ended) + again(reasoned) + again(admitted) + again(carried_out) + stray
    }
}

impl Tally {
    fn take_in(&mut self, fact: Fact) {
        match fact {
            Fact::Accepted { job, .. } => more(&mut self.accepted, job),
            Fact::Ended { job, .. } => more(&mut self.ended, job),
            Fact::Reasoned(turn) => more(&mut self.reasoned, (turn.job, turn.turn)),
            Fact::Admitted { id, .. } => more(&mut self.admitted, id),
            Fact::Outcome { id, .. } => more(&mut self.carried_out, id),
            Fact::Refused { .. } | Fact::Intended { .. } | Fact::Operated { .. } => {}
        }
    }
}

fn more<K: Hash + Eq>(tally: &mut HashMap<K, usize>, key: K) {
    *tally.entry(key).or_default() += 1;
}

fn again<K>(tally: &HashMap<K, usize>) -> usize {
    tally.values().filter(|number| **number > 1).count()
}

/// Whose results lie in the outbox.
fn outbox(place: &Context) -> BTreeSet<JobId> {
    let entries = std::fs::read_dir(place.layout.outbox()).into_iter().flatten().flatten();
    entries.filter_map(|entry| JobId::new(entry.file_name().to_str()?.strip_suffix(".json")?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use jaros_machine::{Ending, State};

    use super::*;

    fn job(name: &str) -> JobId {
        name.parse().unwrap()
    }

    fn ended(name: &str) -> Fact {
        let outcome = Ok(jaros_decision::Json::null());
        Fact::Ended { job: job(name), ending: Ending { state: State::Done, outcome, decision: None } }
    }

    /// What is lost and what happened twice, where `a` and `b` were handed in and accepted.
    fn check(facts: Vec<Fact>, results: &[&str]) -> (usize, usize) {
        let mut count = Count { outbox: results.iter().map(|name| job(name)).collect(), ..Count::default() };
        for name in ["a", "b"] {
            more(&mut count.tally.accepted, job(name));
        }
        facts.into_iter().for_each(|fact| count.tally.take_in(fact));
        (count.lost(&[job("a"), job("b")]), count.twice())
    }

    #[test]
    fn what_is_lost_or_happens_twice_is_counted() {
        let both = || vec![ended("a"), ended("b")];
        assert_eq!(check(both(), &["a", "b"]), (0, 0));
        assert_eq!(check(vec![ended("a")], &["a", "b"]), (1, 1), "a result without an end");
        assert_eq!(check(both(), &["a"]), (1, 0), "an end without a result");
        assert_eq!(check([both(), both()].concat(), &["a", "b"]), (0, 2), "two ends");
        assert_eq!(check(both(), &["a", "b", "c"]), (0, 1), "a stray result");
        let mut count = Count::default();
        more(&mut count.tally.admitted, "a/1/1".parse().unwrap());
        assert_eq!(count.lost(&[]), 1, "a decision that was never carried out");
        assert_eq!(count.lost(&[job("a")]), 2, "a job that nobody heard of");
    }
}
