//! Every cause of the recovery table, made on disk: what opens, what is repaired, what is refused and how.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jaros_decision::{Digest, Seq};
use jaros_ledger::{Flaw, Ledger, OpenError, ReadError, Refused};

use crate::common::{Folder, append, config, entry_line, hash_of, intent, outcome};

/// Two segments; the second has three batches, of which the last has three entries (8, 9, 10) and two data.
fn base() -> Folder {
    let folder = Folder::new();
    let ledger = folder.open(1);
    append(&ledger, vec![config("one")]);
    drop(ledger);
    let ledger = folder.open(2);
    append(&ledger, vec![config("two"), intent(1)]);
    append(&ledger, vec![outcome(1, "three")]);
    append(&ledger, vec![config("four"), intent(2), config("five")]);
    folder
}

/// What becomes of a ledger.
#[derive(Debug, PartialEq)]
enum End {
    /// It opens as it is.
    GoesOn,
    /// It opens after this entry was cut off, with all that stood behind it.
    Repaired(u64, Flaw),
    /// It is refused, and names this entry.
    Refused(u64, Flaw),
}
use End::{GoesOn, Refused as Is, Repaired};

type Damage = fn(&mut Vec<String>);

/// The last segment's lines: 0 open, 1 datum, 2 config, 3 intent, 4 datum, 5 outcome, then the last batch from 6 on:
/// 6 datum, 7 config, 8 intent, 9 datum, 10 config.
const ROWS: &[(&str, Damage, End)] = &[
    ("nothing", |_| {}, GoesOn),
    ("the last newline is missing", |l| cut(l, 1), Repaired(10, Flaw::Unterminated)),
    ("half of the last line is missing", |l| cut(l, 150), Repaired(10, Flaw::Unterminated)),
    ("all but one byte of the last line is missing", |l| l[10].truncate(1), Repaired(10, Flaw::Unterminated)),
    ("the last entry is missing, its datum is there", |l| l.truncate(10), Repaired(10, Flaw::Orphan)),
    (
        "the datum is half there",
        |l| {
            l.truncate(10);
            cut(l, 20);
        },
        Repaired(10, Flaw::Unterminated),
    ),
    ("zeros follow", |l| l.push("\0".repeat(5000)), Repaired(11, Flaw::Zeros)),
    ("the last line is zeros", |l| zero(l, 10), Repaired(10, Flaw::Zeros)),
    ("rubbish follows", |l| l.push("rubbish\n".into()), Repaired(11, Flaw::NotALine)),
    ("an endless line follows", |l| l.push("x".repeat(3 << 20)), Repaired(11, Flaw::TooLong)),
    ("the last entry has a changed byte", |l| change(l, 10, "grants", "grantz"), Repaired(10, Flaw::Hash)),
    ("the last hash has a changed byte", |l| flip_last_hash(l, 10), Repaired(10, Flaw::Hash)),
    (
        "a datum of the last batch has a changed byte",
        |l| change(l, 9, "five", "fivE"),
        Repaired(10, Flaw::Unnamed),
    ),
    ("the last batch's first line is zeros, the rest is there", |l| zero(l, 6), Repaired(8, Flaw::NotALine)),
    ("the last batch's middle entry is zeros", |l| zero(l, 8), Repaired(9, Flaw::NotALine)),
    (
        "the batch before has a changed entry",
        |l| change(l, 5, "\"ok\":true", "\"ok\":tru3"),
        Is(7, Flaw::Hash),
    ),
    ("the batch before has a zeroed entry", |l| zero(l, 5), Is(7, Flaw::NotALine)),
    ("the batch before has a changed datum", |l| change(l, 4, "three", "threE"), Is(7, Flaw::Unnamed)),
    (
        "all from the second line to the last batch is zeros",
        |l| (1..6).for_each(|n| zero(l, n)),
        Is(5, Flaw::NotALine),
    ),
    ("the last entry is there twice", |l| l.push(l[8].clone()), Is(11, Flaw::Seq { found: Seq(9) })),
    (
        "a whole block is there twice",
        |l| l.extend([l[9].clone(), l[10].clone()]),
        Is(11, Flaw::Seq { found: Seq(10) }),
    ),
    ("an entry is missing", |l| drop(l.remove(8)), Is(9, Flaw::Seq { found: Seq(10) })),
    ("two entries are swapped", |l| l.swap(3, 5), Is(6, Flaw::Seq { found: Seq(7) })),
    ("an entry follows another one", |l| forge(l, 11, 10, "intent", "{}", Some(7)), Is(11, Flaw::Prev)),
    (
        "an entry vouches for itself",
        |l| forge(l, 11, 11, "intent", "{}", None),
        Is(11, Flaw::Synced { found: Seq(11) }),
    ),
    (
        "an entry vouches for less than the one before",
        |l| forge(l, 11, 3, "intent", "{}", None),
        Is(11, Flaw::Synced { found: Seq(3) }),
    ),
    ("a segment opens in the middle of another", |l| l.push(l[0].clone()), Is(11, Flaw::Opened)),
    (
        "an outcome has another state",
        |l| forge(l, 11, 10, "outcome", &other_state(), None),
        Is(11, Flaw::State),
    ),
    ("an outcome has no effect", |l| forge(l, 11, 10, "outcome", "{}", None), Is(11, Flaw::Body)),
    (
        "a checkpoint signs nothing",
        |l| forge(l, 11, 10, "checkpoint", r#"{"note":"","published":1}"#, None),
        Is(11, Flaw::Note),
    ),
    ("the segment is empty", Vec::clear, Is(4, Flaw::NoOpen)),
    (
        "the segment's first line is cut short",
        |l| {
            l.truncate(1);
            cut(l, 1);
        },
        Is(4, Flaw::NoOpen),
    ),
    (
        "the segment's first line is changed",
        |l| change(l, 0, "jaros test", "jaros tesT"),
        Is(4, Flaw::NoOpen),
    ),
    ("the segment begins with another entry", |l| drop(l.remove(0)), Is(4, Flaw::NoOpen)),
    ("the segment seals another head", |l| reseal(l, "\"seq\":3}", "\"seq\":2}"), Is(4, Flaw::Seal)),
    (
        "the segment seals another length",
        |l| reseal(l, "\"bytes\":", "\"bytes\":1"),
        Is(4, Flaw::Short { bytes: 0 }),
    ),
    ("the segment seals another file", |l| reseal(l, "000001.ndjson", "000002.ndjson"), Is(4, Flaw::Seal)),
    ("the segment is of another epoch", |l| reseal(l, "\"epoch\":2", "\"epoch\":3"), Is(4, Flaw::NoOpen)),
    ("the segment is of another ledger", |l| reseal(l, "6f2c1a52", "00000000"), Is(4, Flaw::Seal)),
];

fn cut(lines: &mut [String], bytes: usize) {
    let last = lines.last_mut().unwrap();
    last.truncate(last.len() - bytes);
}

fn zero(lines: &mut [String], n: usize) {
    lines[n] = "\0".repeat(lines[n].len());
}

fn change(lines: &mut [String], n: usize, from: &str, to: &str) {
    assert!(lines[n].contains(from), "{}", lines[n]);
    lines[n] = lines[n].replacen(from, to, 1);
}

fn flip_last_hash(lines: &mut [String], n: usize) {
    let digit = hash_of(&lines[n]).chars().last().unwrap();
    cut(lines, 4);
    lines[n].push_str(if digit == '0' { "1\"}\n" } else { "0\"}\n" });
}

/// Appends an entry that is right but for what the row says.
fn forge(lines: &mut Vec<String>, seq: u64, synced: u64, kind: &str, body: &str, follow: Option<usize>) {
    let prev = hash_of(&lines[follow.unwrap_or(lines.len() - 1)]).to_owned();
    lines.push(entry_line(seq, synced, kind, body, &prev));
}

/// Changes the `open` entry and hashes it anew; nothing after it is left.
fn reseal(lines: &mut Vec<String>, from: &str, to: &str) {
    lines.truncate(1);
    change(lines, 0, from, to);
    let front = lines[0].rsplit_once(",\"hash\":").unwrap().0;
    lines[0] = format!("{front},\"hash\":\"{}\"}}\n", Digest::of(front.as_bytes()));
}

fn other_state() -> String {
    format!(r#"{{"cost":{{"fuel":1}},"effect":{{"ok":true}},"id":"j/1/2","state":"{}"}}"#, Digest::ZERO)
}

fn damage(folder: &Folder, damage: Damage) {
    let path = folder.last_segment();
    let text = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    damage(&mut lines);
    fs::write(path, lines.concat()).unwrap();
}

/// What becomes of it, and the file with its offset, as opening tells it.
fn open(folder: &Folder) -> End {
    match folder.try_open(9) {
        Ok((_, recovered)) => match recovered.torn {
            None => GoesOn,
            Some(torn) => Repaired(torn.broken.seq.0, torn.broken.flaw),
        },
        Err(OpenError::Refused(Refused::Damaged(broken))) => Is(broken.seq.0, broken.flaw),
        Err(error) => panic!("{error}"),
    }
}

/// The same, as verifying tells it.
fn verify(folder: &Folder) -> End {
    match folder.verify() {
        Ok(verified) => match verified.torn {
            None => GoesOn,
            Some(torn) => Repaired(torn.broken.seq.0, torn.broken.flaw),
        },
        Err(jaros_ledger::VerifyError::Refused(Refused::Damaged(broken))) => Is(broken.seq.0, broken.flaw),
        Err(error) => panic!("{error}"),
    }
}

fn tree(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(tree(&path));
        } else {
            files.insert(path.clone(), fs::read(path).unwrap());
        }
    }
    files
}

