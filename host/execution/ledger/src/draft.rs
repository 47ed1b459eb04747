//! An entry before it has a place: its body and the data that it names.
//!
//! *Invariant:* the body names each of its data once, and its data are exactly those that it names; they stand in the
//! order in which the body names them.
//! *Doesn't know:* its sequence number, the entry before, the state digest: the writer adds them.
//! *Start at:* [`Draft::of`].

use std::ops::Range;

use jaros_decision::{DecisionId, Digest, Json, JsonError, Ref};
use serde::Serialize;

use crate::data::{Data, Datum};
use crate::entry::EntryKind;
use crate::line;
use crate::record::{Body, Cost, Effect, Outcome, Whole};

/// A datum of at most this many bytes stands in a line; a larger one goes to the content store.
pub(crate) const INLINE_BYTES_MAX: usize = 64 << 10;
/// Bytes of all data lines of one entry. What is over goes to the content store, so that a reader can hold an entry
/// with its data in memory.
const INLINE_TOTAL_BYTES_MAX: usize = 1 << 20;
/// Bytes of a body.
const BODY_BYTES_MAX: usize = 1 << 20;

/// One entry to be appended.
#[derive(Clone, Debug)]
pub struct Draft {
    pub(crate) kind: EntryKind,
    /// Whole, but for an outcome, which lacks its last member and brace.
    pub(crate) body: String,
    /// Where an outcome's effect stands in the body.
    pub(crate) effect: Option<Range<usize>>,
    /// The data lines, as they will stand.
    pub(crate) lines: Vec<u8>,
    /// What is too large for a line.
    pub(crate) large: Vec<Datum>,
    /// Content that has to be durable first.
    pub(crate) content: Vec<Digest>,
}

/// Why there is no draft: its author broke a rule of the format.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// A reference without its datum, or one named twice.
    #[error("the {kind} names {reference}, but its datum isn't given, or was named before")]
    NotGiven {
        /// What was drafted.
        kind: EntryKind,
        /// The reference.
        reference: Ref,
    },
    /// A datum without its reference.
    #[error("the {kind} is given the datum {reference}, but doesn't name it")]
    NotNamed {
        /// What was drafted.
        kind: EntryKind,
        /// The reference.
        reference: Ref,
    },
    /// Too much in one body.
    #[error("the {kind} has {bytes} bytes, over {BODY_BYTES_MAX}: more of it should be data")]
    TooLarge {
        /// What was drafted.
        kind: EntryKind,
        /// Its size.
        bytes: usize,
    },
    /// The body has no JSON.
    #[error("the {kind} has no JSON: {source}")]
    Json {
        /// What was drafted.
        kind: EntryKind,
        /// Why.
        source: JsonError,
    },
}

impl Draft {
    /// A draft that says `body` and brings `data`.
    /// # Errors
    /// The body doesn't name exactly these data, or is too large.
    pub fn of<B: Whole>(body: &B, data: Data) -> Result<Self, DraftError> {
        Self::unchecked(body, data)
    }

    /// For the bodies that the ledger writes by itself, too.
    pub(crate) fn unchecked<B: Body + Serialize>(body: &B, data: Data) -> Result<Self, DraftError> {
        let text = canonical(&B::KIND, body)?;
        Self::assemble(B::KIND, text.as_str().to_owned(), None, data)
    }

    /// A draft of an outcome. The writer adds the state digest when it knows what comes before.
    /// # Errors
    /// As [`Draft::of`].
    pub fn outcome(id: &DecisionId, cost: Cost, effect: &Effect, data: Data) -> Result<Self, DraftError> {
        let kind = Outcome::KIND;
        let effect = canonical(&kind, effect)?;
        let mut body = format!("{{\"cost\":{},\"effect\":", canonical(&kind, &cost)?);
        let start = body.len();
        body.push_str(effect.as_str());
        let effect = start..body.len();
        body.push_str(",\"id\":");
        body.push_str(canonical(&kind, id)?.as_str());
        Self::assemble(kind, body, Some(effect), data)
    }

    /// What it is about.
    #[must_use]
    pub fn kind(&self) -> &EntryKind {
        &self.kind
    }

    /// Bytes that it adds to its segment, but for the parts of fixed width.
    pub(crate) fn bytes(&self) -> usize {
        self.body.len() + self.lines.len()
    }

