//! One job's way through its turns.
//!
//! *Invariant:* [`Progress::next`] is a function of what was told to it, and all of that stands on the ledger; so a node that
//! starts again, and a replay, go on exactly where the record ends.
//! *Doesn't know:* how an agent is called, how a decision is carried out, or where entries go.
//! *Start at:* [`Step`].

use jaros_decision::{Answer, Code, DecisionId, Failure, JobId, Json, Plan, Proposal, Turn};

use crate::state::{Event, State, advance};

/// What has to happen next for a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Call the agent with this.
    Reason(Turn),
    /// Judge and carry out this decision of the turn's plan.
    Judge(DecisionId, Proposal),
    /// Wait until these children have ended.
    Wait(Vec<JobId>),
    /// Wait for an operator.
    Park,
    /// It is over: put this on the record.
    End(Ending),
    /// It is over, and that stands on the record.
    Over,
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// [`State::Done`] or [`State::Failed`].
    pub state: State,
    /// What the job answers, or why it failed.
    pub outcome: Result<Json, Failure>,
    /// The decision that the outcome came from, where it is one's own answer or failure.
    pub decision: Option<DecisionId>,
}

/// What became of one decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The gate said no.
    Refused(Failure),
    /// It was carried out.
    Answered {
        /// Its result.
        result: Json,
        /// Whether the result is to be the job's: `advance` with a `result`.
        is_jobs: bool,
        /// The job's state after it, where it moved.
        moved_to: Option<State>,
    },
    /// It was tried and failed.
    Failed(Failure),
    /// It submitted a child job whose result will be the answer.
    Waiting(JobId),
}

/// A job from its acceptance to its end.
#[derive(Clone, Debug)]
pub struct Progress {
    job: JobId,
    input: Json,
    max_turns: u32,
    state: State,
    turn: u32,
    plan: Plan,
    verdicts: Vec<Verdict>,
    arrived: Vec<(JobId, Result<Json, Failure>)>,
    answers: Vec<Answer>,
    result: Option<(Json, DecisionId)>,
    broken: Option<Failure>,
    unblocked: bool,
    ended: Option<Ending>,
}

impl Progress {
    /// A job that was just accepted. `max_turns` is `limits.turns` as it stood then.
    #[must_use]
    pub fn new(job: JobId, input: Json, max_turns: u32) -> Self {
        Self {
            job,
            input,
            max_turns,
            state: State::Pending,
            turn: 0,
            plan: Plan { decisions: Vec::new(), memo: Some(Json::null()) },
            verdicts: Vec::new(),
            arrived: Vec::new(),
            answers: Vec::new(),
            result: None,
            broken: None,
            unblocked: false,
            ended: None,
        }
    }

    /// Where the job stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// The turn that was last reasoned; 0 before the first.
    #[must_use]
    pub fn turn(&self) -> u32 {
        self.turn
    }

    /// The job's input.
    #[must_use]
    pub fn input(&self) -> &Json {
        &self.input
    }

    /// How it ended, once that stands on the record.
    #[must_use]
    pub fn ended(&self) -> Option<&Ending> {
        self.ended.as_ref()
    }

    /// The plan of the turn that was last reasoned.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The children that the last turn waits for.
    pub fn waiting_for(&self) -> impl Iterator<Item = &JobId> {
        self.verdicts.iter().filter_map(|verdict| match verdict {
            Verdict::Waiting(child) if self.arrival(child).is_none() => Some(child),
            _ => None,
        })
    }

    /// What has to happen next.
    #[must_use]
    pub fn next(&self) -> Step {
        if self.ended.is_some() {
            return Step::Over;
        }
        if let Some(failure) = &self.broken {
            return Step::End(self.failed(failure.clone(), None));
        }
        if let Some((id, proposal)) = self.unjudged() {
            return Step::Judge(id, proposal.clone());
        }
        if self.state.is_final() {
            return Step::End(self.at_rest());
        }
        let children: Vec<JobId> = self.waiting_for().cloned().collect();
        if !children.is_empty() {
            return Step::Wait(children);
        }
        if self.state == State::Blocked {
            return Step::Park;
        }
        match &self.plan.memo {
            None => Step::End(self.at_rest()),
            Some(_) if self.turn >= self.max_turns => {
                let text = format!("the job used all of its {} turns (limits.turns)", self.max_turns);
                Step::End(self.failed(Failure::new(Code::LIMIT, text), None))
            }
            Some(memo) => Step::Reason(Turn {
                input: self.input.clone(),
                memo: memo.clone(),
                answers: self.answers(),
                number: self.turn + 1,
            }),
        }
    }

    /// The agent was called: this is its plan, or why there is none.
    pub fn reasoned(&mut self, plan: Result<Plan, Failure>) {
        self.turn += 1;
        self.verdicts.clear();
        self.arrived.clear();
        self.answers.clear();
        self.result = None;
        self.unblocked = false;
        match plan {
            Ok(plan) => self.plan = plan,
            Err(failure) => {
                self.plan = Plan { decisions: Vec::new(), memo: None };
                self.broken = Some(failure);
            }
        }
    }

    /// The next decision of the plan was judged.
    pub fn judged(&mut self, verdict: Verdict) {
        if let Verdict::Answered { result, is_jobs, moved_to } = &verdict {
            self.state = moved_to.unwrap_or(self.state);
            if *is_jobs {
                self.result = Some((result.clone(), self.decision_id(self.verdicts.len())));
            }
        }
        self.verdicts.push(verdict);
    }

