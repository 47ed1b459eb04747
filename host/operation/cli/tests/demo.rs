//! `jaros demo` as people and programs run it: every step's claim, the folder that goes away, and the one that stays.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// A folder for the demo's own folder, so that what it leaves behind is seen.
fn temporary() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// The demo in another folder than the repository's, with settings about that must not reach it.
fn demo(temporary: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jaros"));
    command.arg("demo").args(arguments).current_dir(temporary).env("TMPDIR", temporary.path());
    command.env("JAROS_LLM_PROVIDER", "uppercase").env("JAROS_DATA_DIR", "elsewhere").stdin(Stdio::null());
    command
}

fn run(mut command: Command) -> Output {
    command.output().expect("it runs")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn left(temporary: &TempDir) -> Vec<PathBuf> {
    std::fs::read_dir(temporary).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
}

/// A number of the document, by its path.
fn number(shown: &Value, path: &str) -> u64 {
    shown.pointer(path).and_then(Value::as_u64).unwrap_or_else(|| panic!("{path} in {shown}"))
}

#[test]
fn every_step_shows_what_it_claims_and_the_kept_folder_can_be_looked_at() {
    let place = temporary();
    let output = run(demo(&place, &["--json", "--keep"]));
    let shown: Value =
        serde_json::from_str(&said(&output)).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    assert!(output.status.success(), "{shown}");
    assert!(output.stderr.is_empty(), "{output:?}");
    assert_eq!((&shown["ok"], &shown["kept"]), (&Value::from(true), &Value::from(true)));
    swarm_and_crash(&shown);
    cause_and_replay(&shown);
    refusal_and_tampering(&shown);
    let folder = Path::new(shown["folder"].as_str().expect("a folder"));
    assert_eq!(left(&place), [folder], "the folder stays, alone");
    let next = shown["next"].as_array().expect("commands");
    assert_eq!(next.len(), 3);
    for command in next {
        let line = command["command"].as_str().expect("a command");
        let output = run(shell(line));
        assert!(output.status.success() && !output.stdout.is_empty(), "{line}: {output:?}");
    }
    let forged =
        run(shell(&format!("{} --data-dir {}/copy verify", env!("CARGO_BIN_EXE_jaros"), folder.display())));
    let told = String::from_utf8(forged.stderr).expect("text");
    let entry = format!("entry {} is broken", number(&shown, "/tampering/broken/seq"));
    assert!(forged.status.code() == Some(1) && told.contains(&entry), "{told}");
}

fn shell(line: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(line).stdin(Stdio::null());
    command
}

fn swarm_and_crash(shown: &Value) {
    let names: Vec<&str> = shown["swarm"]["components"]
        .as_array()
        .expect("components")
        .iter()
        .filter_map(|c| c["name"].as_str())
        .collect();
    assert_eq!(names, ["planner", "worker", "reviewer", "swarm.handoff"]);
    assert_eq!(number(shown, "/swarm/wrong_answers"), 1);
    let crash = &shown["crash"];
    assert_eq!(crash["signal"], "SIGKILL");
    let [done, under_way, queued] =
        ["done", "under_way", "queued"].map(|how| number(shown, &format!("/crash/at_kill/{how}")));
    assert!(done > 0 && under_way > 0, "{crash}");
    assert_eq!(done + under_way + queued, number(shown, "/swarm/submitted"));
    let tickets = number(shown, "/crash/tickets");
    assert_eq!(tickets, number(shown, "/swarm/submitted") + number(shown, "/crash/submitted_while_dead"));
    assert_eq!((number(shown, "/crash/done"), number(shown, "/crash/failed")), (tickets - 1, 1));
    assert_eq!((number(shown, "/crash/lost"), number(shown, "/crash/twice")), (0, 0));
    assert_eq!(number(shown, "/crash/epoch"), number(shown, "/swarm/epoch") + 1);
    assert!(crash["pid"] != shown["swarm"]["pid"], "{crash}");
    assert!(number(shown, "/crash/unchanged") >= done, "{crash}");
    let after = |what: &str| number(shown, &format!("/crash/after/{what}"));
    assert_eq!((after("jobs"), after("results"), after("ended")), (3 * tickets, 3 * tickets, 3 * tickets));
    assert_eq!((after("decisions"), after("model_answers")), (after("outcomes"), tickets));
    assert!(after("entries") > number(shown, "/crash/at_kill/entries"), "{crash}");
}

fn cause_and_replay(shown: &Value) {
    let cause = &shown["cause"];
    assert_eq!(cause["failure"]["message"], "the plan routed a billing ticket to shipping");
    let links = cause["links"].as_array().expect("links");
    let agents: Vec<&str> = links.iter().filter_map(|link| link["agent"].as_str()).collect();
    assert_eq!(agents, ["reviewer", "worker", "planner"]);
    for (link, component) in
        links.iter().rev().zip(shown["swarm"]["components"].as_array().expect("components"))
    {
        assert_eq!(link["component"], component["digest"], "{link}");
    }
    assert_eq!(cause["root"], links[2]["decision"]);
    assert_eq!(cause["answer"], r#"{"queue":"shipping","severity":"high"}"#);
    let replay = &shown["replay"];
    for holds in ["ok", "byteIdentical", "chainOk"] {
        assert_eq!(replay[holds], true, "{replay}");
    }
    assert_eq!(number(shown, "/replay/modelCalls"), 0);
    assert_eq!(number(shown, "/replay/recordedModelCalls"), number(shown, "/crash/tickets"));
    assert_eq!(number(shown, "/replay/jobs"), number(shown, "/crash/after/jobs"));
    assert_eq!(number(shown, "/replay/decisions"), number(shown, "/crash/after/decisions"));
    assert_eq!(replay["stateDigest"], shown["tampering"]["state"]);
}

fn refusal_and_tampering(shown: &Value) {
    let refusal = &shown["refusal"];
    assert_eq!(refusal["code"], "refused");
    assert!(refusal["message"].as_str().expect("a message").contains("wasi:sockets/tcp@0.2.0"), "{refusal}");
    assert!(number(shown, "/refusal/entry") > number(shown, "/crash/after/entries"), "{refusal}");
    assert_eq!(number(shown, "/refusal/serving"), 4);
    let tampering = &shown["tampering"];
    assert_eq!(
        (&tampering["before"], &tampering["after"]),
        (&Value::from("shipping"), &Value::from("chipping"))
    );
    assert_eq!(tampering["broken"]["seq"], tampering["place"]["entry"]);
    assert!(number(shown, "/tampering/entries") >= number(shown, "/refusal/entry"), "{tampering}");
}

#[test]
fn people_read_one_screen_and_no_trace_is_left() {
    let place = temporary();
    let output = run(demo(&place, &[]));
    let text = said(&output);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for sentence in [
        "\n1  A support desk",
        "\n2  kill -9",
        "\n3  Who is to blame for ticket #",
        "\n4  Replay",
        "\n5  A tool that wants the network",
        "\n6  A forger",
        "   at the kill    ",
        "40 of 40 tickets have their result",
        "39 done, 1 failed",
        "   nothing lost   120 jobs",
        "   nothing twice  ",
        "the plan routed a billing ticket to shipping",
        r#"   ← the model    had answered {"queue":"shipping","severity":"high"}"#,
        "   byte-identical ",
        "   0 model calls  40 answers came from the record",
        "`wasi:sockets/tcp@0.2.0`",
        "wasi = \"virtual\"",
        " is broken\n",
        "All six were shown in ",
        "jaros init --with-examples",
    ] {
        assert!(text.contains(sentence), "{sentence:?} isn't in:\n{text}");
    }
    assert!(text.lines().count() <= 62, "{} lines", text.lines().count());
    let begin = env!("CARGO_BIN_EXE_jaros");
    for line in text.lines().filter(|line| !line.contains(begin) && !line.contains("jaros-demo-")) {
        assert!(line.chars().count() <= 100, "{line}");
    }
    assert!(!text.contains('\x1b'), "colours are for terminals");
    assert!(output.stderr.is_empty(), "{output:?}");
    assert!(left(&place).is_empty(), "{:?}", left(&place));
}

#[test]
fn a_signal_ends_the_demo_with_its_node_and_its_folder() {
    let place = temporary();
    let mut child =
        demo(&place, &[]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    let node = until("the node", || node(&place));
    let pid = |id: u32| Pid::from_raw(i32::try_from(id).expect("a process")).expect("a process");
    kill_process(pid(child.id()), Signal::INT).expect("a signal");
    assert_eq!(child.wait().expect("its end").code(), Some(130));
    until("the node's end", || test_kill_process(pid(node)).is_err().then_some(()));
    assert!(left(&place).is_empty(), "{:?}", left(&place));
}

#[test]
fn a_reader_who_goes_away_leaves_no_trace() {
    let place = temporary();
    let mut child =
        demo(&place, &[]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    let mut first = [0];
    child.stdout.take().expect("its output").read_exact(&mut first).expect("a byte");
    child.wait().expect("its end");
    assert!(left(&place).is_empty(), "{:?}", left(&place));
}

#[test]
fn a_step_that_shows_something_else_ends_the_demo_with_one() {
    let place = temporary();
    let child =
        demo(&place, &["--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    // Somebody else kills the node, before the demo does.
    kill_process(pid(until("the node", || node(&place))), Signal::KILL).expect("a signal");
    let output = child.wait_with_output().expect("its end");
    let told: Value =
        serde_json::from_str(&said(&output)).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    assert_eq!(
        (output.status.code(), &told["error"]["code"]),
        (Some(1), &Value::from("not-shown")),
        "{told}"
    );
    assert!(told["error"]["message"].as_str().expect("a message").contains("ended by itself"), "{told}");
    assert!(left(&place).is_empty(), "{:?}", left(&place));
}

fn pid(id: u32) -> Pid {
    Pid::from_raw(i32::try_from(id).expect("a process")).expect("a process")
}

/// The node's process, once it says so.
fn node(place: &TempDir) -> Option<u32> {
    let status = left(place).first()?.join("data/status.json");
    let status: Value = serde_json::from_slice(&std::fs::read(status).ok()?).ok()?;
    u32::try_from(status["pid"].as_u64()?).ok()
}

fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{what} never came");
        std::thread::sleep(Duration::from_millis(2));
    }
}
