//! A component's name as WIT writes names: what a project's world is called.
//!
//! *Invariant:* whatever name a component has, the identifier is one that every WIT parser takes, and the same each time.
//! *Doesn't know:* worlds.
//! *Start at:* [`ident`].

use jaros_capability::Role;
use jaros_decision::Name;

/// What WIT keeps for itself.
const KEYWORDS: [&str; 46] = [
    "as",
    "async",
    "bool",
    "borrow",
    "char",
    "constructor",
    "enum",
    "error-context",
    "export",
    "f32",
    "f64",
    "flags",
    "from",
    "func",
    "future",
    "import",
    "include",
    "interface",
    "list",
    "map",
    "option",
    "own",
    "package",
    "record",
    "resource",
    "result",
    "s16",
    "s32",
    "s64",
    "s8",
    "static",
    "stream",
    "string",
    "tuple",
    "type",
    "u16",
    "u32",
    "u64",
    "u8",
    "use",
    "variant",
    "with",
    "world",
    "default",
    "fixed",
    "implements",
];

/// The identifier of a name: lower case, each run of dots, underscores and hyphens one hyphen: `text.count` is `text-count`. A
/// part that begins with a digit joins the one before it, and a name that is nothing but a keyword gets its role behind it.
#[must_use]
pub fn ident(name: &Name, role: Role) -> String {
    let mut text = String::new();
    for part in name.as_str().split(['.', '_', '-']).filter(|part| !part.is_empty()) {
        let digit = part.starts_with(|c: char| c.is_ascii_digit());
        match (text.is_empty(), digit) {
            (true, true) => text.push('n'),
            (false, false) => text.push('-'),
            _ => {}
        }
        text += &part.to_ascii_lowercase();
    }
    if KEYWORDS.contains(&text.as_str()) {
        text += &format!("-{role}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers() {
        for (name, want) in [
            ("poet", "poet"),
            ("text.count", "text-count"),
            ("fs.disk_usage", "fs-disk-usage"),
            ("My-Tool", "my-tool"),
            ("a--b", "a-b"),
            ("v2.1", "v21"),
            ("2fast", "n2fast"),
            ("list", "list-tool"),
            ("world", "world-tool"),
            ("list.files", "list-files"),
            ("x_", "x"),
        ] {
            let got = ident(&Name::new(name).unwrap(), Role::Tool);
            assert_eq!(got, want, "{name}");
            let wit = format!("package local:project;\nworld {got} {{}}\n");
            let mut resolve = wit_parser::Resolve::default();
            resolve.push_str("world.wit", &wit).unwrap_or_else(|error| panic!("{name}: {error:#}"));
        }
    }

    #[test]
    fn every_keyword_is_kept_clear_of() {
        for word in KEYWORDS.iter().filter(|word| !word.contains('-')) {
            let got = ident(&Name::new(word).unwrap(), Role::Agent);
            assert_eq!(got, format!("{word}-agent"));
        }
    }
}
