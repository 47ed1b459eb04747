//! One job, from its claim to its result.
//!
//! *Invariant:* nothing that a job did is visible before it stands durably on the record; a job that waits (for a model,
//! a child, an operator) holds no thread, and one that waits for others holds no place either.
//! *Doesn't know:* how entries or files look, or which rule made the next step: [`Chronicle`] says what, this does it.
//! *Start at:* [`Driver::run`].

mod judging;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jaros_capability::{Role, World};
use jaros_decision::{Code, Failure, JobId, Json, Plan, Turn};
use jaros_engine::{Attempt, EngineError};
use jaros_executor::{Chronicle, Fact, Operation, Reasoned};
use jaros_machine::{Ending, Step};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use crate::claims::{Claimed, Needs};
use crate::clock::now;
use crate::publish;
use crate::tenant::{InForce, Phase, Stop, Tenant};

/// What a job's driver is told from outside.
#[derive(Debug)]
pub(crate) enum Message {
    /// A child has ended.
    ChildEnded(JobId, Result<Json, Failure>),
    /// An operator does something; the answer goes back once it is on the record.
    Operate(Fact, oneshot::Sender<Result<(), Failure>>),
}

/// Drives one job.
pub(crate) struct Driver {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) chronicle: Chronicle,
    /// Which attempt at the current turn this is.
    pub(crate) attempt: u32,
    /// Facts that the chronicle knows and the record doesn't yet.
    pub(crate) unrecorded: Vec<Fact>,
    /// Operators who wait until their words are on the record.
    pub(crate) asked: Vec<oneshot::Sender<Result<(), Failure>>>,
    pub(crate) messages: mpsc::UnboundedReceiver<Message>,
    /// A place among the jobs that run at once.
    pub(crate) place: Option<OwnedSemaphorePermit>,
    /// What the decision or turn at hand holds.
    pub(crate) claimed: Claimed,
}

/// A failure of the machine is tried again this often before it stops the node.
const MACHINE_TRIES: u32 = 5;

/// A job whose first turn takes longer than this is put on the record before it, so that people see it.
const ACCEPTED_LATE: Duration = Duration::from_millis(50);

impl Driver {
    /// Drives the job to its end.
    ///
    /// # Errors
    /// [`Stop`]: the node must stop; the record is as it was, and the next node goes on from it.
    pub(crate) async fn run(mut self) -> Result<(), Stop> {
        loop {
            self.hear();
            match self.chronicle.next() {
                Step::Reason(turn) => self.reason(turn).await?,
                Step::Judge(..) => self = self.judge_list().await?,
                Step::Wait(_) => self.wait(Phase::Waiting).await?,
                Step::Park => self.wait(Phase::Blocked).await?,
                Step::End(ending) => return self.end(ending).await,
                Step::Over => return Ok(()),
            }
        }
    }

    /// Takes in what children said meanwhile; operators' words are heard where the job waits.
    fn hear(&mut self) {
        while let Ok(message) = self.messages.try_recv() {
            self.take_in(message);
        }
    }

    fn take_in(&mut self, message: Message) {
        match message {
            Message::ChildEnded(child, outcome) => self.chronicle.child_ended(&child, outcome),
            Message::Operate(fact, answer) => {
                match self.chronicle.tell(&fact) {
                    Ok(()) => {
                        self.unrecorded.push(fact);
                        self.asked.push(answer);
                    }
                    // Whoever asked may be gone.
                    Err(failure) => drop(answer.send(Err(failure))),
                }
            }
        }
    }

