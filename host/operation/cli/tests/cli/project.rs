//! A component from nothing: `new`, `build` and `dev`, with the real compilers where they are.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::place::{Place, Said, said};

/// The longest that a compiler may take, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(300);

const LANGS: [&str; 6] = ["rust", "js", "ts", "python", "c", "zig"];

impl Place {
    /// A command in a folder beside the data directory. Compilers ask no network, and share what they compiled.
    fn inside(&self, folder: &str, args: &[&str]) -> Command {
        let mut command = self.command(args);
        command.current_dir(self.path(folder)).env("CARGO_NET_OFFLINE", "true");
        command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests"));
        command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        command
    }

    fn build(&self, folder: &str) -> Said {
        said(self.inside(folder, &["build", "--json"]), b"", PATIENCE)
    }

    /// A new project of which the first build went well; `None`, with a word about it, where that can't be tried here.
    fn built(&self, kind: &str, name: &str, lang: &str) -> Option<Value> {
        if !written(&self.run(&["new", kind, name, "--lang", lang])) {
            return None;
        }
        let said = self.build(name);
        if said.code == 0 {
            return Some(said.json());
        }
        let error = &said.json()["error"];
        let offline = error["details"].to_string().contains("offline");
        assert!(error["code"] == "no-tool" || offline, "{said:?}");
        skipped(&format!("{lang}: {}", error["message"]));
        None
    }
}

#[expect(clippy::print_stdout, reason = "what wasn't tried is part of the answer")]
fn skipped(what: &str) {
    println!("SKIPPED: {what}");
}

/// Whether `new` wrote it; this program may have been built without the language.
fn written(said: &Said) -> bool {
    if said.code == 2 && said.err.contains("carries no templates") {
        skipped(said.err.trim());
        return false;
    }
    assert_eq!(said.code, 0, "{said:?}");
    true
}

/// The folder of an example in a language.
fn example(lang: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples-wasm").join(lang).join(name)
}

#[test]
fn new_writes_a_project_in_every_language_and_over_nothing() {
    let place = Place::empty();
    let mut seen = 0;
    for lang in LANGS {
        for (kind, name) in [("agent", "a"), ("tool", "text.count")] {
            let folder = format!("{lang}/{kind}");
            let said = place.run(&["new", kind, name, "--lang", lang, "--dir", &folder, "--json"]);
            if said.code == 2 && said.json()["error"]["message"].to_string().contains("no templates") {
                skipped(&format!("{lang} isn't in this build"));
                continue;
            }
            let made = said.json();
            assert_eq!((&made["name"], &made["lang"]), (&json!(name), &json!(lang)), "{said:?}");
            assert_eq!(made["next"][0], format!("cd {folder}"));
            assert_eq!(made["missing"].is_null(), made["next"].as_array().map(Vec::len) == Some(3), "{made}");
            let text = fs::read_to_string(place.path(&folder).join("jaros.toml")).unwrap();
            assert_eq!(text, format!("name = \"{name}\"\nkind = \"{kind}\"\nlang = \"{lang}\"\n"));
            let again = place.run(&["new", kind, name, "--lang", lang, "--dir", &folder]);
            assert_eq!(again.code, 2, "{again:?}");
            assert!(again.err.contains("is there already and isn't empty"), "{again:?}");
            seen += 1;
        }
    }
    assert!(seen >= 2, "no language is in this build");
}

#[test]
fn a_folder_that_is_no_project_is_told() {
    let place = Place::empty();
    let check = |manifest: Option<&str>, code: i32, want: &str| {
        let folder = place.path("p");
        fs::create_dir_all(&folder).unwrap();
        if let Some(text) = manifest {
            fs::write(folder.join("jaros.toml"), text).unwrap();
        }
        for command in ["build", "dev"] {
            let said = place.run(&[command, "p"]);
            assert_eq!(said.code, code, "{said:?}");
            assert!(said.err.contains(want) && said.err.contains("\nnext: "), "{said:?}");
        }
    };
    check(None, 2, "there is no jaros.toml in p");
    check(Some("name = \"a\"\n"), 2, "jaros.toml: `kind` is missing");
    let good = "name = \"a\"\nkind = \"tool\"\nlang = \"c\"\n";
    fs::write(place.path("p/jaros.toml"), good).unwrap();
    let said = place.run(&["build", "p"]);
    assert!(said.code == 2 && said.err.contains("there is no wit/world.wit"), "{said:?}");
}

