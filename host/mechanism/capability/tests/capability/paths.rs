//! Every path that a guest might try, against `read`, `stat` and `entries`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use jaros_capability::{Phase, Stage};

use crate::harness::{LIMITS, Machine, live, word};

/// Path → what `read`, `stat` and `entries` answer: bytes, a kind, a count, or a code.
const TABLE: &[(&str, &str, &str, &str)] = &[
    // What is there.
    ("data", "invalid", "dir 0", "17"),
    ("data/a.txt", "5", "file 5", "invalid"),
    ("data/empty", "0", "file 0", "invalid"),
    ("data/sub", "invalid", "dir 0", "3"),
    ("data/sub/b.txt", "1", "file 1", "invalid"),
    ("data/sub/deep/c.txt", "1", "file 1", "invalid"),
    ("data/hollow", "invalid", "dir 0", "0"),
    ("data/.hidden", "1", "file 1", "invalid"),
    ("data/...", "1", "file 1", "invalid"),
    ("data/a b\\c", "1", "file 1", "invalid"),
    ("data/grüße-日本", "1", "file 1", "invalid"),
    ("data/line\nbreak", "1", "file 1", "invalid"),
    ("data/limit", "1048576", "file 1048576", "invalid"),
    ("dev/null", "refused", "other 0", "invalid"),
    // What isn't.
    ("data/missing", "not-found", "not-found", "not-found"),
    ("data/missing/a.txt", "not-found", "not-found", "not-found"),
    ("data/a.txt/b", "not-found", "not-found", "not-found"),
    ("data/A.TXT", "not-found", "not-found", "not-found"),
    ("data/gru\u{308}ße-日本", "not-found", "not-found", "not-found"),
    ("data/%61.txt", "not-found", "not-found", "not-found"),
    ("data/sub\\b.txt", "not-found", "not-found", "not-found"),
    ("data/ ", "not-found", "not-found", "not-found"),
    ("data/~", "not-found", "not-found", "not-found"),
    ("data/a.txt ", "not-found", "not-found", "not-found"),
    // Other folders than the granted ones.
    ("other", "refused", "refused", "refused"),
    ("other/a.txt", "refused", "refused", "refused"),
    ("DATA/a.txt", "refused", "refused", "refused"),
    ("data\\a.txt", "refused", "refused", "refused"),
    ("data\\..\\outside\\secret", "refused", "refused", "refused"),
    ("~", "refused", "refused", "refused"),
    ("file:", "refused", "refused", "refused"),
    ("dаta/a.txt", "refused", "refused", "refused"), // a Cyrillic letter
    // No paths.
    ("", "invalid", "invalid", "invalid"),
    ("/", "invalid", "invalid", "invalid"),
    ("/data/a.txt", "invalid", "invalid", "invalid"),
    ("/etc/passwd", "invalid", "invalid", "invalid"),
    ("//", "invalid", "invalid", "invalid"),
    (".", "invalid", "invalid", "invalid"),
    ("..", "invalid", "invalid", "invalid"),
    ("./data/a.txt", "invalid", "invalid", "invalid"),
    ("../shelf/a.txt", "invalid", "invalid", "invalid"),
    ("data/", "invalid", "invalid", "invalid"),
    ("data/a.txt/", "invalid", "invalid", "invalid"),
    ("data/sub/", "invalid", "invalid", "invalid"),
    ("data//a.txt", "invalid", "invalid", "invalid"),
    ("data/./a.txt", "invalid", "invalid", "invalid"),
    ("data/..", "invalid", "invalid", "invalid"),
    ("data/../outside/secret", "invalid", "invalid", "invalid"),
    ("data/sub/../a.txt", "invalid", "invalid", "invalid"),
    ("data/sub/../../outside/secret", "invalid", "invalid", "invalid"),
    ("data/a.txt/..", "invalid", "invalid", "invalid"),
    ("data/a.txt\0", "invalid", "invalid", "invalid"),
    ("data\0/a.txt", "invalid", "invalid", "invalid"),
    ("data/\0", "invalid", "invalid", "invalid"),
    // Links are seen and never followed, wherever they point.
    ("data/in", "refused", "other 0", "refused"),
    ("data/out", "refused", "other 0", "refused"),
    ("data/dangling", "refused", "other 0", "refused"),
    ("data/loop", "refused", "other 0", "refused"),
    ("data/sub/up", "refused", "other 0", "refused"),
    ("data/sub/up/a.txt", "refused", "refused", "refused"),
    ("data/sub/up/missing", "refused", "refused", "refused"),
    // What isn't a regular file is never opened.
    ("data/pipe", "refused", "other 0", "invalid"),
    ("data/socket", "refused", "other 0", "invalid"),
    // Too large.
    ("data/large", "limit", "file 1048577", "invalid"),
    // The node's own state, through a grant that is too wide.
    ("all/tenant", "invalid", "dir 0", "1"),
    ("all/tenant/state", "invalid", "dir 0", "refused"),
    ("all/tenant/state/keys", "refused", "refused", "refused"),
    ("all/tenant/state/keys/checkpoint.key", "refused", "refused", "refused"),
    ("all/tenant/state/missing", "refused", "refused", "refused"),
    ("all/shelf/a.txt", "5", "file 5", "invalid"),
];

