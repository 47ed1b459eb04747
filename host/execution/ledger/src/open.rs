//! Opening a ledger to write it: read it to its end, judge what is found there, seal it, go on.
//!
//! *Invariant:* nothing is changed before the whole chain was read and found good; what is sealed was read from the
//! disk itself and is on it.
//! *Doesn't know:* who else may write. Its caller holds the executor's lease and has emptied the work folders of all
//! who held it before; only then is the end that is read here the end for good.
//! *Start at:* [`Ledger::open`].

mod error;
mod options;

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use jaros_decision::{Ref, Seq};
use rustix::fs::{Advice, fadvise};

pub use self::error::OpenError;
pub use self::options::{Durability, OpenOptions};
use crate::census::Census;
use crate::checkpoint::{Note, NoteError};
use crate::item::Item;
use crate::keys::SigningKey;
use crate::reader::{ReadError, Reader};
use crate::record::{Open, Seal};
use crate::recovery::{self, Chain, Seen, Torn, Verdict};
use crate::segment::segments;
use crate::writer::{self, Head, Identity, Ledger, Pace};

/// Is shown every entry of the chain in order, with its data. An error ends the opening before anything is changed.
pub type Visit<'a> = dyn FnMut(&Item<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> + 'a;

/// What was found when a ledger was opened.
#[derive(Debug)]
pub struct Recovered {
    /// The last entry that was there; its `seq` is 0 in a new ledger.
    pub head: Head,
    /// The `open` entry that was written now.
    pub opened: Seq,
    /// The `open` entry before it.
    pub before: Option<Open>,
    /// The torn end that was cut off.
    pub torn: Option<Torn>,
    /// Data that entries name, that are nowhere, and that nobody erased: show them, and fail what needs them.
    pub missing: Vec<(Seq, Ref)>,
}

/// What reading the whole ledger came to.
struct Found {
    chain: Chain,
    seen: Seen,
    head: Head,
    census: Census,
    /// Where the chain ends: what the next segment seals.
    end: Option<Seal>,
}

impl Ledger {
    /// Opens the ledger in `options.dir`, or begins one, and shows `visit` every entry that is there.
    ///
    /// # Errors
    /// See [`OpenError`]: show it, open again, or begin again as a new node. Nothing was written, unless it is
    /// `Stopped`.
    pub fn open(options: OpenOptions, visit: &mut Visit<'_>) -> Result<(Self, Recovered), OpenError> {
        let dir = options.dir.clone();
        make_dir(&dir).map_err(OpenError::io("make", &dir))?;
        if let Some(last) = segments(&dir)?.last()
            && last.epoch >= options.epoch
        {
            return Err(OpenError::Epoch { given: options.epoch, found: last.epoch });
        }
        let found = survey(&options, visit)?;
        let mut torn = match recovery::judge(found.chain, found.seen, found.head.seq) {
            Verdict::Begin | Verdict::GoOn => None,
            Verdict::Refuse(refused) => return Err(refused.into()),
            Verdict::Repair(broken) => {
                let offset = found.end.as_ref().map_or(0, |seal| seal.bytes);
                Some(Torn::new(&dir, broken, offset).map_err(OpenError::io("read", &dir))?)
            }
        };
        if let Some(torn) = &mut torn {
            torn.keep(&dir).map_err(OpenError::io("keep the torn end of", &dir))?;
        }
        let missing = found.census.missing().map(|(reference, place)| (place.seq, *reference)).collect();
        let (head, opened, before) = (found.head, found.head.seq.next(), found.census.open().cloned());
        let ledger = go_on(options, &found.census, head, found.end)?;
        if let Some(torn) = &torn {
            // Sealed off already, so a failure costs nothing but looks.
            let _ = torn.cut(&dir);
        }
        Ok((ledger, Recovered { head, opened, before, torn, missing }))
    }
}

/// Seals the chain in a new segment and starts the writer.
fn go_on(options: OpenOptions, census: &Census, head: Head, end: Option<Seal>) -> Result<Ledger, OpenError> {
    let id = match census.open() {
        Some(open) => open.ledger.clone(),
        None => options.id.clone().unwrap_or_else(options::new_id),
    };
    let key = SigningKey::load_or_make(&options.keys, &format!("jaros/{id}"))?;
    let new_key = (!census.keys.contains(key.public())).then(|| key.public().entry());
    let pace = Pace { segment_bytes: options.segment_bytes, sync: options.durability == Durability::Synced };
    let content = options.content.clone();
    let who = Identity::from((options, id));
    let tail = writer::begin(&who, head, end, new_key.as_ref())?;
    Ok(Ledger::start(who, tail, content, key, pace))
}

