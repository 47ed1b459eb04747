//! One segment's file, read block by block.
//!
//! *Invariant:* each block follows the one before: number, predecessor, what was synced; the first is the `open`
//! entry that the file's name promises. After a flaw or the end, the next read begins at the same block again, so a
//! growing file is read by trying again.
//! *Doesn't know:* the other segments.
//! *Start at:* [`SegmentFile::advance`].

use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use jaros_decision::{Digest, Seq};

use super::ReadError;
use super::block::{Block, End};
use crate::entry::{Entry, EntryKind};
use crate::flaw::{Broken, Flaw};
use crate::line::EntryLine;
use crate::record::{FORMAT, Open, Seal, open_format};
use crate::segment::Segment;

/// Small enough that the allocator keeps it at hand; larger ones read no faster.
const BUFFER_BYTES: usize = 64 << 10;

/// What the next entry has to follow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Last {
    pub(crate) seq: Seq,
    pub(crate) synced: Seq,
    pub(crate) hash: Digest,
}

/// What a step ended with.
pub(crate) enum Advance {
    /// An entry stands in the block.
    Entry,
    /// The end of the file, or of what is sealed.
    End,
    /// Something is wrong.
    Flaw(Broken),
}

/// A segment being read.
#[derive(Debug)]
pub(crate) struct SegmentFile {
    pub(crate) segment: Segment,
    path: PathBuf,
    file: BufReader<File>,
    block: Block,
    /// Where the block in hand begins.
    block_at: u64,
    /// Where the next block begins.
    offset: u64,
    /// Where the segment ends, once a successor said so.
    limit: Option<u64>,
    /// The entry in hand; `None` before the first of a segment that is read from its start.
    last: Option<Last>,
    /// The hash of the one before.
    prev: Digest,
}

impl SegmentFile {
    pub(crate) fn open(dir: &Path, segment: Segment) -> Result<Self, ReadError> {
        Self::open_at(dir, segment, 0, None)
    }

    /// Opens at a block that follows `last`.
    pub(crate) fn open_at(
        dir: &Path,
        segment: Segment,
        offset: u64,
        last: Option<Last>,
    ) -> Result<Self, ReadError> {
        let path = segment.path(dir);
        let file = File::open(&path).map_err(ReadError::io(&path))?;
        let mut file = BufReader::with_capacity(BUFFER_BYTES, file);
        file.seek(SeekFrom::Start(offset)).map_err(ReadError::io(&path))?;
        let block = Block::default();
        Ok(Self {
            segment,
            path,
            file,
            block,
            block_at: offset,
            offset,
            limit: None,
            last,
            prev: Digest::ZERO,
        })
    }

    /// Goes on to the next entry.
    pub(crate) fn advance(&mut self) -> Result<Advance, ReadError> {
        self.block_at = self.offset;
        let limit = self.limit.map_or(u64::MAX, |limit| limit.saturating_sub(self.offset));
        let end = self.block.read(&mut self.file, limit).map_err(ReadError::io(&self.path))?;
        let flaw = match end {
            End::Entry(hash) => match self.follow(hash)? {
                Ok(()) => {
                    self.offset += self.block.text.len() as u64;
                    return Ok(Advance::Entry);
                }
                Err(flaw) => (flaw, self.block.entry_at()),
            },
            End::File => return Ok(Advance::End),
            End::Flaw(flaw, at) => (flaw, at),
        };
        let again = self.file.seek(SeekFrom::Start(self.offset));
        again.map_err(ReadError::io(&self.path))?;
        Ok(Advance::Flaw(self.broken(flaw.0, flaw.1 as u64)))
    }

