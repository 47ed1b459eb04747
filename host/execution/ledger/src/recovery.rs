//! What to do with a ledger as it is found: begin, go on, cut off a torn end, or refuse.
//!
//! The whole decision is one table over two facts: how the chain was found, and how it compares with the newest
//! checkpoint that was seen. `tests/recovery.rs` makes each cause on disk, and a test here goes over every pair.
//!
//! | chain ↓ / checkpoint → | none | within | beyond | differs | unsigned |
//! | --- | --- | --- | --- | --- | --- |
//! | no segments | begin | – | refuse | refuse | refuse |
//! | whole | go on | go on | refuse | refuse | refuse |
//! | torn end | repair | repair | refuse | refuse | refuse |
//! | broken | refuse | refuse | refuse | refuse | refuse |
//!
//! *Invariant:* a repair drops only what no one was ever told is safe. That can be told exactly: an entry says up to
//! where everything was on disk before it was written, so an intact entry after the break that vouches for the
//! broken place proves that it had been whole.
//! *Doesn't know:* how a segment is sealed (see [`open`](crate::open)).
//! *Start at:* [`judge`].

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jaros_decision::{Digest, Seq};

use crate::checkpoint::Note;
use crate::flaw::Broken;
use crate::line::{self, Line};

/// How the chain was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Chain {
    /// No segments at all.
    Absent,
    /// Every byte is in order.
    Whole,
    /// The end is broken, and nothing says that it ever was whole.
    Torn(Broken),
    /// Something is broken that was on disk.
    Broken(Broken),
}

/// How the chain compares with the newest checkpoint that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// There is none.
    Nothing,
    /// It signs an entry of this chain.
    Within,
    /// It signs an entry that isn't there.
    Beyond(Seq),
    /// It signs another entry of that number.
    Differs(Seq),
    /// It isn't signed by a key of this ledger, or is no checkpoint.
    Unsigned,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Write the first entry.
    Begin,
    /// Seal where the chain ends.
    GoOn,
    /// Keep the torn bytes aside, and seal before them.
    Repair(Broken),
    /// Touch nothing.
    Refuse(Refused),
}

/// Why a ledger isn't opened. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Something is broken that was on disk before: restore the ledger from a copy.
    #[error("the ledger is damaged: {0}")]
    Damaged(Box<Broken>),
    /// The ledger is shorter than its own checkpoint: restore it from a copy.
    #[error("the ledger ends at entry {head}, and a checkpoint was signed at entry {checkpoint}")]
    Shorter {
        /// The last entry that is there.
        head: Seq,
        /// The entry that was signed.
        checkpoint: Seq,
    },
    /// Another ledger, or a rewritten one.
    #[error("entry {checkpoint} is not the one that the checkpoint signs")]
    Rewritten {
        /// The entry that was signed.
        checkpoint: Seq,
    },
    /// The checkpoint says nothing about this ledger: look where it comes from, then move it away.
    #[error("the file `checkpoint` isn't signed by a key of this ledger")]
    Unsigned,
}

/// The table.
pub(crate) fn judge(chain: Chain, seen: Seen, head: Seq) -> Verdict {
    match (chain, seen) {
        (Chain::Broken(broken), _) => Verdict::Refuse(Refused::Damaged(Box::new(broken))),
        (_, Seen::Unsigned) => Verdict::Refuse(Refused::Unsigned),
        (_, Seen::Beyond(checkpoint)) => Verdict::Refuse(Refused::Shorter { head, checkpoint }),
        (_, Seen::Differs(checkpoint)) => Verdict::Refuse(Refused::Rewritten { checkpoint }),
        (Chain::Absent, Seen::Nothing | Seen::Within) => Verdict::Begin,
        (Chain::Whole, Seen::Nothing | Seen::Within) => Verdict::GoOn,
        (Chain::Torn(broken), Seen::Nothing | Seen::Within) => Verdict::Repair(broken),
    }
}

/// Whether a flaw at the end of the last segment is a torn write or damage. While somebody writes, what was torn a
/// moment ago may be whole by now, and vouched for: read it again before you believe that it is broken.
pub(crate) fn classify(dir: &Path, broken: Broken, block_at: u64) -> io::Result<Chain> {
    if !broken.flaw.may_be_torn() {
        return Ok(Chain::Broken(broken));
    }
    let rest = tail(&broken.segment.path(dir), block_at)?;
    let vouched = rest.split(|byte| *byte == b'\n').any(|line| {
        matches!(line::parse(line), Some(Line::Entry(entry)) if entry.synced >= broken.seq && entry.hash().is_some())
    });
    Ok(if vouched { Chain::Broken(broken) } else { Chain::Torn(broken) })
}

