//! Bad input: one sentence, what to do next, the documented exit code; nothing on standard output, nothing done.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::Value;

use crate::place::{Place, until};

/// Arguments, the exit code, the error's code, a piece of its sentence.
type Row<'a> = (&'a [&'a str], i32, &'a str, &'a str);

/// In a data directory with the examples, where a node ran and none does.
const THERE: &[Row<'_>] = &[
    (&["--frob"], 2, "usage", "unexpected argument '--frob' found"),
    (&["status", "--chek"], 2, "usage", "unexpected argument '--chek' found"),
    (&["status", "--check", "--check"], 2, "usage", "cannot be used multiple times"),
    (&["levitate"], 2, "usage", "unrecognized subcommand 'levitate'"),
    (&["submit"], 2, "usage", "required arguments were not provided"),
    (&["submit", ""], 2, "not-found", "there is no agent \"\""),
    (&["submit", "-x"], 2, "usage", "unexpected argument '-x'"),
    (&["submit", "--", "-x"], 2, "not-found", "there is no agent \"-x\""),
    (&["submit", "../echo"], 2, "not-found", "there is no agent"),
    (&["submit", "еcho"], 2, "not-found", "there is no agent"),
    (&["submit", "greter"], 2, "not-found", "did you mean greeter?"),
    (&["submit", "echo", "--input"], 2, "usage", "a value is required"),
    (&["submit", "echo", "--input", "1", "--input-file", "x"], 2, "usage", "cannot be used with"),
    (&["submit", "echo", "--id", "../x"], 2, "usage", "invalid value '../x' for '--id <ID>'"),
    (&["submit", "echo", "--input", ""], 2, "invalid", "the text is empty"),
    (&["submit", "echo", "--input", "{"], 2, "invalid", "the input can't be used: not JSON"),
    (&["submit", "echo", "--input", "{'a':1}"], 2, "invalid", "not JSON"),
    (&["submit", "echo", "--input", r#"{"a":1,"a":2}"#], 2, "invalid", "the member \"a\" is repeated"),
    (&["submit", "echo", "--input", "1e999"], 2, "invalid", "number out of range"),
    (&["submit", "echo", "--input", "NaN"], 2, "invalid", "not JSON"),
    (&["submit", "echo", "--input", "9007199254740993"], 2, "invalid", "an integer is beyond"),
    (&["submit", "echo", "--input-file", "bom"], 2, "invalid", "byte-order mark"),
    (&["submit", "echo", "--input-file", "latin"], 2, "invalid", "is not UTF-8 text"),
    (&["submit", "echo", "--input-file", "deep"], 2, "limit", "nested deeper than 64 levels"),
    (&["submit", "echo", "--input-file", "huge"], 2, "limit", "huge has more than 1048576 bytes"),
    (&["submit", "echo", "--input-file", "/dev/zero"], 2, "invalid", "/dev/zero is a device, not a file"),
    (&["submit", "echo", "--input-file", "folder"], 2, "invalid", "folder is a folder, not a file"),
    (&["submit", "echo", "--input-file", "fifo"], 2, "invalid", "fifo is a FIFO, not a file"),
    (&["submit", "echo", "--input-file", "none"], 2, "not-found", "there is no file none"),
    (&["submit", "--batch", "folder"], 2, "invalid", "folder is a folder, not a file"),
    (
        &["submit", "js-greeter", "--input", "{}"],
        2,
        "invalid",
        "the input doesn't fit the schema of agent js-greeter",
    ),
    (&["submit", "echo", "--wait"], 4, "no-node", "no node is running"),
    (&["submit", "echo", "--wait", "--timeout", "0"], 2, "usage", "seconds go from"),
    (&["show", "nojob"], 1, "not-found", "no job nojob is on the record"),
    (&["show", "a/b"], 2, "usage", "invalid value 'a/b'"),
    (&["unblock", "nojob"], 4, "no-node", "no node is running"),
    (&["unblock", "nojob", "--input", "{"], 2, "invalid", "not JSON"),
    (&["cancel", "nojob"], 4, "no-node", "no node is running"),
    (&["status", "--check"], 1, "no-node", "no node is running"),
    (&["replay"], 2, "nothing-yet", "no job stands on the record"),
    (&["replay", "nojob"], 2, "not-found", "nojob"),
    (&["replay", "--workers", "0"], 2, "usage", "a number from 1 to 1024"),
    (&["ledger", "--kind", "jobb"], 2, "not-found", "did you mean job?"),
    (&["ledger", "--source", "echo"], 2, "usage", "a source is agent:NAME"),
    (&["verify", "--witness", "bom"], 2, "invalid", "the checkpoint"),
    (&["verify", "--witness", "latin"], 2, "invalid", "latin is no checkpoint"),
    (&["remove", "greetr"], 2, "not-found", "did you mean greet or greeter?"),
    (&["add-tool", "none.wasm"], 2, "not-found", "there is no file none.wasm"),
    (&["add-tool", "folder"], 2, "invalid", "folder is a folder, not a file"),
    (&["add-tool", "bom"], 3, "invalid", "this is not WebAssembly"),
    (&["inspect", "fifo"], 2, "invalid", "fifo is a FIFO, not a file"),
    (&["serve", "--node", "../x"], 2, "usage", "invalid value '../x' for '--node <NAME>'"),
    (&["completions", "nosh"], 2, "usage", "invalid value 'nosh'"),
    (&["--data-dir", "", "status"], 2, "usage", "a value is required for '--data-dir <DIR>'"),
    (&["--data-dir", "bom", "status"], 2, "invalid", "bom is no folder"),
    (&["--data-dir", "bom", "init"], 2, "invalid", "bom is no folder"),
    (&["--data-dir", "bom", "serve"], 2, "invalid", "bom is no folder"),
    (&["--data-dir", "new", "status"], 1, "nothing-yet", "there is no data directory at new"),
    (&["--data-dir", "new", "checkpoint"], 1, "nothing-yet", "there is no data directory at new"),
    (&["--data-dir", "new", "replay"], 2, "nothing-yet", "there is no data directory at new"),
    (&["--data-dir", "fresh", "replay"], 2, "nothing-yet", "there is no ledger in fresh yet"),
    (&["--data-dir", "fresh", "verify"], 1, "nothing-yet", "there is no ledger in fresh yet"),
    (&["--data-dir", "fresh", "status"], 1, "nothing-yet", "no node has run on fresh yet"),
    (&["--data-dir", "fresh", "logs"], 1, "nothing-yet", "there is no log in fresh yet"),
    (&["--data-dir", "fresh", "submit", "echo"], 2, "not-found", "there is no agent \"echo\""),
];

/// A place where a node ran and no job, with every thing that can be given instead of a file.
fn place() -> Place {
    let place = Place::new();
    place.ok(&["serve", "--once"]);
    place.ok(&["--data-dir", "fresh", "init"]);
    place.file("bom", "\u{feff}{}");
    place.file("latin", b"\"\xe9\"");
    place.file("deep", format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)));
    let huge = fs::File::create(place.path("huge")).expect("a file");
    huge.set_len(1 << 30).expect("a gigabyte with nothing in it");
    fs::create_dir(place.path("folder")).expect("a folder");
    mknodat(CWD, place.path("fifo"), FileType::Fifo, Mode::RWXU, 0).expect("a FIFO");
    place
}

/// That it says what it should, to people and to programs.
fn check(place: &Place, args: &[&OsStr], code: i32, word: &str, piece: &str) {
    let said = place.run(args);
    let told = format!("{args:?}: {said:?}");
    assert_eq!((said.code, &*said.out), (code, ""), "{told}");
    assert!(said.err.starts_with("error: ") && said.err.contains(piece), "{piece}: {told}");
    let next: Vec<&str> = said.err.lines().filter(|line| line.starts_with("next: ")).collect();
    assert_eq!(next.len(), 1, "{told}");
    for never in ["panicked", "backtrace", "bug in jaros", ".rs:"] {
        assert!(!said.err.contains(never), "{told}");
    }
    let mut json: Vec<&OsStr> = vec!["--json".as_ref()];
    json.extend(args);
    let said = place.run(&json);
    let error = &said.json()["error"];
    assert_eq!((said.code, error["code"].as_str()), (code, Some(word)), "{args:?}: {said:?}");
    assert!(error["message"].as_str().is_some_and(|message| message.contains(piece)), "{args:?}: {said:?}");
    assert!(matches!(&error["next"], Value::String(next) if !next.is_empty()), "{args:?}: {said:?}");
    assert_eq!(said.err, "", "{args:?}: {said:?}");
}

#[test]
fn every_kind_of_bad_input_is_told_in_a_sentence() {
    let place = place();
    for (args, code, word, piece) in THERE {
        let args: Vec<&OsStr> = args.iter().map(AsRef::as_ref).collect();
        check(&place, &args, *code, word, piece);
    }
    let (broken, long) = (OsStr::from_bytes(b"\xff\xfe"), OsString::from("x".repeat(100_000)));
    for (args, piece) in [
        (&["submit".as_ref(), broken][..], "invalid UTF-8"),
        (&["show".as_ref(), broken], "invalid UTF-8"),
        (&["submit".as_ref(), "echo".as_ref(), "--input".as_ref(), broken], "invalid UTF-8"),
        (&[broken], "unrecognized subcommand"),
    ] {
        check(&place, args, 2, "usage", piece);
    }
    check(&place, &["submit".as_ref(), &long], 2, "not-found", "there is no agent \"xxxx");
    assert_eq!(fs::read_dir(place.data("inbox")).expect("an inbox").count(), 0, "nothing was done");
    assert!(!place.path("new").exists());
}

#[test]
fn what_a_node_does_not_know_is_told_too() {
    let place = place();
    let mut node = place.serve();
    for (args, code, word, piece) in [
        (&["unblock", "nojob"][..], 2, "not-found", "job nojob isn't under way"),
        (&["cancel", "nojob"], 2, "not-found", "job nojob isn't under way"),
        (&["submit", "greter", "--wait"], 2, "not-found", "did you mean greeter?"),
        (&["submit", "planner", "--input", "5", "--wait"], 2, "invalid", "doesn't fit the schema"),
        (&["serve"], 3, "exists", "is already running on this folder"),
    ] {
        let args: Vec<&OsStr> = args.iter().map(AsRef::as_ref).collect();
        check(&place, &args, code, word, piece);
    }
    assert!(node.runs());
    node.stop();
}

/// Settings that can't be used, and a piece of what is said about them.
const SETTINGS: [(&str, &str, &str); 4] = [
    ("config/limits.toml", "turn = 3\n", "config/limits.toml:1:1: unknown key `turn`"),
    ("config/grants.toml", "[tool.x]\nfly = true\n", "config/grants.toml:2:1: "),
    ("config/grants.toml", "[tool]\nx = \n", "config/grants.toml:2:5: "),
    ("config/llm.json", "{", "config/llm.json: "),
];

#[test]
fn settings_that_can_not_be_used_are_named() {
    let place = Place::new();
    let serve: [&OsStr; 2] = ["serve".as_ref(), "--once".as_ref()];
    for (file, text, piece) in SETTINGS {
        let good = fs::read(place.data(file)).expect("a settings file");
        fs::write(place.data(file), text).expect("a file");
        check(&place, &serve, 2, "invalid", piece);
        fs::write(place.data(file), good).expect("a file");
    }
    let node = place.serve();
    for (file, text, piece) in SETTINGS {
        let good = fs::read(place.data(file)).expect("a settings file");
        fs::write(place.data(file), text).expect("a file");
        let told = || place.json(&["status"])["status"]["problems"].to_string();
        until("a word about it", || told().contains(piece).then_some(()));
        assert_eq!(
            place.ok(&["submit", "echo", "--input", "1", "--wait"]),
            "1\n",
            "the last good ones are in force"
        );
        fs::write(place.data(file), good).expect("a file");
        until("that it was mended", || (told() == "[]").then_some(()));
    }
    node.stop();
    place.file(".env", "SECRET key\n");
    check(&place, &["status".as_ref()], 2, "invalid", "line 1 of ./.env isn't NAME=value");
}

#[test]
fn a_data_directory_that_can_not_be_written() {
    use std::os::unix::fs::PermissionsExt;
    if rustix::process::geteuid().is_root() {
        // /proc can't be written, whoever asks.
        let place = Place::empty();
        check(
            &place,
            &["--data-dir".as_ref(), "/proc/jaros".as_ref(), "init".as_ref()],
            5,
            "machine",
            "/proc/jaros",
        );
        println!("the rest is skipped: for root every folder can be written");
        return;
    }
    let place = place();
    fs::set_permissions(place.data(""), fs::Permissions::from_mode(0o500)).expect("rights");
    check(&place, &["serve".as_ref(), "--once".as_ref()], 5, "machine", "Permission denied");
    fs::set_permissions(place.data(""), fs::Permissions::from_mode(0o700)).expect("rights");
}
