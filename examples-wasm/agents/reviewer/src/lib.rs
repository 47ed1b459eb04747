//! `reviewer`: the last of the support swarm. Checks the plan against the ticket's own words. A plan that contradicts them fails the
//! job, one that leaves something open blocks it for an operator, any other completes it. Asks no model.

use jaros_guest::prelude::*;

/// What a ticket's words say about its queue; the first row that fits counts.
const SIGNS: [(&str, &[&str]); 4] = [
    ("billing", &["refund", "charge", "invoice", "payment"]),
    ("shipping", &["parcel", "package", "delivery", "tracking"]),
    ("account", &["password", "login", "account"]),
    ("technical", &["error", "crash", "bug"]),
];

#[derive(Default, Deserialize)]
#[serde(default)]
struct Input {
    ticket: Option<String>,
    plan: Option<Triage>,
    respond_within_hours: Option<u32>,
    uncertain: bool,
}

#[derive(Default, Serialize, Deserialize)]
struct Triage {
    queue: Option<String>,
    severity: Option<String>,
}

struct Reviewer;

impl Agent for Reviewer {
    const DESCRIPTION: &'static str = "Checks a plan against its ticket: completes, fails or blocks the job.";
    type Input = Input;

    fn decide(turn: Turn<Input>) -> Result<Plan, String> {
        if let Some(answer) = turn.answers.iter().find(|answer| answer.kind == "unblock") {
            let said = answer.result::<Value>()?;
            return Ok(approve(&turn.input, json!({ "operator": said })));
        }
        Ok(review(&turn.input))
    }
}

export_agent!(Reviewer);

fn review(input: &Input) -> Plan {
    if input.uncertain {
        return Plan::block("the work is marked as uncertain").memo(());
    }
    let (Some(ticket), Some(plan)) = (&input.ticket, &input.plan) else { return approve(input, Value::Null) };
    match (&plan.queue, expected_queue(ticket), &plan.severity) {
        (Some(queue), Some(expected), _) if queue != expected => {
            Plan::fail(&format!("the plan routed a {expected} ticket to {queue}"))
        }
        (None, ..) => Plan::block("the plan names no queue").memo(()),
        (.., None) => Plan::block("the plan names no severity").memo(()),
        _ => approve(input, Value::Null),
    }
}

fn approve(input: &Input, by: Value) -> Plan {
    Plan::finish(json!({
        "approved": true,
        "approved_by": by,
        "plan": input.plan,
        "respond_within_hours": input.respond_within_hours,
    }))
}

fn expected_queue(ticket: &str) -> Option<&'static str> {
    let ticket = ticket.to_ascii_lowercase();
    let fits = |words: &[&str]| words.iter().any(|word| ticket.contains(word));
    SIGNS.iter().find(|(_, words)| fits(words)).map(|(queue, _)| *queue)
}

#[cfg(test)]
mod tests {
    use jaros_guest::prelude::*;

    use super::{Input, review};

    fn check(input: Value) -> (String, bool) {
        let plan = review(&Input::deserialize(input).unwrap());
        let (_, payload) = &plan.decisions()[0];
        let word = payload["note"].as_str().unwrap_or_else(|| payload["events"][0].as_str().unwrap());
        (word.to_owned(), plan.goes_on())
    }

    #[test]
    fn the_plan_must_fit_the_tickets_words() {
        let input = |queue: Value, severity: Value| json!({ "ticket": "I was charged twice!", "plan": { "queue": queue, "severity": severity } });
        let fail = "the plan routed a billing ticket to shipping";
        assert_eq!(check(input(json!("billing"), json!("high"))), ("complete".to_owned(), false));
        assert_eq!(check(input(json!("shipping"), json!("high"))), (fail.to_owned(), false));
        assert_eq!(check(input(json!("shipping"), json!(null))), (fail.to_owned(), false));
        assert_eq!(
            check(input(json!("billing"), json!(null))),
            ("the plan names no severity".to_owned(), true)
        );
        assert_eq!(check(input(json!(null), json!("high"))), ("the plan names no queue".to_owned(), true));
    }

    #[test]
    fn without_a_ticket_only_doubt_blocks() {
        assert_eq!(check(json!({})), ("complete".to_owned(), false));
        assert_eq!(check(json!({ "uncertain": true })), ("the work is marked as uncertain".to_owned(), true));
    }
}
