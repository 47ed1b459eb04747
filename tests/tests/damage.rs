//! What was changed afterwards is found and named.

use std::fs;
use std::path::{Path, PathBuf};

use jaros_content::Content;
use jaros_decision::Digest;
use jaros_ledger::{State, Verify, verify};
use jaros_replay::Options;
use jaros_tests::Place;
use serde_json::json;

/// A place in which three jobs ran, one of them with an artifact.
fn used() -> Place {
    let place = Place::new();
    let jobs: Vec<_> =
        ["Ada", "Grace"].iter().map(|name| place.submit("greeter", &json!({"name": name}))).collect();
    let failed = place.submit("worker", &json!({"bad": true}));
    place.serve_once();
    assert_eq!(jobs.len() + 1, 3);
    assert_eq!(place.result(&failed)["state"], "FAILED");
    place
}

fn segment(place: &Place) -> PathBuf {
    let files = fs::read_dir(place.path("state/ledger")).expect("a ledger");
    let mut segments: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    segments.retain(|path| path.extension().is_some_and(|end| end == "ndjson"));
    segments.sort();
    segments.remove(0)
}

fn verifies(place: &Place) -> Result<(), String> {
    let content = Content::open(place.path("state/content")).expect("content");
    let what = Verify { dir: &place.layout().ledger(), content: &content, witnessed: &[] };
    match verify(what) {
        Ok(verified) => verified.torn.map_or(Ok(()), |torn| Err(torn.broken.to_string())),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn one_byte_of_any_line_is_named_by_verify_and_replay() {
    let place = used();
    verifies(&place).expect("it is whole");
    let path = segment(&place);
    let whole = fs::read(&path).expect("a segment");
    let mut flipped = 0;
    for at in (10..whole.len()).step_by(whole.len() / 12) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&path, &bytes).expect("written");
        let why = verifies(&place).expect_err("a flipped byte is found");
        assert!(why.contains("entry") || why.contains("segment"), "{why}");
        let report = place.replay(&Options::default());
        assert!(!report.ok && !report.chain_ok, "byte {at}: {report:?}");
        assert!(report.broken.is_some());
        flipped += 1;
    }
    fs::write(&path, &whole).expect("written");
    place.replays_clean();
    println!("{flipped} flipped bytes, all found");
}

/// Changes the text of data lines and writes the whole chain anew, as somebody would who has the code.
fn rewrite(path: &Path, change: impl Fn(&str) -> Option<String>) {
    let text = fs::read_to_string(path).expect("a segment");
    let (mut out, mut renamed, mut prev) = (String::new(), Vec::new(), None::<String>);
    let mut state = State::start();
    let mut changed = 0;
    for line in text.lines() {
        if line.starts_with("{\"data\":") {
            let mut line = line.to_owned();
            if let Some(new) = change(&line) {
                renamed.push((named(&line), named(&new)));
                line = new;
                changed += 1;
            }
            out += &line;
            out.push('\n');
            continue;
        }
        let mut line = line.to_owned();
        for (old, new) in &renamed {
            line = line.replace(old, new);
        }
        if let Some((head, _)) =
            line.clone().split_once(",\"state\":\"").filter(|_| line.contains("\"kind\":\"outcome\""))
        {
            let start = head.find("\"effect\":").expect("an effect") + 9;
            let end = head.find(",\"id\":").expect("an id");
            state = state.after(&head[start..end]);
            let tail_at = head.len() + ",\"state\":\"".len() + 64;
            line = format!("{head},\"state\":\"{}{}", state.0, &line[tail_at..]);
        }
        if let Some(prev) = &prev {
            let at = line.len() - 75 - 65;
            line.replace_range(at..at + 64, prev);
        }
        let body = line.len() - 75;
        let hash = Digest::of(&line.as_bytes()[..body]).to_hex();
        line.truncate(body);
        line += &format!(",\"hash\":\"{hash}\"}}");
        prev = Some(hash);
        out += &line;
        out.push('\n');
    }
    assert_eq!(changed, 1, "one datum is changed");
    fs::write(path, out).expect("written");
}