#[test]
fn every_row_of_the_table() {
    let base = base();
    for (name, cause, expected) in ROWS {
        let folder = base.copy();
        damage(&folder, *cause);
        let before = tree(&folder.dir());
        // Only the row for a wrong length doesn't know its number beforehand.
        let same = |end: &End| match (end, expected) {
            (Is(seq, Flaw::Short { .. }), Is(wanted, Flaw::Short { .. })) => seq == wanted,
            _ => end == expected,
        };
        let verified = verify(&folder);
        assert!(same(&verified), "verify: {name}: {verified:?}");
        assert_eq!(tree(&folder.dir()), before, "verify changed something: {name}");
        let opened = open(&folder);
        assert!(same(&opened), "open: {name}: {opened:?}");
        match opened {
            Is(..) => assert_eq!(tree(&folder.dir()), before, "a refusal changed something: {name}"),
            Repaired(seq, _) => repaired(&folder, &before, seq, name),
            GoesOn => assert_eq!(verify(&folder), GoesOn),
        }
    }
}

/// After a repair the torn bytes are aside, nothing else is lost, and the ledger goes on.
fn repaired(folder: &Folder, before: &BTreeMap<PathBuf, Vec<u8>>, seq: u64, name: &str) {
    let after = tree(&folder.dir());
    let (path, whole) = before.last_key_value().unwrap();
    let left = &after[path];
    let kept: Vec<_> = after.iter().filter(|(path, _)| path.parent().unwrap().ends_with("torn")).collect();
    assert_eq!(kept.len(), 1, "{name}");
    assert_eq!(&[left.as_slice(), kept[0].1].concat(), whole, "{name}");
    assert_eq!(verify(folder), GoesOn, "{name}");
    let head = folder.verify().unwrap().head.seq;
    assert_eq!(head, Seq(seq), "{name}: the new open entry takes the broken one's place");
    let ledger = folder.open(10);
    assert_eq!(append(&ledger, vec![config("goes on")]), Seq(seq + 2));
}

