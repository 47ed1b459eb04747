//! What the store promises: whole files, honest answers, private modes.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed, and says where")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use jaros_content::{Content, ContentError};
use jaros_decision::Digest;

fn store() -> (tempfile::TempDir, Content) {
    let dir = tempfile::tempdir().unwrap();
    let content = Content::open(dir.path().join("content")).unwrap();
    (dir, content)
}

#[test]
fn bytes_come_back_under_their_digest() {
    let (_dir, content) = store();
    for bytes in [&b""[..], b"a", &[0xff; 100_000]] {
        let digest = content.put(bytes).unwrap();
        assert_eq!(digest, Digest::of(bytes));
        assert!(content.has(&digest));
        assert_eq!(content.get(&digest).unwrap(), bytes);
    }
    assert_eq!(content.put_parts(&[b"one", b"", b" two"]).unwrap(), Digest::of(b"one two"));
}

#[test]
fn what_is_not_there_is_missing() {
    let (_dir, content) = store();
    let digest = Digest::of(b"never put");
    assert!(!content.has(&digest));
    assert!(matches!(content.get(&digest), Err(ContentError::Missing(d)) if d == digest));
    assert!(matches!(content.sync(&[digest]), Err(ContentError::Missing(d)) if d == digest));
    assert!(matches!(content.sync(&[digest; 40]), Err(ContentError::Missing(d)) if d == digest));
}

#[test]
fn a_damaged_file_is_never_an_answer_and_the_next_put_heals_it() {
    let (_dir, content) = store();
    let digest = content.put(b"precious").unwrap();
    for damage in [&b""[..], b"preciouS", b"precious and more"] {
        fs::write(content.path(&digest), damage).unwrap();
        assert!(matches!(content.get(&digest), Err(ContentError::Damaged { .. })));
        assert_eq!(content.put(b"precious").unwrap(), digest);
        assert_eq!(content.get(&digest).unwrap(), b"precious");
    }
}

#[test]
fn few_and_many_are_synced() {
    let (_dir, content) = store();
    let digests: Vec<_> = (0..20u8).map(|n| content.put(&[n]).unwrap()).collect();
    content.sync(&[]).unwrap();
    content.sync(&digests[..3]).unwrap();
    content.sync(&digests).unwrap();
    assert_eq!(content.get(&content.put_durable(b"now").unwrap()).unwrap(), b"now");
}

#[test]
fn only_the_owner_reads_and_nothing_is_left_aside() {
    let (dir, content) = store();
    let digest = content.put(b"private").unwrap();
    let path = content.path(&digest);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&dir.path().join("content")), 0o700);
    assert_eq!(path.strip_prefix(dir.path()).unwrap().to_str().unwrap().len(), "content/ab/".len() + 62);
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn two_threads_may_put_the_same_bytes() {
    let (_dir, content) = store();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for n in 0..50u8 {
                    assert_eq!(content.get(&content.put(&[n; 10]).unwrap()).unwrap(), [n; 10]);
                }
            });
        }
    });
}

#[test]
fn a_folder_that_cannot_be_is_an_error_that_names_it() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("file"), b"").unwrap();
    let error = Content::open(dir.path().join("file/content")).unwrap_err();
    assert!(error.to_string().contains("file/content"), "{error}");
}
