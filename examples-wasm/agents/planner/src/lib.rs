//! `planner`: the first of the support swarm. Asks the model where a ticket belongs, hands it to `worker` with that plan, waits,
//! and ends as the work ended.

use jaros_guest::prelude::*;

const QUEUES: [&str; 4] = ["billing", "shipping", "technical", "account"];
const SEVERITIES: [&str; 3] = ["low", "normal", "high"];

#[derive(Deserialize)]
struct Input {
    ticket: String,
}

/// Where a ticket belongs, as far as the model's answer says it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Triage {
    queue: Option<String>,
    severity: Option<String>,
}

struct Planner;

impl Agent for Planner {
    const DESCRIPTION: &'static str = "Has the model classify a support ticket and hands it to the worker.";
    type Input = Input;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": { "ticket": { "type": "string" } },
            "required": ["ticket"],
        })
    }

    fn decide(turn: Turn<Input>) -> Result<Plan, String> {
        let Some(answer) = turn.answers.first() else { return plan(&turn.input.ticket) };
        Ok(match &answer.outcome {
            Ok(verdict) => Plan::finish(json!({ "plan": turn.memo, "verdict": verdict })),
            Err(error) => Plan::fail(&error.message),
        })
    }
}

export_agent!(Planner);

fn plan(ticket: &str) -> Result<Plan, String> {
    let answer = model::ask(&question(ticket))?;
    let triage = read(&answer);
    log::info!("the model answered {answer:?}, read as {triage:?}");
    let why = format!("the model routes it to {}", triage.queue.as_deref().unwrap_or("no queue"));
    let input = json!({ "ticket": ticket, "plan": triage });
    Ok(Plan::new().submit_and_wait("worker", input).note(why).memo(triage))
}

fn question(ticket: &str) -> String {
    format!(
        "Classify this support ticket. Answer with JSON of two members: \"queue\", one of {}; \"severity\", one of {}.\n\n\
         Ticket: {ticket}",
        QUEUES.join(", "),
        SEVERITIES.join(", ")
    )
}

/// Models wrap JSON in prose, or answer with a word: what isn't said exactly once counts as not said.
fn read(answer: &str) -> Triage {
    let object = answer.find('{').zip(answer.rfind('}')).and_then(|(from, to)| answer.get(from..=to));
    if let Some(said) = object.and_then(|text| serde_json::from_str::<Triage>(text).ok()) {
        return Triage { queue: known(said.queue, &QUEUES), severity: known(said.severity, &SEVERITIES) };
    }
    Triage { queue: named(answer, &QUEUES), severity: named(answer, &SEVERITIES) }
}

fn known(said: Option<String>, words: &[&str]) -> Option<String> {
    said.map(|word| word.to_ascii_lowercase()).filter(|word| words.contains(&word.as_str()))
}

fn named(answer: &str, words: &[&str]) -> Option<String> {
    let answer = answer.to_ascii_lowercase();
    let mut found =
        words.iter().filter(|word| answer.split(|c: char| !c.is_alphabetic()).any(|said| said == **word));
    found.next().filter(|_| found.next().is_none()).map(|word| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Triage, question, read};

    fn triage(queue: Option<&str>, severity: Option<&str>) -> Triage {
        Triage { queue: queue.map(str::to_owned), severity: severity.map(str::to_owned) }
    }

    #[test]
    fn answers_are_read_as_models_give_them() {
        let both = triage(Some("billing"), Some("high"));
        assert_eq!(read(r#"{"queue":"billing","severity":"high"}"#), both);
        assert_eq!(read("Sure:\n```json\n{\"queue\":\"Billing\",\"severity\":\"HIGH\"}\n```"), both);
        assert_eq!(read("billing, severity high"), both);
        assert_eq!(read("Shipping."), triage(Some("shipping"), None));
        assert_eq!(read(r#"{"queue":"gardening","severity":"low"}"#), triage(None, Some("low")));
    }

    #[test]
    fn an_echoed_question_names_no_queue() {
        assert_eq!(read(&question("my parcel is lost")), triage(None, None));
    }
}
