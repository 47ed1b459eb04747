//! Every path that a guest might try, against `read`, `stat` and `entries`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use jaros_capability::{Phase, Stage};

use crate::harness::{LIMITS, Machine, live, word};

/// Path → what `read`, `stat` and `entries` answer: bytes, a kind, a count, or a code.
const TABLE: &[(&str, &str, &str, &str)] = &[
    // What is there.
    ("data", "invalid", "dir 0", "21"),
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
    ("data\u{2215}a.txt", "refused", "refused", "refused"), // a division slash
    ("data\u{ff0f}a.txt", "refused", "refused", "refused"), // a full-width slash
    ("\u{feff}data/a.txt", "refused", "refused", "refused"), // a byte order mark
    ("data\u{200b}/a.txt", "refused", "refused", "refused"), // a space of no width
    (" data/a.txt", "refused", "refused", "refused"),
    ("c:/a.txt", "refused", "refused", "refused"),
    ("%64ata/a.txt", "refused", "refused", "refused"),
    ("~root/a.txt", "refused", "refused", "refused"),
    ("$HOME/a.txt", "refused", "refused", "refused"),
    // What looks like a way up and is only a name.
    ("data/\u{2024}\u{2024}/outside/secret", "not-found", "not-found", "not-found"), // one-dot leaders
    ("data/\u{2025}/outside/secret", "not-found", "not-found", "not-found"),         // a two-dot leader
    ("data/\u{ff0e}\u{ff0e}/outside/secret", "not-found", "not-found", "not-found"), // full-width dots
    ("data/..\u{200b}/outside/secret", "not-found", "not-found", "not-found"),
    ("data/.. /outside/secret", "not-found", "not-found", "not-found"),
    ("data/%2e%2e/outside/secret", "not-found", "not-found", "not-found"),
    ("data/..;/outside/secret", "not-found", "not-found", "not-found"),
    ("data/..\\outside\\secret", "not-found", "not-found", "not-found"),
    ("data/a.txt:stream", "not-found", "not-found", "not-found"),
    ("data/*", "not-found", "not-found", "not-found"),
    ("data/....", "not-found", "not-found", "not-found"),
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
    ("data/far", "refused", "other 0", "refused"),
    ("data/far/secret", "refused", "refused", "refused"),
    ("data/near", "refused", "other 0", "refused"),
    ("data/near/b.txt", "refused", "refused", "refused"),
    ("data/near/deep/c.txt", "refused", "refused", "refused"),
    ("data/loop/x", "refused", "refused", "refused"),
    ("data/dangling/x", "refused", "refused", "refused"),
    ("data/out/x", "refused", "refused", "refused"),
    ("data/node", "refused", "other 0", "refused"),
    ("data/node/keys/checkpoint.key", "refused", "refused", "refused"),
    // A hard link is the file itself: whoever made it gave the folder another name for it.
    ("data/hard", "5", "file 5", "invalid"),
    // What isn't a regular file is never opened.
    ("data/pipe", "refused", "other 0", "invalid"),
    ("data/socket", "refused", "other 0", "invalid"),
    ("data/pipe/x", "not-found", "not-found", "not-found"),
    ("dev/zero", "refused", "other 0", "invalid"),
    ("dev/urandom", "refused", "other 0", "invalid"),
    ("dev/full", "refused", "other 0", "invalid"),
    ("dev/stdin", "refused", "other 0", "refused"),
    ("dev/fd", "refused", "other 0", "refused"),
    ("dev/fd/0", "refused", "refused", "refused"),
    // The ways out of a process's folder are links too, whatever they claim to be.
    ("process/root", "refused", "other 0", "refused"),
    ("process/cwd", "refused", "other 0", "refused"),
    ("process/exe", "refused", "other 0", "refused"),
    ("process/root/etc/passwd", "refused", "refused", "refused"),
    ("process/cwd/Cargo.toml", "refused", "refused", "refused"),
    ("process/fd/0", "refused", "other 0", "refused"),
    ("process/task/../root/etc/passwd", "invalid", "invalid", "invalid"),
    // Too large.
    ("data/large", "limit", "file 1048577", "invalid"),
    // The node's own state, through a grant that is too wide.
    ("all/tenant", "invalid", "dir 0", "1"),
    ("all/tenant/state", "invalid", "dir 0", "refused"),
    ("all/tenant/state/keys", "refused", "refused", "refused"),
    ("all/tenant/state/keys/checkpoint.key", "refused", "refused", "refused"),
    ("all/tenant/state/missing", "refused", "refused", "refused"),
    ("all/tenant/state/keys/../keys", "invalid", "invalid", "invalid"),
    ("all/tenant/STATE/keys", "not-found", "not-found", "not-found"),
    ("all/shelf/node/keys", "refused", "refused", "refused"),
    ("all/outside/way/keys", "refused", "refused", "refused"),
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
    machine.link("shelf/far", machine.path("outside"));
    machine.link("shelf/near", "sub");
    machine.link("shelf/node", "../tenant/state");
    machine.link("outside/way", machine.path("tenant/state"));
    std::fs::hard_link(machine.path("shelf/a.txt"), machine.path("shelf/hard")).expect("a hard link");
    machine.pipe("shelf/pipe");
    machine.socket("shelf/socket");
    machine
}

