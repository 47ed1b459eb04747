//! The key that signs checkpoints, and those that check them.
//!
//! *Invariant:* the secret is 32 random bytes in a file that only its owner reads; every public key that ever signed
//! stands in the chain, in a `key` entry before its first signature.
//! *Doesn't know:* what is signed.
//! *Start at:* [`SigningKey`], [`VerifyKey`].

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signature, Signer, VerifyingKey};
use jaros_decision::Digest;

use crate::record::Key;

/// The signature type of the signed-note format: Ed25519.
const ED25519: u8 = 1;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file holds something else: restore it, or move it away to begin with a new key.
    #[error("{} holds no key: it should be 32 bytes in base64", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The disk said no.
    #[error("failed to read or make {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The key that signs for one ledger.
pub(crate) struct SigningKey {
    secret: ed25519_dalek::SigningKey,
    public: VerifyKey,
}

impl SigningKey {
    /// Reads `dir/checkpoint.key`, or makes it. `name` is what it signs for.
    pub(crate) fn load_or_make(dir: &Path, name: &str) -> Result<Self, KeyError> {
        let path = dir.join("checkpoint.key");
        let failed = |source| KeyError::Io { path: path.clone(), source };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(dir, &path).map_err(failed)?,
            Err(error) => return Err(failed(error)),
        };
        let seed = BASE64_STANDARD.decode(text.trim_end()).ok().and_then(|bytes| bytes.try_into().ok());
        let seed: [u8; 32] = seed.ok_or(KeyError::Damaged { path })?;
        let secret = ed25519_dalek::SigningKey::from_bytes(&seed);
        let public = VerifyKey { name: name.to_owned(), key: secret.verifying_key() };
        Ok(Self { secret, public })
    }

    pub(crate) fn public(&self) -> &VerifyKey {
        &self.public
    }

    pub(crate) fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.secret.sign(text).to_bytes()
    }
}

/// Makes the key file whole before it has its name: half a key would lock the ledger's owner out of it.
fn make(dir: &Path, path: &Path) -> io::Result<String> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| io::Error::other(error.to_string()))?;
    let text = BASE64_STANDARD.encode(seed) + "\n";
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let aside = dir.join(".checkpoint.key.new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&aside, path)?;
    File::open(dir)?.sync_all()?;
    Ok(text)
}

/// A public key with the name that it signs for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyKey {
    name: String,
    key: VerifyingKey,
}

impl VerifyKey {
    /// The key of a `key` entry; `None` where it holds none.
    #[must_use]
    pub fn of(entry: &Key) -> Option<Self> {
        let public: [u8; 32] = BASE64_STANDARD.decode(&entry.public).ok()?.try_into().ok()?;
        let key = VerifyingKey::from_bytes(&public).ok()?;
        Some(Self { name: entry.name.clone(), key })
    }

    /// What a `key` entry says of it.
    #[must_use]
    pub fn entry(&self) -> Key {
        Key {
            id: self.id_hex(),
            name: self.name.clone(),
            public: BASE64_STANDARD.encode(self.key.as_bytes()),
        }
    }

    /// The name that it signs for: `jaros/` and the ledger's id.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key id of the signed-note format: SHA-256(name ‖ newline ‖ type ‖ key), four bytes.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let digest = Digest::of_parts(&[self.name.as_bytes(), b"\n", &[ED25519], self.key.as_bytes()]);
        let [a, b, c, d, ..] = digest.0;
        [a, b, c, d]
    }

    /// The form in which tools for signed notes take a key: `NAME+ID+BASE64`.
    #[must_use]
    pub fn vkey(&self) -> String {
        let typed = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        format!("{}+{}+{}", self.name, self.id_hex(), BASE64_STANDARD.encode(typed))
    }

    pub(crate) fn verifies(&self, text: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(text, &Signature::from_bytes(signature)).is_ok()
    }

    fn id_hex(&self) -> String {
        self.id().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let keys = dir.path().join("keys");
        let made = SigningKey::load_or_make(&keys, "jaros/x").unwrap();
        let found = SigningKey::load_or_make(&keys, "jaros/x").unwrap();
        assert_eq!(made.public(), found.public());
        assert!(made.public().verifies(b"text", &found.sign(b"text")));
        assert!(!made.public().verifies(b"texT", &found.sign(b"text")));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&keys), mode(&keys.join("checkpoint.key"))), (0o700, 0o600));
        assert_eq!(VerifyKey::of(&made.public().entry()).as_ref(), Some(made.public()));
    }

    #[test]
    fn half_a_key_is_damage() {
        let dir = tempfile::tempdir().unwrap();
        for text in ["", "AAAA", "not base64, but as long as a key would be..."] {
            fs::write(dir.path().join("checkpoint.key"), text).unwrap();
            let loaded = SigningKey::load_or_make(dir.path(), "jaros/x");
            assert!(matches!(loaded, Err(KeyError::Damaged { .. })), "{text}");
        }
    }

    /// The published example of the format: key, text and signature.
    #[test]
    fn ids_and_signatures_are_those_of_the_signed_note_format() {
        let dir = tempfile::tempdir().unwrap();
        let typed = BASE64_STANDARD.decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz").unwrap();
        fs::write(dir.path().join("checkpoint.key"), BASE64_STANDARD.encode(&typed[1..])).unwrap();
        let key = SigningKey::load_or_make(dir.path(), "PeterNeumann").unwrap();
        assert_eq!(key.public().vkey(), "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
        let text = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
        let signature = [&key.public().id()[..], &key.sign(text.as_bytes())].concat();
        let published =
            "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
        assert_eq!(BASE64_STANDARD.encode(signature), published);
    }
}
