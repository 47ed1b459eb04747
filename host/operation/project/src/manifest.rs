//! `jaros.toml`: what a project's folder says it is.
//!
//! *Invariant:* what was opened has a name that a component can have; a key that isn't known is an error, so that a slip
//! isn't passed over in silence.
//! *Doesn't know:* how it is built, or whether what it names is there.
//! *Start at:* [`Project::open`].

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jaros_capability::Role;
use jaros_decision::Name;
use toml::{Table, Value};

use crate::lang::Lang;
use crate::words;

/// The file.
pub const MANIFEST: &str = "jaros.toml";
const KEYS: [&str; 5] = ["name", "kind", "lang", "sdk", "with"];
/// Bytes of the file.
const MANIFEST_BYTES: u64 = 64 << 10;

/// A project: one folder, one component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The folder with `jaros.toml`.
    pub folder: PathBuf,
    /// The component's name.
    pub name: Name,
    /// What it is.
    pub kind: Role,
    /// What it is written in.
    pub lang: Lang,
    /// The SDK's folder as the file has it, relative to the project: `sdk` unless it says otherwise.
    pub sdk: PathBuf,
    /// Components that `dev` and `eval` load beside it, relative to the project.
    pub with: Vec<PathBuf>,
}

/// Why a folder is no project.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// There is no `jaros.toml`.
    #[error("there is no jaros.toml in {}", .0.display())]
    Missing(PathBuf),
    /// It can't be read.
    #[error("{} can't be read: {source}", path.display())]
    Unread {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What it says can't be used.
    #[error("{}: {why}", path.display())]
    Bad {
        /// The file.
        path: PathBuf,
        /// What is wrong, with what would be right.
        why: String,
    },
}

impl Project {
    /// Reads the project in this folder.
    /// # Errors
    /// There is none, or its file can't be used.
    pub fn open(folder: &Path) -> Result<Self, ManifestError> {
        let path = folder.join(MANIFEST);
        let unread = |source| ManifestError::Unread { path: path.clone(), source };
        match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ManifestError::Missing(folder.to_owned()));
            }
            Err(error) => return Err(unread(error)),
            Ok(found) if !found.is_file() || found.len() > MANIFEST_BYTES => {
                let why = format!("it is no file of at most {MANIFEST_BYTES} bytes");
                return Err(ManifestError::Bad { path, why });
            }
            Ok(_) => {}
        }
        let text = fs::read_to_string(&path).map_err(unread)?;
        Self::parse(folder, &text).map_err(|why| ManifestError::Bad { path, why })
    }

    fn parse(folder: &Path, text: &str) -> Result<Self, String> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            let line = line.map_or_else(String::new, |line| format!("line {line}: "));
            format!("{line}{}", error.message())
        })?;
        if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(format!("there is no key `{key}`; {}", words::hint(key, &KEYS)));
        }
        let name = required(&table, "name", "the component's name, such as \"text.count\"")?;
        let kind = required(&table, "kind", "\"agent\" or \"tool\"")?;
        let lang = required(&table, "lang", "\"rust\", \"js\", \"ts\", \"python\", \"c\" or \"zig\"")?;
        let sdk =
            table.get("sdk").map(|value| text_of(value, "sdk", "a folder, such as \"sdk\"")).transpose()?;
        Ok(Self {
            folder: folder.to_owned(),
            name: Name::new(name).map_err(|error| format!("`name` can't be {name:?}: {error}"))?,
            kind: match kind {
                "agent" => Role::Agent,
                "tool" => Role::Tool,
                other => return Err(format!("`kind` is \"agent\" or \"tool\", not {other:?}")),
            },
            lang: lang.parse().map_err(|error| format!("`lang`: {error}"))?,
            sdk: sdk.unwrap_or("sdk").into(),
            with: with(&table)?,
        })
    }

    /// The component that a build makes.
    #[must_use]
    pub fn component(&self) -> PathBuf {
        self.folder.join("build").join(format!("{}.wasm", self.name))
    }

    /// The components that go with it.
    pub fn beside(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.with.iter().map(|path| self.folder.join(path))
    }
}

fn required<'t>(table: &'t Table, key: &str, what: &str) -> Result<&'t str, String> {
    match table.get(key) {
        Some(value) => text_of(value, key, what),
        None => Err(format!("`{key}` is missing: {what}")),
    }
}

fn text_of<'t>(value: &'t Value, key: &str, what: &str) -> Result<&'t str, String> {
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .ok_or_else(|| format!("`{key}` has to be {what}, in quotes"))
}

fn with(table: &Table) -> Result<Vec<PathBuf>, String> {
    let Some(value) = table.get("with") else { return Ok(Vec::new()) };
    let what = "a list of components' files, such as [\"../greet/build/greet.wasm\"]";
    let files = value.as_array().ok_or_else(|| format!("`with` has to be {what}"))?;
    let file = |value: &Value| match value.as_str() {
        Some(text) if Path::new(text).extension().is_some_and(|end| end == "wasm") => Ok(text.into()),
        _ => Err(format!("`with` has to be {what}")),
    };
    files.iter().map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Project, String> {
        Project::parse(Path::new("here"), text)
    }

    #[test]
    fn what_it_says_is_taken() {
        let least = parse("name = \"text.count\"\nkind = \"tool\"\nlang = \"c\"\n").unwrap();
        assert_eq!(least.component(), Path::new("here/build/text.count.wasm"));
        assert_eq!((least.sdk.as_path(), least.with.len()), (Path::new("sdk"), 0));
        let most = "name=\"a\"\nkind=\"agent\"\nlang=\"ts\"\nsdk=\"../sdk\"\nwith=[\"../b.wasm\"]\n";
        let most = parse(most).unwrap();
        assert_eq!((most.kind, most.lang), (Role::Agent, Lang::Ts));
        assert_eq!(most.beside().collect::<Vec<_>>(), [Path::new("here/../b.wasm")]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let good = "name = \"a\"\nkind = \"tool\"\nlang = \"c\"\n";
        for (from, to, want) in [
            ("name = \"a\"\n", "", "`name` is missing: the component's name, such as \"text.count\""),
            ("\"a\"", "\"../a\"", "`name` can't be \"../a\": a name has only letters, digits,"),
            ("\"a\"", "1", "`name` has to be the component's name, such as \"text.count\", in quotes"),
            ("\"tool\"", "\"tol\"", "`kind` is \"agent\" or \"tool\", not \"tol\""),
            ("\"c\"", "\"cobol\"", "`lang`: there is no language \"cobol\"; there are rust"),
            ("lang", "lnag", "there is no key `lnag`; did you mean lang?"),
            ("lang = ", "lang ", "line 3: "),
            ("lang", "with = \"b.wasm\"\nlang", "`with` has to be a list of components' files"),
            ("lang", "with = [\"b\"]\nlang", "`with` has to be a list of components' files"),
            ("lang", "sdk = \"\"\nlang", "`sdk` has to be a folder, such as \"sdk\", in quotes"),
        ] {
            let why = parse(&good.replacen(from, to, 1)).unwrap_err();
            assert!(why.starts_with(want), "{why}");
        }
    }

    #[test]
    fn a_folder_without_the_file_is_no_project() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(Project::open(dir.path()), Err(ManifestError::Missing(_))));
        fs::create_dir(dir.path().join(MANIFEST)).unwrap();
        assert!(matches!(Project::open(dir.path()), Err(ManifestError::Bad { .. })));
    }
}
