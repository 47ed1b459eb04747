//! What an agent is called with.
//!
//! *Invariant:* answers stand in the order of the decisions they answer.
//! *Doesn't know:* how a decision was carried out.
//! *Start at:* [`Turn`].

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Error;
use crate::bindings::agent::exports::jaros::plugin::reasoning as wire;

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
}

impl<I> Turn<I> {
    /// The memo as its own type.
    ///
    /// # Errors
    /// A sentence that says where the memo doesn't fit.
    pub fn memo<M: DeserializeOwned>(&self) -> Result<M, String> {
        M::deserialize(&self.memo).map_err(|error| format!("memo: {error}"))
    }
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
}

/// The turn as it crosses, typed.
pub(crate) fn typed<I: DeserializeOwned>(turn: wire::Turn) -> Result<Turn<I>, String> {
    let input = serde_json::from_str(&turn.input).map_err(|error| format!("input: {error}"))?;
    let memo = serde_json::from_str(&turn.memo).map_err(|error| format!("memo: {error}"))?;
    let answers = turn.answers.into_iter().map(answer).collect::<Result<_, _>>()?;
    Ok(Turn { input, memo, answers, number: turn.number })
}

fn answer(answer: wire::Answer) -> Result<Answer, String> {
    let outcome =
        match answer.outcome {
            Ok(result) => Ok(serde_json::from_str(&result)
                .map_err(|error| format!("the answer of {}: {error}", answer.id))?),
            Err(error) => Err(error),
        };
    Ok(Answer { id: answer.id, kind: answer.kind, outcome })
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
