//! The decisions of a plan, judged and carried out one after the other.
//!
//! *Invariant:* a list is judged under one setting. Decisions that need nothing of their own are judged in one go and recorded
//! together; one that holds something is recorded before the next begins; one that leaves the node is on disk before it does.
//! *Doesn't know:* turns, or what comes after the list.
//! *Start at:* [`Driver::judge_list`].

use std::sync::Arc;

use jaros_capability::http::Outside;
use jaros_capability::{Role, World};
use jaros_decision::{DecisionId, Fuel, Name, Proposal};
use jaros_engine::EngineError;
use jaros_executor::{Carried, Considered, Context, Effect, Fact, carry_out, consider};
use jaros_gate::Admitted;
use jaros_machine::Step;

use super::{Driver, ended_well};
use crate::claims::Needs;
use crate::outbound::Outbound;
use crate::tenant::{InForce, Stop};

/// What a thread did with the driver, which it gives back.
type Worked<T> = (Driver, Result<T, EngineError>);

impl Driver {
    /// Judges the plan's decisions in order, on threads that may work long.
    pub(super) async fn judge_list(mut self) -> Result<Self, Stop> {
        self.settle_components().await;
        let in_force = self.tenant.library.in_force();
        let mut tries = 0;
        while let Step::Judge(id, proposal) = self.chronicle.next() {
            if self.chronicle.in_doubt() == Some(&id) {
                self.keep(Fact::Outcome { id, effect: Effect::in_doubt(), fuel: Fuel(0) });
                continue;
            }
            let needs = Needs::of(&in_force, &self.tenant.claims, &proposal.kind);
            let (driver, judged) = if needs.nothing() {
                self.judge_free(&in_force).await?
            } else {
                self.claim(&needs).await?;
                if needs.outside {
                    self.judge_outside(&in_force, id, proposal).await?
                } else {
                    self.judge_claimed(&in_force, id, proposal).await?
                }
            };
            self = driver;
            match judged {
                Ok(()) => tries = 0,
                Err(error) => {
                    tries += 1;
                    self.retry(tries, &error).await?;
                }
            }
        }
        Ok(self)
    }

    /// Waits for what the plan needs and what still compiles: its tools, and the agents that it submits jobs to.
    async fn settle_components(&self) {
        for proposal in &self.chronicle.progress().plan().decisions {
            match jaros_executor::submits_to(proposal) {
                Some(agent) => drop(self.tenant.library.settled_agent(&agent).await),
                None => self.tenant.library.settled_tool(&proposal.kind).await,
            }
        }
    }

    /// All decisions that follow and need nothing.
    async fn judge_free(self, in_force: &Arc<InForce>) -> Result<Worked<()>, Stop> {
        let in_force = in_force.clone();
        self.on_the_bench(move |driver| {
            while let Step::Judge(id, proposal) = driver.chronicle.next() {
                // Asked again for each: meanwhile a tool may have run into its limit.
                if driver.chronicle.in_doubt() == Some(&id)
                    || !Needs::of(&in_force, &driver.tenant.claims, &proposal.kind).nothing()
                {
                    break;
                }
                driver.judge_one(&in_force, id, &proposal)?;
            }
            Ok(())
        })
        .await
    }

    /// One decision that holds what it needs.
    async fn judge_claimed(
        self,
        in_force: &Arc<InForce>,
        id: DecisionId,
        proposal: Proposal,
    ) -> Result<Worked<()>, Stop> {
        let in_force = in_force.clone();
        let worked = self.on_the_bench(move |driver| driver.judge_one(&in_force, id, &proposal)).await?;
        let (mut driver, judged) = worked;
        driver.record().await?;
        Ok((driver, judged))
    }

