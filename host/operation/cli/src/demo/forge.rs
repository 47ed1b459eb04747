//! Step 6: somebody changes one bit of the record, in a copy of it.
//!
//! *Invariant:* the original is verified in the same way, and isn't touched.
//! *Doesn't know:* hashes; `jaros_ledger` verifies.
//! *Start at:* [`flip`].

use std::fs;
use std::io;
use std::path::Path;

use jaros_content::Content;
use jaros_decision::{Digest, JobId, Seq};
use jaros_ledger::record::Reasoned;
use jaros_ledger::{EntryKind, Item, Verified, Verify};
use serde::Serialize;

use super::say::{Say, holds, not_shown};
use super::stage::{Stage, unmade};
use super::tickets::WRONG_QUEUE;
use crate::problem::Problem;
use crate::record::{self, Damage};
use crate::text;

/// One bit of an ASCII letter: it makes `s` a `c`.
const BIT: u8 = 0x10;

/// What was seen.
#[derive(Serialize)]
pub(super) struct Forged {
    /// What the original's verification said.
    entries: u64,
    checkpoints: Vec<Seq>,
    state: Digest,
    place: Place,
    before: String,
    after: String,
    /// What the copy's verification said.
    broken: Damage,
}

/// Where a word of the model's stands on the record.
#[derive(Serialize)]
struct Place {
    entry: Seq,
    segment: String,
    offset: u64,
}

/// Copies the ledger, flips a bit of the model's answer to this job, and verifies both.
pub(super) fn flip(
    say: &Say<'_>,
    stage: &Stage,
    job: &JobId,
    answer: &str,
    state: Option<Digest>,
) -> Result<Forged, Problem> {
    say.step(6, "A forger: the model never said that!")?;
    let place = find(stage, job, answer)?;
    let copy = &stage.copy.layout;
    copy.create()?;
    for (from, to) in
        [(stage.place.layout.ledger(), copy.ledger()), (stage.place.layout.content(), copy.content())]
    {
        copy_folder(&from, &to).map_err(|error| unmade(&to, &error))?;
    }
    let (before, after) = change(&copy.ledger().join(&place.segment), &place)?;
    let verified = verified(stage)?;
    holds(Some(verified.head.state) == state, "the replay came to another state than the ledger's")?;
    holds(!verified.checkpoints.is_empty(), "the node signed nothing before it stopped")?;
    let broken = record::damage(&stage.copy)?.ok_or_else(|| not_shown("the forged copy was verified"))?;
    holds(broken.seq == Some(place.entry), format_args!("verify named another entry: {}", broken.what))?;
    let entries = verified.entries;
    let (count, signed) =
        (text::count(entries), text::several(verified.checkpoints.len() as u64, "signed checkpoint"));
    say.point("the record", format_args!("verified: {count} entries, every hash and datum, {signed}"))?;
    let Place { entry, segment, offset } = &place;
    say.row(
        "in a copy",
        format_args!("one bit is flipped: the model answered {after:?} now, not {WRONG_QUEUE:?}"),
    )?;
    say.more(format_args!("byte {offset} of {segment}, of entry {entry}"))?;
    let what = broken.what.split_once(": ").map_or(&*broken.what, |(_, flaw)| flaw);
    say.row("the copy", say.bad(format_args!("entry {entry} is broken")))?;
    say.quote(what)?;
    let before = String::from_utf8_lossy(&before).into_owned();
    Ok(Forged {
        entries,
        checkpoints: verified.checkpoints,
        state: verified.head.state,
        place,
        before,
        after,
        broken,
    })
}

/// Where the wrong word of the model's answer stands.
fn find(stage: &Stage, job: &JobId, answer: &str) -> Result<Place, Problem> {
    let mut reader = record::open(&stage.place)?;
    while let Some(item) = reader.read()? {
        if item.entry.kind != EntryKind::Reasoned {
            continue;
        }
        let Ok(body) = item.entry.parse::<Reasoned>() else { continue };
        if body.job != *job || body.turn != 1 {
            continue;
        }
        let offset = word(&item, &body, answer).ok_or_else(|| not_shown("the answer isn't on the record"))?;
        return Ok(Place { entry: item.entry.seq, segment: item.segment.to_string(), offset });
    }
    Err(not_shown("the planner's turn isn't on the record"))
}

fn word(item: &Item<'_>, body: &Reasoned, answer: &str) -> Option<u64> {
    let (_, transcript) = item.inline(body.transcript.as_ref()?)?;
    let quoted = serde_json::to_string(answer).ok()?;
    let offset = item.block().find(transcript)? + transcript.find(&quoted)? + quoted.find(WRONG_QUEUE)?;
    Some(item.offset + offset as u64)
}

/// Flips the bit; gives the word before and after.
fn change(segment: &Path, place: &Place) -> Result<(Vec<u8>, String), Problem> {
    let mut bytes = fs::read(segment).map_err(|error| unmade(segment, &error))?;
    let begin = usize::try_from(place.offset).map_err(not_shown)?;
    let word = bytes.get_mut(begin..begin + WRONG_QUEUE.len()).unwrap_or_default();
    let before = word.to_vec();
    holds(before == WRONG_QUEUE.as_bytes(), "the answer stands elsewhere in the copy")?;
    word[0] ^= BIT;
    let after = String::from_utf8_lossy(word).into_owned();
    fs::write(segment, bytes).map_err(|error| unmade(segment, &error))?;
    Ok((before, after))
}

fn verified(stage: &Stage) -> Result<Verified, Problem> {
    let layout = &stage.place.layout;
    let content = Content::open(layout.content())?;
    jaros_ledger::verify(Verify { dir: &layout.ledger(), content: &content, witnessed: &[] })
        .map_err(not_shown)
}

/// Copies what lies in a folder, and in those below it.
fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
