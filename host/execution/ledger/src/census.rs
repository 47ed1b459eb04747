//! What a walk over the chain gathers and checks beyond the chain itself: keys, notes, the state digest, data that
//! are in no line.
//!
//! *Invariant:* two parts that were walked apart come to the same as one walk over both.
//! *Doesn't know:* files; it is shown one entry after the other.
//! *Start at:* [`Census::see`].

use std::collections::BTreeSet;

use jaros_decision::{Digest, Ref, Seq};

use crate::checkpoint::Note;
use crate::entry::EntryKind;
use crate::flaw::{Broken, Flaw};
use crate::item::Item;
use crate::keys::VerifyKey;
use crate::record::{Body, Checkpoint, Erase, Key, Open};
use crate::state::{self, State};

/// A signed head in the chain, and what to say if no key of the ledger signed it.
struct Signed {
    note: Note,
    unless: Broken,
}

/// What was gathered.
#[derive(Default)]
pub(crate) struct Census {
    pub(crate) entries: u64,
    /// The last `open` entry, and what to say if it doesn't fit the one before.
    open: Option<(Open, Broken)>,
    pub(crate) keys: Vec<VerifyKey>,
    pub(crate) erased: BTreeSet<Digest>,
    /// What entries name, and what is neither in a line nor in the content store.
    absent: Vec<(Ref, Broken)>,
    /// `None`: a part that begins in the middle, and no outcome so far.
    pub(crate) state: Option<State>,
    /// Entries whose hash somebody wants to know, and those hashes.
    pub(crate) wanted: Vec<(Seq, Option<Digest>)>,
    notes: Vec<Signed>,
    /// The first outcome of a part that begins in the middle: what follows is checked from its claim on, and the
    /// claim when the parts are joined.
    first_outcome: Option<(String, State, Broken)>,
}

impl Census {
    /// Of a walk that begins with the first entry.
    pub(crate) fn from_start(wanted: impl IntoIterator<Item = Seq>) -> Self {
        Self { state: Some(State::start()), ..Self::from_middle(wanted) }
    }

    /// Of a walk that begins with a later segment.
    pub(crate) fn from_middle(wanted: impl IntoIterator<Item = Seq>) -> Self {
        Self { wanted: wanted.into_iter().map(|seq| (seq, None)).collect(), ..Self::default() }
    }

    /// Takes in the next entry. `absent`: what it names and is nowhere.
    pub(crate) fn see(&mut self, item: &Item<'_>, absent: &[Ref]) -> Result<(), Flaw> {
        self.entries += 1;
        for (seq, hash) in &mut self.wanted {
            if *seq == item.entry.seq {
                *hash = Some(item.entry.hash);
            }
        }
        for reference in absent {
            self.absent.push((*reference, item.broken(Flaw::Missing(*reference))));
        }
        match item.entry.kind {
            EntryKind::Outcome => self.outcome(item),
            EntryKind::Open => self.open_entry(item),
            EntryKind::Key => {
                VerifyKey::of(&body::<Key>(item)?).map(|key| self.keys.push(key)).ok_or(Flaw::Body)
            }
            EntryKind::Checkpoint => self.checkpoint(item),
            EntryKind::Erase => {
                self.erased.extend(body::<Erase>(item)?.data);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn outcome(&mut self, item: &Item<'_>) -> Result<(), Flaw> {
        let (effect, claimed) = state::effect(item.entry.body).ok_or(Flaw::Body)?;
        match self.state {
            Some(before) if before.after(effect) != claimed => return Err(Flaw::State),
            Some(_) => {}
            None => self.first_outcome = Some((effect.to_owned(), claimed, item.broken(Flaw::State))),
        }
        self.state = Some(claimed);
        Ok(())
    }

    fn open_entry(&mut self, item: &Item<'_>) -> Result<(), Flaw> {
        let open = body::<Open>(item)?;
        let fits = self.open.as_ref().is_none_or(|(before, _)| continues(before, &open));
        self.open = Some((open, item.broken(Flaw::Seal)));
        if fits { Ok(()) } else { Err(Flaw::Seal) }
    }

    fn checkpoint(&mut self, item: &Item<'_>) -> Result<(), Flaw> {
        let note = Note::parse(&body::<Checkpoint>(item)?.note).map_err(|_| Flaw::Note)?;
        if note.seq.next() != item.entry.seq || note.hash != item.entry.prev {
            return Err(Flaw::Note);
        }
        self.notes.push(Signed { note, unless: item.broken(Flaw::Note) });
        Ok(())
    }

    /// Takes in what was gathered from the entries right after these.
    pub(crate) fn join(&mut self, later: Self) -> Result<(), Broken> {
        if let (Some(before), Some((effect, claimed, unless))) = (self.state, &later.first_outcome)
            && before.after(effect) != *claimed
        {
            return Err(unless.clone());
        }
        if let (Some((before, _)), Some((open, unless))) = (&self.open, &later.open)
            && !continues(before, open)
        {
            return Err(unless.clone());
        }
        self.state = later.state.or(self.state);
        self.first_outcome = self.first_outcome.take().or(later.first_outcome);
        self.entries += later.entries;
        self.open = later.open.or(self.open.take());
        self.keys.extend(later.keys);
        self.erased.extend(later.erased);
        self.absent.extend(later.absent);
        self.notes.extend(later.notes);
        for ((_, hash), (_, found)) in self.wanted.iter_mut().zip(later.wanted) {
            *hash = hash.or(found);
        }
        Ok(())
    }

    /// The hash of an entry that was wanted.
    pub(crate) fn hash_at(&self, seq: Seq) -> Option<&Digest> {
        self.wanted.iter().find(|(wanted, _)| *wanted == seq)?.1.as_ref()
    }

    /// Checks the signatures of all checkpoints in the chain, and returns which entries they sign.
    pub(crate) fn check_notes(&self) -> Result<Vec<Seq>, Broken> {
        self.notes
            .iter()
            .map(|signed| match signed.note.is_signed_by(&self.keys) {
                true => Ok(signed.note.seq),
                false => Err(signed.unless.clone()),
            })
            .collect()
    }

    /// The last `open` entry.
    pub(crate) fn open(&self) -> Option<&Open> {
        self.open.as_ref().map(|(open, _)| open)
    }

    /// What is nowhere, and nobody erased it.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &(Ref, Broken)> {
        self.absent.iter().filter(|(reference, _)| !self.erased.contains(&reference.0))
    }
}

/// All segments are of one ledger, and terms only rise. The chain alone wouldn't tell: it holds for any bodies.
fn continues(before: &Open, open: &Open) -> bool {
    before.ledger == open.ledger && before.epoch <= open.epoch
}

fn body<B: Body>(item: &Item<'_>) -> Result<B, Flaw> {
    item.entry.parse().map_err(|_| Flaw::Body)
}
