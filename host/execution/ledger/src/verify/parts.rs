//! Reading all segments side by side, and putting what was found together in order.
//!
//! *Invariant:* each line holds both hashes, so that a segment is checked without the one before; what crosses the
//! borders (seals, the state digest) is checked when the parts are joined, so the first thing wrong is the one named.
//! *Doesn't know:* checkpoints outside the chain.
//! *Start at:* [`read_whole`].

use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;

use jaros_content::ContentError;
use jaros_decision::{Ref, Seq};

use super::{Verify, VerifyError};
use crate::census::Census;
use crate::flaw::{Broken, Flaw};
use crate::item::Item;
use crate::reader::{Advance, ReadError, SegmentFile, first_entry, item};
use crate::record::Seal;
use crate::recovery::{self, Chain};
use crate::segment::Segment;

/// The whole ledger, read.
pub(super) struct Whole {
    pub(super) census: Census,
    pub(super) chain: Chain,
    pub(super) last: SegmentFile,
    /// Bytes behind seals.
    pub(super) behind: u64,
}

/// One segment that was read to its end.
struct Part {
    census: Census,
    chain: Chain,
    file: SegmentFile,
    seal: Option<Seal>,
    behind: u64,
}

pub(super) fn read_whole(what: &Verify<'_>, list: &[Segment], wanted: &[Seq]) -> Result<Whole, VerifyError> {
    let mut parts = read_all(what, list, wanted).into_iter();
    let first = parts.next().expect("there is a segment")?;
    let Part { mut census, mut chain, file: mut last, mut seal, mut behind } = first;
    for part in parts {
        if let Chain::Broken(broken) | Chain::Torn(broken) = chain {
            // A successor sealed this one further on, so it had been whole.
            return Err(broken.into());
        }
        let part = part?;
        follows(&last, seal.as_ref(), &part)?;
        census.join(part.census)?;
        behind += part.behind;
        (chain, last, seal) = (part.chain, part.file, part.seal);
    }
    Ok(Whole { census, chain, last, behind })
}

/// Reads every segment, on as many threads as there are processors.
fn read_all(what: &Verify<'_>, list: &[Segment], wanted: &[Seq]) -> Vec<Result<Part, VerifyError>> {
    let jobs: Mutex<VecDeque<usize>> = Mutex::new((0..list.len()).collect());
    let parts = Mutex::new(Vec::new());
    let work = || {
        while let Some(at) = jobs.lock().map_or(None, |mut jobs| jobs.pop_front()) {
            let part = read_segment(what, list, at, wanted);
            parts.lock().unwrap_or_else(PoisonError::into_inner).push((at, part));
        }
    };
    match threads(what.dir, list) {
        1 => work(),
        threads => thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work)))),
    }
    let mut parts = parts.into_inner().unwrap_or_else(PoisonError::into_inner);
    parts.sort_by_key(|(at, _)| *at);
    parts.into_iter().map(|(_, part)| part).collect()
}

/// A thread a processor, unless the ledger is read sooner than they are started.
fn threads(dir: &Path, list: &[Segment]) -> usize {
    const SMALL_BYTES: u64 = 1 << 20;
    let bytes: u64 =
        list.iter().filter_map(|segment| fs::metadata(segment.path(dir)).ok()).map(|m| m.len()).sum();
    let processors = thread::available_parallelism().map_or(1, usize::from);
    if bytes < SMALL_BYTES { 1 } else { processors.min(list.len()) }
}

/// Reads one segment to its end, and its successor's first entry, which says where that is.
fn read_segment(what: &Verify<'_>, list: &[Segment], at: usize, wanted: &[Seq]) -> Result<Part, VerifyError> {
    let wanted = wanted.iter().copied();
    let mut census = if at == 0 { Census::from_start(wanted) } else { Census::from_middle(wanted) };
    let (mut file, open) = first_entry(what.dir, list[at])?;
    if (at == 0) != open.seal.is_none() {
        let seq = if at == 0 { Seq(1) } else { list[at].first };
        return Err(Broken { seq, segment: list[at], offset: 0, flaw: Flaw::Seal }.into());
    }
    let seal = match list.get(at + 1) {
        None => None,
        Some(next) => first_entry(what.dir, *next)?.1.seal,
    };
    let mut behind = 0;
    if let Some(seal) = &seal {
        file.seal(seal)?;
        let length = fs::metadata(file.path()).map_err(ReadError::io(file.path()))?.len();
        behind = length.saturating_sub(seal.bytes);
    }
    see(&mut census, &item(&file, what.content))?;
    let chain = read_rest(what, &mut file, &mut census)?;
    Ok(Part { census, chain, file, seal, behind })
}

/// Reads from the second entry on, and once more where something is wrong: see [`recovery::classify`].
fn read_rest(what: &Verify<'_>, file: &mut SegmentFile, census: &mut Census) -> Result<Chain, VerifyError> {
    let mut confirmed = false;
    loop {
        let chain = match file.advance()? {
            Advance::Entry => {
                confirmed = false;
                see(census, &item(file, what.content))?;
                continue;
            }
            Advance::End => return Ok(Chain::Whole),
            Advance::Flaw(broken) if file.is_sealed() => return Ok(Chain::Broken(broken)),
            Advance::Flaw(broken) => recovery::classify(what.dir, broken, file.offset())
                .map_err(|error| ReadError::io(file.path())(error))?,
        };
        if confirmed || !matches!(chain, Chain::Broken(_)) {
            return Ok(chain);
        }
        confirmed = true;
    }
}

/// Takes in an entry, and checks those of its data that are in the content store.
fn see(census: &mut Census, item: &Item<'_>) -> Result<(), VerifyError> {
    let mut absent: Vec<Ref> = Vec::new();
    for reference in item.absent {
        match item.content.get(&reference.0) {
            Ok(_) => {}
            Err(ContentError::Missing(_)) => absent.push(*reference),
            Err(ContentError::Damaged { .. }) => return Err(item.broken(Flaw::Damaged(*reference)).into()),
            Err(error) => return Err(error.into()),
        }
    }
    census.see(item, &absent).map_err(|flaw| item.broken(flaw).into())
}

/// Whether a segment ends as the next one says.
fn follows(last: &SegmentFile, seal: Option<&Seal>, next: &Part) -> Result<(), Broken> {
    let seal = seal.expect("a segment with a successor is sealed");
    last.ends_as(seal).map_err(|flaw| match flaw {
        Flaw::Short { .. } => last.broken(flaw, 0),
        flaw => Broken { seq: next.file.segment.first, segment: next.file.segment, offset: 0, flaw },
    })
}