    fn assemble(
        kind: EntryKind,
        body: String,
        effect: Option<Range<usize>>,
        data: Data,
    ) -> Result<Self, DraftError> {
        if body.len() > BODY_BYTES_MAX {
            return Err(DraftError::TooLarge { kind, bytes: body.len() });
        }
        let Data { mut data, content } = data;
        let (mut lines, mut large) = (Vec::new(), Vec::new());
        for digits in line::refs(&body) {
            let reference = Ref(digits.parse().expect("hex digits are a digest"));
            let Some(at) = data.iter().position(|datum| datum.reference() == reference) else {
                return Err(DraftError::NotGiven { kind, reference });
            };
            let datum = data.remove(at);
            let text = datum.value().as_str();
            if text.len() <= INLINE_BYTES_MAX && lines.len() + text.len() <= INLINE_TOTAL_BYTES_MAX {
                line::push_datum(&mut lines, &datum.salt(), text);
            } else {
                large.push(datum);
            }
        }
        match data.first().map(Datum::reference) {
            Some(reference) => Err(DraftError::NotNamed { kind, reference }),
            None => Ok(Self { kind, body, effect, lines, large, content }),
        }
    }
}

fn canonical<T: Serialize + ?Sized>(kind: &EntryKind, value: &T) -> Result<Json, DraftError> {
    Json::of(value).map_err(|source| DraftError::Json { kind: kind.clone(), source })
}

#[cfg(test)]
mod tests {
    use jaros_decision::{Fuel, Name};

    use super::*;
    use crate::record::{Config, Refusal};

    fn config(data: Ref) -> Config {
        Config { data, file: Name::new("grants").unwrap() }
    }

    fn refusal(kind: Ref, message: Ref) -> Refusal {
        let (id, source) = ("j/1/1".parse().unwrap(), "agent:a".parse().unwrap());
        Refusal {
            code: jaros_decision::Code::INVALID,
            id,
            kind,
            message,
            seen: jaros_decision::Seq(1),
            source,
        }
    }

    #[test]
    fn data_and_names_have_to_agree() {
        let mut data = Data::new();
        let (a, b) = (data.add_text("a"), data.add_text("b"));
        let give = |references: &[Ref]| Data {
            data: data.data.iter().filter(|d| references.contains(&d.reference())).cloned().collect(),
            content: vec![],
        };
        assert!(Draft::of(&config(a), give(&[a])).is_ok());
        assert!(
            matches!(Draft::of(&config(a), give(&[])), Err(DraftError::NotGiven { reference, .. }) if reference == a)
        );
        assert!(
            matches!(Draft::of(&config(a), give(&[a, b])), Err(DraftError::NotNamed { reference, .. }) if reference == b)
        );
        assert!(matches!(Draft::of(&refusal(a, a), give(&[a])), Err(DraftError::NotGiven { .. })));
    }

    #[test]
    fn lines_stand_in_the_bodys_order() {
        let mut data = Data::new();
        let (message, kind) = (data.add_text("why"), data.add_text("fly"));
        let draft = Draft::of(&refusal(kind, message), data).unwrap();
        let lines = String::from_utf8(draft.lines).unwrap();
        assert!(lines.find("fly") < lines.find("why"), "{lines}");
    }

    #[test]
    fn what_is_large_goes_to_the_content_store() {
        for (bytes, is_large) in [(INLINE_BYTES_MAX, false), (INLINE_BYTES_MAX + 1, true)] {
            let mut data = Data::new();
            let reference = data.add_text(&"x".repeat(bytes - 2));
            let draft = Draft::of(&config(reference), data).unwrap();
            assert_eq!((draft.large.len(), draft.lines.is_empty()), (usize::from(is_large), is_large));
        }
    }

    #[test]
    fn an_outcome_lacks_its_state_only() {
        let effect = Effect { ok: true, ..Effect::default() };
        let cost = Cost { fuel: Fuel(3) };
        let draft = Draft::outcome(&"j/1/1".parse().unwrap(), cost, &effect, Data::new()).unwrap();
        let body = format!("{},\"state\":\"{}\"}}", draft.body, Digest::ZERO);
        let outcome: Outcome = serde_json::from_str(&body).unwrap();
        assert_eq!(Json::of(&outcome).unwrap().as_str(), body);
        assert_eq!(&draft.body[draft.effect.unwrap()], Json::of(&effect).unwrap().as_str());
    }
}