/// What an entry says for a data line.
fn named(line: &str) -> String {
    let data = line.strip_prefix("{\"data\":").expect("a data line");
    let (data, salt) = data.rsplit_once(",\"salt\":\"").expect("a salt");
    let digit = |at: usize| u8::from_str_radix(&salt[at..at + 2], 16).expect("hex digits");
    let salt: Vec<u8> = (0..16).map(|n| digit(2 * n)).collect();
    format!("@{}", Digest::of_parts(&[&salt, data.as_bytes()]))
}

#[test]
fn an_outcome_that_was_altered_with_its_whole_chain_is_named_by_replay() {
    let place = used();
    // The last segment is the only one; without its checkpoint nobody outside vouches for the old chain.
    let path = segment(&place);
    let seen = std::cell::Cell::new(0);
    rewrite(&path, |line| {
        // The outcome's result is the first line with the greeting; the job's end repeats it.
        let found = line.contains("{\"greeting\":\"Hello, Ada!\"}");
        seen.set(seen.get() + u32::from(found));
        (found && seen.get() == 1).then(|| line.replace("Hello, Ada!", "Hello, Eve!"))
    });
    drop(fs::remove_file(place.path("state/ledger/checkpoint")));
    let report = place.replay(&Options::default());
    assert!(!report.ok, "{report:?}");
    let found = report.divergences.iter().find(|divergence| divergence.what.contains("Hello, Eve!"));
    let found = found.unwrap_or_else(|| panic!("{report:#?}"));
    assert_eq!(found.agent.as_ref().expect("an agent").as_str(), "greeter");
    assert_eq!(found.kind.as_ref().expect("a kind").as_str(), "greet");
}

#[test]
fn an_artifact_that_was_edited_by_hand_is_reported_with_its_path() {
    let place = Place::new();
    place.submit("scribe", &json!({"path": "notes/a.txt", "text": "an earlier version"}));
    place.serve_once();
    let job = place.submit("scribe", &json!({"path": "notes/a.txt", "text": "as written"}));
    place.serve_once();
    assert_eq!(place.result(&job)["state"], "DONE", "{}", place.result(&job));
    let path = place.path("artifacts/notes/a.txt");
    assert_eq!(fs::read_to_string(&path).expect("an artifact"), "as written");
    place.replays_clean();
    for edit in [Some("edited"), None] {
        match edit {
            Some(text) => fs::write(&path, text).expect("written"),
            None => fs::remove_file(&path).expect("removed"),
        }
        let report = place.replay(&Options::default());
        assert!(!report.ok && !report.byte_identical && report.chain_ok);
        assert_eq!(report.files[0].path, Path::new("artifacts/notes/a.txt"));
    }
}

#[test]
fn a_thousand_replays_with_one_and_two_workers_are_equal() {
    let place = used();
    let settings = jaros_engine::Settings {
        compiled_dir: Some(place.layout().compiled()),
        ..jaros_engine::Settings::new(jaros_engine::Compiler::InProcess)
    };
    let engine = jaros_engine::Engine::new(&settings).expect("an engine");
    let replay = |workers| {
        let options = Options { workers, ..Options::default() };
        jaros_replay::replay(&place.layout(), &engine, &options, &mut |_| {}).expect("a report")
    };
    let first = replay(1);
    assert!(first.ok, "{first:?}");
    for n in 0..1000 {
        assert_eq!(replay(1 + n % 2), first);
    }
    println!("1000 replays of {} entries, all equal", first.entries);
}

#[test]
fn a_replay_stops_where_it_is_told_and_writes_what_it_rebuilt() {
    let place = used();
    let into = tempfile::tempdir().expect("a folder");
    let options = Options { into: Some(into.path().to_owned()), ..Options::default() };
    assert!(place.replay(&options).ok);
    let rebuilt = fs::read_dir(into.path().join("outbox")).expect("an outbox").count();
    assert_eq!(rebuilt, 3);
    for file in fs::read_dir(into.path().join("outbox")).expect("an outbox") {
        let file = file.expect("a file");
        let own = fs::read(place.path("outbox").join(file.file_name())).expect("the result");
        assert_eq!(fs::read(file.path()).expect("the rebuilt one"), own);
    }
    let until = Options { until: Some(jaros_decision::Seq(5)), ..Options::default() };
    assert_eq!(place.replay(&until).entries, 5);
}
