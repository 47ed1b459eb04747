//! What the ledger says became of components and jobs.
//!
//! *Invariant:* read through the ledger's own reader, so every entry was checked against the chain.
//! *Doesn't know:* what was expected.
//! *Start at:* [`Entries::read`].

use std::collections::BTreeMap;

use jaros_content::Content;
use jaros_decision::{JobId, Seq};
use jaros_ledger::{EntryKind, Item, Reader, record};

use crate::Place;
use crate::hostile::Strikes;

/// What one entry says of a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The entry's kind.
    pub kind: String,
    /// Its number.
    pub seq: Seq,
    /// A result, or code and message.
    pub says: Result<String, (String, String)>,
}

/// The entries that tell of an end.
#[derive(Default)]
pub struct Entries {
    /// The last refusal of each component, by role and name.
    refused: BTreeMap<(String, String), Said>,
    /// The first of each kind in each job.
    jobs: BTreeMap<(JobId, &'static str), Said>,
}

impl Entries {
    /// Reads the whole ledger of a place.
    ///
    /// # Panics
    /// Where it can't be read.
    #[must_use]
    pub fn read(place: &Place) -> Self {
        let content = Content::open(place.layout().content()).expect("content");
        let mut reader = Reader::open(&place.layout().ledger(), &content).expect("a ledger");
        let mut entries = Self::default();
        while let Some(item) = reader.read().expect("the chain is whole") {
            entries.take_in(&item);
        }
        assert!(reader.flaw().is_none(), "{:?}", reader.flaw());
        entries
    }

    /// Why a component was refused.
    #[must_use]
    pub fn refused(&self, role: &str, name: &str) -> Option<&Said> {
        self.refused.get(&(role.to_owned(), name.to_owned()))
    }

    /// The entry of a job that tells of a strike's end.
    #[must_use]
    pub fn end_of(&self, job: &JobId, strikes: Strikes) -> Option<&Said> {
        let kinds: &[&str] = match strikes {
            Strikes::Load | Strikes::Describe => &[],
            Strikes::Validate => &["refusal"],
            Strikes::Execute => &["outcome"],
            Strikes::Decide => &["reasoned", "done"],
            Strikes::Propose => &["refusal", "outcome", "done"],
        };
        let said = kinds.iter().filter_map(|kind| self.jobs.get(&(job.clone(), *kind)));
        // A proposal may be carried out and its job fail for it: a child that was submitted, for one.
        said.into_iter().find(|said| strikes != Strikes::Propose || said.says.is_err())
    }

    fn take_in(&mut self, item: &Item<'_>) {
        let text = |reference: &_| {
            let text = item.text(reference).expect("the data are there").text;
            serde_json::from_str::<String>(&text).unwrap_or_else(|_| text.into_owned())
        };
        let failure = |code: &jaros_decision::Code, message| Err((code.to_string(), text(message)));
        let seq = item.entry.seq;
        let said = |kind: &str, says| Said { kind: kind.to_owned(), seq, says };
        let mut tell = |job: JobId, kind: &'static str, says| {
            self.jobs.entry((job, kind)).or_insert_with(|| said(kind, says));
        };
        match item.entry.kind {
            EntryKind::Component => {
                let body: record::Component = item.entry.parse().expect("a component");
                if let (Some(code), Some(message)) = (&body.code, &body.message) {
                    let role = if body.role == record::Role::Agent { "agent" } else { "tool" };
                    let key = (role.to_owned(), body.name.to_string());
                    self.refused.insert(key, said("component", failure(code, message)));
                }
            }
            EntryKind::Refusal => {
                let body: record::Refusal = item.entry.parse().expect("a refusal");
                tell(body.id.job, "refusal", failure(&body.code, &body.message));
            }
            EntryKind::Outcome => {
                let body: record::Outcome = item.entry.parse().expect("an outcome");
                let effect = body.effect;
                let says = match (&effect.code, &effect.message, &effect.result) {
                    (Some(code), Some(message), _) => failure(code, message),
                    (_, _, Some(result)) => Ok(item.json(result).expect("a result").as_str().to_owned()),
                    _ => return,
                };
                tell(body.id.job, "outcome", says);
            }
            EntryKind::Reasoned => {
                let body: record::Reasoned = item.entry.parse().expect("a turn");
                if let Some(failed) = &body.failure {
                    tell(body.job, "reasoned", failure(&failed.code, &failed.message));
                }
            }
            EntryKind::Done => {
                let body: record::Done = item.entry.parse().expect("an end");
                if let (Some(code), Some(reason)) = (&body.code, &body.reason) {
                    tell(body.job, "done", failure(code, reason));
                }
            }
            _ => {}
        }
    }
}
