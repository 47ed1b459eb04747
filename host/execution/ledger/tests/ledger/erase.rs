//! Erased data: the line is blank or the file is gone, an `erase` entry says so, and the chain holds.

use std::fs;

use jaros_decision::{Digest, Millis, Ref};
use jaros_ledger::record::{Config, Erase};
use jaros_ledger::{Data, DatumError, Draft, Flaw, Refused, VerifyError};

use crate::common::{Folder, append, config, intent, salted};

fn erase(digests: &[Digest]) -> Draft {
    let source = "operator:ann".parse().unwrap();
    Draft::of(&Erase { at_ms: Millis(1), data: digests.to_vec(), source }, Data::new()).unwrap()
}

/// The references that the ledger's `config` entries name.
fn named(folder: &Folder) -> Vec<Ref> {
    let mut reader = folder.reader();
    let mut named = Vec::new();
    while let Some(item) = reader.read().unwrap() {
        named.extend(item.entry.parse::<Config>().map(|config| config.data));
    }
    named
}

/// Blanks the data lines that hold `text`, leaving every offset as it was.
fn blank(folder: &Folder, text: &str) {
    for segment in folder.segments() {
        let path = segment.path(&folder.dir());
        let lines = fs::read_to_string(&path).unwrap();
        let blanked = lines.split_inclusive('\n').map(|line| {
            let hit = line.starts_with("{\"data\":") && line.contains(text);
            if hit { " ".repeat(line.len() - 1) + "\n" } else { line.to_owned() }
        });
        fs::write(path, blanked.collect::<String>()).unwrap();
    }
}

fn missing(folder: &Folder) -> Option<Ref> {
    match folder.verify() {
        Ok(_) => None,
        Err(VerifyError::Refused(Refused::Damaged(broken))) => match broken.flaw {
            Flaw::Missing(reference) => Some(reference),
            flaw => panic!("{flaw}"),
        },
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_blanked_line_needs_an_erase_entry() {
    let folder = Folder::new();
    let ledger = folder.open(1);
    append(&ledger, vec![salted("keep", 1), salted("secret", 2), intent(1)]);
    let secret = named(&folder)[1];
    blank(&folder, "secret");
    assert_eq!(missing(&folder), Some(secret));
    append(&ledger, vec![erase(&[secret.0])]);
    assert_eq!(missing(&folder), None);
    assert_eq!(folder.verify().unwrap().erased, 1);

    // Readers and writers go on; the datum is gone, its neighbour isn't.
    drop(ledger);
    let (ledger, recovered) = folder.try_open(2).unwrap();
    assert_eq!(recovered.missing, []);
    append(&ledger, vec![intent(2)]);
    let mut reader = folder.reader();
    let mut answers = Vec::new();
    while let Some(item) = reader.read().unwrap() {
        if let Ok(config) = item.entry.parse::<Config>() {
            answers.push(item.value::<String>(&config.data));
        }
    }
    assert_eq!(answers[0].as_ref().unwrap(), "keep");
    assert!(matches!(answers[1], Err(DatumError::Gone(gone)) if gone == secret));
}

#[test]
fn a_large_datum_is_erased_by_removing_its_file() {
    let folder = Folder::new();
    let ledger = folder.open(1);
    append(&ledger, vec![config(&"x".repeat(70_000))]);
    let large = named(&folder)[0];
    fs::remove_file(folder.content.path(&large.0)).unwrap();
    assert_eq!(missing(&folder), Some(large));
    drop(ledger);
    let (ledger, recovered) = folder.try_open(2).unwrap();
    assert_eq!(
        recovered.missing.iter().map(|(seq, reference)| (seq.0, *reference)).collect::<Vec<_>>(),
        [(3, large)]
    );
    append(&ledger, vec![erase(&[large.0])]);
    assert_eq!(missing(&folder), None);
}

#[test]
fn a_changed_file_in_the_content_store_is_damage() {
    let folder = Folder::new();
    append(&folder.open(1), vec![config(&"x".repeat(70_000))]);
    let large = named(&folder)[0];
    fs::write(folder.content.path(&large.0), "something else").unwrap();
    let Err(VerifyError::Refused(Refused::Damaged(broken))) = folder.verify() else { panic!("verified") };
    assert_eq!((broken.seq.0, broken.flaw), (3, Flaw::Damaged(large)));
}

#[test]
fn blank_lines_that_nothing_accounts_for_are_damage() {
    let folder = Folder::new();
    let ledger = folder.open(1);
    append(&ledger, vec![salted("a", 1), intent(1)]);
    let path = folder.last_segment();
    let text = fs::read_to_string(&path).unwrap();
    for before in ["{\"seq\":3", "{\"data\":\"a\"", "{\"seq\":4"] {
        fs::write(&path, text.replace(before, &format!("    \n{before}"))).unwrap();
        match folder.verify() {
            Err(VerifyError::Refused(Refused::Damaged(broken))) => {
                assert_eq!(broken.flaw, Flaw::Blank, "{before}");
            }
            other => panic!("{before}: {other:?}"),
        }
    }
}
