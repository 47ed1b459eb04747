//! From a proposal to [`Admitted`] or a [`Refusal`].
//!
//! *Invariant:* [`Admitted`] has private fields and no `Clone`, so each stands for one decision that passed every check
//! here, and for one carrying out. The checks run in a fixed order, cheap before dear; the first that fails is the answer.
//! *Doesn't know:* what a decision does.
//! *Start at:* [`admit`].

use jaros_decision::{Code, DecisionId, Digest, Failure, Json, Name, Proposal, Source};

use crate::near::{not_found, quoted};
use crate::{Action, Validate, View};

/// A decision that may be carried out, once. Only [`admit`] makes one.
///
/// It is read through its methods:
///
/// ```
/// fn payload(admitted: &jaros_gate::Admitted) -> &jaros_decision::Json {
///     admitted.payload()
/// }
/// ```
///
/// It can't be taken apart or put together:
///
/// ```compile_fail,E0616
/// fn payload(admitted: &jaros_gate::Admitted) -> &jaros_decision::Json {
///     &admitted.payload
/// }
/// ```
///
/// ```compile_fail,E0451
/// fn forged(template: jaros_gate::Admitted, payload: jaros_decision::Json) -> jaros_gate::Admitted {
///     jaros_gate::Admitted { payload, ..template }
/// }
/// ```
///
/// It can't be doubled, as a [`Refusal`] can:
///
/// ```
/// fn twice(refusal: jaros_gate::Refusal) -> [jaros_gate::Refusal; 2] {
///     [refusal.clone(), refusal]
/// }
/// ```
///
/// ```compile_fail,E0599
/// fn twice(admitted: jaros_gate::Admitted) -> [jaros_gate::Admitted; 2] {
///     [admitted.clone(), admitted]
/// }
/// ```
///
/// It can't be read from a file, as a proposal can, nor come from nothing:
///
/// ```
/// fn read(text: &str) -> jaros_decision::Proposal {
///     serde_json::from_str(text).unwrap()
/// }
/// ```
///
/// ```compile_fail,E0277
/// fn read(text: &str) -> jaros_gate::Admitted {
///     serde_json::from_str(text).unwrap()
/// }
/// ```
///
/// ```compile_fail,E0277
/// fn nothing() -> jaros_gate::Admitted {
///     std::mem::take(&mut None::<jaros_gate::Admitted>).unwrap_or_default()
/// }
/// ```
#[derive(Debug)]
#[must_use = "an admitted decision is carried out or its refusal is recorded"]
pub struct Admitted {
    id: DecisionId,
    kind: Name,
    payload: Json,
    note: String,
    source: Source,
    component: Option<Digest>,
}

impl Admitted {
    /// `JOB/TURN/N`.
    #[must_use]
    pub fn id(&self) -> &DecisionId {
        &self.id
    }

    /// The tool or built-in that carries it out.
    #[must_use]
    pub fn kind(&self) -> &Name {
        &self.kind
    }

    /// Its input; fits the action's schema.
    #[must_use]
    pub fn payload(&self) -> &Json {
        &self.payload
    }

    /// Why, in the agent's own words; may be empty.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Whose decision it is, as the host knows it.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The bytes of the tool that was asked to validate it; `None` for a built-in.
    #[must_use]
    pub fn component(&self) -> Option<Digest> {
        self.component
    }
}

/// A proposal that is not carried out, as it goes on the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `JOB/TURN/N`.
    pub id: DecisionId,
    /// As the guest said it.
    pub kind: String,
    /// In canonical form, where it was JSON within the limits.
    pub payload: Option<Json>,
    /// As the guest said it.
    pub note: String,
    /// Whose proposal it was, as the host knows it.
    pub source: Source,
    /// The stable code, and a sentence that says what would pass.
    pub failure: Failure,
}

/// Lets a proposal in, or says why not.
///
/// In this order, with these codes: note and payload within the limits (`limit`), payload is JSON (`invalid`, `limit`), the
/// kind is known (`not-found`), the payload fits its schema (`invalid`, `limit`), the agent may propose it (`refused`) with
/// such a payload (`refused`, `limit`), the tool's own `validate` (whatever code it gives).
/// # Errors
/// The refusal, to be put on the record.
pub fn admit(
    id: DecisionId,
    source: Source,
    proposal: &Proposal,
    view: &View<'_>,
    validate: &dyn Validate,
) -> Result<Admitted, Box<Refusal>> {
    let mut payload = None;
    match judge(proposal, view, validate, &mut payload) {
        Ok((action, payload)) => Ok(Admitted {
            id,
            kind: action.kind.clone(),
            payload,
            note: proposal.note.clone(),
            source,
            component: action.component,
        }),
        Err(failure) => Err(Box::new(Refusal {
            id,
            kind: proposal.kind.clone(),
            payload,
            note: proposal.note.clone(),
            source,
            failure,
        })),
    }
}

/// The checks themselves. `parsed` keeps the payload for the record, also when a later check fails.
fn judge<'a>(
    proposal: &Proposal,
    view: &View<'a>,
    validate: &dyn Validate,
    parsed: &mut Option<Json>,
) -> Result<(&'a Action, Json), Failure> {
    let limits = view.limits;
    if proposal.note.len() as u64 > limits.note_bytes {
        let message = format!("the note is longer than {} bytes (note_bytes)", limits.note_bytes);
        return Err(Failure::new(Code::LIMIT, message));
    }
    let payload = Json::parse(&proposal.payload, limits.json())
        .map_err(|error| Failure::new(error.code(), format!("payload: {}", error.told("json_bytes"))))?;
    *parsed = Some(payload.clone());
    let action = view.actions.find(&proposal.kind).ok_or_else(|| not_found(&proposal.kind, view))?;
    action.schema.check(&payload, view.action_limits.schema_work).map_err(|failure| {
        Failure::new(failure.code, format!("payload of {}: {}", action.kind, failure.message))
    })?;
    if !view.grants.propose(action) {
        let message = format!("this agent may not propose {}", quoted(&proposal.kind));
        return Err(Failure::new(Code::REFUSED, message));
    }
    view.grants.check(&action.kind, &payload, limits.schema_work)?;
    validate.validate(&action.kind, &payload)?;
    Ok((action, payload))
}