    /// Calls the agent for its next turn, or ends the job where that can't be.
    async fn reason(&mut self, turn: Turn) -> Result<(), Stop> {
        // What the turn before did becomes visible before the agent hears of it. A job that was only accepted goes on the
        // record together with its first turn, at one sync, unless that takes long.
        if !self.only_accepted() {
            self.record().await?;
        }
        let Some(name) = self.chronicle.agent.clone() else {
            self.chronicle.stop(Failure::new(Code::INVALID, "the job names no agent"));
            return Ok(());
        };
        let in_force = self.tenant.library.settled_agent(&name).await;
        if let Err(failure) = self.fits(&in_force, &turn) {
            self.chronicle.stop(failure);
            return Ok(());
        }
        if let Some(slot) = self.tenant.claims.on_probation(Role::Agent, &name) {
            self.claim(&Needs::alone(slot)).await?;
        }
        let mut tries = 0;
        loop {
            match self.reason_once(&in_force, &turn).await? {
                Some(Ok(fact)) => {
                    self.attempt = 1;
                    self.claimed = Claimed::default();
                    self.chronicle.tell(&fact).expect("an agent's turn is always told");
                    self.unrecorded.push(fact);
                    return Ok(());
                }
                Some(Err(error)) => {
                    tries += 1;
                    self.retry(tries, &error).await?;
                }
                None => {
                    self.claimed = Claimed::default();
                    return Ok(());
                }
            }
        }
    }

    /// Takes what has to be held, after everything so far was recorded. Whoever has to wait for it takes no place from
    /// others meanwhile.
    async fn claim(&mut self, needs: &Needs) -> Result<(), Stop> {
        self.record().await?;
        if let Some(claimed) = self.tenant.claims.try_take(needs) {
            self.claimed = claimed;
            return Ok(());
        }
        self.place = None;
        self.claimed = self.tenant.claims.take(needs).await;
        self.take_place().await
    }

    async fn take_place(&mut self) -> Result<(), Stop> {
        let places = self.tenant.places.clone();
        self.place = Some(places.acquire_owned().await.map_err(|_| Stop::Asked)?);
        Ok(())
    }

    /// One call of the agent, which goes on whatever is heard meanwhile; `None` where that ends the job.
    async fn reason_once(
        &mut self,
        in_force: &InForce,
        turn: &Turn,
    ) -> Result<Option<Result<Fact, EngineError>>, Stop> {
        let (tenant, chronicle) = (self.tenant.clone(), self.chronicle.clone());
        let mut reasoning = pin!(decide(&tenant, &chronicle, in_force, turn, self.attempt));
        let late = tokio::time::sleep(ACCEPTED_LATE);
        let mut late = pin!(late);
        loop {
            tokio::select! {
                reasoned = &mut reasoning => return Ok(Some(reasoned)),
                Some(message) = self.messages.recv() => {
                    self.take_in(message);
                    if matches!(self.chronicle.next(), Step::End(_)) {
                        return Ok(None);
                    }
                }
                () = &mut late, if self.only_accepted() => self.record().await?,
            }
        }
    }

    fn only_accepted(&self) -> bool {
        matches!(self.unrecorded.as_slice(), [Fact::Accepted { .. }])
    }

    /// Whether the agent is there and takes the job's input.
    fn fits(&self, in_force: &InForce, turn: &Turn) -> Result<(), Failure> {
        let name = self.chronicle.agent.as_ref().map_or("", |name| name.as_str());
        in_force.setting.agent(name)?;
        match in_force.agents.get(name) {
            Some(agent) if turn.number == 1 => {
                agent.check_input(&turn.input, in_force.setting.limits_for(Role::Agent, name))
            }
            _ => Ok(()),
        }
    }

    async fn retry(&self, tries: u32, error: &EngineError) -> Result<(), Stop> {
        if tries >= MACHINE_TRIES {
            return Err(Stop::Machine(error.to_string()));
        }
        tokio::time::sleep(Duration::from_millis(20 << tries)).await;
        Ok(())
    }

    /// As [`Driver::record`], in the middle of a decision that goes on holding what it holds.
    async fn hold_on(&mut self) -> Result<(), Stop> {
        let claimed = std::mem::take(&mut self.claimed);
        self.record().await?;
        self.claimed = claimed;
        Ok(())
    }