    /// Checks that the block's entry follows the last one, and makes it the last one.
    fn follow(&mut self, hash: Digest) -> Result<Result<(), Flaw>, ReadError> {
        let entry = self.block.entry();
        let (seq, synced) = (entry.seq, entry.synced);
        let checked = match &self.last {
            None => self.begins(&entry)?,
            Some(_) if entry.kind == "open" => Err(Flaw::Opened),
            Some(last) if seq != last.seq.next() => Err(Flaw::Seq { found: seq }),
            Some(last) if !entry.follows(&last.hash) => Err(Flaw::Prev),
            Some(last) if synced < last.synced || synced >= seq => Err(Flaw::Synced { found: synced }),
            Some(_) => Ok(()),
        };
        if checked.is_ok() {
            self.prev = match self.last {
                Some(last) => last.hash,
                None => entry.prev().unwrap_or(Digest::ZERO),
            };
            self.last = Some(Last { seq, synced, hash });
        }
        Ok(checked)
    }

    /// Checks a segment's first entry against the file's name and its own seal. The format comes first: nothing else
    /// in a body of a later format has to be as it is here.
    fn begins(&self, entry: &EntryLine<'_>) -> Result<Result<(), Flaw>, ReadError> {
        if entry.kind != "open" {
            return Ok(Err(Flaw::NoOpen));
        }
        let body = self.block.body(entry);
        match open_format(body) {
            Some(FORMAT) => {}
            Some(format) if format > FORMAT => {
                return Err(ReadError::Format { segment: self.segment, format });
            }
            _ => return Ok(Err(Flaw::NoOpen)),
        }
        let Ok(open) = serde_json::from_str::<Open>(body) else { return Ok(Err(Flaw::NoOpen)) };
        let named = open.epoch == self.segment.epoch && entry.seq == self.segment.first;
        let sealed = match &open.seal {
            None => entry.seq == Seq(1) && entry.follows(&Digest::ZERO),
            Some(seal) => entry.seq == seal.seq.next() && entry.follows(&seal.hash),
        };
        let synced = entry.synced < entry.seq;
        Ok(if !named {
            Err(Flaw::NoOpen)
        } else if !sealed {
            Err(Flaw::Seal)
        } else if !synced {
            Err(Flaw::Synced { found: entry.synced })
        } else {
            Ok(())
        })
    }

    /// Says that the segment ends where `seal` says. Called once, by whoever has read the successor's first entry.
    pub(crate) fn seal(&mut self, seal: &Seal) -> Result<(), ReadError> {
        if seal.bytes < self.offset {
            let (segment, sealed, read) = (self.segment, seal.bytes, self.offset);
            return Err(ReadError::Rewound { segment, sealed, read });
        }
        self.limit = Some(seal.bytes);
        Ok(())
    }

    /// Whether the segment was read to its end as its successor describes it.
    pub(crate) fn ends_as(&self, seal: &Seal) -> Result<(), Flaw> {
        if self.offset < seal.bytes {
            return Err(Flaw::Short { bytes: seal.bytes });
        }
        let same = |last: &Last| last.seq == seal.seq && last.hash == seal.hash;
        let named = seal.segment == self.segment.to_string();
        if named && self.last.as_ref().is_some_and(same) { Ok(()) } else { Err(Flaw::Seal) }
    }

    /// A flaw at the block in hand.
    pub(crate) fn broken(&self, flaw: Flaw, into_block: u64) -> Broken {
        let seq = self.last.map_or(self.segment.first, |last| last.seq.next());
        Broken { seq, segment: self.segment, offset: self.offset + into_block, flaw }
    }

    /// The entry in hand.
    pub(crate) fn entry(&self) -> Entry<'_> {
        let line = self.block.entry();
        let Last { seq, synced, hash } = self.last.expect("an entry is in hand");
        let (kind, body) = (EntryKind::from_word(line.kind), self.block.body(&line));
        Entry { seq, synced, kind, body, prev: self.prev, hash }
    }

    pub(crate) fn block(&self) -> &Block {
        &self.block
    }

    pub(crate) fn block_at(&self) -> u64 {
        self.block_at
    }

    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    pub(crate) fn last(&self) -> Option<Last> {
        self.last
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn is_sealed(&self) -> bool {
        self.limit.is_some()
    }
}
