//! Compiled code kept between runs: used when it is unharmed and ours, otherwise as if it weren't there.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use jaros_decision::Limits;
use jaros_engine::{Engine, Settings, SetupError, made_with};

use crate::guests::{Circumstances, Tool, digest, json, settings};

fn engine_in(dir: &Path) -> Engine {
    Engine::new(&Settings { compiled_dir: Some(dir.to_owned()), ..settings() }).unwrap()
}

fn works(engine: &Engine) {
    let bytes = Tool::default().bytes();
    let tool = engine.compile_tool(&bytes, digest(&bytes)).unwrap();
    let called = tool.execute(Circumstances::default().call(), &json("5")).unwrap();
    assert_eq!(called.result.unwrap().as_str(), "5");
}

fn only(dir: &Path, extension: &str) -> PathBuf {
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut files = files.filter(|path| path.extension().is_some_and(|found| found == extension));
    let file = files.next().unwrap();
    assert_eq!(files.next(), None);
    file
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn code_is_kept_in_a_folder_of_our_own() {
    let dir = tempfile::tempdir().unwrap();
    let compiled = dir.path().join("compiled");
    works(&engine_in(&compiled));
    assert_eq!(mode(&compiled), 0o700);
    let code = only(&compiled, "cwasm");
    assert_eq!(mode(&code), 0o600);
    assert!(
        code.file_name().unwrap().to_str().unwrap().starts_with(&digest(&Tool::default().bytes()).to_hex())
    );
    only(&compiled, "xxh3");
    assert_eq!(fs::read_dir(&compiled).unwrap().count(), 2, "nothing is left beside them");
}

#[test]
fn kept_code_is_used() {
    let dir = tempfile::tempdir().unwrap();
    let bytes = Tool::default().bytes();
    works(&engine_in(dir.path()));
    // Bytes that compile to nothing, under the digest of ones that were kept: only the cache can answer.
    let tool = engine_in(dir.path()).compile_tool(b"not even wasm", digest(&bytes)).unwrap();
    assert!(tool.execute(Circumstances::default().call(), &json("5")).unwrap().result.is_ok());
}

#[test]
fn harmed_code_is_compiled_anew() {
    let dir = tempfile::tempdir().unwrap();
    works(&engine_in(dir.path()));
    let (code, remembered) = (only(dir.path(), "cwasm"), only(dir.path(), "xxh3"));
    let good = fs::read(&code).unwrap();
    let harm: [(&str, &dyn Fn()); 6] = [
        ("a bit flipped", &|| {
            let mut bad = good.clone();
            let middle = bad.len() / 2;
            bad[middle] ^= 1;
            fs::write(&code, bad).unwrap();
        }),
        ("cut", &|| fs::write(&code, &good[..good.len() / 2]).unwrap()),
        ("emptied", &|| fs::write(&code, b"").unwrap()),
        ("no digest", &|| fs::remove_file(&remembered).unwrap()),
        ("writable by others", &|| fs::set_permissions(&code, fs::Permissions::from_mode(0o622)).unwrap()),
        ("a link", &|| {
            fs::rename(&code, dir.path().join("elsewhere")).unwrap();
            std::os::unix::fs::symlink("elsewhere", &code).unwrap();
        }),
    ];
    for (what, harm) in harm {
        harm();
        works(&engine_in(dir.path()));
        let meta = fs::symlink_metadata(&code).unwrap();
        assert!(meta.is_file() && mode(&code) == 0o600, "{what}: not replaced");
        assert_eq!(fs::read(&code).unwrap(), good, "{what}: not the same code");
    }
}

#[test]
fn a_folder_that_others_can_write_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let settings = Settings { compiled_dir: Some(dir.path().to_owned()), ..settings() };
    let Err(SetupError::Compiled { error, .. }) = Engine::new(&settings).map(|_| ()) else {
        panic!("accepted")
    };
    assert!(error.to_string().contains("may be written by, another user"), "{error}");
}

#[test]
fn a_folder_that_others_can_read_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    works(&engine_in(dir.path()));
    assert_eq!(mode(dir.path()), 0o700);
}

#[test]
fn the_identity_names_version_and_limits() {
    let first = Engine::new(&settings()).unwrap();
    let again = Engine::new(&settings()).unwrap();
    assert_eq!(first.identity(), again.identity());
    assert_eq!(first.identity().to_value()["name"], "wasmtime 48.0.8");
    let mut other = settings();
    other.limits.memory_bytes = 32 << 20;
    assert_ne!(first.identity(), Engine::new(&other).unwrap().identity());
    let mut other = settings();
    other.limits.stack_bytes = 1 << 20;
    let other_engine = Engine::new(&other).unwrap();
    assert_ne!(first.identity(), other_engine.identity());
    // A replay learns from it what calls could use then.
    assert_eq!(made_with(other_engine.identity()), other.limits);
    assert_eq!(made_with(&json("{}")), Limits::default());
}

#[test]
fn odd_settings_work_or_say_why_not() {
    let with = |memory_bytes, table_elements, instances, calls| {
        let mut settings = settings();
        settings.limits.memory_bytes = memory_bytes;
        settings.limits.table_elements = table_elements;
        settings.limits.instances = instances;
        (settings.tool_calls, settings.agent_calls) = (calls, calls);
        settings
    };
    for settings in [with(1_000_000, 100, 200, 1), with(65_537, 1, 200, 2), with(1 << 20, 60_000, 200, 0)] {
        works(&Engine::new(&settings).unwrap());
    }
    for settings in [with(u64::MAX, 1, 1, 1), with(8 << 30, 1, 1, 1), with(1 << 20, u64::MAX, 1, 1)] {
        let end = Engine::new(&settings).map(|_| ()).unwrap_err().to_string();
        assert!(end.starts_with("the WebAssembly engine can't start: "), "{end}");
    }
}
