//! The demo's tickets, and the script of what the model says to each.
//!
//! *Invariant:* the answers come spread over about a second, so that a kill finds some tickets done and others under way;
//! exactly one answer is wrong, and it isn't among the first.
//! *Doesn't know:* jobs, nodes.
//! *Start at:* [`all`].

use serde_json::json;

/// What customers write, where it belongs, and how much it hurts. The reviewer knows a queue by words such as `refund`.
const TEXTS: [(&str, &str, &str); 10] = [
    ("I was charged twice for one order, please refund", "billing", "high"),
    ("my parcel hasn't moved for a week", "shipping", "normal"),
    ("the app shows an error whenever I save", "technical", "normal"),
    ("the mail for a new password never comes", "account", "high"),
    ("the invoice names my old address", "billing", "low"),
    ("tracking says it arrived, nothing is here", "shipping", "high"),
    ("it has had a crash on every start since today", "technical", "high"),
    ("my login is refused on the new phone", "account", "normal"),
    ("my payment was declined, the card is fine", "billing", "normal"),
    ("can the delivery come after six?", "shipping", "low"),
];
/// How many tickets there are.
const TICKETS: u32 = 40;
/// How many of them come in while no node runs.
pub(super) const LATE: usize = 4;
/// The ticket that the model gets wrong: a refund, under way when the node is killed.
const WRONG: u32 = 20;
/// Where the model sends it.
pub(super) const WRONG_QUEUE: &str = "shipping";
/// The first ticket's number; all have as many digits, so that none is the beginning of another.
const FIRST_NUMBER: u32 = 1001;
/// How long the model takes for the first ticket, and how much longer for each that follows.
const FIRST_MS: u32 = 40;
const STEP_MS: u32 = 25;

/// A ticket and what the model makes of it.
#[derive(Clone, Debug)]
pub(super) struct Ticket {
    /// `#1021`.
    pub(super) name: String,
    /// What the model answers.
    pub(super) answer: String,
    /// Whether that is where the ticket belongs.
    pub(super) is_right: bool,
    text: &'static str,
    delay_ms: u32,
}

impl Ticket {
    fn new(index: u32, (text, queue, severity): (&'static str, &str, &str)) -> Self {
        let is_right = index != WRONG;
        let queue = if is_right { queue } else { WRONG_QUEUE };
        Self {
            name: format!("#{}", FIRST_NUMBER + index),
            answer: format!(r#"{{"queue":"{queue}","severity":"{severity}"}}"#),
            is_right,
            text,
            delay_ms: FIRST_MS + index * STEP_MS,
        }
    }

    /// The job's text: the number makes each question another one.
    pub(super) fn words(&self) -> String {
        format!("{} {}", self.name, self.text)
    }
}

/// Every ticket, in the order in which they come in.
pub(super) fn all() -> Vec<Ticket> {
    (0..TICKETS).zip(TEXTS.iter().cycle()).map(|(index, text)| Ticket::new(index, *text)).collect()
}

/// `config/script.json`: what the model answers to each.
pub(super) fn script(tickets: &[Ticket]) -> String {
    let answers: Vec<_> = tickets
        .iter()
        .map(|ticket| json!({ "when": ticket.name, "text": ticket.answer, "delay_ms": ticket.delay_ms }))
        .collect();
    json!({ "answers": answers }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_answer_is_wrong_and_each_ticket_has_its_own() {
        let tickets = all();
        let wrong: Vec<&Ticket> = tickets.iter().filter(|ticket| !ticket.is_right).collect();
        assert_eq!(wrong.len(), 1);
        assert!(wrong[0].words().contains("refund") && wrong[0].answer.contains(WRONG_QUEUE));
        for ticket in &tickets {
            let meant = tickets.iter().filter(|other| ticket.words().contains(&other.name)).count();
            assert_eq!(meant, 1, "{}", ticket.words());
        }
    }
}