#[test]
fn every_path_has_its_answer() {
    let machine = machine();
    let process = format!("/proc/{}", std::process::id());
    let handles = machine.handles(&format!(
        "files-read = {{ data = \"../shelf\", dev = \"/dev\", all = \"..\", process = \"{process}\" }}"
    ));
    let host_path = machine.root().to_str().expect("a text");
    println!("{} paths", TABLE.len());
    assert!(TABLE.len() >= 80, "only {} paths", TABLE.len());
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

/// What `write` and `remove` answer: the same word as `stat`, but that what isn't there can be made, and that a folder, a link or
/// a device is never written over or removed. Only `data` is granted for writing.
fn written(path: &str, stat: &'static str) -> (&'static str, &'static str) {
    match stat {
        "refused" | "invalid" => (stat, stat),
        _ if path.split('/').next() != Some("data") => ("refused", "refused"),
        "not-found" if matches!(path, "data/a.txt/b" | "data/pipe/x") => ("invalid", "not-found"),
        "not-found" => ("", "not-found"),
        stat if stat.starts_with("file") => ("", ""),
        stat if stat.starts_with("dir") => ("invalid", "invalid"),
        _ => ("refused", "refused"),
    }
}

#[test]
fn every_path_has_its_answer_when_it_is_written() {
    let machine = machine();
    let grant = machine.tool("files-write = { data = \"../shelf\" }");
    let handles = grant.open(&crate::harness::everything()).expect("handles");
    let writable = grant.writable().expect("folders to write into");
    let untouched = || ["outside", "tenant"].map(|folder| snapshot(&machine.path(folder)));
    let before = untouched();
    let mut made = 0;
    for (path, _, stat, _) in TABLE {
        let (mut observer, mut stage) = (live(Phase::Execute), Stage::default());
        let removes = handles.files_write_remove(&mut observer, &mut Stage::default(), &LIMITS(), path);
        let writes = handles.files_write_write(&mut observer, &mut stage, &LIMITS(), path, b"x".to_vec());
        let got = (word(&writes, |()| String::new()), word(&removes, |()| String::new()));
        let (write, remove) = written(path, stat);
        assert_eq!((got.0.as_str(), got.1.as_str()), (write, remove), "{path:?}");
        // When it becomes visible, the same walk is made again: it leads to the same places, and nowhere else.
        let spot = writable.spot(path);
        assert_eq!(spot.is_ok(), write.is_empty(), "{path:?}: {spot:?}");
        made += usize::from(spot.is_ok());
    }
    println!("{} paths written and removed, {made} of them allowed", TABLE.len());
    assert_eq!(untouched(), before, "something outside of the granted folder changed");
}

/// Every path below a folder with what it holds.
fn snapshot(folder: &std::path::Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() && !entry.is_symlink() {
            all.extend(snapshot(&entry));
        }
        all.push((entry.clone(), std::fs::read(&entry).unwrap_or_default()));
    }
    all.sort();
    all
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
