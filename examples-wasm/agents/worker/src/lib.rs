//! `worker`: the second of the support swarm. Works out what the plan asks for, hands the ticket to `reviewer`, waits, and ends as
//! the review ended. `{"bad":true}` makes the handoff fail when it is carried out.

use jaros_guest::prelude::*;

#[derive(Deserialize)]
struct Input {
    #[serde(default)]
    bad: bool,
    ticket: Option<String>,
    plan: Option<Triage>,
}

#[derive(Serialize, Deserialize)]
struct Triage {
    queue: Option<String>,
    severity: Option<String>,
}

struct Worker;

impl Agent for Worker {
    const DESCRIPTION: &'static str = "Works a planned ticket and hands it to the reviewer.";
    type Input = Input;

    fn decide(turn: Turn<Input>) -> Result<Plan, String> {
        if let Some(answer) = turn.answers.last() {
            return Ok(match &answer.outcome {
                Ok(verdict) => Plan::finish(verdict),
                Err(error) => Plan::fail(&error.message),
            });
        }
        let Input { bad, ticket, plan } = turn.input;
        if bad {
            let unfit = json!({ "ok": false, "reason": "the work came in bad" });
            return Ok(Plan::propose("swarm.handoff", unfit).note("hand on work that is known to be bad"));
        }
        let handoff =
            Plan::propose("swarm.handoff", json!({ "ok": true, "to": "reviewer" })).note("the work is done");
        Ok(match ticket {
            Some(ticket) => {
                let hours = plan.as_ref().and_then(respond_within_hours);
                let input = json!({ "ticket": ticket, "plan": plan, "respond_within_hours": hours });
                handoff.submit_and_wait("reviewer", input).note("have it reviewed").memo(())
            }
            None => handoff,
        })
    }
}

export_agent!(Worker);

fn respond_within_hours(plan: &Triage) -> Option<u32> {
    match plan.severity.as_deref()? {
        "high" => Some(4),
        "normal" => Some(24),
        _ => Some(72),
    }
}
