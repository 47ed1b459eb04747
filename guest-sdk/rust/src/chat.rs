//! A conversation with the model that goes on from turn to turn, its calls carried out as decisions in between.
//!
//! *Invariant:* the whole conversation stands in the memo, as `{"chat":{"messages":[…],"calls":[…]}}` in every language.
//! *Doesn't know:* when it is over: the agent does.
//! *Start at:* [`Chat`].

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::actions::{self, Action};
use crate::model::{Request, Response};
use crate::turn::START;
use crate::{Answer, Error, Plan, Turn};

/// The loop of a model that calls tools.
///
/// ```
/// # use jaros_guest::prelude::*;
/// # #[derive(Deserialize)] struct Input { question: String }
/// # fn decide(turn: Turn<Input>) -> Result<Plan, String> {
/// let mut chat = Chat::new(&turn, "Be brief.", &turn.input.question)?;
/// let reply = chat.ask()?;
/// if !reply.calls().is_empty() {
///     return Ok(chat.carry_out(&reply));
/// }
/// Ok(Plan::finish(json!({ "answer": reply.text })))
/// # }
/// ```
///
/// In a job's first turn the conversation is new; later it comes from the memo, with what became of the calls added. A call's
/// name is the kind of a decision, its arguments are the payload, so everything that the model does passes the gate.
#[derive(Clone, Debug)]
pub struct Chat {
    messages: Vec<Message>,
    /// The step that the chat is held in, with its data, unless it is the first.
    place: Option<(String, Value)>,
}

/// As it stands in the memo.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Message {
    role: String,
    content: String,
    parts: Value,
}

#[derive(Deserialize)]
struct Kept {
    messages: Vec<Message>,
    calls: Vec<Pending>,
}

/// A call that was proposed, and whose answer isn't in the conversation yet.
#[derive(Serialize, Deserialize)]
struct Pending {
    id: String,
    name: String,
}

impl Chat {
    /// The conversation so far. In the first turn it begins with what the model should keep to and with what the user says; each
    /// may be empty.
    ///
    /// # Errors
    /// The memo holds a chat that isn't one.
    pub fn new<I>(turn: &Turn<I>, system: &str, user: &str) -> Result<Self, String> {
        let place = (turn.step() != START).then(|| (turn.step().to_owned(), turn.memo["data"].clone()));
        let mut chat = Self { messages: Vec::new(), place };
        let Some(kept) = turn.memo.get("chat") else {
            for (role, content) in [("system", system), ("user", user)] {
                if !content.is_empty() {
                    chat.add(role, content, json!([]));
                }
            }
            return Ok(chat);
        };
        let kept = Kept::deserialize(kept).map_err(|error| format!("memo: the chat: {error}"))?;
        chat.messages = kept.messages;
        let mut judged = turn.answers.iter().filter(|answer| answer.kind != "unblock");
        for call in kept.calls {
            let told = told(judged.next());
            chat.add("tool", "", json!([{ "type": "result", "id": call.id, "content": told }]));
        }
        Ok(chat)
    }

    /// Adds what a person says.
    pub fn user(&mut self, content: &str) {
        self.add("user", content, json!([]));
    }

    /// Asks the model, which may call every action that this agent may propose, and adds its answer.
    ///
    /// # Errors
    /// What the provider or the host said instead.
    pub fn ask(&mut self) -> Result<Response, Error> {
        self.ask_with(&actions::list(), Request::new())
    }

    /// The same with these tools alone, and with the model and the settings of `request`; this conversation is added to it.
    ///
    /// # Errors
    /// As [`Chat::ask`].
    pub fn ask_with(&mut self, tools: &[Action], mut request: Request) -> Result<Response, Error> {
        for message in &self.messages {
            request = request.message(&message.role, &message.content, message.parts.clone());
        }
        for tool in tools {
            request = request.tool(&tool.kind, &tool.description, tool.schema.clone());
        }
        let reply = request.send()?;
        let parts = reply.parts.as_array().into_iter().flatten();
        let calls: Vec<&Value> = parts.filter(|part| part["type"] == "call").collect();
        self.add("assistant", &reply.text, json!(calls));
        Ok(reply)
    }

    /// A plan of one decision a call, and the conversation as its memo. The next turn runs the same step.
    #[must_use]
    pub fn carry_out(&self, reply: &Response) -> Plan {
        let (mut plan, mut pending) = (Plan::new(), Vec::new());
        for call in reply.calls() {
            plan = plan.then(&call.name, call.arguments);
            pending.push(Pending { id: call.id, name: call.name });
        }
        let mut memo = json!({ "chat": { "messages": self.messages, "calls": pending } });
        if let Some((step, data)) = &self.place {
            memo["step"] = json!(step);
            memo["data"] = data.clone();
        }
        plan.memo(memo)
    }

    fn add(&mut self, role: &str, content: &str, parts: Value) {
        self.messages.push(Message { role: role.to_owned(), content: content.to_owned(), parts });
    }
}