#[test]
fn a_missing_tool_is_one_sentence_and_the_command_that_installs_it() {
    let place = Place::empty();
    for (lang, message, next) in [
        ("rust", "cargo isn't here", "install Rust from https://rustup.rs"),
        ("js", "node isn't here", "install Node.js 20 or newer from https://nodejs.org"),
        (
            "python",
            "componentize-py isn't here",
            "python3 -m venv .venv && .venv/bin/pip install componentize-py==",
        ),
        (
            "c",
            "no C compiler for WebAssembly is here",
            "python3 -m venv .venv && .venv/bin/pip install ziglang==",
        ),
        ("zig", "Zig 0.17 isn't here", "python3 -m venv .venv && .venv/bin/pip install ziglang=="),
    ] {
        if !written(&place.run(&["new", "tool", lang, "--lang", lang])) {
            continue;
        }
        let mut command = place.inside(lang, &["build", "--json"]);
        command.env("PATH", "").env_remove("CC").env_remove("RUSTC");
        let said = said(command, b"", PATIENCE);
        let error = &said.json()["error"];
        assert_eq!((said.code, &error["code"]), (5, &json!("no-tool")), "{said:?}");
        assert!(error["message"].as_str().is_some_and(|text| text.starts_with(message)), "{said:?}");
        assert!(error["next"].as_str().is_some_and(|text| text.starts_with(next)), "{said:?}");
    }
}

#[test]
fn what_a_template_says_builds_and_runs() {
    let place = Place::new();
    for lang in ["c", "rust"] {
        for kind in ["agent", "tool"] {
            let name = format!("{lang}.{kind}");
            let Some(built) = place.built(kind, &name, lang) else { continue };
            assert_eq!((&built["role"], &built["asks"]["commands"]), (&json!(kind), &json!([])), "{built}");
            let file = format!("{name}/build/{name}.wasm");
            let inspected = place.json(&["inspect", &file]);
            assert_eq!(inspected["digest"], built["digest"]);
            assert_eq!(inspected["accepted"], true, "{inspected}");
            assert!(place.build(&name).json()["digest"] == built["digest"], "the same sources, other bytes");
        }
    }
}

/// The sources of the example that reads files and keeps what it saw, in a world that names neither.
#[test]
fn a_component_that_asks_for_more_than_its_world_is_told_the_lines_to_add() {
    let place = Place::empty();
    for (lang, source) in [("c", "src/tool.c"), ("rust", "src/lib.rs")] {
        let sources = example(lang, "file.changed").join("src");
        if !sources.is_dir() || place.built("tool", lang, lang).is_none() {
            continue;
        }
        let from = fs::read_dir(&sources).unwrap().next().expect("a source").unwrap().path();
        fs::copy(from, place.path(lang).join(source)).unwrap();
        let good = fs::read(place.path(lang).join(format!("build/{lang}.wasm"))).unwrap();
        let said = place.build(lang);
        let (error, lines) =
            (said.json(), ["files-read", "store"].map(|i| format!("import jaros:plugin/{i}@1.0.0;")));
        assert_eq!((said.code, &error["error"]["details"]), (1, &json!(lines)), "{said:?}");
        let kept = fs::read(place.path(lang).join(format!("build/{lang}.wasm"))).unwrap();
        assert!(kept == good, "what was refused took the place of what was good");
        let world = place.path(lang).join("wit/world.wit");
        let text = fs::read_to_string(&world).unwrap();
        let end = text.rfind('}').expect("a world ends");
        fs::write(&world, format!("{}    {}\n}}\n", &text[..end], lines.join("\n    "))).unwrap();
        let asks = place.build(lang).json()["asks"].clone();
        assert_eq!(asks["capabilities"], json!(["files-read", "store"]));
        assert_eq!(asks["commands"][1], format!("jaros grant {lang} store"));
        assert_eq!(asks["lines"][0], format!("[tool.{lang}]"));
    }
}