/// Compares a checkpoint with the chain, whose entry of that number has this `hash`.
pub(crate) fn compare(note: &Note, signed: bool, head: Seq, hash: Option<&Digest>) -> Seen {
    if !signed {
        Seen::Unsigned
    } else if note.seq > head {
        Seen::Beyond(note.seq)
    } else if hash == Some(&note.hash) {
        Seen::Within
    } else {
        Seen::Differs(note.seq)
    }
}

/// The end of a ledger that was cut off: a write that the last node never finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torn {
    /// Where, and what was wrong there.
    pub broken: Broken,
    /// Where the intact part ends, in that file.
    pub offset: u64,
    /// How many bytes were cut off.
    pub bytes: u64,
    /// Where they are kept; `None` as long as nothing was repaired.
    pub kept: Option<PathBuf>,
}

impl Torn {
    pub(crate) fn new(dir: &Path, broken: Broken, offset: u64) -> io::Result<Self> {
        let length = fs::metadata(broken.segment.path(dir))?.len();
        Ok(Self { broken, offset, bytes: length.saturating_sub(offset), kept: None })
    }

    /// Copies the torn bytes to `torn/SEGMENT.OFFSET` and makes the copy durable.
    pub(crate) fn keep(&mut self, dir: &Path) -> io::Result<()> {
        let aside = dir.join("torn");
        fs::create_dir_all(&aside)?;
        let path = aside.join(format!("{}.{}", self.broken.segment, self.offset));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        file.write_all(&tail(&self.broken.segment.path(dir), self.offset)?)?;
        file.sync_all()?;
        File::open(&aside)?.sync_all()?;
        self.kept = Some(path);
        Ok(())
    }

    /// Takes the torn bytes off the segment, once its successor has sealed it before them. They are no part of the
    /// ledger from then on; this only spares people and their tools the sight. If the bytes aren't those that were
    /// kept, somebody is still writing there, and they stay.
    pub(crate) fn cut(&self, dir: &Path) -> io::Result<()> {
        let path = self.broken.segment.path(dir);
        let Some(kept) = &self.kept else { return Ok(()) };
        if fs::read(kept)? == tail(&path, self.offset)? {
            let file = OpenOptions::new().write(true).open(&path)?;
            file.set_len(self.offset)?;
            file.sync_all()?;
        }
        Ok(())
    }
}

fn tail(path: &Path, offset: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl From<Broken> for Refused {
    fn from(broken: Broken) -> Self {
        Self::Damaged(Box::new(broken))
    }
}

#[cfg(test)]
mod tests {
    use jaros_decision::Epoch;

    use super::*;
    use crate::flaw::Flaw;
    use crate::segment::Segment;

    fn broken(flaw: Flaw) -> Broken {
        Broken { seq: Seq(9), segment: Segment { epoch: Epoch(1), first: Seq(1) }, offset: 100, flaw }
    }

    /// Every pair, in the order of the table above.
    #[test]
    fn the_table() {
        let chains = [
            Chain::Absent,
            Chain::Whole,
            Chain::Torn(broken(Flaw::Unterminated)),
            Chain::Broken(broken(Flaw::Prev)),
        ];
        let seen =
            [Seen::Nothing, Seen::Within, Seen::Beyond(Seq(11)), Seen::Differs(Seq(7)), Seen::Unsigned];
        let repair = Verdict::Repair(broken(Flaw::Unterminated));
        let refuse = Verdict::Refuse;
        let shorter = refuse(Refused::Shorter { head: Seq(8), checkpoint: Seq(11) });
        let rewritten = refuse(Refused::Rewritten { checkpoint: Seq(7) });
        let unsigned = refuse(Refused::Unsigned);
        let damaged = refuse(Refused::Damaged(Box::new(broken(Flaw::Prev))));
        let expected = [
            [&Verdict::Begin, &Verdict::Begin, &shorter, &rewritten, &unsigned],
            [&Verdict::GoOn, &Verdict::GoOn, &shorter, &rewritten, &unsigned],
            [&repair, &repair, &shorter, &rewritten, &unsigned],
            [&damaged; 5],
        ];
        for (chain, row) in chains.iter().zip(expected) {
            for (seen, verdict) in seen.iter().zip(row) {
                assert_eq!(&judge(chain.clone(), *seen, Seq(8)), verdict, "{chain:?} {seen:?}");
            }
        }
    }

    #[test]
    fn only_missing_bytes_can_be_a_torn_write() {
        use Flaw::{Blank, Hash, NotALine, Order, Orphan, Prev, TooLong, Unnamed, Unterminated, Zeros};
        for torn in [Unterminated, Zeros, Orphan, TooLong, NotALine, Hash, Unnamed] {
            assert!(torn.may_be_torn(), "{torn}");
        }
        let placed =
            [Prev, Order, Blank, Flaw::Seq { found: Seq(3) }, Flaw::Synced { found: Seq(3) }, Flaw::NoOpen];
        for intact in placed {
            assert!(!intact.may_be_torn(), "{intact}");
        }
    }
}
