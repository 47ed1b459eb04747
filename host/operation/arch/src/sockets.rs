//! Nothing but the console may listen.
//!
//! *Invariant:* two looks agree: no source that ships names a listening socket, and no build without the console turns
//! on a feature, or compiles a server, that could make one.
//! *Doesn't know:* calls to the system by hand; `unsafe_code` is denied, and the engine alone may expect it.
//! *Start at:* [`check_sources`] and [`check_features`].

use std::collections::BTreeMap;

use crate::Report;
use crate::graph::{Built, Workspace};
use crate::source;

/// The one crate that may listen, and its folder.
pub const CONSOLE: (&str, &str) = ("jaros-console", "host/operation/console/");

/// Types that listen, or can be made to.
const TYPES: &[&str] = &[
    "TcpListener",
    "TcpSocket",
    "UdpSocket",
    "UnixDatagram",
    "UnixListener",
    "UnixSocket",
    "NamedPipeServer",
    "socket2",
];

/// Calls that make a socket listen.
const CALLS: &[&str] = &["bind", "listen", "bind_addr", "bind_unix"];

/// Features that open sockets, by package.
const FEATURES: &[(&str, &[&str])] = &[("tokio", &["net", "full"]), ("rustix", &["net", "all-apis"])];

/// Servers.
const SERVERS: &[&str] = &[
    "actix-server",
    "actix-web",
    "axum",
    "gotham",
    "iron",
    "poem",
    "rocket",
    "rouille",
    "salvo",
    "tide",
    "tiny_http",
    "tonic",
    "trillium",
    "warp",
];

/// Judges the Rust files below `host/` that ship, by their paths and texts.
#[must_use]
pub fn check_sources(texts: &BTreeMap<String, String>) -> Report {
    let mut report = Report::default();
    let test_only = source::test_only(texts);
    let shipping = |file: &str| file.starts_with("host/") && !file.starts_with(CONSOLE.1);
    for (file, text) in texts.iter().filter(|(file, _)| shipping(file) && !test_only.contains(file)) {
        report.saw();
        for (number, line) in source::shipped(text).lines().enumerate() {
            if let Some(word) = listening(line) {
                report.found(format!("{file}:{} says `{word}`, but only the console may listen", number + 1));
            }
        }
    }
    report
}

/// The first word of a line that has to do with listening.
fn listening(line: &str) -> Option<&str> {
    let in_word = |character: char| character.is_alphanumeric() || character == '_';
    let mut rest = line;
    while let Some(start) = rest.find(in_word) {
        rest = &rest[start..];
        let (word, after) = rest.split_at(rest.find(|character| !in_word(character)).unwrap_or(rest.len()));
        if TYPES.contains(&word) || (CALLS.contains(&word) && after.trim_start().starts_with('(')) {
            return Some(word);
        }
        rest = after;
    }
    None
}

/// The crates below `host/` that are built without the console: those that no chain of edges leads to it from.
#[must_use]
pub fn without_console(workspace: &Workspace) -> Vec<&str> {
    let mut with = vec![CONSOLE.0];
    loop {
        let more: Vec<&str> = workspace
            .crates
            .iter()
            .filter(|member| !with.contains(&member.name.as_str()))
            .filter(|member| member.edges.iter().any(|edge| with.contains(&edge.to.as_str())))
            .map(|member| member.name.as_str())
            .collect();
        if more.is_empty() {
            break;
        }
        with.extend(more);
    }
    let ours = workspace.crates.iter().filter(|member| member.folder.starts_with("host/"));
    ours.map(|member| member.name.as_str()).filter(|name| !with.contains(name)).collect()
}

/// Judges what a build of the crates without the console compiles, and with which features.
#[must_use]
pub fn check_features(built: &[Built]) -> Report {
    let mut report = Report::default();
    for package in built {
        report.saw();
        let opening = FEATURES.iter().filter(|(name, _)| *name == package.name());
        for feature in opening.flat_map(|(_, features)| *features) {
            if package.features.iter().any(|on| on == feature) {
                report.found(format!("{} is built with `{feature}`, which opens sockets", package.package));
            }
        }
        if SERVERS.contains(&package.name()) {
            report.found(format!("{} is a server, and it is built without the console", package.package));
        }
    }
    report
}

/// Judges what crates that are no console ask for themselves, those that are built on it too.
#[must_use]
pub fn check_declared(workspace: &Workspace) -> Report {
    let mut report = Report::default();
    let ours = workspace.crates.iter().filter(|member| member.folder.starts_with("host/"));
    for member in ours.filter(|member| member.name != CONSOLE.0) {
        for edge in member.edges.iter().filter(|edge| !edge.kind.starts_with("dev")) {
            report.saw();
            let opening =
                FEATURES.iter().filter(|(name, _)| *name == edge.to).flat_map(|(_, features)| *features);
            for feature in opening.filter(|feature| edge.features.iter().any(|asked| asked == *feature)) {
                report.found(format!(
                    "{} asks for {}'s `{feature}`, which opens sockets",
                    member.name, edge.to
                ));
            }
            if SERVERS.contains(&edge.to.as_str()) {
                report.found(format!("{} uses {}, a server", member.name, edge.to));
            }
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(files: &[(&str, &str)]) -> Report {
        check_sources(&files.iter().map(|(file, text)| ((*file).into(), (*text).into())).collect())
    }

    #[test]
    fn a_planted_listener_is_found_with_its_line() {
        let report = sources(&[
            (
                "host/operation/node/src/lib.rs",
                "use std::net;\nfn f() { net::TcpListener::bind(\"[::1]:0\"); }",
            ),
            ("host/mechanism/fabric/src/wire.rs", "fn f(s: S) { s.bind (x) }"),
        ]);
        assert_eq!(report.looked_at, 2);
        assert_eq!(report.wrong.len(), 2, "{:?}", report.wrong);
        assert!(report.wrong[1].starts_with("host/operation/node/src/lib.rs:2 says `TcpListener`"));
    }

    #[test]
    fn talk_of_listening_tests_and_the_console_pass() {
        let report = sources(&[
            ("host/operation/console/src/lib.rs", "TcpListener::bind(x)"),
            (
                "host/operation/node/src/lib.rs",
                "// bind(\nfn rebind() {} let s = \"listen(\"; #[cfg(test)] mod tests;",
            ),
            ("host/operation/node/src/tests.rs", "UnixListener::bind(x)"),
            ("tests/src/lib.rs", "TcpListener::bind(x)"),
        ]);
        assert_eq!((report.looked_at, report.wrong.len()), (1, 0), "{:?}", report.wrong);
    }

    #[test]
    fn a_planted_feature_or_server_is_found() {
        let built = |package: &str, features: &[&str]| Built {
            package: package.into(),
            features: features.iter().map(|feature| (*feature).into()).collect(),
        };
        let report = check_features(&[
            built("tokio v1.54.1", &["net", "rt"]),
            built("mio v1.0.0", &["net"]),
            built("axum v0.8.0", &[]),
        ]);
        assert_eq!((report.looked_at, report.wrong.len()), (3, 2), "{:?}", report.wrong);
    }
}
