//! The walk along the chain: each entry must be what the rules make of those before it.
//!
//! *Invariant:* one pass, in order; what is kept is what is under way, so memory follows live jobs and files, not the
//! ledger's length.
//! *Doesn't know:* how a single decision is checked.
//! *Start at:* [`replay`].

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use jaros_content::Content;
use jaros_decision::{DecisionId, Digest, Fuel, JobId, Json, Name, Seq};
use jaros_engine::Engine;
use jaros_executor::{Chronicle, Effect, Fact, Operation, Stores, result_document};
use jaros_fabric::Layout;
use jaros_ledger::{EntryKind, Item, Reader, Refused, Verified, Verify, VerifyError, record, verify};
use jaros_machine::{Ending, State, Step};

use crate::check::{Check, Finding, Recorded, Workers};
use crate::files::Files;
use crate::report::{Attribution, BrokenChain, Divergence, Head, Report};
use crate::timeline::Timeline;

/// What is replayed, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only this job's decisions are judged again; the rest is read.
    pub job: Option<JobId>,
    /// Stop after this entry.
    pub until: Option<Seq>,
    /// Write the rebuilt files into this folder.
    pub into: Option<PathBuf>,
    /// Threads that judge; 0 means one a core.
    pub workers: usize,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// There is no ledger, or no such job in it.
    #[error("{0}")]
    Nothing(String),
    /// An entry of a kind or shape that this version doesn't know.
    #[error("{0}")]
    Unknown(String),
    /// The engine, or the machine, can't.
    #[error("{0}")]
    Machine(String),
    /// The rebuilt files can't be written.
    #[error("the rebuilt files can't be written: {0}")]
    Into(std::io::Error),
}

/// The most divergences that a report lists.
const LISTED: usize = 100;

/// Replays a tenant's ledger. `progress` is told how many entries were read, from time to time.
///
/// # Errors
/// See [`ReplayError`]. What differs isn't an error: it stands in the report.
pub fn replay(
    layout: &Layout,
    engine: &Engine,
    options: &Options,
    progress: &mut dyn FnMut(u64),
) -> Result<Report, ReplayError> {
    let content = Content::open(layout.content()).map_err(|error| ReplayError::Machine(error.to_string()))?;
    let mut reader =
        Reader::open(&layout.ledger(), &content).map_err(|error| ReplayError::Machine(error.to_string()))?;
    let workers = match options.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        workers => workers,
    };
    std::thread::scope(|scope| {
        // What the walk alone can't tell: whether the end is the end that was signed, and whether all data are there.
        let dir = layout.ledger();
        let verified = content.clone();
        let verifying = scope.spawn(move || verify(Verify { dir: &dir, content: &verified, witnessed: &[] }));
        let mut walk = Walk {
            options,
            timeline: Timeline::new(layout.root().to_owned(), content.clone(), engine.clone()),
            workers: Workers::start(scope, workers),
            live: HashMap::new(),
            admitted: HashMap::new(),
            files: Files::default(),
            stores: Stores::default(),
            report: Report { chain_ok: true, same_engine: true, ..Report::default() },
            engine: engine.identity().clone(),
            states: BTreeMap::new(),
            first_failure: None,
            job_seen: false,
        };
        walk.read(&mut reader, progress)?;
        let verified = verifying.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let writing = layout.live_node().is_ok_and(|node| node.is_some());
        walk.verified(verified, writing)?;
        walk.conclude(layout)
    })
}

/// A decision that was admitted and whose outcome is still to come.
struct Waiting {
    kind: Name,
    payload: Json,
    note: String,
    component: Option<Digest>,
    seen: Seq,
    proposal: Option<jaros_decision::Proposal>,
}

struct Walk<'a, 'scope> {
    options: &'a Options,
    timeline: Timeline,
    workers: Workers<'scope>,
    live: HashMap<JobId, Chronicle>,
    admitted: HashMap<DecisionId, Waiting>,
    files: Files,
    stores: Stores,
    report: Report,
    engine: Json,
    states: BTreeMap<State, u64>,
    first_failure: Option<Attribution>,
    job_seen: bool,
}

impl Walk<'_, '_> {
    fn read(&mut self, reader: &mut Reader, progress: &mut dyn FnMut(u64)) -> Result<(), ReplayError> {
        const STEP: u64 = 4096;
        loop {
            let item = match reader.read() {
                Ok(Some(item)) => item,
                Ok(None) => break,
                Err(error) => {
                    self.broken(&error);
                    break;
                }
            };
            if self.options.until.is_some_and(|until| item.entry.seq > until) {
                break;
            }
            self.entry(&item)?;
            if self.report.entries.is_multiple_of(STEP) {
                progress(self.report.entries);
            }
        }
        progress(self.report.entries);
        Ok(())
    }