#[test]
fn a_sealed_segment_is_never_repaired() {
    let base = base();
    let first = |folder: &Folder| folder.segments()[0].path(&folder.dir());
    type Sealed = fn(&Path);
    let rows: [(&str, Sealed, End); 6] = [
        ("cut short in a line", |p| edit(p, |b| b.truncate(b.len() - 1)), Is(3, Flaw::Unterminated)),
        ("cut short by a line", |p| edit(p, |b| b.truncate(700)), Is(3, Flaw::Unterminated)),
        ("changed", |p| edit(p, |b| *b.last_mut().unwrap() ^= 1), Is(3, Flaw::Unterminated)),
        ("longer than its seal", |p| edit(p, |b| b.extend(b"anything")), GoesOn),
        ("gone", |p| fs::remove_file(p).unwrap(), Is(1, Flaw::Seal)),
        ("empty", |p| edit(p, Vec::clear), Is(1, Flaw::NoOpen)),
    ];
    for (name, cause, expected) in rows {
        let folder = base.copy();
        cause(&first(&folder));
        assert_eq!(verify(&folder), expected, "verify: {name}");
        assert_eq!(open(&folder), expected, "open: {name}");
    }
    // Cut exactly behind an entry: only the seal tells.
    let folder = base.copy();
    edit(&first(&folder), |bytes| {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let lines: Vec<_> = text.split_inclusive('\n').collect();
        *bytes = lines[..2].concat().into_bytes();
    });
    assert!(matches!(verify(&folder), Is(3, Flaw::Short { .. })));
    assert!(matches!(open(&folder), Is(3, Flaw::Short { .. })));
}

