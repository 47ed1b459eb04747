//! The end of the ledger that is being written: the open segment and what the next entry follows.
//!
//! *Invariant:* a segment gets its name only once its `open` entry is on disk, out of this node's own work folder, so
//! a node that was fenced can't make one.
//! *Doesn't know:* threads, queues, who waits.
//! *Start at:* [`Tail`].

use std::path::PathBuf;
use std::sync::Arc;

use jaros_decision::{Digest, Epoch, Json, Millis, Name, Seq};

use super::{Head, Stopped};
use crate::data::Data;
use crate::disk::{self, Disk, Sink};
use crate::draft::Draft;
use crate::line;
use crate::record::{FORMAT, Key, Open, Seal};
use crate::segment::Segment;
use crate::state::State;

/// What every segment says about its writer, and where it is written.
pub(crate) struct Identity {
    pub(crate) dir: PathBuf,
    pub(crate) work: PathBuf,
    pub(crate) ledger: String,
    pub(crate) tenant: Name,
    pub(crate) node: Name,
    pub(crate) epoch: Epoch,
    pub(crate) host: String,
    pub(crate) rules: u32,
    pub(crate) engine: Json,
    pub(crate) clock: Arc<dyn Fn() -> Millis + Send + Sync>,
    pub(crate) disk: Arc<dyn Disk>,
}

/// The open segment.
pub(crate) struct Tail {
    file: Box<dyn Sink>,
    segment: Segment,
    bytes: u64,
    /// The last entry that was written, durable or not.
    pub(crate) head: Head,
    /// Up to here all is durable.
    pub(crate) synced: Seq,
}

/// Makes the segment that follows `head`, whose own segment ends as `seal` says.
pub(crate) fn begin(
    who: &Identity,
    head: Head,
    seal: Option<Seal>,
    key: Option<&Key>,
) -> Result<Tail, Stopped> {
    let segment = Segment { epoch: who.epoch, first: head.seq.next() };
    let open = Open {
        at_ms: (who.clock)(),
        engine: who.engine.clone(),
        epoch: who.epoch,
        format: FORMAT,
        host: who.host.clone(),
        ledger: who.ledger.clone(),
        node: who.node.clone(),
        rules: who.rules,
        seal,
        tenant: who.tenant.clone(),
    };
    let mut drafts = vec![Draft::unchecked(&open, Data::new())];
    drafts.extend(key.map(|key| Draft::unchecked(key, Data::new())));
    let (mut lines, mut end, synced) = (Vec::new(), head, head.seq);
    for draft in drafts {
        push(&mut lines, &mut end, synced, &draft.expect("the host's own words are a body"));
    }
    let place = segment.path(&who.dir);
    let file = disk::publish(&*who.disk, &who.work.join("seg"), &place, &lines);
    let file = file.map_err(Stopped::fenced_step("begin a segment"))?;
    Ok(Tail { file, segment, bytes: lines.len() as u64, head: end, synced: end.seq })
}

/// Appends a draft's lines to a buffer and moves the head over it.
pub(crate) fn push(out: &mut Vec<u8>, head: &mut Head, synced: Seq, draft: &Draft) {
    out.extend_from_slice(&draft.lines);
    let seq = head.seq.next();
    let (body, kind) = (draft.body.as_bytes(), draft.kind.as_str());
    head.hash = match &draft.effect {
        None => line::push_entry(out, (seq, synced), kind, &[body], &head.hash),
        Some(effect) => {
            head.state = State(head.state).after(&draft.body[effect.clone()]).0;
            let state = line::hex(&head.state);
            line::push_entry(out, (seq, synced), kind, &[body, b",\"state\":\"", &state, b"\"}"], &head.hash)
        }
    };
    head.seq = seq;
}

impl Tail {
    /// Writes whole lines that end at `head`.
    pub(crate) fn write(&mut self, lines: &[u8], head: Head) -> Result<(), Stopped> {
        self.file.append(lines).map_err(Stopped::disk("write"))?;
        self.bytes += lines.len() as u64;
        self.head = head;
        Ok(())
    }

    /// Returns once everything that was written is on disk.
    pub(crate) fn sync(&mut self) -> Result<(), Stopped> {
        self.file.sync().map_err(Stopped::disk("sync"))?;
        self.synced = self.head.seq;
        Ok(())
    }

    /// Goes on in a new segment.
    pub(crate) fn rotate(&mut self, who: &Identity) -> Result<(), Stopped> {
        self.sync()?;
        let seal = Seal {
            bytes: self.bytes,
            hash: self.head.hash,
            segment: self.segment.to_string(),
            seq: self.head.seq,
        };
        *self = begin(who, self.head, Some(seal), None)?;
        Ok(())
    }

    /// Bytes of the open segment.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Head {
    /// Before the first entry.
    pub(crate) fn start() -> Self {
        Self { seq: Seq(0), hash: Digest::ZERO, state: State::start().0 }
    }
}
