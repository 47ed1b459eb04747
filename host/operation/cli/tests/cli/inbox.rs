//! Whatever lies in the inbox of a running node: it stays alive, and every file ends where its owner can find it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::place::{Place, until};

/// Files that can be no job: name, text, a piece of the reason.
const FILES: [(&[u8], &str, &str); 17] = [
    (b"empty.json", "", "the text is empty"),
    (b"half.json", r#"{"agent":"echo","in"#, "not JSON"),
    (b"bom.json", "\u{feff}{\"agent\":\"echo\"}", "byte-order mark"),
    (b"dup.json", r#"{"agent":"echo","agent":"greeter"}"#, "\"agent\" is repeated"),
    (b"unknown.json", r#"{"agent":"echo","urgent":true}"#, "unknown field `urgent`"),
    (b"future.json", r#"{"agent":"echo","format":9}"#, "unknown field `format`"),
    (b"nan.json", r#"{"agent":"echo","input":NaN}"#, "not JSON"),
    (b"inf.json", r#"{"agent":"echo","input":1e999}"#, "number out of range"),
    (b"nobody.json", r#"{"agent":"nobody"}"#, "there is no agent \"nobody\""),
    (b"other.json", r#"{"agent":"echo","id":"this"}"#, "says another id"),
    (b"unfit.json", r#"{"agent":"js-greeter","input":4}"#, "js-greeter"),
    (b"readme.txt", "hi", "isn't named ID.json"),
    (b"has space.json", r#"{"agent":"echo"}"#, "isn't named after a job id"),
    (b"a..b.json", r#"{"agent":"echo"}"#, "isn't named after a job id"),
    (b"no\xfftext.json", r#"{"agent":"echo"}"#, "isn't named after a job id"),
    // The first letter is Cyrillic.
    (b"\xd0\xb0bc.json", r#"{"agent":"echo"}"#, "isn't named after a job id"),
    (b"new\nline.json", r#"{"agent":"echo"}"#, "isn't named after a job id"),
];

fn names(place: &Place, folder: &str) -> Vec<PathBuf> {
    fs::read_dir(place.data(folder)).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
}

/// Things that aren't files of a job at all.
fn odd_things(place: &Place) -> [(&'static str, &'static str); 6] {
    let inbox = |name: &str| place.data("inbox").join(name);
    fs::create_dir(inbox("folder.json")).expect("a folder");
    symlink("/etc/passwd", inbox("link.json")).expect("a link");
    mknodat(CWD, inbox("fifo.json"), FileType::Fifo, Mode::RWXU, 0).expect("a FIFO");
    let aside = |name: &str, text: String| {
        fs::rename(place.path(&place.file(name, text)), inbox(name)).expect("a rename");
    };
    aside("big.json", " ".repeat(2 << 20));
    let deep = format!("{{\"agent\":\"echo\",\"input\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    aside("deep.json", deep);
    let long = "n".repeat(200);
    aside(&format!("{long}.json"), r#"{"agent":"echo"}"#.to_owned());
    [
        ("folder.json", "is a folder, not a file"),
        ("link.json", "is a symbolic link, not a file"),
        ("fifo.json", "is a FIFO, not a file"),
        ("big.json", "`job_bytes` allows"),
        ("deep.json", "nested deeper"),
        ("nnnn", "isn't named after a job id"),
    ]
}

#[test]
fn bad_files_end_in_failed_with_a_reason_and_the_node_lives() {
    let place = Place::new();
    let mut node = place.serve();
    for (name, text, _) in FILES {
        let aside = place.path("aside");
        fs::write(&aside, text).expect("a file");
        fs::rename(&aside, place.data("inbox").join(OsStr::from_bytes(name))).expect("a rename");
    }
    let odd = odd_things(&place);
    fs::write(place.data("inbox/being.json.tmp"), "{").expect("a file");
    fs::write(place.data("inbox/.hidden.json"), "{").expect("a file");
    let reasons = until("every reason", || {
        let reasons: Vec<PathBuf> = names(&place, "failed")
            .into_iter()
            .filter(|path| path.extension().is_some_and(|extension| extension == "reason"))
            .collect();
        (reasons.len() == FILES.len() + odd.len() && names(&place, "inbox").len() == 2).then_some(reasons)
    });
    let texts: Vec<String> = reasons.iter().map(|path| fs::read_to_string(path).expect("a reason")).collect();
    for (path, text) in reasons.iter().zip(&texts) {
        let beside = path.with_extension("");
        assert!(beside.symlink_metadata().is_ok(), "{}: the file itself was lost", beside.display());
        assert!(text.lines().count() >= 2, "no next step: {text}");
    }
    for (name, why) in odd {
        let told = reasons.iter().zip(&texts).any(|(path, text)| {
            path.file_name().is_some_and(|file| file.as_bytes().starts_with(name.as_bytes()))
                && text.contains(why)
        });
        assert!(told, "{name}: {why}: {texts:#?}");
    }
    for (_, _, why) in FILES {
        assert!(texts.iter().any(|text| text.contains(why)), "{why}: {texts:#?}");
    }
    assert!(node.runs());
    assert_eq!(place.json(&["status"])["inbox"], 0, "what is being written doesn't wait");
    assert_eq!(place.ok(&["submit", "echo", "--input", "1", "--wait"]), "1\n");
    node.stop();
    assert_eq!(place.json(&["replay"])["ok"], true);
}

#[test]
fn files_that_are_unusual_and_right_are_jobs() {
    let place = Place::new();
    let node = place.serve();
    let job = "{\"agent\":\"echo\",\r\n\"input\":5}\r\n";
    fs::hard_link(place.path(&place.file("hard", job)), place.data("inbox/hard.json")).expect("a link");
    // Written in pieces, under its own name: it is taken when it is whole.
    fs::write(place.data("inbox/late.json"), "").expect("a file");
    fs::write(place.data("inbox/late.json"), job).expect("a file");
    let longest = "x".repeat(128);
    fs::write(place.path("aside"), job).expect("a file");
    fs::rename(place.path("aside"), place.data("inbox").join(format!("{longest}.json"))).expect("a rename");
    for id in ["hard", "late", &longest] {
        let result = until(id, || fs::read_to_string(place.data("outbox").join(format!("{id}.json"))).ok());
        assert!(result.contains(r#""result":5"#), "{result}");
    }
    assert_eq!(fs::read_to_string(place.path("hard")).expect("the other name"), job);
    node.stop();
}
