//! What an agent is called with.
//!
//! *Invariant:* answers stand in the order of the decisions they answer.
//! *Doesn't know:* how a decision was carried out.
//! *Start at:* [`Turn`].

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Error;
use crate::bindings::agent::exports::jaros::plugin::reasoning as wire;

/// The first step's name.
pub(crate) const START: &str = "start";

/// One turn of a job, its input typed.
#[derive(Clone, Debug)]
pub struct Turn<I> {
    /// The job's input, the same in every turn.
    pub input: I,
    /// What the agent noted for itself in the turn before; `null` in the first.
    pub memo: Value,
    /// One for each decision of the turn before that was judged, in order; empty in the first.
    pub answers: Vec<Answer>,
    /// From 1.
    pub number: u32,
}

/// What became of one decision of the turn before.
#[derive(Clone, Debug)]
pub struct Answer {
    /// `JOB/TURN/N`.
    pub id: String,
    /// As proposed.
    pub kind: String,
    /// The result, or why there is none.
    pub outcome: Result<Value, Error>,
    text: String,
}

impl<I> Turn<I> {
    /// The memo as its own type.
    ///
    /// # Errors
    /// A sentence that says where the memo doesn't fit.
    pub fn memo<M: DeserializeOwned>(&self) -> Result<M, String> {
        M::deserialize(&self.memo).map_err(|error| format!("memo: {error}"))
    }

    /// The step that the plan before went on to ([`Plan::go_on`](crate::Plan::go_on)); `start` where it named none.
    #[must_use]
    pub fn step(&self) -> &str {
        self.memo["step"].as_str().unwrap_or(START)
    }

    /// What the plan before gave to this step, as its own type.
    ///
    /// # Errors
    /// A sentence that says where the data don't fit.
    pub fn data<D: DeserializeOwned>(&self) -> Result<D, String> {
        D::deserialize(&self.memo["data"]).map_err(|error| format!("data: {error}"))
    }
}

/// Runs the turn's step, which is a function of its name; the first is `start`.
///
/// ```
/// # use jaros_guest::prelude::*;
/// # struct Pair;
/// impl Agent for Pair {
///     const DESCRIPTION: &'static str = "Greets, and tells how it went.";
///     type Input = Value;
///
///     fn decide(turn: Turn<Value>) -> Result<Plan, String> {
///         steps!(turn, start, tell)
///     }
/// }
///
/// fn start(turn: Turn<Value>) -> Result<Plan, String> {
///     Ok(Plan::propose("greet", turn.input).go_on("tell", ()))
/// }
///
/// fn tell(turn: Turn<Value>) -> Result<Plan, String> {
///     Ok(Plan::finish(turn.answers[0].result::<Value>()?))
/// }
/// ```
#[macro_export]
macro_rules! steps {
    ($turn:expr, $($step:ident),+ $(,)?) => {{
        let turn = $turn;
        match turn.step() {
            $(stringify!($step) => $step(turn),)+
            other => Err($crate::exported::no_step(other, &[$(stringify!($step)),+])),
        }
    }};
}

/// What an agent without such a step says.
#[must_use]
pub fn no_step(name: &str, steps: &[&str]) -> String {
    format!("there is no step \"{name}\"; there are {}", steps.join(", "))
}

impl Answer {
    /// The result as its own type.
    ///
    /// # Errors
    /// Why the decision was refused or failed, or where its result doesn't fit.
    pub fn result<T: DeserializeOwned>(&self) -> Result<T, String> {
        let value = self.outcome.as_ref().map_err(|error| String::from(error.clone()))?;
        T::deserialize(value).map_err(|error| format!("the answer of {}: {error}", self.id))
    }

    /// Whether the decision was carried out.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.outcome.is_ok()
    }

    /// The result's JSON text as the record has it; empty where there is none.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The turn as it crosses, typed.
pub(crate) fn typed<I: DeserializeOwned>(turn: wire::Turn) -> Result<Turn<I>, String> {
    let input = serde_json::from_str(&turn.input).map_err(|error| format!("input: {error}"))?;
    let memo = serde_json::from_str(&turn.memo).map_err(|error| format!("memo: {error}"))?;
    let answers = turn.answers.into_iter().map(answer).collect::<Result<_, _>>()?;
    Ok(Turn { input, memo, answers, number: turn.number })
}

fn answer(answer: wire::Answer) -> Result<Answer, String> {
    let (text, outcome) = match answer.outcome {
        Ok(text) => {
            let result = serde_json::from_str(&text)
                .map_err(|error| format!("the answer of {}: {error}", answer.id))?;
            (text, Ok(result))
        }
        Err(error) => (String::new(), Err(error)),
    };
    Ok(Answer { id: answer.id, kind: answer.kind, outcome, text })
}

#[cfg(test)]
mod tests {
    use super::{typed, wire};
    use crate::Error;

    fn turn(input: &str, memo: &str) -> wire::Turn {
        let refused = Error { code: "refused".to_owned(), message: "not yours".to_owned() };
        let answer =
            |id: &str, outcome| wire::Answer { id: id.to_owned(), kind: "greet".to_owned(), outcome };
        wire::Turn {
            input: input.to_owned(),
            memo: memo.to_owned(),
            answers: vec![answer("j/1/1", Ok("[1,2]".to_owned())), answer("j/1/2", Err(refused))],
            number: 2,
        }
    }

    #[test]
    fn input_memo_and_answers_are_typed() {
        let turn = typed::<u32>(turn("7", r#"{"left":3}"#)).unwrap();
        assert_eq!(turn.input, 7);
        assert_eq!(turn.memo::<std::collections::BTreeMap<String, u32>>().unwrap()["left"], 3);
        assert_eq!(turn.answers[0].result::<Vec<u32>>(), Ok(vec![1, 2]));
        assert_eq!(turn.answers[1].result::<Vec<u32>>(), Err("refused: not yours".to_owned()));
        assert_eq!((turn.answers[0].ok(), turn.answers[0].text()), (true, "[1,2]"));
        assert_eq!((turn.answers[1].ok(), turn.answers[1].text()), (false, ""));
    }

    #[test]
    fn a_memo_without_a_step_is_the_first_ones() {
        for memo in ["null", "3", r#"{"left":3}"#, r#"{"step":3}"#] {
            assert_eq!(typed::<u32>(turn("7", memo)).unwrap().step(), "start", "{memo}");
        }
        let turn = typed::<u32>(turn("7", r#"{"step":"judge","data":[1]}"#)).unwrap();
        assert_eq!((turn.step(), turn.data::<Vec<u32>>()), ("judge", Ok(vec![1])));
        let wrong = turn.data::<String>().unwrap_err();
        assert!(wrong.starts_with("data: invalid type: sequence"), "{wrong}");
    }

    #[test]
    fn what_does_not_fit_says_where() {
        let wrong = typed::<u32>(turn("\"seven\"", "null")).unwrap_err();
        assert!(wrong.starts_with("input: invalid type: string \"seven\", expected u32"), "{wrong}");
        let turn = typed::<u32>(turn("7", "null")).unwrap();
        let wrong = turn.answers[0].result::<String>().unwrap_err();
        assert!(wrong.starts_with("the answer of j/1/1: invalid type: sequence"), "{wrong}");
    }
}
