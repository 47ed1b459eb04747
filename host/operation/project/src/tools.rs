//! Looking for the programs that a build needs.
//!
//! *Invariant:* a program counts as there when it does what is needed of it, not when something of its name lies in `$PATH`.
//! *Doesn't know:* what is built.
//! *Start at:* [`find`].

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::recipe::{Need, Probe, Way};

/// A program that is missing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Missing {
    /// That it is.
    pub sentence: String,
    /// The command that installs it.
    pub install: String,
}

/// The words that begin the line of a step which calls each of these needs.
/// # Errors
/// The first that is missing.
pub(crate) fn find(needs: &[Need], folder: &Path) -> Result<Vec<(&'static str, Vec<String>)>, Missing> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    needs.iter().map(|need| one(need, folder, &path).map(|words| (need.tool, words))).collect()
}

fn one(need: &Need, folder: &Path, path: &[PathBuf]) -> Result<Vec<String>, Missing> {
    let found = need.ways.iter().find_map(|way| fit(way, folder, path));
    found.ok_or_else(|| Missing { sentence: need.missing.clone(), install: need.install.clone() })
}

/// The words with the first one's whole path, if it will do.
fn fit(way: &Way, folder: &Path, path: &[PathBuf]) -> Option<Vec<String>> {
    let (first, rest) = way.words.split_first()?;
    let program = if first.contains('/') {
        Some(folder.join(first)).filter(|file| runs(file))
    } else {
        path.iter().map(|dir| dir.join(first)).find(|file| runs(file))
    }?;
    // An absolute path: the line is run in another folder than this program may be in.
    let program = std::path::absolute(program).ok()?;
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(rest.iter().cloned());
    way.probes.iter().all(|probe| passes(probe, &words, folder)).then(|| {
        words.extend(way.then.iter().cloned());
        words
    })
}

fn runs(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

fn passes(probe: &Probe, words: &[String], folder: &Path) -> bool {
    let asked = |args: &[String]| ask(words, args, folder).ok().filter(|output| output.status.success());
    let said =
        |args: &[String]| asked(args).map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    match probe {
        Probe::Ends(args) => asked(args).is_some(),
        Probe::Says(args, word) => {
            said(args).is_some_and(|text| text.lines().any(|line| line.trim_start().starts_with(word)))
        }
        Probe::File(path) => folder.join(path).is_file(),
        Probe::Names(args) => said(args).is_some_and(|text| {
            let named = Path::new(text.trim());
            named.is_absolute() && named.is_file()
        }),
        Probe::Holds(args, begin) => said(args).is_some_and(|text| {
            let entries = fs::read_dir(text.trim());
            entries.is_ok_and(|mut entries| {
                entries.any(|entry| entry.is_ok_and(|e| e.file_name().to_string_lossy().starts_with(begin)))
            })
        }),
    }
}

fn ask(words: &[String], args: &[String], folder: &Path) -> io::Result<Output> {
    Command::new(&words[0]).args(&words[1..]).args(args).current_dir(folder).stdin(Stdio::null()).output()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(ways: Vec<Way>) -> Need {
        Need { tool: "t", ways, missing: "t isn't here".into(), install: "get t".into() }
    }

    fn way(words: &[&str], probes: Vec<Probe>) -> Way {
        Way { words: args(words), probes, then: Vec::new() }
    }

    fn args(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_first_way_that_does_is_taken() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("bin")).unwrap();
        fs::create_dir_all(dir.path().join("lib")).unwrap();
        fs::write(dir.path().join("lib/libstd-1.rlib"), "").unwrap();
        let script = |name: &str, text: &str, mode: u32| {
            let file = dir.path().join("bin").join(name);
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        };
        script("good", "#!/bin/sh\necho '  wasm32 - WebAssembly'\n", 0o755);
        script("bad", "#!/bin/sh\nexit 1\n", 0o755);
        script("text", "#!/bin/sh\n", 0o644);
        let found = |words: &[&str], probes: Vec<Probe>| {
            find(
                &[need(vec![way(&["no-such-program-anywhere"], Vec::new()), way(words, probes)])],
                dir.path(),
            )
        };
        let check = |words: &[&str], probe: Probe| found(words, vec![probe]).is_ok();
        let says = |word| Probe::Says(args(&["-x"]), word);
        assert!(found(&["bin/good"], Vec::new()).is_ok());
        assert!(found(&["bin/text"], Vec::new()).is_err(), "it can't be run");
        assert!(found(&["bin"], Vec::new()).is_err(), "a folder");
        assert!(check(&["bin/good"], Probe::Ends(args(&["--version"]))));
        assert!(!check(&["bin/bad"], Probe::Ends(args(&["--version"]))));
        assert!(check(&["bin/good"], says("wasm32")));
        assert!(!check(&["bin/good"], says("wasm64")));
        assert!(!check(&["bin/bad"], says("")));
        assert!(found(&["bin/good"], vec![says("wasm32"), says("wasm64")]).is_err(), "all have to pass");
        assert!(check(&["sh"], Probe::File("bin/text".into())));
        assert!(
            !check(&["sh"], Probe::File("bin/none".into())) && !check(&["sh"], Probe::File("bin".into()))
        );
        assert!(check(&["echo", "/bin/sh"], Probe::Names(args(&[]))));
        assert!(!check(&["echo", "sh"], Probe::Names(args(&[]))), "a bare word is no file");
        assert!(!check(&["echo", "/no/such/file"], Probe::Names(args(&[]))));
        assert!(check(&["sh", "bin/good"], Probe::Ends(args(&[]))), "in $PATH, with a word behind it");
        let holds = |begin| Probe::Holds(args(&[&dir.path().join("lib").to_string_lossy()]), begin);
        assert!(check(&["echo"], holds("libstd-")));
        assert!(!check(&["echo"], holds("libcore-")));
    }

    #[test]
    fn what_is_missing_is_one_sentence_with_the_command() {
        let missing =
            find(&[need(vec![way(&["no-such-program-anywhere"], Vec::new())])], Path::new(".")).unwrap_err();
        assert_eq!((&*missing.to_string(), &*missing.install), ("t isn't here", "get t"));
    }
}
