//! Readers beside a writer: they see what is whole, go on with what comes, and never take for the chain what isn't.

use std::fs::{self, OpenOptions};
use std::io::Write;

use jaros_decision::Seq;
use jaros_ledger::{Flaw, Ledger, ReadError, Reader};

use crate::common::{Folder, append, config, entry_line, intent};

/// Reads on to the end, and returns how many entries there were.
fn drain(reader: &mut Reader) -> usize {
    let mut count = 0;
    while reader.read().unwrap().is_some() {
        count += 1;
    }
    count
}

#[test]
fn a_reader_goes_on_through_appends_rotations_and_takeovers() {
    let folder = Folder::new();
    let mut reader = folder.reader();
    assert_eq!(drain(&mut reader), 0, "there is nothing yet, not even a folder");
    let mut options = folder.options(1);
    options.segment_bytes = 1_500;
    let (ledger, _) = Ledger::open(options, &mut |_| Ok(())).unwrap();
    assert_eq!(drain(&mut reader), 2);
    for n in 0..10 {
        let before = folder.segments().len();
        append(&ledger, vec![config(&n.to_string()), intent(n)]);
        let opened = folder.segments().len() - before;
        assert_eq!(drain(&mut reader), 2 + opened);
        assert_eq!(drain(&mut reader), 0);
    }
    drop(ledger);
    let ledger = folder.open(5);
    append(&ledger, vec![intent(1)]);
    assert_eq!(drain(&mut reader), 2);
    let position = reader.position().unwrap();
    assert_eq!((position.seq, position.hash), (ledger.head().seq, ledger.head().hash));
}

#[test]
fn a_reader_goes_on_from_any_place_where_another_one_was() {
    let folder = Folder::new();
    for epoch in 1..4 {
        let ledger = folder.open(epoch);
        append(&ledger, vec![config("a"), intent(1), config("b")]);
    }
    let all = folder.kinds();
    let mut reader = folder.reader();
    let mut read = 0;
    while reader.read().unwrap().is_some() {
        read += 1;
        let position = reader.position().unwrap();
        let mut other = Reader::from(&folder.dir(), &folder.content, &position).unwrap();
        if let Some(item) = other.read().unwrap() {
            assert_eq!(item.entry.seq, position.seq.next());
            assert_eq!(item.entry.prev, position.hash);
        }
        let rest = usize::from(read < all.len());
        assert_eq!(drain(&mut other) + rest, all.len() - read);
    }
}

#[test]
fn a_line_that_is_being_written_is_waited_for() {
    let folder = Folder::new();
    drop(folder.open(1));
    let whole = folder.copy();
    append(&whole.open(2), vec![config("a")]);
    // The same segment, byte by byte.
    let (path, bytes) = (whole.last_segment(), fs::read(whole.last_segment()).unwrap());
    let open = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    fs::write(&path, &bytes[..open]).unwrap();
    let mut reader = whole.reader();
    assert_eq!(drain(&mut reader), 3);
    assert_eq!(reader.flaw(), None);
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    for byte in &bytes[open..bytes.len() - 1] {
        file.write_all(&[*byte]).unwrap();
        assert_eq!(drain(&mut reader), 0);
        assert!(matches!(reader.flaw().unwrap().flaw, Flaw::Unterminated | Flaw::Orphan));
    }
    file.write_all(b"\n").unwrap();
    assert_eq!(drain(&mut reader), 1);
    assert_eq!(reader.flaw(), None);
}

/// What a sleeping predecessor appends after its successor's seal is no part of the ledger.
#[test]
fn what_stands_behind_a_seal_is_not_read() {
    let folder = Folder::new();
    let zombie = folder.open(1);
    append(&zombie, vec![intent(1)]);
    let mut early = folder.reader();
    assert_eq!(drain(&mut early), 3);
    let ledger = folder.open(2);
    append(&zombie, vec![intent(7), intent(8)]);
    append(&ledger, vec![intent(2)]);

    let expected = ["open", "key", "intent", "open", "intent"];
    let kinds: Vec<_> = folder.kinds().into_iter().map(|(_, kind)| kind).collect();
    assert_eq!(kinds, expected);
    let verified = folder.verify().unwrap();
    assert_eq!((verified.head, verified.torn), (ledger.head(), None));
    assert!(verified.behind > 0);
    assert_eq!(drain(&mut early), 2, "a reader that was there before goes on in the new segment");
    drop((ledger, zombie));
    assert_eq!(folder.open(3).head().seq, Seq(6));
}

#[test]
fn a_reader_that_read_behind_a_seal_is_told_so() {
    let folder = Folder::new();
    let zombie = folder.open(1);
    let seal_here = folder.copy();
    append(&zombie, vec![intent(1)]);
    let mut reader = folder.reader();
    assert_eq!(drain(&mut reader), 3);
    let position = reader.position().unwrap();
    // A successor on a file server that had forgotten the last entry.
    drop(seal_here.open(2));
    fs::copy(seal_here.last_segment(), folder.dir().join(seal_here.last_segment().file_name().unwrap()))
        .unwrap();
    assert!(matches!(reader.read(), Err(ReadError::Rewound { .. })));
    let from = Reader::from(&folder.dir(), &folder.content, &position);
    assert!(matches!(from, Err(ReadError::Rewound { .. })));
}

#[test]
fn kinds_of_a_later_version_are_handed_out_and_passed_over() {
    let folder = Folder::new();
    let ledger = folder.open(1);
    let head = ledger.head();
    drop(ledger);
    let line = entry_line(head.seq.0 + 1, head.seq.0, "levitate", r#"{"height_m":3}"#, &head.hash.to_hex());
    let mut file = OpenOptions::new().append(true).open(folder.last_segment()).unwrap();
    file.write_all(line.as_bytes()).unwrap();
    assert_eq!(folder.kinds().last().unwrap().1, "levitate");
    assert_eq!(folder.verify().unwrap().entries, 3);
    assert_eq!(append(&folder.open(2), vec![intent(1)]), Seq(5));
}