/// `dev`, and the lines that it prints.
struct Dev {
    child: Child,
    lines: Receiver<Value>,
}

impl Dev {
    fn start(place: &Place, folder: &str) -> Self {
        let mut command = place.inside(folder, &["dev", "--json"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let (tell, lines) = channel();
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = tell.send(serde_json::from_str(&line).expect("a line of JSON"));
            }
        });
        Self { child, lines }
    }

    fn round(&self) -> Value {
        self.lines.recv_timeout(PATIENCE).expect("a round is told")
    }

    fn stop(mut self) {
        kill_process(Pid::from_child(&self.child), Signal::INT).expect("a signal is sent");
        assert_eq!(self.child.wait().expect("a child").code(), Some(0));
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes it the example that reads files and keeps what it saw: sources, world, grants and case, one after the other.
fn grow(place: &Place, lang: &str, source: &Path) {
    let example = example(lang, "file.changed");
    let world = fs::read_to_string(example.join("wit/world.wit")).expect("a file");
    let world = world.replace("file-changed", lang);
    let case =
        json!({ "tool": lang, "payload": { "path": "data/a.txt" }, "files": { "data/a.txt": "one two" } });
    let grants = format!("[tool.{lang}]\nfiles-read = {{ data = \"data\" }}\nstore = true\n");
    fs::write(place.path(lang).join(format!("evals/{lang}.json")), case.to_string()).expect("a file");
    let from =
        fs::read_dir(example.join("src")).expect("a file").next().expect("a source").expect("a file").path();
    fs::copy(from, source).expect("a file");
    fs::write(place.path(lang).join("wit/world.wit"), world).expect("a file");
    // Later than the rest: the node first refuses it, then is told that it may.
    thread::sleep(Duration::from_secs(2));
    fs::write(place.path(lang).join("grants.toml"), grants).expect("a file");
}

#[test]
fn each_save_is_built_served_and_run_until_it_is_stopped() {
    let place = Place::empty();
    let lang = ["c", "rust"].into_iter().find(|lang| place.built("tool", lang, lang).is_some());
    let Some(lang) = lang else { return skipped("dev: there is no compiler") };
    let source = place.path(lang).join(if lang == "c" { "src/tool.c" } else { "src/lib.rs" });
    let good = fs::read_to_string(&source).unwrap();
    let dev = Dev::start(&place, lang);
    let first = dev.round();
    assert_eq!(first["job"]["state"], "DONE", "{first}");
    assert_eq!(first["changed"], json!([]));
    let second = place.run(&["dev", lang]);
    assert_eq!(second.code, 3, "one node a folder: {second:?}");

    fs::OpenOptions::new().append(true).open(&source).unwrap().write_all(b"\n}}} no program\n").unwrap();
    let broken = dev.round();
    assert_eq!(broken["error"]["code"], "failed", "{broken}");
    assert!(broken["error"]["details"].as_array().is_some_and(|lines| !lines.is_empty()), "{broken}");

    // What counts words counts them; another description makes another component of it.
    fs::write(&source, good.replace("Counts the words", "Counts all the words")).unwrap();
    let mended = dev.round();
    assert_eq!(mended["job"]["state"], "DONE", "{mended}");
    assert_ne!(mended["built"]["digest"], first["built"]["digest"]);
    assert_eq!(mended["job"]["result"], first["job"]["result"]);
    assert!(mended["changed"][0].as_str().is_some_and(|path| path.starts_with("src/")), "{mended}");

    grow(&place, lang, &source);
    let grown = (0..6)
        .map(|_| dev.round())
        .find(|round| round["job"]["state"] == "DONE" && round["given"]["path"] == "data/a.txt");
    let grown = grown.expect("what asks for more comes into service");
    let outcome = &grown["job"]["result"]["answers"][0];
    assert_eq!((&outcome["words"], &outcome["first"]), (&json!(2), &json!(true)), "{grown}");
    assert_eq!(grown["built"]["asks"]["capabilities"], json!(["files-read", "store"]));
    dev.stop();
    let status = place.run(&["--data-dir", &format!("{lang}/.jaros-data"), "status", "--check"]);
    assert_ne!(status.code, 0, "the node is gone: {status:?}");
}