    /// An end that isn't whole is no flaw while a node writes it.
    fn verified(
        &mut self,
        verified: Result<Verified, VerifyError>,
        writing: bool,
    ) -> Result<(), ReplayError> {
        let broken = match verified {
            Ok(Verified { torn: Some(torn), .. }) if !writing => {
                BrokenChain { seq: Some(torn.broken.seq), what: torn.broken.to_string() }
            }
            Ok(_) | Err(VerifyError::Nothing(_)) => return Ok(()),
            Err(VerifyError::Read(error)) => return Err(ReplayError::Machine(error.to_string())),
            Err(VerifyError::Content(error)) => return Err(ReplayError::Machine(error.to_string())),
            Err(VerifyError::Refused(Refused::Damaged(broken))) => {
                BrokenChain { seq: Some(broken.seq), what: broken.to_string() }
            }
            Err(error) => BrokenChain { seq: None, what: error.to_string() },
        };
        self.report.chain_ok = false;
        self.report.broken.get_or_insert(broken);
        Ok(())
    }

    fn broken(&mut self, error: &jaros_ledger::ReadError) {
        let seq = match error {
            jaros_ledger::ReadError::Broken(broken) => Some(broken.seq),
            _ => None,
        };
        self.report.chain_ok = false;
        self.report.broken = Some(BrokenChain { seq, what: error.to_string() });
    }

    fn entry(&mut self, item: &Item<'_>) -> Result<(), ReplayError> {
        let seq = item.entry.seq;
        self.report.entries += 1;
        self.report.head = Some(Head { seq, hash: item.entry.hash });
        match &item.entry.kind {
            EntryKind::Unknown(kind) => {
                let text = format!(
                    "entry {seq} is of kind {kind:?}, which this version can't replay; use a newer one"
                );
                return Err(ReplayError::Unknown(text));
            }
            EntryKind::Open => {
                self.open(item);
                self.timeline.take_in(item).map_err(ReplayError::Unknown)?;
            }
            EntryKind::Component | EntryKind::Config => {
                let taken = self.timeline.take_in(item);
                taken.map_err(|why| ReplayError::Unknown(format!("entry {seq}: {why}")))?;
            }
            EntryKind::Outcome => {
                let outcome = item.entry.parse::<record::Outcome>();
                self.report.state_digest =
                    outcome.ok().map(|outcome| outcome.state).or(self.report.state_digest);
            }
            _ => {}
        }
        match Fact::read(item) {
            Ok(Some(fact)) => self.fact(seq, fact),
            Ok(None) => {}
            Err(error) => self.differs(seq, None, None, error.to_string()),
        }
        Ok(())
    }

    fn open(&mut self, item: &Item<'_>) {
        let same = item.entry.parse::<record::Open>().is_ok_and(|open| open.engine == self.engine);
        self.report.same_engine &= same;
    }

    fn differs(&mut self, seq: Seq, job: Option<&JobId>, id: Option<&DecisionId>, what: String) {
        self.report.divergence_count += 1;
        if self.report.divergences.len() >= LISTED {
            return;
        }
        let job = job.or(id.map(|id| &id.job)).cloned();
        let agent =
            job.as_ref().and_then(|job| self.live.get(job)).and_then(|chronicle| chronicle.agent.clone());
        let job = job.unwrap_or_else(|| JobId::new("unknown").expect("an id"));
        self.report.divergences.push(Divergence {
            seq,
            id: id.cloned(),
            job,
            agent,
            kind: None,
            component: None,
            what,
        });
    }

    fn chosen(&self, job: &JobId) -> bool {
        self.options.job.as_ref().is_none_or(|chosen| chosen == job)
    }