    /// Makes everything so far durable, then visible, and lets go of what it held.
    async fn record(&mut self) -> Result<(), Stop> {
        if self.unrecorded.is_empty() {
            self.claimed = Claimed::default();
            return Ok(());
        }
        let facts = std::mem::take(&mut self.unrecorded);
        let drafts = facts.iter().map(Fact::draft).collect::<Result<_, _>>();
        let drafts = drafts.map_err(|error| Stop::Broken(error.to_string()))?;
        self.tenant.jobs.expect_children(&self.chronicle, &facts);
        self.tenant.take_in_entries(&facts);
        let appending = self.tenant.ledger.append(drafts);
        self.claimed.appended();
        let batch = appending.await.map_err(|error| Stop::Ledger(error.to_string()))?;
        for asked in self.asked.drain(..) {
            let _ = asked.send(Ok(()));
        }
        let unpublished = self.tenant.unpublished.begin(batch.first);
        self.tenant.counters.count(&facts);
        if publish::anything(&facts) {
            let tenant = self.tenant.clone();
            let publishing = self.tenant.publisher.work(move || publish::facts(&tenant, &facts));
            publishing.await.map_err(|error| Stop::Broken(format!("publishing: {error}")))??;
        }
        self.tenant.unpublished.end(unpublished);
        self.claimed = Claimed::default();
        Ok(())
    }

    /// Waits for a message, with no place among the running.
    async fn wait(&mut self, phase: Phase) -> Result<(), Stop> {
        self.record().await?;
        self.place = None;
        self.tenant.jobs.enter(&self.chronicle.job, phase);
        self.tenant.rested.notify_one();
        match phase {
            Phase::Blocked => self.tenant.changed(),
            Phase::Running | Phase::Waiting => self.tenant.counted.notify_one(),
        }
        let Some(message) = self.messages.recv().await else { return Err(Stop::Asked) };
        self.take_in(message);
        if !matches!(self.chronicle.next(), Step::Wait(_) | Step::Park) {
            self.tenant.jobs.enter(&self.chronicle.job, Phase::Running);
            self.take_place().await?;
        }
        Ok(())
    }

    async fn end(mut self, ending: Ending) -> Result<(), Stop> {
        let fact = Fact::Ended { job: self.chronicle.job.clone(), ending: ending.clone() };
        self.chronicle.tell(&fact).expect("an end is always told");
        self.unrecorded.push(fact);
        self.record().await?;
        publish::end(&self.tenant, &self.chronicle, &ending).await?;
        self.tenant.jobs.ended(&self.chronicle, &ending);
        self.tenant.counted.notify_one();
        Ok(())
    }
}

async fn decide(
    tenant: &Arc<Tenant>,
    chronicle: &Chronicle,
    in_force: &InForce,
    turn: &Turn,
    try_number: u32,
) -> Result<Fact, EngineError> {
    let name = chronicle.agent.as_ref().expect("checked before");
    let agent = in_force.agents.get(name.as_str()).expect("an agent in the setting is in service");
    let (at, seed) = (now(), random_seed()?);
    let attempt = Attempt {
        job: &chronicle.job,
        accepted_at: at,
        seed,
        limits: in_force.setting.limits_for(Role::Agent, name.as_str()),
        log: tenant.logbook.sink(format!("agent:{name}"), Some(&chronicle.job)),
        outside: None,
    };
    let offers = in_force.offers_for(name);
    let decided = agent.decide(&attempt, World::Live, turn, in_force.model.clone(), offers).await?;
    let plan: Result<Plan, Failure> = decided.called.result;
    tenant.claims.ended(Role::Agent, name, plan.as_ref().err().is_none_or(ended_well));
    Ok(Fact::Reasoned(Box::new(Reasoned {
        job: chronicle.job.clone(),
        turn: turn.number,
        attempt: try_number,
        agent: name.clone(),
        component: agent.digest(),
        at,
        seed,
        seen: in_force.setting.seen,
        observed: decided.called.observed,
        transcript: decided.transcript,
        fuel: decided.called.fuel,
        plan,
    })))
}

fn random_seed() -> Result<[u8; 32], EngineError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| EngineError::Machine(format!("no randomness: {error}")))?;
    Ok(seed)
}

/// Whether a call that failed like this left its neighbours their share.
fn ended_well(failure: &Failure) -> bool {
    ![Code::LIMIT, Code::TRAP, Code::TIMEOUT].contains(&failure.code)
}

/// An operator's act as a fact.
pub(crate) fn operated(
    operation: Operation,
    job: JobId,
    input: Option<Json>,
    source: jaros_decision::Source,
) -> Fact {
    Fact::Operated { operation, job, input, source, at: now() }
}