fn edit(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

/// A checkpoint at the head, then a batch behind it.
fn checkpointed() -> Folder {
    let folder = base();
    let ledger = folder.open(3);
    append(&ledger, vec![config("six")]);
    ledger.checkpoint(Seq(12)).unwrap();
    append(&ledger, vec![config("seven")]);
    folder
}

#[test]
fn a_ledger_is_never_shorter_than_a_checkpoint_that_was_seen() {
    let base = checkpointed();
    assert_eq!(base.verify().unwrap().checkpoints, [Seq(12)]);
    let lines = fs::read_to_string(base.last_segment()).unwrap().split_inclusive('\n').count();
    // 0 open (11), 1 datum, 2 config (12, signed), 3 checkpoint (13), 4 datum, 5 config (14).
    assert_eq!(lines, 6);
    for keep in 1..6 {
        let folder = base.copy();
        let path = folder.last_segment();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.split_inclusive('\n').take(keep).collect::<String>()).unwrap();
        let opened = folder.try_open(9);
        if keep < 3 {
            let Err(OpenError::Refused(Refused::Shorter { head, checkpoint })) = opened else {
                panic!("{keep} lines: {opened:?}")
            };
            assert_eq!((head, checkpoint), (Seq(11), Seq(12)));
        } else {
            assert!(opened.is_ok(), "{keep} lines: {opened:?}");
        }
    }
    // What was signed and is broken now isn't cut off, though it is the end.
    let folder = base.copy();
    damage(&folder, |lines| {
        lines.truncate(3);
        change(lines, 2, "grants", "grantz");
    });
    assert!(matches!(folder.try_open(9), Err(OpenError::Refused(Refused::Shorter { .. }))));
    assert!(matches!(folder.verify(), Err(jaros_ledger::VerifyError::Refused(Refused::Shorter { .. }))));
}

#[test]
fn a_checkpoint_has_to_be_of_this_ledger() {
    let base = checkpointed();
    let (own, name) = (fs::read_to_string(base.dir().join("checkpoint")).unwrap(), "checkpoint");
    let cases: [(&str, String, bool); 5] = [
        ("its own", own.clone(), true),
        ("another number", own.replace("\n12\n", "\n11\n"), false),
        ("another origin", own.replace("6f2c", "6f2d"), false),
        ("no note", "garbage".into(), false),
        ("nothing", String::new(), false),
    ];
    for (case, text, good) in cases {
        let folder = base.copy();
        fs::write(folder.dir().join(name), text).unwrap();
        match folder.try_open(9) {
            Ok(_) => assert!(good, "{case}"),
            Err(OpenError::Refused(Refused::Unsigned)) => assert!(!good, "{case}"),
            Err(other) => panic!("{case}: {other}"),
        }
    }
    // Another history under the same key.
    let other = self::base();
    append(&other.open(3), vec![config("another six")]);
    fs::write(other.dir().join(name), own).unwrap();
    assert!(matches!(other.try_open(9), Err(OpenError::Refused(Refused::Rewritten { checkpoint: Seq(12) }))));
}