    /// One decision that may leave the node: judged, then durable, then carried out on a thread of its own, since it waits.
    async fn judge_outside(
        self,
        in_force: &Arc<InForce>,
        id: DecisionId,
        proposal: Proposal,
    ) -> Result<Worked<()>, Stop> {
        let (setting, decision) = (in_force.clone(), id.clone());
        let considered =
            self.on_the_bench(move |driver| driver.consider_one(&setting, decision, &proposal)).await?;
        let (mut driver, admitted) = match considered {
            (driver, Ok(Some(admitted))) => (driver, admitted),
            (mut driver, other) => {
                driver.record().await?;
                return Ok((driver, other.map(drop)));
            }
        };
        driver.hold_on().await?;
        let places = driver.tenant.outbound.clone();
        let out = places.acquire_owned().await.map_err(|_| Stop::Asked)?;
        let in_force = in_force.clone();
        let carrying = tokio::task::spawn_blocking(move || {
            let outbound = Arc::new(Outbound::new(driver.tenant.clone(), id.clone()));
            let done = driver.carry_out_one(&in_force, id.clone(), admitted, Some(outbound.clone()));
            drop(out);
            match done {
                // A call of it went out: it may not be tried again, and nobody knows whether it was carried out.
                Err(_) if outbound.is_gone() => {
                    driver.keep(Fact::Outcome { id, effect: Effect::in_doubt(), fuel: Fuel(0) });
                    (driver, Ok(()))
                }
                done => (driver, done),
            }
        });
        let (mut driver, done) =
            carrying.await.map_err(|error| Stop::Broken(format!("carrying out a decision: {error}")))?;
        driver.record().await?;
        Ok((driver, done))
    }

    async fn on_the_bench<T: Send + 'static>(
        mut self,
        work: impl FnOnce(&mut Self) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<Worked<T>, Stop> {
        let bench = self.tenant.bench.clone();
        let working = bench.work(move || {
            let done = work(&mut self);
            (self, done)
        });
        working.await.map_err(|error| Stop::Broken(format!("carrying out a decision: {error}")))
    }

    fn judge_one(
        &mut self,
        in_force: &InForce,
        id: DecisionId,
        proposal: &Proposal,
    ) -> Result<(), EngineError> {
        match self.consider_one(in_force, id.clone(), proposal)? {
            Some(admitted) => self.carry_out_one(in_force, id, admitted, None),
            None => Ok(()),
        }
    }

    /// Asks the gate. What it admits is a fact already, what it refuses is judged with that.
    fn consider_one(
        &mut self,
        in_force: &InForce,
        id: DecisionId,
        proposal: &Proposal,
    ) -> Result<Option<Admitted>, EngineError> {
        let Considered { verdict, fuel } = consider(&self.context(in_force, id, &proposal.kind), proposal)?;
        let seen = in_force.setting.seen;
        match verdict {
            Ok(admitted) => {
                self.keep(Fact::admitted(&admitted, seen));
                Ok(Some(admitted))
            }
            Err(refusal) => {
                if fuel != Fuel(0) {
                    self.tool_ended(in_force, &proposal.kind, ended_well(&refusal.failure));
                }
                self.keep(Fact::refused(&refusal, seen));
                Ok(None)
            }
        }
    }

    fn carry_out_one(
        &mut self,
        in_force: &InForce,
        id: DecisionId,
        admitted: Admitted,
        outbound: Option<Arc<Outbound>>,
    ) -> Result<(), EngineError> {
        let kind = admitted.kind().clone();
        let mut context = self.context(in_force, id.clone(), kind.as_str());
        context.outside = outbound.map(|outbound| outbound as Arc<dyn Outside>);
        let carried = carry_out(&context, admitted, World::Live);
        let Carried { effect, fuel, .. } = match carried {
            Ok(carried) => carried,
            Err(error) => {
                // Judged again with the next try: the word of this one doesn't count.
                self.unrecorded.pop_if(|fact| matches!(fact, Fact::Admitted { id: last, .. } if *last == id));
                return Err(error);
            }
        };
        self.tool_ended(in_force, kind.as_str(), effect.outcome.as_ref().err().is_none_or(ended_well));
        self.keep(Fact::Outcome { id, effect, fuel });
        Ok(())
    }

    fn context<'a>(&'a self, in_force: &'a InForce, id: DecisionId, kind: &str) -> Context<'a> {
        let source = format!("tool:{}", crate::logbook::printable(kind));
        let log = self.tenant.logbook.sink(source, Some(&id.job));
        let store = self.tenant.store_of(kind);
        self.chronicle.context(&in_force.setting, id, store, log).expect("a job with a plan has an agent")
    }

    fn keep(&mut self, fact: Fact) {
        self.chronicle.tell(&fact).expect("a verdict is always told");
        self.unrecorded.push(fact);
    }

    fn tool_ended(&self, in_force: &InForce, kind: &str, well: bool) {
        if let Some(tool) = in_force.setting.tools.get(kind).map(|tool| tool.name()) {
            let tool: &Name = tool;
            self.tenant.claims.ended(Role::Tool, tool, well);
        }
    }
}
