//! The repository speaks of the product alone: no path of somebody's machine, no registry's host.
//!
//! *Invariant:* every file that git would keep is read as bytes, compiled ones too, since a panic's message or a debug
//! table carries paths as well; and no pattern stands in this file as it is searched for.
//! *Doesn't know:* secrets; a scan for a canary after each end-to-end run finds those.
//! *Start at:* [`check`].

use crate::Report;

/// Roots of people's and machines' folders.
const ROOTS: &[&str] = &["work", "root", "home", "Users"];

/// First labels of a registry's host.
const LABELS: &[&str] = &["deb", "static", "index", "registry", "files"];

/// What a compiled file may carry: the folder of the public build service that made a guest's interpreter.
const BUILD_SERVICE: &str = "runner/";

/// Where cargo's lock file says that a package comes from: the public registry, by its official name.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Judges files by their paths and bytes.
#[must_use]
pub fn check<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Report {
    let mut report = Report::default();
    let paths: Vec<String> = ROOTS.iter().map(|root| format!("/{root}/")).collect();
    let hosts: Vec<String> = LABELS.iter().map(|label| format!("://{label}.")).collect();
    for (file, bytes) in files {
        report.saw();
        let spared = if file.ends_with(".wasm") { BUILD_SERVICE.as_bytes() } else { b"/" };
        for found in paths.iter().filter_map(|path| absolute(bytes, path.as_bytes(), spared)) {
            report.found(format!("{file} names a folder of some machine: {found}"));
        }
        if file.ends_with(".lock") || file.ends_with("-lock.json") {
            for source in strange_sources(bytes) {
                report.found(format!("{file} takes a package from elsewhere: {source}"));
            }
        } else {
            for found in hosts.iter().filter_map(|host| anywhere(bytes, host.as_bytes())) {
                report.found(format!("{file} names a registry's host: {found}"));
            }
        }
    }
    report
}

/// The first place where `path` begins a path instead of going on one, and doesn't go on with `spared`.
fn absolute(bytes: &[u8], path: &[u8], spared: &[u8]) -> Option<String> {
    let begins = |at: usize| {
        let before = at.checked_sub(1).map(|at| bytes[at]);
        before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && !b"._-/*})>$~".contains(&byte))
    };
    let counts = |at: &usize| begins(*at) && !bytes[at + path.len()..].starts_with(spared);
    places(bytes, path).find(counts).map(|at| excerpt(bytes, at))
}

fn anywhere(bytes: &[u8], text: &[u8]) -> Option<String> {
    places(bytes, text).next().map(|at| excerpt(bytes, at))
}

fn places<'a>(bytes: &'a [u8], text: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(text.len()).enumerate().filter(move |(_, window)| *window == text).map(|(at, _)| at)
}

fn excerpt(bytes: &[u8], at: usize) -> String {
    let end = bytes.len().min(at + 60);
    let text = String::from_utf8_lossy(&bytes[at..end]).into_owned();
    text.lines().next().unwrap_or_default().to_owned()
}

/// The sources in a lock file that are no public registry's.
fn strange_sources(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let value = |line: &str| line.split('"').rev().nth(1).unwrap_or_default().to_owned();
    let cargo = text.lines().filter(|line| line.starts_with("source = ")).map(value);
    let npm = text.lines().filter(|line| line.trim_start().starts_with("\"resolved\":")).map(value);
    let public = format!("https://{}.npmjs.org/", LABELS[3]);
    cargo
        .filter(|source| source != CRATES_IO)
        .chain(npm.filter(|source| !source.starts_with(&public)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(file: &str, text: &str) -> usize {
        check([(file, text.as_bytes())].into_iter()).wrong.len()
    }

    #[test]
    fn planted_paths_and_hosts_are_found() {
        for root in ROOTS {
            assert_eq!(wrong("a.md", &format!("see \"/{root}/x\"")), 1, "{root}");
            assert_eq!(wrong("a.wasm", &format!("\u{0}/{root}/x/panicked")), 1, "{root}");
            assert_eq!(wrong("a.md", &format!("docs/{root}/x and ${{DIR}}/{root}/x")), 0, "{root}");
        }
        let service = format!("/{}/{BUILD_SERVICE}x", ROOTS[2]);
        assert_eq!((wrong("a.wasm", &service), wrong("a.md", &service)), (0, 1));
        for label in LABELS {
            assert_eq!(wrong("a.sh", &format!("fetch https://{label}.example.org/x")), 1, "{label}");
        }
    }

    #[test]
    fn a_lock_file_may_name_the_public_registry_and_no_other() {
        let cargo = |source: &str| format!("[[package]]\nname = \"a\"\nsource = \"{source}\"\n");
        assert_eq!(wrong("Cargo.lock", &cargo(CRATES_IO)), 0);
        assert_eq!(wrong("Cargo.lock", &cargo("registry+https://mirror.example.org/index")), 1);
        assert_eq!(wrong("Cargo.lock", &cargo("git+https://github.com/a/b#1")), 1);
        let npm = |host: &str| format!("  \"resolved\": \"https://{host}/a/-/a-1.0.0.tgz\",\n");
        assert_eq!(wrong("x/package-lock.json", &npm(&format!("{}.npmjs.org", LABELS[3]))), 0);
        assert_eq!(wrong("x/package-lock.json", &npm("mirror.example.org")), 1);
    }
}
