//! The languages that a project can be written in.
//!
//! *Invariant:* one word a language, the same on the command line, in `jaros.toml` and in messages.
//! *Doesn't know:* how one is built; `recipe` does.
//! *Start at:* [`Lang`].

use std::fmt;
use std::str::FromStr;

use crate::words;

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Rust.
    Rust,
    /// JavaScript.
    Js,
    /// TypeScript.
    Ts,
    /// Python.
    Python,
    /// C.
    C,
    /// Zig.
    Zig,
}

impl Lang {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Rust, Self::Js, Self::Ts, Self::Python, Self::C, Self::Zig];

    /// Its word: `rust`, `js`, `ts`, `python`, `c`, `zig`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Js => "js",
            Self::Ts => "ts",
            Self::Python => "python",
            Self::C => "c",
            Self::Zig => "zig",
        }
    }

    /// Its name as people write it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Js => "JavaScript",
            Self::Ts => "TypeScript",
            Self::Python => "Python",
            Self::C => "C",
            Self::Zig => "Zig",
        }
    }

    /// The folder of its SDK in `guest-sdk/`, and where its templates lie there below `templates/`.
    pub(crate) fn sdk(self) -> (&'static str, &'static str) {
        match self {
            Self::Rust => ("rust", ""),
            Self::Js => ("js", "js/"),
            Self::Ts => ("js", "ts/"),
            Self::Python => ("python", ""),
            Self::C => ("c", "c/"),
            Self::Zig => ("c", "zig/"),
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that is no language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnknownLang(String);

impl FromStr for Lang {
    type Err = UnknownLang;

    fn from_str(text: &str) -> Result<Self, UnknownLang> {
        let same =
            |lang: &Self| lang.word().eq_ignore_ascii_case(text) || lang.title().eq_ignore_ascii_case(text);
        Self::ALL.into_iter().find(same).ok_or_else(|| {
            let known = Self::ALL.map(Self::word);
            UnknownLang(format!("there is no language {text:?}; {}", words::hint(text, &known)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for lang in Lang::ALL {
            assert_eq!(lang.word().parse(), Ok(lang));
            assert_eq!(lang.title().parse(), Ok(lang));
        }
        let said = |text: &str| text.parse::<Lang>().unwrap_err().to_string();
        assert_eq!(said("pyton"), "there is no language \"pyton\"; did you mean python?");
        assert_eq!(said("cobol"), "there is no language \"cobol\"; there are rust, js, ts, python, c, zig");
    }
}
