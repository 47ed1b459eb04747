//! `files-read`: what it answers, and when it refuses.

use jaros_capability::{FileKind, FolderEntry, Phase, Stage};
use jaros_decision::Limits;

use crate::harness::{LIMITS, Machine, live, refused, word};

#[test]
fn it_reads_lists_and_tells_about_granted_folders() {
    let machine = Machine::new();
    machine.write("shelf/b/c.txt", b"0123456789");
    machine.write("shelf/a.txt", b"hello");
    let handles = machine.shelf();
    let mut observer = live(Phase::Decide);
    let limits = LIMITS();
    assert_eq!(
        handles.files_read_read(&mut observer, &Stage::default(), &limits, "data/a.txt").expect("a file"),
        b"hello"
    );
    let range = |observer: &mut _, offset, len| {
        handles
            .files_read_read_range(observer, &Stage::default(), &limits, "data/b/c.txt", offset, len)
            .expect("a range")
    };
    assert_eq!(range(&mut observer, 3, 4), b"3456");
    assert_eq!(range(&mut observer, 8, 4), b"89");
    assert_eq!(range(&mut observer, 10, 4), b"");
    assert_eq!(range(&mut observer, 0, 0), b"");
    assert_eq!(range(&mut observer, (1 << 53) - 1, 4), b"");
    let file = FolderEntry { name: "c.txt".into(), kind: FileKind::File, size_bytes: 10 };
    assert_eq!(
        handles.files_read_stat(&mut observer, &Stage::default(), "data/b/c.txt").expect("an entry"),
        file
    );
    let entries =
        handles.files_read_entries(&mut observer, &Stage::default(), &limits, "data").expect("a list");
    let seen: Vec<_> = entries.iter().map(|e| (e.name.as_str(), e.kind.as_str(), e.size_bytes)).collect();
    assert_eq!(seen, [("a.txt", "file", 5), ("b", "dir", 0)]);
}

#[test]
fn it_is_refused_without_a_grant_and_outside_decide_and_execute() {
    let machine = Machine::new();
    machine.write("shelf/a.txt", b"hello");
    let read = |handles: &jaros_capability::Handles, phase| {
        handles.files_read_read(&mut live(phase), &Stage::default(), &LIMITS(), "data/a.txt")
    };
    let bare = machine.handles("");
    refused(read(&bare, Phase::Execute), "`files-read` isn't granted");
    refused(
        bare.files_read_stat(&mut live(Phase::Decide), &Stage::default(), "data"),
        "`files-read` isn't granted",
    );
    let granted = machine.shelf();
    refused(read(&granted, Phase::Describe), "doesn't work in `describe`: only `log` does");
    refused(read(&granted, Phase::Validate), "doesn't work in `validate`: only `job` and `log` do");
    let unasked = machine.tool("files-read = { data = \"../shelf\" }").open(&[].into()).expect("handles");
    refused(read(&unasked, Phase::Execute), "`files-read` isn't granted");
}

#[test]
fn sizes_and_counts_are_bounded() {
    let machine = Machine::new();
    machine.write("shelf/four", b"0123");
    machine.write("shelf/five", b"01234");
    let handles = machine.shelf();
    let limits = Limits { read_bytes: 4, read_entries: 1, ..LIMITS() };
    let mut observer = live(Phase::Execute);
    let size = |data: &Vec<u8>| data.len().to_string();
    assert_eq!(
        word(&handles.files_read_read(&mut observer, &Stage::default(), &limits, "data/four"), size),
        "4"
    );
    assert_eq!(
        word(&handles.files_read_read(&mut observer, &Stage::default(), &limits, "data/five"), size),
        "limit"
    );
    let mut range = |offset, len| {
        word(
            &handles.files_read_read_range(
                &mut observer,
                &Stage::default(),
                &limits,
                "data/five",
                offset,
                len,
            ),
            size,
        )
    };
    assert_eq!(range(1, 4), "4");
    assert_eq!(range(0, 5), "limit");
    assert_eq!(range(u64::MAX, 1), "invalid");
    let list = |limits: &Limits| {
        word(
            &handles.files_read_entries(&mut live(Phase::Execute), &Stage::default(), limits, "data"),
            |list| list.len().to_string(),
        )
    };
    assert_eq!(list(&limits), "limit");
    assert_eq!(list(&Limits { read_entries: 2, ..limits }), "2");
}

#[test]
fn a_file_that_claims_no_size_is_bounded_by_what_it_gives() {
    let machine = Machine::new();
    let handles = machine.handles("files-read = { proc = \"/proc/sys/kernel\" }");
    let read = |read_bytes| {
        let limits = Limits { read_bytes, ..LIMITS() };
        handles.files_read_read(&mut live(Phase::Execute), &Stage::default(), &limits, "proc/ostype")
    };
    assert_eq!(read(6).expect("a file"), b"Linux\n");
    assert_eq!(word(&read(5), |_| String::from("read")), "limit");
}
