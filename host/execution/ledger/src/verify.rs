//! Verification: every byte of a ledger, every datum in the content store, every signature.
//!
//! *Invariant:* it comes to the same verdict as [`recovery`] would, and names the first place that is
//! wrong; data that are missing are an error here, while a node can start without them.
//! *Doesn't know:* what an entry means; kinds that it doesn't know are checked as bytes and passed over.
//! *Start at:* [`verify`].

mod parts;

use std::path::{Path, PathBuf};

use jaros_content::{Content, ContentError};
use jaros_decision::Seq;

use self::parts::{Whole, read_whole};
use crate::census::Census;
use crate::checkpoint::{Note, NoteError};
use crate::flaw::Broken;
use crate::open::read_note;
use crate::reader::ReadError;
use crate::recovery::{self, Refused, Seen, Torn, Verdict};
use crate::segment::segments;
use crate::state::State;
use crate::writer::Head;

/// What is to be verified.
#[derive(Clone, Copy, Debug)]
pub struct Verify<'a> {
    /// The ledger's folder. Its node may be running.
    pub dir: &'a Path,
    /// Where large data are.
    pub content: &'a Content,
    /// Checkpoints that were kept elsewhere. Without one, a ledger that was rolled back together with its own
    /// checkpoint looks whole.
    pub witnessed: &'a [&'a str],
}

/// A ledger in which everything is as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The ledger's id.
    pub ledger: String,
    /// How many entries there are.
    pub entries: u64,
    /// In how many files.
    pub segments: usize,
    /// The last one.
    pub head: Head,
    /// The first entry that no later segment seals: from here on a successor may still cut entries off.
    pub unsealed: Seq,
    /// The entries that checkpoints in the chain sign.
    pub checkpoints: Vec<Seq>,
    /// How many data were erased.
    pub erased: usize,
    /// Bytes behind seals: a predecessor wrote on after it had been succeeded. They are no part of the ledger.
    pub behind: u64,
    /// An end that was being written: by a node that runs, or by one that was cut short. The next start cuts it off.
    pub torn: Option<Torn>,
}

/// Why a ledger isn't verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Something is wrong, or missing at its end.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A checkpoint that was kept elsewhere is none.
    #[error("the checkpoint that was kept elsewhere can't be read: {0}")]
    Note(#[from] NoteError),
    /// There is no ledger.
    #[error("there is no ledger in {}", .0.display())]
    Nothing(PathBuf),
    /// It can't be read: a later format, a stray file, the disk.
    #[error(transparent)]
    Read(ReadError),
    /// The content store can't be read.
    #[error(transparent)]
    Content(#[from] ContentError),
}

/// Heads that somebody signed or keeps: the ledger has to hold them all.
struct Claims {
    /// The file `checkpoint`, or that it is none.
    own: Option<Result<Note, NoteError>>,
    witnessed: Vec<Note>,
}

/// Checks everything. Takes no lock and changes nothing.
///
/// # Errors
/// See [`VerifyError`]. A torn end is no error: see [`Verified::torn`].
pub fn verify(what: Verify<'_>) -> Result<Verified, VerifyError> {
    // First the claims, then the ledger: what a running node signs meanwhile isn't held against what was read.
    let claims = Claims::read(&what)?;
    let list = segments(what.dir)?;
    if list.is_empty() {
        return Err(match claims.notes().map(|note| note.seq).max() {
            Some(checkpoint) => Refused::Shorter { head: Seq(0), checkpoint }.into(),
            None => VerifyError::Nothing(what.dir.to_owned()),
        });
    }
    let wanted: Vec<Seq> = claims.notes().map(|note| note.seq).collect();
    let Whole { census, chain, last, behind } = read_whole(&what, &list, &wanted)?;
    let end = last.last().expect("a segment has its first entry at least");
    let head = Head { seq: end.seq, hash: end.hash, state: census.state.unwrap_or(State::start()).0 };
    let mut torn = None;
    for seen in claims.compare(&census, head.seq) {
        match recovery::judge(chain.clone(), seen, head.seq) {
            Verdict::Refuse(refused) => return Err(refused.into()),
            Verdict::Repair(broken) => torn = Some(Torn::new(what.dir, broken, last.offset())),
            Verdict::Begin | Verdict::GoOn => {}
        }
    }
    if let Some((_, broken)) = census.missing().next() {
        return Err(broken.clone().into());
    }
    Ok(Verified {
        behind,
        checkpoints: census.check_notes()?,
        entries: census.entries,
        erased: census.erased.len(),
        head,
        ledger: census.open().map(|open| open.ledger.clone()).unwrap_or_default(),
        segments: list.len(),
        torn: torn.transpose().map_err(|error| VerifyError::Read(ReadError::io(what.dir)(error)))?,
        unsealed: last.segment.first,
    })
}

impl Claims {
    fn read(what: &Verify<'_>) -> Result<Self, VerifyError> {
        let own = read_note(what.dir).map_err(|error| VerifyError::Read(ReadError::io(what.dir)(error)))?;
        let witnessed = what.witnessed.iter().map(|note| Note::parse(note)).collect::<Result<_, _>>()?;
        Ok(Self { own, witnessed })
    }

    fn notes(&self) -> impl Iterator<Item = &Note> {
        self.own.iter().flatten().chain(&self.witnessed)
    }

    /// How each compares with the ledger; the ledger's own comes first.
    fn compare(&self, census: &Census, head: Seq) -> Vec<Seen> {
        let compare = |note: &Note| {
            recovery::compare(note, note.is_signed_by(&census.keys), head, census.hash_at(note.seq))
        };
        let own = match &self.own {
            None => Seen::Nothing,
            Some(Err(_)) => Seen::Unsigned,
            Some(Ok(note)) => compare(note),
        };
        [own].into_iter().chain(self.witnessed.iter().map(compare)).collect()
    }
}

impl From<ReadError> for VerifyError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Broken(broken) => Self::Refused(Refused::Damaged(broken)),
            error => Self::Read(error),
        }
    }
}

impl From<Broken> for VerifyError {
    fn from(broken: Broken) -> Self {
        Self::Refused(broken.into())
    }
}