#[test]
fn a_ledger_that_is_gone_is_missed() {
    let folder = checkpointed();
    for segment in folder.segments() {
        fs::remove_file(segment.path(&folder.dir())).unwrap();
    }
    let opened = folder.try_open(9);
    assert!(matches!(
        opened,
        Err(OpenError::Refused(Refused::Shorter { head: Seq(0), checkpoint: Seq(12) }))
    ));
    fs::remove_file(folder.dir().join("checkpoint")).unwrap();
    assert_eq!(folder.try_open(9).unwrap().1.opened, Seq(1), "without one, nobody can know");
}

#[test]
fn a_witness_remembers_what_the_folder_forgot() {
    let folder = checkpointed();
    let early = base();
    let note = fs::read_to_string(folder.dir().join("checkpoint")).unwrap();
    let against = |folder: &Folder| {
        let (dir, content) = (folder.dir(), &folder.content);
        jaros_ledger::verify(jaros_ledger::Verify { dir: &dir, content, witnessed: &[&note] })
    };
    assert!(against(&folder).is_ok());
    // Rolled back, ledger and checkpoint together: nothing in the folder tells.
    assert!(early.verify().is_ok());
    let missed = against(&early);
    assert!(matches!(missed, Err(jaros_ledger::VerifyError::Refused(Refused::Shorter { .. }))));
}

#[test]
fn what_is_not_for_this_version_or_this_node_is_not_touched() {
    let base = base();
    let folder = base.copy();
    damage(&folder, |lines| reseal(lines, "\"format\":1", "\"format\":2"));
    assert!(matches!(folder.try_open(9), Err(OpenError::Read(ReadError::Format { format: 2, .. }))));
    assert!(matches!(folder.verify(), Err(jaros_ledger::VerifyError::Read(ReadError::Format { .. }))));

    let folder = base.copy();
    fs::write(folder.dir().join("00000002-4.ndjson"), "").unwrap();
    assert!(matches!(folder.try_open(9), Err(OpenError::Read(ReadError::Stray { .. }))));

    for epoch in [1, 2] {
        assert!(matches!(base.try_open(epoch), Err(OpenError::Epoch { .. })), "epoch {epoch}");
    }
    fs::remove_dir_all(base.work(9)).unwrap_or_default();
    let options = base.options(9);
    fs::remove_dir_all(base.work(9)).unwrap();
    let fenced = Ledger::open(options, &mut |_| Ok(()));
    assert!(matches!(fenced, Err(OpenError::Stopped(stopped)) if stopped.is_fenced()));
}

#[test]
fn a_visitor_sees_everything_and_may_refuse() {
    let base = base();
    let mut seen = Vec::new();
    let (ledger, recovered) = Ledger::open(base.options(3), &mut |item| {
        seen.push(item.entry.seq);
        Ok(())
    })
    .unwrap();
    assert_eq!(seen, (1..=10).map(Seq).collect::<Vec<_>>());
    assert_eq!((recovered.head.seq, recovered.opened), (Seq(10), Seq(11)));
    assert_eq!(recovered.before.unwrap().epoch.0, 2);
    drop(ledger);
    let refused = Ledger::open(base.options(4), &mut |item| match item.entry.seq {
        Seq(7) => Err("not by these rules".into()),
        _ => Ok(()),
    });
    assert!(matches!(refused, Err(OpenError::Visit { seq: Seq(7), .. })));
    assert_eq!(base.segments().len(), 3);
}
