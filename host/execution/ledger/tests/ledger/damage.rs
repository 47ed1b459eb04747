//! Any change to a ledger's bytes is found, and the right place is named.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use jaros_decision::Seq;
use jaros_ledger::{Broken, Refused, Segment, VerifyError};

use crate::common::{Folder, append, intent, salted};

/// Two small segments with data; the last entry but one is signed by the checkpoint that is the last.
fn signed() -> Folder {
    let folder = Folder::new();
    let ledger = folder.open(1);
    append(&ledger, vec![salted("one", 1)]);
    drop(ledger);
    let ledger = folder.open(2);
    append(&ledger, vec![salted("two", 2), intent(1)]);
    ledger.checkpoint(Seq(6)).unwrap();
    folder
}

const SIGNED: u64 = 6;

/// One segment's file, and which entry each of its bytes belongs to.
struct File {
    segment: Segment,
    path: PathBuf,
    bytes: Vec<u8>,
    /// The entry of each byte, data lines included.
    seqs: Vec<Seq>,
}

fn files(folder: &Folder) -> Vec<File> {
    let mut seq = 0;
    let mut files = Vec::new();
    for segment in folder.segments() {
        let path = segment.path(&folder.dir());
        let bytes = fs::read(&path).unwrap();
        let mut seqs = Vec::new();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            seqs.extend(line.iter().map(|_| Seq(seq + 1)));
            seq += u64::from(line.starts_with(b"{\"seq\""));
        }
        files.push(File { segment, path, bytes, seqs });
    }
    files
}

/// Changes one byte in place; writing the file anew would make some file systems flush it every time.
fn put(path: &Path, at: usize, byte: u8) {
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.write_all_at(&[byte], at as u64).unwrap();
}

/// What verifying finds first; `None`: nothing.
fn found(folder: &Folder) -> Option<Result<Broken, Refused>> {
    match folder.verify() {
        Ok(verified) => verified.torn.map(|torn| Ok(torn.broken)),
        Err(VerifyError::Refused(Refused::Damaged(broken))) => Some(Ok(*broken)),
        Err(VerifyError::Refused(refused)) => Some(Err(refused)),
        Err(error) => panic!("{error}"),
    }
}

/// Where the checkpoint doesn't speak first, the place is named: it does when a signed entry is broken at the end.
fn check_named(found: &Result<Broken, Refused>, file: &File, at: usize) {
    match found {
        Ok(broken) => {
            assert_eq!((broken.segment, broken.seq), (file.segment, file.seqs[at]), "byte {at}: {broken}");
            assert!(usize::try_from(broken.offset).unwrap() <= at, "byte {at}: {broken}");
        }
        Err(Refused::Shorter { head, checkpoint }) => {
            assert_eq!((head.next(), checkpoint.0), (file.seqs[at], SIGNED), "byte {at}");
        }
        Err(other) => panic!("byte {at}: {other}"),
    }
}

#[test]
fn every_flipped_bit_is_found_and_its_entry_named() {
    let original = signed();
    assert_eq!(found(&original), None);
    let bits = files(&original).iter().map(|file| file.bytes.len() * 8).sum::<usize>();
    std::thread::scope(|scope| {
        for half in 0..2 {
            let folder = original.copy();
            scope.spawn(move || {
                for file in files(&folder) {
                    for at in (half..file.bytes.len()).step_by(2) {
                        for bit in 0..8 {
                            put(&file.path, at, file.bytes[at] ^ (1 << bit));
                            let found = found(&folder);
                            check_named(&found.expect("every flipped bit is found"), &file, at);
                        }
                        put(&file.path, at, file.bytes[at]);
                    }
                }
            });
        }
    });
    assert!((16_000..64_000).contains(&bits), "{bits} bits were flipped");
}

#[test]
fn every_flipped_bit_of_the_checkpoint_is_found() {
    let folder = signed();
    let path = folder.dir().join("checkpoint");
    let note = fs::read(&path).unwrap();
    for (at, byte) in note.into_iter().enumerate() {
        for bit in 0..8 {
            put(&path, at, byte ^ (1 << bit));
            assert_eq!(found(&folder), Some(Err(Refused::Unsigned)), "byte {at}, bit {bit}");
        }
        put(&path, at, byte);
    }
}

#[test]
fn a_cut_at_any_place_is_torn_behind_the_checkpoint_and_refused_before_it() {
    let folder = signed();
    for file in files(&folder) {
        let last = file.segment == *folder.segments().last().unwrap();
        let open = fs::OpenOptions::new().write(true).open(&file.path).unwrap();
        for length in (0..file.bytes.len()).rev() {
            open.set_len(length as u64).unwrap();
            let at_entry = length > 0
                && file.bytes[length - 1] == b'\n'
                && file.bytes[..length - 1].rsplit(|b| *b == b'\n').next().unwrap().starts_with(b"{\"seq\"");
            match found(&folder) {
                None => assert!(last && at_entry && file.seqs[length - 1].0 >= SIGNED, "byte {length}"),
                Some(Ok(broken)) => {
                    assert_eq!(
                        (broken.segment, broken.seq),
                        (file.segment, file.seqs[length]),
                        "byte {length}"
                    );
                    let opens = file.seqs[length] == file.segment.first;
                    assert!(!last || opens || file.seqs[length].0 > SIGNED, "byte {length}: {broken}");
                }
                Some(Err(refused)) => {
                    assert!(matches!(refused, Refused::Shorter { .. }) && last, "byte {length}: {refused}");
                    assert!(file.seqs[length].0 <= SIGNED, "byte {length}: {refused}");
                }
            }
        }
        fs::write(&file.path, &file.bytes).unwrap();
    }
}

#[test]
fn lines_that_are_deleted_doubled_swapped_or_inserted_are_found() {
    let folder = signed();
    for file in files(&folder) {
        let text = String::from_utf8(file.bytes.clone()).unwrap();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let last = |at: usize| at + 1 == lines.len() && file.segment == *folder.segments().last().unwrap();
        let check = |changed: Vec<&str>, what: &str, at: usize| {
            fs::write(&file.path, changed.concat()).unwrap();
            let behind_a_seal = folder.verify().is_ok_and(|verified| verified.behind > 0);
            assert!(behind_a_seal || found(&folder).is_some(), "{what} line {at} of {}", file.segment);
        };
        for at in 0..lines.len() {
            let mut changed = lines.clone();
            changed.remove(at);
            // The entry behind the signed one can vanish without a trace: nobody was ever shown it.
            if !last(at) {
                check(changed, "deleted", at);
            }
            let mut changed = lines.clone();
            changed.insert(at, lines[at]);
            check(changed, "doubled", at);
            for other in at + 1..lines.len() {
                let mut changed = lines.clone();
                changed.swap(at, other);
                check(changed, "swapped", at);
            }
            for foreign in
                ["\n", "{}\n", "   \n", "{\"data\":1,\"salt\":\"00000000000000000000000000000000\"}\n"]
            {
                let mut changed = lines.clone();
                changed.insert(at, foreign);
                check(changed, "inserted before", at);
            }
        }
        fs::write(&file.path, &file.bytes).unwrap();
    }
    assert_eq!(found(&folder), None);
}
