//! What an agent proposes.
//!
//! *Invariant:* decisions stand in the order in which they were proposed; a plan with a memo asks for another turn.
//! *Doesn't know:* whether anything in it is allowed: the host's gate does.
//! *Start at:* [`Plan::propose`].

use serde::Serialize;
use serde_json::{Value, json};

use crate::bindings::agent::exports::jaros::plugin::reasoning as wire;
use crate::bindings::imports::jaros::plugin::types::Decision;
use crate::text;

/// What one turn proposes, built by chaining.
///
/// ```
/// # use jaros_guest::prelude::*;
/// let plan = Plan::propose("greet", json!({ "name": "Ada" })).note("she asked for it").memo(1);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Plan {
    decisions: Vec<Decision>,
    memo: Option<String>,
}

impl Plan {
    /// A plan that proposes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A plan whose first decision is this one.
    #[must_use]
    pub fn propose(kind: &str, payload: impl Serialize) -> Self {
        Self::new().then(kind, payload)
    }

    /// A plan that ends the job well, with this as its result.
    #[must_use]
    pub fn finish(result: impl Serialize) -> Self {
        Self::propose("advance", json!({ "events": ["complete"], "result": text::value(&result) }))
    }

    /// A plan that ends the job as failed, for this reason.
    #[must_use]
    pub fn fail(reason: &str) -> Self {
        Self::propose("advance", json!({ "events": ["fail"], "note": reason }))
    }

    /// A plan that holds the job until an operator unblocks it, for this reason.
    #[must_use]
    pub fn block(reason: &str) -> Self {
        Self::propose("advance", json!({ "events": ["block"], "note": reason }))
    }

    /// Adds a decision. The first that fails or is refused ends the list.
    #[must_use]
    pub fn then(mut self, kind: &str, payload: impl Serialize) -> Self {
        let payload = text::of(&payload);
        self.decisions.push(Decision { kind: kind.to_owned(), payload, note: String::new() });
        self
    }

    /// Adds a job for another agent; the answer names it: `{"job":ID}`.
    #[must_use]
    pub fn submit(self, agent: &str, input: impl Serialize) -> Self {
        self.then("submit", json!({ "agent": agent, "input": text::value(&input) }))
    }

    /// Adds a job for another agent; the next turn waits for it, and the answer is its result.
    #[must_use]
    pub fn submit_and_wait(self, agent: &str, input: impl Serialize) -> Self {
        self.then("submit", json!({ "agent": agent, "input": text::value(&input), "wait": true }))
    }

    /// Says why the last decision was proposed, in a line for whoever reads the record.
    ///
    /// # Panics
    /// When there is no decision yet.
    #[must_use]
    pub fn note(mut self, why: impl Into<String>) -> Self {
        let last = self.decisions.last_mut().expect("a note stands on a decision");
        last.note = why.into();
        self
    }

    /// Asks for another turn, which sees this memo and what became of the decisions, failures included.
    #[must_use]
    pub fn memo(mut self, memo: impl Serialize) -> Self {
        self.memo = Some(text::of(&memo));
        self
    }

    /// Asks for another turn, which runs this step ([`steps!`](crate::steps)) and finds the data as `turn.data()`.
    #[must_use]
    pub fn go_on(self, step: &str, data: impl Serialize) -> Self {
        self.memo(json!({ "step": step, "data": text::value(&data) }))
    }

    /// The kinds and payloads proposed so far, for tests.
    #[must_use]
    pub fn decisions(&self) -> Vec<(&str, Value)> {
        let read = |payload| serde_json::from_str(payload).expect("a payload was written here");
        self.decisions.iter().map(|decision| (decision.kind.as_str(), read(&decision.payload))).collect()
    }

    /// Whether the plan asks for another turn.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        self.memo.is_some()
    }

    /// The memo, for tests; nothing where the job ends with the plan.
    #[must_use]
    pub fn memo_value(&self) -> Option<Value> {
        self.memo.as_ref().map(|memo| serde_json::from_str(memo).expect("a memo was written here"))
    }

    pub(crate) fn into_wire(self) -> wire::Plan {
        wire::Plan { decisions: self.decisions, memo: self.memo }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Plan;

    #[test]
    fn a_plan_keeps_the_order_and_notes_the_last() {
        let plan = Plan::propose("greet", json!({ "name": "Ada" })).then("text.count", json!({})).note("why");
        assert_eq!(plan.decisions(), [("greet", json!({ "name": "Ada" })), ("text.count", json!({}))]);
        let wire = plan.into_wire();
        assert_eq!((wire.decisions[0].note.as_str(), wire.decisions[1].note.as_str()), ("", "why"));
        assert_eq!(wire.memo, None);
    }

    #[test]
    fn a_memo_asks_for_another_turn_even_when_it_is_null() {
        assert!(!Plan::new().goes_on());
        let plan = Plan::new().memo(());
        assert!(plan.goes_on());
        assert_eq!(plan.into_wire().memo.as_deref(), Some("null"));
    }

    #[test]
    fn going_on_is_a_memo_with_a_step_and_its_data() {
        let memo = |plan: Plan| plan.memo_value();
        let plan = Plan::propose("greet", json!({})).go_on("tell", [1]);
        assert_eq!(memo(plan), Some(json!({ "step": "tell", "data": [1] })));
        assert_eq!(memo(Plan::new().go_on("tell", ())), Some(json!({ "step": "tell", "data": null })));
        assert_eq!(memo(Plan::new()), None);
    }

    #[test]
    fn the_built_in_actions_have_the_payloads_that_the_host_reads() {
        let one = |plan: Plan| plan.decisions()[0].1.clone();
        assert_eq!(one(Plan::finish([1])), json!({ "events": ["complete"], "result": [1] }));
        assert_eq!(one(Plan::fail("no")), json!({ "events": ["fail"], "note": "no" }));
        assert_eq!(one(Plan::block("ask")), json!({ "events": ["block"], "note": "ask" }));
        assert_eq!(one(Plan::new().submit("b", 1)), json!({ "agent": "b", "input": 1 }));
        assert_eq!(
            one(Plan::new().submit_and_wait("b", 1)),
            json!({ "agent": "b", "input": 1, "wait": true })
        );
    }
}