/// Reads the whole chain, and compares it with the newest checkpoint that was seen.
fn survey(options: &OpenOptions, visit: &mut Visit<'_>) -> Result<Found, OpenError> {
    let dir = &options.dir;
    let note = read_note(dir).map_err(OpenError::io("read the checkpoint in", dir))?;
    settle(dir)?;
    let wanted = note.iter().flatten().map(|note| note.seq);
    let mut census = Census::from_start(wanted);
    let mut reader = Reader::open(dir, &options.content)?;
    let chain = walk(&mut reader, options, &mut census, visit)?;
    let end = reader.position();
    if let Some(end) = &end {
        make_durable(&dir.join(&end.segment), end.offset)?;
    }
    let head = end.as_ref().map_or(Head::start(), |end| Head {
        seq: end.seq,
        hash: end.hash,
        state: census.state.unwrap_or(crate::state::State::start()).0,
    });
    let seen = seen(note.as_ref(), &chain, &census, head.seq);
    let end = end.map(|end| Seal { bytes: end.offset, hash: end.hash, segment: end.segment, seq: end.seq });
    Ok(Found { chain, seen, head, census, end })
}

/// Reads to the end, twice where it seems damaged: see [`recovery::classify`].
fn walk(
    reader: &mut Reader,
    options: &OpenOptions,
    census: &mut Census,
    visit: &mut Visit<'_>,
) -> Result<Chain, OpenError> {
    let mut confirmed = false;
    loop {
        if let Some(item) = reader.read()? {
            confirmed = false;
            let absent: Vec<_> = item.absent.iter().filter(|r| !options.content.has(&r.0)).copied().collect();
            census.see(&item, &absent).map_err(|flaw| ReadError::from(item.broken(flaw)))?;
            visit(&item).map_err(|source| OpenError::Visit { seq: item.entry.seq, source })?;
            continue;
        }
        let chain = match (reader.flaw(), reader.file()) {
            (_, None) => Chain::Absent,
            (None, Some(_)) => Chain::Whole,
            (Some(broken), Some(file)) => recovery::classify(&options.dir, broken.clone(), file.offset())
                .map_err(OpenError::io("read", file.path()))?,
        };
        if confirmed || !matches!(chain, Chain::Broken(_)) {
            return Ok(chain);
        }
        confirmed = true;
    }
}

fn seen(note: Option<&Result<Note, NoteError>>, chain: &Chain, census: &Census, head: Seq) -> Seen {
    match note {
        None => Seen::Nothing,
        Some(Err(_)) => Seen::Unsigned,
        // The keys went with the ledger; that it is gone is what has to be said.
        Some(Ok(note)) if *chain == Chain::Absent => Seen::Beyond(note.seq),
        Some(Ok(note)) => {
            recovery::compare(note, note.is_signed_by(&census.keys), head, census.hash_at(note.seq))
        }
    }
}

/// The newest checkpoint that was seen. That the file holds none is a finding, not a failure.
pub(crate) fn read_note(dir: &Path) -> io::Result<Option<Result<Note, NoteError>>> {
    match fs::read(dir.join("checkpoint")) {
        Ok(bytes) => Ok(Some(Note::parse(&String::from_utf8_lossy(&bytes)))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes the next reads of the last segment come from the disk: after a sync that failed, the system's memory may
/// still hold what the disk never got.
fn settle(dir: &Path) -> Result<(), OpenError> {
    let Some(last) = segments(dir)?.pop() else { return Ok(()) };
    let path = last.path(dir);
    let file = File::open(&path).map_err(OpenError::io("open", &path))?;
    file.sync_data().map_err(OpenError::io("sync", &path))?;
    // Advice only: where a file system can't take it, the bytes in memory are all there is.
    let _ = fadvise(&file, 0, None, Advice::DontNeed);
    Ok(())
}

/// What was read is sealed next, so it has to be on disk, and as long as it was read.
fn make_durable(path: &Path, read: u64) -> Result<(), OpenError> {
    let file = File::open(path).map_err(OpenError::io("open", path))?;
    file.sync_data().map_err(OpenError::io("sync", path))?;
    let length = file.metadata().map_err(OpenError::io("look at", path))?.len();
    if length < read {
        return Err(OpenError::Shrunk { path: path.to_owned(), read, length });
    }
    Ok(())
}

fn make_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    File::open(dir.parent().unwrap_or(Path::new(".")))?.sync_all()
}