    fn fact(&mut self, seq: Seq, fact: Fact) {
        let job = fact.job().clone();
        if let Some(chronicle) = Chronicle::begin(&fact) {
            self.report.jobs += u64::from(self.chosen(&job));
            self.job_seen |= self.options.job.as_ref() == Some(&job);
            if self.live.insert(job.clone(), chronicle).is_some() {
                self.differs(seq, Some(&job), None, "the job was accepted twice".into());
            }
            return;
        }
        let Some(chronicle) = self.live.get(&job) else {
            self.differs(seq, Some(&job), None, "the job isn't under way here".into());
            return;
        };
        let next = chronicle.next();
        match &fact {
            Fact::Reasoned(reasoned) => {
                let expected = matches!(&next, Step::Reason(turn) if turn.number == reasoned.turn);
                if !expected || chronicle.agent.as_ref() != Some(&reasoned.agent) {
                    let text = format!("no turn of this agent follows here, but {}", due(&next));
                    self.differs(seq, Some(&job), None, text);
                }
                self.report.recorded_model_calls += reasoned.transcript.len() as u64;
            }
            Fact::Admitted { id, kind, payload, note, component, seen, .. } => {
                let proposal = self.expected(seq, id, &next);
                let waiting = Waiting {
                    kind: kind.clone(),
                    payload: payload.clone(),
                    note: note.clone(),
                    component: *component,
                    seen: *seen,
                    proposal,
                };
                self.admitted.insert(id.clone(), waiting);
            }
            Fact::Refused { id, kind, failure, seen, .. } => {
                let recorded = Recorded::Refused { kind: kind.clone(), failure: failure.clone() };
                self.report.refusals += u64::from(self.chosen(&job));
                if let Some(proposal) = self.expected(seq, id, &next) {
                    self.check(seq, id, *seen, proposal, recorded);
                }
            }
            Fact::Outcome { id, effect, fuel } => self.outcome(seq, id, effect, *fuel),
            Fact::Ended { ending, .. } => self.ended(seq, &job, ending, &next),
            Fact::Intended { id, .. } => {
                if !self.admitted.contains_key(id) {
                    self.differs(seq, None, Some(id), "a call of a decision that isn't under way".into());
                }
            }
            Fact::Operated { operation: Operation::Unblock | Operation::Cancel, .. }
            | Fact::Accepted { .. } => {}
        }
        self.tell(seq, &job, &fact);
    }

    /// The proposal that the agent's plan has at this place, if it is the one that the entry is about.
    fn expected(&mut self, seq: Seq, id: &DecisionId, next: &Step) -> Option<jaros_decision::Proposal> {
        match next {
            Step::Judge(due, proposal) if due == id => Some(proposal.clone()),
            _ => {
                let text = format!("the plan has no such decision to judge here; {} is due", due(next));
                self.differs(seq, None, Some(id), text);
                None
            }
        }
    }

    fn outcome(&mut self, seq: Seq, id: &DecisionId, effect: &Effect, fuel: Fuel) {
        self.report.decisions += u64::from(self.chosen(&id.job));
        if let Some(waiting) = self.admitted.remove(id) {
            // The host's own decision, where a call was on its way: not recomputed.
            let doubt = self.live[&id.job].in_doubt() == Some(id) && *effect == Effect::in_doubt();
            if !doubt {
                self.carried(seq, id, waiting, effect, fuel);
            }
        } else {
            self.differs(seq, None, Some(id), "an outcome without an admitted decision".into());
        }
        self.files.staged(&effect.staged);
        self.stores.apply(&effect.staged);
    }

    fn carried(&mut self, seq: Seq, id: &DecisionId, waiting: Waiting, effect: &Effect, fuel: Fuel) {
        let Waiting { kind, payload, note, component, seen, proposal } = waiting;
        let recorded = Recorded::Carried { kind, payload, note, component, effect: effect.clone(), fuel };
        if let Some(proposal) = proposal {
            self.check(seq, id, seen, proposal, recorded);
        }
    }

    fn check(
        &mut self,
        seq: Seq,
        id: &DecisionId,
        seen: Seq,
        proposal: jaros_decision::Proposal,
        recorded: Recorded,
    ) {
        if !self.chosen(&id.job) {
            return;
        }
        let chronicle = &self.live[&id.job];
        let setting = self.timeline.at(seen).clone();
        if let Some(why) = self.timeline.why_unready(&proposal.kind).map(str::to_owned)
            && setting.tools.get(&proposal.kind).is_none()
        {
            self.differs(seq, None, Some(id), format!("its tool can't be run again: {why}"));
            return;
        }
        let (store, log) = (self.stores.of(&proposal.kind), std::sync::Arc::new(jaros_engine::NoLog));
        let Some(context) = chronicle.context(&setting, id.clone(), store, log) else { return };
        let (agent, state, depth) = (context.agent.clone(), context.state, context.depth);
        let (at, seed, store) = (context.at, context.seed, context.store.clone());
        *self.report.by_agent.entry(agent.clone()).or_default() += 1;
        drop(context);
        self.workers.add(Check {
            seq,
            id: id.clone(),
            agent,
            setting,
            state,
            depth,
            at,
            seed,
            store,
            proposal,
            recorded,
        });
    }

