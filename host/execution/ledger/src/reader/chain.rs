//! The whole chain: one segment after the other, each as far as its successor's seal goes.
//!
//! *Invariant:* a segment is left only at the place that its successor seals; in the last one, everything up to the
//! last intact entry is handed out, and more of it on a later call.
//! *Doesn't know:* when to look again; its caller waits, or is woken.
//! *Start at:* [`Reader::read`].

use std::path::{Path, PathBuf};

use jaros_content::Content;
use jaros_decision::{Digest, Seq};
use serde::{Deserialize, Serialize};

use super::file::{Advance, Last, SegmentFile};
use super::{Inline, ReadError};
use crate::flaw::{Broken, Flaw};
use crate::item::Item;
use crate::record::{Open, Seal};
use crate::segment::{Segment, segments};

/// A place between two entries, to go on from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The file's name.
    pub segment: String,
    /// Bytes of it that were read.
    pub offset: u64,
    /// The entry before.
    pub seq: Seq,
    /// What it said was on disk.
    pub synced: Seq,
    /// Its hash.
    pub hash: Digest,
}

/// Reads a ledger, entry by entry, whether or not somebody writes it.
///
/// It takes no lock and changes nothing. At the end of what is there, [`Reader::read`] answers `None`; called again
/// later, it goes on with what was written meanwhile, through later segments too.
#[derive(Debug)]
pub struct Reader {
    dir: PathBuf,
    content: Content,
    /// The segments after the current one, as last listed.
    later: Vec<Segment>,
    current: Option<SegmentFile>,
    /// The one after, with its first entry in hand.
    next: Option<(SegmentFile, Seal)>,
    flaw: Option<Broken>,
    /// Whether the end was reached by the last call.
    waited: bool,
}

/// What one step came to.
enum Step {
    Entry,
    Wait,
    Again,
}

impl Reader {
    /// A reader from the first entry on. `dir` is the ledger's folder; it may still be empty.
    /// # Errors
    /// `Io`, `Stray`.
    pub fn open(dir: &Path, content: &Content) -> Result<Self, ReadError> {
        let (dir, content) = (dir.to_owned(), content.clone());
        let later = segments(&dir)?;
        Ok(Self { dir, content, later, current: None, next: None, flaw: None, waited: false })
    }

    /// A reader that goes on where another one was.
    /// # Errors
    /// `Io`, `Stray`; `Rewound`, when that place is no longer part of the ledger.
    pub fn from(dir: &Path, content: &Content, position: &Position) -> Result<Self, ReadError> {
        let stray = || ReadError::Stray { path: dir.join(&position.segment) };
        let segment: Segment = position.segment.parse().map_err(|_| stray())?;
        let last = Last { seq: position.seq, synced: position.synced, hash: position.hash };
        let mut reader = Self::open(dir, content)?;
        reader.later.retain(|later| *later > segment);
        reader.current = Some(SegmentFile::open_at(dir, segment, position.offset, Some(last))?);
        reader.look_ahead()?;
        Ok(reader)
    }

