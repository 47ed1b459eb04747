//! What a new project is made of: an SDK's template with the names filled in, the SDK itself, the contract.
//!
//! *Invariant:* no placeholder is left in what comes out, and nothing in it points out of the project's folder.
//! *Doesn't know:* the disk.
//! *Start at:* [`tree`].

use jaros_capability::Role;
use jaros_decision::Name;

use crate::ident::ident;
use crate::lang::Lang;

mod embedded {
    //! The SDKs' files, as the build found them.
    use super::Sdk;
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

/// Files of this program: where each lies, and its bytes.
type Files = &'static [(&'static str, &'static [u8])];

/// One SDK of this program.
struct Sdk {
    name: &'static str,
    files: Files,
    templates: Files,
}

/// The contract, as this program speaks it.
pub const CONTRACT: &str = embedded::CONTRACT;

/// One file of a new project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it lies in the project.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The languages that this program can write projects in.
pub fn available() -> impl Iterator<Item = Lang> {
    Lang::ALL
        .into_iter()
        .filter(|lang| [Role::Agent, Role::Tool].iter().all(|role| template(*lang, *role).next().is_some()))
}

/// Every file of a new project, in the order of the paths. `None`: this program doesn't carry that language.
#[must_use]
pub fn tree(lang: Lang, role: Role, name: &Name) -> Option<Vec<File>> {
    let names = [("@NAME@", name.to_string()), ("@IDENT@", ident(name, role))];
    let mut files: Vec<File> = template(lang, role)
        .map(|(path, bytes)| File { path: placed(&filled(path, &names)), bytes: named(bytes, &names) })
        .collect();
    if files.is_empty() {
        return None;
    }
    let text = |path: &str, text: String| File { path: path.into(), bytes: text.into_bytes() };
    if !files.iter().any(|file| file.path == "wit/world.wit") {
        files.push(text("wit/world.wit", world(role, name)));
    }
    files.push(text("wit/deps/jaros-plugin/jaros.wit", CONTRACT.into()));
    files.push(text("jaros.toml", format!("name = \"{name}\"\nkind = \"{role}\"\nlang = \"{lang}\"\n")));
    let sdk = sdk(lang)?.files.iter();
    files.extend(sdk.map(|(path, bytes)| File { path: format!("sdk/{path}"), bytes: bytes.to_vec() }));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Some(files)
}

/// The world of a project that asks for nothing.
fn world(role: Role, name: &Name) -> String {
    let ident = ident(name, role);
    format!("package local:project;\n\nworld {ident} {{\n    include jaros:plugin/{role}@1.0.0;\n}}\n")
}

fn sdk(lang: Lang) -> Option<&'static Sdk> {
    embedded::SDKS.iter().find(|sdk| sdk.name == lang.sdk().0)
}

fn template(lang: Lang, role: Role) -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let folder = format!("{}{role}/", lang.sdk().1);
    let files = sdk(lang).map_or(&[][..], |sdk| sdk.templates);
    files.iter().filter_map(move |(path, bytes)| Some((path.strip_prefix(&*folder)?, *bytes)))
}

fn filled(text: &str, names: &[(&str, String)]) -> String {
    names.iter().fold(text.to_owned(), |text, (mark, name)| text.replace(mark, name))
}

/// A picture has no names in it.
fn named(bytes: &[u8], names: &[(&str, String)]) -> Vec<u8> {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.to_vec(), |text| filled(text, names).into_bytes())
}

/// Where a template's file lies in a project: `_gitignore` and a leading `dot.` would be in the way in the repository.
fn placed(path: &str) -> String {
    let part = |part: &str| match part.strip_prefix("dot.") {
        Some(rest) => format!(".{rest}"),
        None if part == "_gitignore" => ".gitignore".to_owned(),
        None => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_lie_where_projects_have_them() {
        for (path, want) in [
            ("_gitignore", ".gitignore"),
            ("dot.cargo/config.toml", ".cargo/config.toml"),
            ("a/dot.b/_gitignore", "a/.b/.gitignore"),
            ("src/polka.dot.rs", "src/polka.dot.rs"),
            ("evals/x_gitignore", "evals/x_gitignore"),
        ] {
            assert_eq!(placed(path), want);
        }
    }

    #[test]
    fn names_are_filled_in() {
        let names = [("@NAME@", "a.b".to_owned()), ("@IDENT@", "a-b".to_owned())];
        assert_eq!(filled("evals/@NAME@.json of @IDENT@, @NAME@", &names), "evals/a.b.json of a-b, a.b");
        assert_eq!(named(b"\xff@NAME@", &names), b"\xff@NAME@");
    }

    #[test]
    fn every_language_writes_a_tree_that_stands_alone() {
        let name = Name::new("My.First_thing").unwrap();
        let mut seen = 0;
        for lang in available() {
            for role in [Role::Agent, Role::Tool] {
                let files = tree(lang, role, &name).expect("it is available");
                let has = |path: &str| files.iter().any(|file| file.path == path);
                for path in [
                    "jaros.toml",
                    "wit/world.wit",
                    "wit/deps/jaros-plugin/jaros.wit",
                    "grants.toml",
                    "evals/My.First_thing.json",
                    "README.md",
                    ".gitignore",
                ] {
                    assert!(has(path), "{lang} {role}: no {path}");
                }
                assert!(files.iter().any(|file| file.path.starts_with("sdk/")), "{lang} {role}: no SDK");
                for file in files.iter().filter(|file| !file.path.starts_with("sdk/")) {
                    let text = String::from_utf8_lossy(&file.bytes);
                    for mark in ["@NAME@", "@IDENT@"] {
                        assert!(
                            !text.contains(mark) && !file.path.contains(mark),
                            "{lang} {role}: {}",
                            file.path
                        );
                    }
                    assert!(!file.path.contains("dot."), "{lang} {role}: {}", file.path);
                    seen += 1;
                }
                let mut paths: Vec<_> = files.iter().map(|file| &file.path).collect();
                paths.dedup();
                assert_eq!(paths.len(), files.len(), "{lang} {role}: a file twice");
                let world = files.iter().find(|file| file.path == "wit/world.wit").expect("a world");
                let world = String::from_utf8_lossy(&world.bytes);
                assert!(world.contains("world my-first-thing {"), "{lang} {role}: {world}");
            }
        }
        assert!(available().next().is_none() || seen > 10, "looked at {seen} files");
    }
}