/// What the model is told about a call.
fn told(answer: Option<&Answer>) -> String {
    match answer.map(|answer| (&answer.outcome, answer.text())) {
        Some((Ok(_), text)) => text.to_owned(),
        Some((Err(error), _)) => error.clone().into(),
        None => "not carried out: an earlier call failed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::actions;
    use crate::prelude::*;
    use crate::testing::{Host, turn};

    fn host() -> Host {
        Host::new()
            .tool("greet", json!("Hello"))
            .tool("count", |payload: &Value| Ok(json!(payload["n"].as_u64().unwrap_or(0) + 1)))
            .tool("broken", Error::new("failed", "it is broken"))
    }

    /// The loop of the documentation.
    struct Talker;

    impl Agent for Talker {
        const DESCRIPTION: &'static str = "Answers, with tools.";
        type Input = Value;

        fn decide(turn: Turn<Value>) -> Result<Plan, String> {
            steps!(turn, start, talk)
        }
    }

    fn start(turn: Turn<Value>) -> Result<Plan, String> {
        if turn.input["later"] == true { Ok(Plan::new().go_on("talk", "kept")) } else { talk(turn) }
    }

    fn talk(turn: Turn<Value>) -> Result<Plan, String> {
        let mut chat = Chat::new(&turn, "Be brief.", turn.input["question"].as_str().unwrap_or_default())?;
        let reply = chat.ask()?;
        if !reply.calls().is_empty() {
            return Ok(chat.carry_out(&reply));
        }
        Ok(Plan::finish(json!({ "answer": reply.text, "turns": turn.number })))
    }

    #[test]
    fn a_chat_lives_in_the_memo_with_the_results_of_its_calls() {
        let calls = json!({ "text": "Let me see.", "calls": [
        { "id": "a", "name": "count", "arguments": { "n": 4 } },
        { "name": "broken" },
        { "name": "greet", "arguments": {} },
    ] });
        let host = host().model(calls).model("five");
        let run = host.run::<Talker>(json!({ "question": "how many?" }));
        assert_eq!(run.result(), Ok(&json!({ "answer": "five", "turns": 2 })));
        assert_eq!(run.kinds(), ["count", "broken", "advance"], "the third wasn't judged");
        let asked = host.asked();
        assert_eq!(asked[0]["messages"][1], json!({ "role": "user", "content": "how many?", "parts": [] }));
        assert_eq!(asked[0]["tools"].as_array().map(Vec::len), Some(3));
        let told = |id: &str, text: &str| json!({ "role": "tool", "content": "", "parts": [{ "type": "result", "id": id, "content": text }] });
        let messages = asked[1]["messages"].as_array().unwrap();
        assert_eq!(messages[2]["role"], "assistant");
        assert_eq!(
            (&messages[2]["content"], messages[2]["parts"].as_array().unwrap().len()),
            (&json!("Let me see."), 3)
        );
        assert_eq!(messages[3], told("a", "5"));
        assert_eq!(messages[4], told("call-1-2", "failed: it is broken"));
        assert_eq!(messages[5], told("call-1-3", "not carried out: an earlier call failed"));
    }

    #[test]
    fn a_chat_stays_in_its_step() {
        let call = || json!({ "calls": [{ "id": "a", "name": "greet", "arguments": {} }] });
        let turn = |step: &str| turn(json!({ "question": "?" })).step(step, "kept");
        let memo = |step: &str| {
            let plan = host().model(call()).decide::<Talker>(turn(step)).unwrap();
            plan.memo_value().unwrap()
        };
        assert_eq!(memo("start").as_object().unwrap().keys().collect::<Vec<_>>(), ["chat"]);
        assert_eq!(memo("start")["chat"]["calls"], json!([{ "id": "a", "name": "greet" }]));
        assert_eq!((&memo("talk")["step"], &memo("talk")["data"]), (&json!("talk"), &json!("kept")));
        let run = host().model(call()).model("done").run::<Talker>(json!({ "question": "?", "later": true }));
        assert_eq!(run.result(), Ok(&json!({ "answer": "done", "turns": 3 })));
    }

    #[test]
    fn a_model_without_an_answer_says_so_and_its_errors_are_errors() {
        let none = Host::new().run::<Talker>(json!({ "question": "?" })).result().unwrap_err();
        assert_eq!(none, "failed: unavailable: the test gave the model 0 answers, and this is one call more");
        let host = Host::new().model(json!({ "error": { "code": "timeout", "message": "too slow" } }));
        assert_eq!(host.decide::<Talker>(json!({})).unwrap_err(), "timeout: too slow");
        let structured = Host::new().model(json!({ "structured": { "a": 1 } }));
        let asked = structured
            .with(|| model::Request::new().user("?").schema(json!({})).send())
            .map(|reply| reply.structured);
        assert_eq!(asked, Ok(json!({ "a": 1 })));
        assert_eq!(structured.asked()[0]["params"], json!({ "schema": {} }));
        assert!(host.with(actions::list).is_empty());
    }
}