    /// The next entry; `None` at the end of what is intact so far.
    /// # Errors
    /// `Broken`: damage in the sealed part. A flaw in the unsealed part ends the reading instead, since it may be a
    /// line that is being written: see [`Reader::flaw`].
    pub fn read(&mut self) -> Result<Option<Item<'_>>, ReadError> {
        self.flaw = None;
        if std::mem::take(&mut self.waited) {
            // A successor may have sealed the segment meanwhile, and its predecessor written on behind the seal.
            self.find_successor()?;
        }
        loop {
            match self.step()? {
                Step::Entry => break,
                Step::Wait => {
                    self.waited = true;
                    return Ok(None);
                }
                Step::Again => {}
            }
        }
        Ok(self.current.as_ref().map(|file| item(file, &self.content)))
    }

    /// What ended the last [`Reader::read`], if it wasn't the plain end of the last file.
    #[must_use]
    pub fn flaw(&self) -> Option<&Broken> {
        self.flaw.as_ref()
    }

    /// The place after the last entry that was read; `None` before the first.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        let file = self.current.as_ref()?;
        let Last { seq, synced, hash } = file.last()?;
        Some(Position { segment: file.segment.to_string(), offset: file.offset(), seq, synced, hash })
    }

    /// The segment that was read last, and how far.
    pub(crate) fn file(&self) -> Option<&SegmentFile> {
        self.current.as_ref()
    }

    fn step(&mut self) -> Result<Step, ReadError> {
        let Some(file) = &mut self.current else { return self.begin() };
        let flaw = match file.advance()? {
            Advance::Entry => return Ok(Step::Entry),
            Advance::End => None,
            Advance::Flaw(broken) => Some(broken),
        };
        if file.is_sealed() { self.move_on(flaw) } else { self.wait(flaw) }
    }

    /// Takes up the first segment there is.
    fn begin(&mut self) -> Result<Step, ReadError> {
        if self.later.is_empty() {
            self.later = segments(&self.dir)?;
        }
        let Some(first) = self.take_later() else { return Ok(Step::Wait) };
        let (file, open) = first_entry(&self.dir, first)?;
        if open.seal.is_some() {
            // Its predecessor is gone; read alone it would look like a ledger of its own.
            return Err(Broken { seq: Seq(1), segment: first, offset: 0, flaw: Flaw::Seal }.into());
        }
        self.current = Some(file);
        self.look_ahead()?;
        Ok(Step::Entry)
    }

    /// The end of an unsealed segment: unless there is a successor by now, that is all for the moment.
    fn wait(&mut self, flaw: Option<Broken>) -> Result<Step, ReadError> {
        if self.find_successor()? {
            // What was written between the last read and the seal is still to be read.
            return Ok(Step::Again);
        }
        self.flaw = flaw;
        Ok(Step::Wait)
    }

    /// Looks whether the segment in hand has a successor, if none was known.
    fn find_successor(&mut self) -> Result<bool, ReadError> {
        let Some(file) = &self.current else { return Ok(false) };
        if !file.is_sealed() {
            let current = file.segment;
            self.later = segments(&self.dir)?;
            self.later.retain(|later| *later > current);
            self.look_ahead()?;
        }
        Ok(self.next.is_some())
    }

    /// The end of a sealed segment: its successor's first entry is the next one.
    fn move_on(&mut self, flaw: Option<Broken>) -> Result<Step, ReadError> {
        let (next, seal) = self.next.take().expect("a sealed segment has a successor");
        let current = self.current.as_ref().expect("a segment is being read");
        if let Some(broken) = flaw {
            return Err(broken.into());
        }
        current.ends_as(&seal).map_err(|flaw| match flaw {
            Flaw::Short { .. } => current.broken(flaw, 0),
            flaw => Broken { seq: next.segment.first, segment: next.segment, offset: 0, flaw },
        })?;
        self.current = Some(next);
        self.look_ahead()?;
        Ok(Step::Entry)
    }

    /// Opens the segment after the current one, if there is one, and tells the current one where it ends.
    fn look_ahead(&mut self) -> Result<(), ReadError> {
        let Some(next) = self.take_later() else { return Ok(()) };
        let (file, open) = first_entry(&self.dir, next)?;
        let Some(seal) = open.seal else {
            return Err(Broken { seq: next.first, segment: next, offset: 0, flaw: Flaw::Seal }.into());
        };
        self.current.as_mut().expect("a segment is being read").seal(&seal)?;
        self.next = Some((file, seal));
        Ok(())
    }

    fn take_later(&mut self) -> Option<Segment> {
        (!self.later.is_empty()).then(|| self.later.remove(0))
    }
}

/// Opens a segment and reads its first entry. It was on disk whole before it had its name, so anything else there is
/// damage.
pub(crate) fn first_entry(dir: &Path, segment: Segment) -> Result<(SegmentFile, Open), ReadError> {
    let mut file = SegmentFile::open(dir, segment)?;
    let whole_segment = |flaw| Broken { seq: segment.first, segment, offset: 0, flaw };
    match file.advance()? {
        Advance::Entry => {
            let open = file.entry().parse().map_err(|_| whole_segment(Flaw::NoOpen))?;
            Ok((file, open))
        }
        Advance::Flaw(Broken { flaw: Flaw::Seal, .. }) => Err(whole_segment(Flaw::Seal).into()),
        Advance::Flaw(_) | Advance::End => Err(whole_segment(Flaw::NoOpen).into()),
    }
}

/// What the first entry of a segment says: who wrote it, with which engine.
/// # Errors
/// `Io`; `Broken`: it isn't there whole.
pub fn opening(dir: &Path, segment: Segment) -> Result<Open, ReadError> {
    first_entry(dir, segment).map(|(_, open)| open)
}

pub(crate) fn item<'a>(file: &'a SegmentFile, content: &'a Content) -> Item<'a> {
    let block = file.block();
    let data: &'a [Inline] = &block.data;
    Item {
        entry: file.entry(),
        segment: file.segment,
        offset: file.block_at(),
        sealed: file.is_sealed(),
        line: block.line(),
        block: &block.text,
        data,
        absent: &block.absent,
        content,
    }
}
