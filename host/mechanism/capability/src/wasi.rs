//! `wasi:*` imports: which interfaces the virtual WASI has, and what whoever built a component is told about them.
//!
//! *Invariant:* an interface that isn't in the list, or has another version, can't be imported, whatever is granted.
//! *Doesn't know:* what the interfaces do; the engine does.
//! *Start at:* [`INTERFACES`].

use std::fmt::Write as _;

use crate::words::shown;

/// Those of `wasi:cli/imports`, in any version 0.2.x.
pub(crate) const INTERFACES: [&str; 28] = [
    "cli/environment",
    "cli/exit",
    "cli/stderr",
    "cli/stdin",
    "cli/stdout",
    "cli/terminal-input",
    "cli/terminal-output",
    "cli/terminal-stderr",
    "cli/terminal-stdin",
    "cli/terminal-stdout",
    "clocks/monotonic-clock",
    "clocks/timezone",
    "clocks/wall-clock",
    "filesystem/preopens",
    "filesystem/types",
    "io/error",
    "io/poll",
    "io/streams",
    "random/insecure",
    "random/insecure-seed",
    "random/random",
    "sockets/instance-network",
    "sockets/ip-name-lookup",
    "sockets/network",
    "sockets/tcp",
    "sockets/tcp-create-socket",
    "sockets/udp",
    "sockets/udp-create-socket",
];

const PACKAGES: &str = "wasi:";
const VERSION: &str = "0.2.";

/// More imports than this aren't named in one message.
const NAMED_MAX: usize = 40;

/// What whoever built a component can do instead.
pub(crate) const WITHOUT: &str = "it can be built without (Rust for wasm32-unknown-unknown, JavaScript with `--stub-wasi`, Python with `-s`)";

/// Whether an import is of WASI, of any package and version of it.
pub(crate) fn is_wasi(import: &str) -> bool {
    import.starts_with(PACKAGES)
}

/// Whether the virtual WASI has this import.
pub(crate) fn has(import: &str) -> bool {
    let known = |import: &str| {
        let (interface, version) = import.strip_prefix(PACKAGES)?.split_once('@')?;
        let patch = version.strip_prefix(VERSION)?;
        let number = !patch.is_empty() && patch.bytes().all(|b| b.is_ascii_digit());
        Some(number && INTERFACES.contains(&interface))
    };
    known(import).unwrap_or(false)
}

/// The imports of WASI among these, between backticks; the last ones only counted if there are very many.
pub(crate) fn named<'a>(imports: impl IntoIterator<Item = &'a str>) -> String {
    let imports: Vec<&str> = imports.into_iter().filter(|import| is_wasi(import)).collect();
    let shown: Vec<String> = imports.iter().take(NAMED_MAX).map(|import| shown(import)).collect();
    let mut text = shown.join(", ");
    if imports.len() > NAMED_MAX {
        write!(text, " and {} more", imports.len() - NAMED_MAX).expect("writing to a string succeeds");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{has, named};

    #[test]
    fn the_interfaces_of_wasi_cli_imports_in_0_2_are_there_and_no_others() {
        for there in [
            "wasi:cli/environment@0.2.0",
            "wasi:io/streams@0.2.3",
            "wasi:sockets/tcp@0.2.12",
            "wasi:random/insecure-seed@0.2.6",
            "wasi:clocks/timezone@0.2.1",
        ] {
            assert!(has(there), "{there}");
        }
        for absent in [
            "wasi:cli/environment",
            "wasi:cli/environment@0.2.",
            "wasi:cli/environment@0.2.0-rc-2023-11-10",
            "wasi:cli/environment@0.2",
            "wasi:cli/environment@0.3.0",
            "wasi:cli/environment@0.20.0",
            "wasi:cli/run@0.2.0",
            "wasi:http/types@0.2.0",
            "wasi:http/outgoing-handler@0.2.0",
            "wasi:nn/graph@0.2.0-rc-2024-06-25",
            "wasi:keyvalue/store@0.2.0",
            "wasi:filesystem/@0.2.0",
            "wasix:cli/environment@0.2.0",
            "cli/environment@0.2.0",
        ] {
            assert!(!has(absent), "{absent}");
        }
    }

    #[test]
    fn all_imports_of_wasi_are_named_and_a_flood_is_counted() {
        assert_eq!(
            named(["wasi:io/poll@0.2.0", "jaros:plugin/log@1.0.0", "wasi:io/error@0.2.0"]),
            "`wasi:io/poll@0.2.0`, `wasi:io/error@0.2.0`"
        );
        let many: Vec<String> = (0..50).map(|n| format!("wasi:io/poll@0.2.{n}")).collect();
        let text = named(many.iter().map(String::as_str));
        assert!(text.ends_with("`wasi:io/poll@0.2.39` and 10 more"), "{text}");
    }
}