fn machine() -> Machine {
    let machine = Machine::new();
    for file in ["sub/b.txt", "sub/deep/c.txt", ".hidden", "...", "a b\\c", "grüße-日本", "line\nbreak"] {
        machine.write(&format!("shelf/{file}"), b"x");
    }
    machine.write("shelf/a.txt", b"hello");
    machine.write("shelf/empty", b"");
    machine.write("shelf/limit", &vec![0; 1 << 20]);
    machine.write("shelf/large", &vec![0; (1 << 20) + 1]);
    machine.write("outside/secret", b"secret");
    machine.write("tenant/state/keys/checkpoint.key", b"secret");
    std::fs::create_dir(machine.path("shelf/hollow")).expect("a folder");
    machine.link("shelf/in", "a.txt");
    machine.link("shelf/out", machine.path("outside/secret"));
    machine.link("shelf/dangling", "nowhere");
    machine.link("shelf/loop", "loop");
    machine.link("shelf/sub/up", "..");
    machine.pipe("shelf/pipe");
    machine.socket("shelf/socket");
    machine
}

#[test]
fn every_path_has_its_answer() {
    let machine = machine();
    let handles = machine.handles("files-read = { data = \"../shelf\", dev = \"/dev\", all = \"..\" }");
    let host_path = machine.root().to_str().expect("a text");
    assert!(TABLE.len() >= 40);
    for (path, read, stat, entries) in TABLE {
        let mut observer = live(Phase::Execute);
        let reads = handles.files_read_read(&mut observer, &Stage::default(), &LIMITS(), path);
        let stats = handles.files_read_stat(&mut observer, &Stage::default(), path);
        let lists = handles.files_read_entries(&mut observer, &Stage::default(), &LIMITS(), path);
        let got = (
            word(&reads, |data| data.len().to_string()),
            word(&stats, |entry| format!("{} {}", entry.kind, entry.size_bytes)),
            word(&lists, |list| list.len().to_string()),
        );
        assert_eq!((got.0.as_str(), got.1.as_str(), got.2.as_str()), (*read, *stat, *entries), "{path:?}");
        for failure in [reads.err(), stats.err(), lists.err()].into_iter().flatten() {
            assert!(!failure.message.contains(host_path), "{path:?}: {failure}");
            assert!(!failure.message.contains(['\n', '\0']), "{path:?}: {failure}");
        }
        assert_eq!(observer.finish().0.len(), 3, "{path:?}: every answer is on the record");
    }
}

#[test]
fn long_paths_are_refused_before_they_are_written_down() {
    let machine = machine();
    let handles = machine.shelf();
    let table = [
        (format!("data/{}", "x".repeat(255)), "not-found", 1),
        (format!("data/{}", "x".repeat(256)), "invalid", 1),
        (format!("data/{}", "é".repeat(128)), "invalid", 1),
        (format!("data{}", "/x".repeat(2_046)), "not-found", 1),
        (format!("data{}", "/x".repeat(2_047)), "invalid", 0),
        (format!("data/{}", "x".repeat(4 << 20)), "invalid", 0),
    ];
    for (path, code, recorded) in table {
        let mut observer = live(Phase::Execute);
        let answer = handles.files_read_read(&mut observer, &Stage::default(), &LIMITS(), &path);
        assert_eq!(word(&answer, |_| String::from("read")), code, "{} bytes", path.len());
        assert!(answer.expect_err("a failure").message.len() < 1_000);
        assert_eq!(observer.finish().0.len(), recorded, "{} bytes", path.len());
    }
}

#[test]
fn a_name_that_is_no_text_is_seen_and_cannot_be_asked_for() {
    let machine = Machine::new();
    std::fs::write(machine.path("shelf").join(OsStr::from_bytes(b"a\xff")), b"x").expect("a file");
    let handles = machine.shelf();
    let mut observer = live(Phase::Execute);
    let entries =
        handles.files_read_entries(&mut observer, &Stage::default(), &LIMITS(), "data").expect("a list");
    assert_eq!(entries[0].name, "a\u{fffd}");
    let answer = handles.files_read_read(&mut observer, &Stage::default(), &LIMITS(), "data/a\u{fffd}");
    assert_eq!(word(&answer, |_| String::from("read")), "not-found");
}