    fn ended(&mut self, seq: Seq, job: &JobId, ending: &Ending, next: &Step) {
        let as_ruled = match next {
            Step::End(due) => due == ending,
            // The agent wasn't there, or wouldn't take the input: the host's own decision, recorded as such.
            Step::Reason(_) => ending.state == State::Failed && ending.decision.is_none(),
            _ => false,
        };
        if !as_ruled {
            let text = format!("the job doesn't end like this here; {} is due", due(next));
            self.differs(seq, Some(job), None, text);
        }
        let chronicle = &self.live[job];
        if self.chosen(job) {
            *self.states.entry(ending.state).or_default() += 1;
            self.files.result(job, &result_document(job, chronicle.agent.as_ref(), ending));
        }
        if let Err(failure) = &ending.outcome
            && self.first_failure.is_none()
            && self.chosen(job)
        {
            let component = chronicle
                .agent
                .as_ref()
                .and_then(|agent| Some(self.timeline.at(seq).agents.get(agent)?.digest));
            self.first_failure = Some(Attribution {
                kind: "failure".into(),
                index: seq,
                id: ending.decision.as_ref().map_or_else(|| job.to_string(), ToString::to_string),
                source: chronicle.agent.clone(),
                component,
                code: Some(failure.code.clone()),
                reason: failure.message.clone(),
            });
        }
    }

    fn tell(&mut self, seq: Seq, job: &JobId, fact: &Fact) {
        let chronicle = self.live.get_mut(job).expect("looked up before");
        if let Err(failure) = chronicle.tell(fact) {
            self.differs(seq, Some(job), None, failure.message);
            return;
        }
        let Fact::Ended { ending, .. } = fact else { return };
        let parent = self.live.remove(job).and_then(|chronicle| chronicle.parent);
        if let Some(parent) = parent.and_then(|parent| self.live.get_mut(&parent.job)) {
            parent.child_ended(job, ending.outcome.clone());
        }
    }

    fn conclude(mut self, layout: &Layout) -> Result<Report, ReplayError> {
        let tally = self.workers.finish();
        if let Some(error) = tally.broken {
            return Err(ReplayError::Machine(error.to_string()));
        }
        let mut report = self.report;
        if report.entries == 0 && report.chain_ok {
            return Err(ReplayError::Nothing("there is no ledger here yet; submit a job first".into()));
        }
        if let Some(job) = self.options.job.as_ref().filter(|_| !self.job_seen && report.chain_ok) {
            return Err(ReplayError::Nothing(format!(
                "no job {job} is on the record; jaros jobs lists them"
            )));
        }
        report.divergence_count += tally.findings.len() as u64;
        report.cost_differences = if report.same_engine { tally.costs_differ } else { 0 };
        report.divergences.extend(tally.findings.into_iter().map(divergence));
        report.divergences.sort_by_key(|divergence| divergence.seq);
        report.divergences.truncate(LISTED);
        if let Some(into) = &self.options.into {
            self.files.write(into).map_err(ReplayError::Into)?;
        }
        if self.options.until.is_none() && report.chain_ok {
            self.files.compare(layout, self.options.job.is_none(), &mut report);
        }
        for chronicle in
            self.live.values().filter(|live| self.options.job.as_ref().is_none_or(|job| *job == live.job))
        {
            *self.states.entry(chronicle.progress().state()).or_default() += 1;
        }
        report.final_state = final_state(&self.states).into();
        report.byte_identical = report.chain_ok && report.divergence_count == 0 && report.files.is_empty();
        report.ok = report.byte_identical;
        report.attribution = report.divergences.first().map(blame).or(self.first_failure);
        Ok(report)
    }
}

/// What the rules say comes next, in a few words.
fn due(next: &Step) -> String {
    match next {
        Step::Reason(turn) => format!("turn {}", turn.number),
        Step::Judge(id, _) => format!("decision {id}"),
        Step::Wait(children) => format!("the end of {} children", children.len()),
        Step::Park => "an operator's word".into(),
        Step::End(ending) => format!("an end as {}", ending.state),
        Step::Over => "nothing".into(),
    }
}

fn final_state(states: &BTreeMap<State, u64>) -> &'static str {
    let order = [State::Failed, State::Blocked, State::Running, State::Pending];
    let worst = order.into_iter().find(|state| states.contains_key(state));
    worst.unwrap_or(State::Done).as_str()
}

fn divergence(finding: Finding) -> Divergence {
    let Finding { check, what } = finding;
    let (kind, component) = match check.recorded {
        Recorded::Carried { kind, component, .. } => (Some(kind), component),
        Recorded::Refused { .. } => (None, None),
    };
    let job = check.id.job.clone();
    Divergence { seq: check.seq, id: Some(check.id), job, agent: Some(check.agent), kind, component, what }
}

fn blame(divergence: &Divergence) -> Attribution {
    Attribution {
        kind: "divergence".into(),
        index: divergence.seq,
        id: divergence.id.as_ref().map_or_else(|| divergence.job.to_string(), ToString::to_string),
        source: divergence.agent.clone(),
        component: divergence.component,
        code: None,
        reason: divergence.what.clone(),
    }
}
