//! A secret that must not be found again, and the search for it.
//!
//! *Invariant:* a form that the search looks for is one in which the secret could be read back.
//! *Doesn't know:* where it was put.
//! *Start at:* [`Canary::search`].

use std::fs;
use std::path::{Path, PathBuf};

/// A secret.
pub struct Canary {
    text: String,
    forms: Vec<(&'static str, Vec<u8>)>,
}

/// What a search looked at and found.
#[derive(Debug, Default)]
pub struct Found {
    /// Files that were read.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Where the secret was found, and in which form.
    pub places: Vec<(PathBuf, &'static str)>,
}

impl Canary {
    /// One of its own for each use.
    #[must_use]
    pub fn new(of: &str) -> Self {
        let text = format!("canary-{of}-{:08x}-Zq7!", std::process::id());
        let bytes = text.as_bytes();
        let mut forms = vec![
            ("plain", bytes.to_vec()),
            ("reversed", bytes.iter().rev().copied().collect()),
            ("hex", hex(bytes).into_bytes()),
            ("HEX", hex(bytes).to_uppercase().into_bytes()),
            ("UTF-16", text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            ("percent", bytes.iter().flat_map(|byte| format!("%{byte:02X}").into_bytes()).collect()),
        ];
        for before in 0..3 {
            let plain = base64(bytes, before);
            let for_urls = plain.replace('+', "-").replace('/', "_");
            forms.extend([("base64", plain.into_bytes()), ("base64 for URLs", for_urls.into_bytes())]);
        }
        Self { text, forms }
    }

    /// The secret.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Looks for it in these bytes.
    pub fn search_bytes(&self, what: &Path, bytes: &[u8], found: &mut Found) {
        found.files += 1;
        found.bytes += bytes.len() as u64;
        for (form, needle) in &self.forms {
            if contains(bytes, needle) {
                found.places.push((what.to_owned(), form));
            }
        }
    }

    /// Looks for it in every file below a folder, names and links' targets included.
    ///
    /// # Panics
    /// Where something can't be read.
    #[must_use]
    pub fn search(&self, folder: &Path) -> Found {
        let mut found = Found::default();
        self.walk(folder, &mut found);
        found
    }

    fn walk(&self, folder: &Path, found: &mut Found) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let entry = entry.expect("an entry");
            let (path, kind) = (entry.path(), entry.file_type().expect("a kind"));
            self.search_bytes(&path, entry.file_name().as_encoded_bytes(), found);
            if kind.is_dir() {
                self.walk(&path, found);
            } else if kind.is_symlink() {
                let target = fs::read_link(&path).expect("a link");
                self.search_bytes(&path, target.as_os_str().as_encoded_bytes(), found);
            } else if kind.is_file() {
                self.search_bytes(&path, &fs::read(&path).expect("a file"), found);
            }
        }
    }
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else { return false };
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| byte == first) {
        from += at + 1;
        if bytes[from..].starts_with(rest) {
            return true;
        }
    }
    false
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Base64 of `bytes` as it stands in a longer text in which so many bytes came before it: the digits that are only its own.
fn base64(bytes: &[u8], before: usize) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let skip = (6 - before * 8 % 6) % 6;
    let digit =
        |six: &[u8]| char::from(DIGITS[six.iter().fold(0, |value, bit| value << 1 | usize::from(*bit))]);
    bits[skip..].chunks_exact(6).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_found_wherever_it_begins() {
        // "M", "Ma", "Man" before `secret`, as any encoder writes them.
        let table = [(0, "c2VjcmV0"), (1, "TXNlY3JldA"), (2, "TWFzZWNyZXQ")];
        for (before, whole) in table {
            let part = base64(b"secret", before);
            assert!(part.len() >= 6 && whole.contains(&part), "{before}: {part} in {whole}");
        }
    }

    #[test]
    fn a_planted_secret_is_found_in_every_form() {
        let canary = Canary::new("planted");
        for (form, needle) in &canary.forms {
            let bytes = [b"before ".as_slice(), needle, b" after"].concat();
            let mut found = Found::default();
            canary.search_bytes(Path::new("x"), &bytes, &mut found);
            assert!(found.places.iter().any(|(_, was)| was == form), "{form}");
        }
    }
}
