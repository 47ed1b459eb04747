//! What can be wrong with a ledger's bytes.
//!
//! *Invariant:* a flaw always comes with its place: the entry that should stand there, the file and the offset.
//! *Doesn't know:* what is to be done about it (see [`recovery`](crate::recovery)).
//! *Start at:* [`Broken`].

use std::fmt;

use jaros_decision::{Ref, Seq};

use crate::segment::Segment;

/// The first place where a ledger isn't what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The entry that should stand there.
    pub seq: Seq,
    /// The file.
    pub segment: Segment,
    /// Bytes before the line, in that file.
    pub offset: u64,
    /// What is wrong.
    pub flaw: Flaw,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seq, segment, offset, flaw } = self;
        write!(f, "entry {seq} is broken, in {segment} at byte {offset}: {flaw}")
    }
}

impl std::error::Error for Broken {}

/// What is wrong with a line, or with what it names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The file ends inside a line.
    #[error("the line has no end")]
    Unterminated,
    /// Nothing but zeros follow: the file was made longer, but its bytes were never written.
    #[error("only zeros follow")]
    Zeros,
    /// Data lines at the end of the file.
    #[error("data without an entry after them")]
    Orphan,
    /// More than any writer writes.
    #[error("the line, or the data before the entry, are over the limit")]
    TooLong,
    /// Bytes that are no line.
    #[error("this is no line of a ledger")]
    NotALine,
    /// Some byte of the line was changed.
    #[error("the line's hash is not that of its bytes")]
    Hash,
    /// A datum that the entry after it doesn't name, or whose bytes were changed.
    #[error("a datum stands here that the entry doesn't name, or that was changed")]
    Unnamed,
    /// An intact entry with another number.
    #[error("entry {found} stands here")]
    Seq {
        /// Its number.
        found: Seq,
    },
    /// An intact entry of another chain.
    #[error("the entry follows another one than the one before it")]
    Prev,
    /// An intact entry that claims what can't be.
    #[error("the entry claims that everything up to {found} was on disk")]
    Synced {
        /// Its claim.
        found: Seq,
    },
    /// Intact data in another order, or twice.
    #[error("the data don't stand in the order in which the entry names them")]
    Order,
    /// A blank line that no reference accounts for.
    #[error("more data were blanked than the entry names")]
    Blank,
    /// Neither inline nor in the content store, and no entry says that it was erased.
    #[error("the entry names {0}, which is neither here nor in the content store, and was never erased")]
    Missing(Ref),
    /// In the content store, but changed.
    #[error("the entry names {0}, whose file in the content store was changed")]
    Damaged(Ref),
    /// A body that isn't what its kind holds.
    #[error("the body is not what an entry of this kind holds")]
    Body,
    /// An outcome whose state digest doesn't follow from the one before.
    #[error("the state digest doesn't follow from the state before and this effect")]
    State,
    /// A checkpoint that signs something else, or isn't signed by a key of this ledger.
    #[error("the checkpoint doesn't sign the entry before it with a key of this ledger")]
    Note,
    /// The file doesn't begin as a segment does.
    #[error("the file doesn't begin with the `open` entry that its name promises")]
    NoOpen,
    /// A segment begins in the middle of another.
    #[error("an `open` entry stands in the middle of the file")]
    Opened,
    /// The segment doesn't continue the one before.
    #[error("the segment doesn't continue the one before it as it stands")]
    Seal,
    /// The segment ends before the place where its successor says that it ends.
    #[error("the next segment says that this one goes on to byte {bytes}")]
    Short {
        /// Where it should end.
        bytes: u64,
    },
}

impl Flaw {
    /// Whether a power cut can have left this, at the end of what was being written. A write that was cut short
    /// leaves bytes missing or zero; it doesn't leave an intact line in the wrong place.
    #[must_use]
    pub fn may_be_torn(&self) -> bool {
        matches!(
            self,
            Self::Unterminated
                | Self::Zeros
                | Self::Orphan
                | Self::TooLong
                | Self::NotALine
                | Self::Hash
                | Self::Unnamed
        )
    }
}