    /// A child has ended. Where the turn doesn't wait for it, nothing changes.
    pub fn child_ended(&mut self, child: &JobId, outcome: Result<Json, Failure>) {
        if self.waiting_for().any(|waiting| waiting == child) {
            self.arrived.push((child.clone(), outcome));
        }
    }

    /// An operator lets a blocked job go on, perhaps with a word for the agent.
    ///
    /// # Errors
    /// `invalid` where the job isn't blocked.
    pub fn unblock(&mut self, input: Option<Json>) -> Result<(), Failure> {
        let (state, _) = advance(self.state, &[Event::Unblock])?;
        self.state = state;
        self.unblocked = true;
        let id = self.decision_id(self.verdicts.len());
        let given = input.is_some();
        let word = input.unwrap_or_else(Json::null);
        if given && self.plan.memo.is_none() {
            self.result = Some((word.clone(), id.clone()));
        }
        self.answers.push(Answer { id, kind: "unblock".into(), outcome: Ok(word) });
        Ok(())
    }

    /// An operator, or a host rule, ends the job now.
    pub fn stop(&mut self, failure: Failure) {
        if !self.state.is_final() {
            self.broken = Some(failure);
        }
    }

    /// The end stands on the record.
    pub fn end(&mut self, ending: Ending) {
        self.state = ending.state;
        self.ended = Some(ending);
    }

    fn decision_id(&self, index: usize) -> DecisionId {
        let n = u32::try_from(index).expect("limits.decisions fits 32 bits") + 1;
        DecisionId { job: self.job.clone(), turn: self.turn, n }
    }

    /// The next decision of the list, unless one before it ended the list.
    fn unjudged(&self) -> Option<(DecisionId, &Proposal)> {
        let stopped = matches!(self.verdicts.last(), Some(Verdict::Refused(_) | Verdict::Failed(_)));
        let proposal = self.plan.decisions.get(self.verdicts.len()).filter(|_| !stopped)?;
        Some((self.decision_id(self.verdicts.len()), proposal))
    }

    fn arrival(&self, child: &JobId) -> Option<&Result<Json, Failure>> {
        self.arrived.iter().find(|(arrived, _)| arrived == child).map(|(_, outcome)| outcome)
    }

    /// What each judged decision came to, in order; `None` for a child that is still under way.
    fn outcomes(
        &self,
    ) -> impl DoubleEndedIterator<Item = (usize, Option<Result<Json, Failure>>)> + ExactSizeIterator {
        self.verdicts.iter().enumerate().map(|(index, verdict)| {
            let outcome = match verdict {
                Verdict::Answered { result, .. } => Some(Ok(result.clone())),
                Verdict::Refused(failure) | Verdict::Failed(failure) => Some(Err(failure.clone())),
                Verdict::Waiting(child) => self.arrival(child).cloned(),
            };
            (index, outcome)
        })
    }

    fn answers(&self) -> Vec<Answer> {
        let judged = self.outcomes().zip(&self.plan.decisions).map(|((index, outcome), proposal)| Answer {
            id: self.decision_id(index),
            kind: proposal.kind.clone(),
            outcome: outcome.expect("the next turn waits for every child"),
        });
        judged.chain(self.answers.iter().cloned()).collect()
    }

    /// The end of a job whose last list is through.
    fn at_rest(&self) -> Ending {
        match self.state {
            State::Failed => {
                let failure = Failure::new(Code::FAILED, self.why_failed());
                self.failed(failure, self.failed_by().map(|index| self.decision_id(index)))
            }
            State::Done => self.done(),
            State::Pending | State::Running | State::Blocked => match self.first_failure() {
                Some((id, failure)) => self.failed(failure, Some(id)),
                None => self.done(),
            },
        }
    }

    fn done(&self) -> Ending {
        let own = self.result.clone().map(|(result, id)| (id, result));
        let last = || {
            self.outcomes()
                .next_back()
                .and_then(|(index, outcome)| Some((self.decision_id(index), outcome?.ok()?)))
        };
        let (decision, result) =
            own.or_else(last).map_or((None, Json::null()), |(id, result)| (Some(id), result));
        Ending { state: State::Done, outcome: Ok(result), decision }
    }

    fn failed(&self, failure: Failure, decision: Option<DecisionId>) -> Ending {
        Ending { state: State::Failed, outcome: Err(failure), decision }
    }

    fn first_failure(&self) -> Option<(DecisionId, Failure)> {
        self.outcomes().find_map(|(index, outcome)| Some((self.decision_id(index), outcome?.err()?)))
    }

    /// The `advance` that failed the job.
    fn failed_by(&self) -> Option<usize> {
        let moved =
            |verdict: &Verdict| matches!(verdict, Verdict::Answered { moved_to: Some(State::Failed), .. });
        self.verdicts.iter().rposition(moved)
    }

    /// What the agent said when it failed its own job: the `advance`'s note, in its payload or beside it.
    fn why_failed(&self) -> String {
        let proposal = self.failed_by().and_then(|index| self.plan.decisions.get(index));
        let said = proposal.map(|proposal| {
            let payload = serde_json::from_str::<serde_json::Value>(&proposal.payload).unwrap_or_default();
            payload.get("note").and_then(|note| note.as_str()).unwrap_or(&proposal.note).to_owned()
        });
        said.filter(|said| !said.is_empty())
            .unwrap_or_else(|| "the agent failed its job without saying why".to_owned())
    }
}

#[cfg(test)]
mod tests;
