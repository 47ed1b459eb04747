//! Compiled code kept between runs: a file per component and configuration, with its SHA-256 beside it; or, in its place, a
//! word on why there is none.
//!
//! *Invariant:* code is loaded only from a folder that is this user's alone, out of a file that is this user's, that
//! nobody else may write, and whose digest is the one that was remembered when it was written.
//! *Doesn't know:* what a component does. Whoever runs as this user can replace code *and* digest: the digest is there
//! against damage, the folder's mode against others.
//! *Start at:* [`Cache`].

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use jaros_decision::{Digest, Failure};
use serde::{Deserialize, Serialize};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::compile::Budget;
use crate::stop::is_machine;

/// Group's and others' permission to write.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// A refusal is a sentence.
const REFUSAL_BYTES_MAX: u64 = 16 << 10;

/// Which code: of which component, for which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) component: Digest,
    pub(crate) config: Digest,
}

/// That a component can't be compiled, and what was spent to find out.
#[derive(Serialize, Deserialize)]
struct Refusal {
    cpu_s: u64,
    memory_bytes: u64,
    failure: Failure,
}

/// A folder of compiled code, or none.
#[derive(Debug)]
pub(crate) struct Cache {
    dir: Option<PathBuf>,
}

impl Cache {
    /// Makes the folder, or checks that it is this user's alone.
    pub(crate) fn open(dir: Option<&Path>) -> io::Result<Self> {
        let Some(dir) = dir else { return Ok(Self { dir: None }) };
        match DirBuilder::new().mode(0o700).create(dir) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => take_over(dir)?,
            Err(error) => return Err(error),
        }
        Ok(Self { dir: Some(dir.to_owned()) })
    }

    /// The component as it was compiled before, if that was kept and is unharmed. An error says that this engine can't have
    /// it, and would say so of code that is compiled anew.
    pub(crate) fn load(&self, engine: &Engine, key: Key) -> Option<wasmtime::Result<Component>> {
        let path = self.path(key, "cwasm")?;
        let remembered: Digest = fs::read_to_string(digest_path(&path)).ok()?.trim_end().parse().ok()?;
        let meta = fs::symlink_metadata(&path).ok()?;
        if !meta.is_file() || !is_ours(&meta) {
            return None;
        }
        let code = fs::read(&path).ok()?;
        (Digest::of(&code) == remembered).then(|| deserialize(engine, Some(&path), &code))
    }

    /// Keeps what this process's own compiler has just made, and loads it. Where it can't be kept, that only costs the next
    /// start some time.
    pub(crate) fn keep(&self, engine: &Engine, key: Key, code: &[u8]) -> wasmtime::Result<Component> {
        let path = self.path(key, "cwasm").filter(|path| store(path, code).is_ok());
        if let Some(refusal) = self.path(key, "refused") {
            // Mostly there is none. One that stays isn't asked for while there is code.
            let _ = fs::remove_file(refusal);
        }
        deserialize(engine, path.as_deref(), code)
    }

    /// Why this component can't be compiled, if that is known and this budget allows nothing that wasn't tried.
    pub(crate) fn refusal(&self, key: Key, budget: &Budget) -> Option<Failure> {
        let path = self.path(key, "refused")?;
        let meta = fs::symlink_metadata(&path).ok()?;
        if !meta.is_file() || !is_ours(&meta) || meta.len() > REFUSAL_BYTES_MAX {
            return None;
        }
        let Refusal { cpu_s, memory_bytes, failure } = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
        (!budget.exceeds(&Budget { cpu_s, memory_bytes })).then_some(failure)
    }

    /// Remembers it. A failure only costs the next start some time, so it is none of the caller's.
    pub(crate) fn refuse(&self, key: Key, budget: &Budget, failure: &Failure) -> io::Result<()> {
        let Some(path) = self.path(key, "refused") else { return Ok(()) };
        let Budget { cpu_s, memory_bytes } = *budget;
        let refusal = Refusal { cpu_s, memory_bytes, failure: failure.clone() };
        write_whole(&path, &serde_json::to_vec(&refusal)?)
    }

    fn path(&self, key: Key, extension: &str) -> Option<PathBuf> {
        let Key { component, config } = key;
        self.dir.as_ref().map(|dir| dir.join(format!("{component}-{config}.{extension}")))
    }
}

fn store(path: &Path, code: &[u8]) -> io::Result<()> {
    // The digest last: code without one is never loaded.
    write_whole(path, code)?;
    write_whole(&digest_path(path), Digest::of(code).to_hex().as_bytes())
}

fn digest_path(code: &Path) -> PathBuf {
    code.with_extension("sha256")
}

fn is_ours(meta: &Metadata) -> bool {
    meta.uid() == rustix::process::geteuid().as_raw() && meta.mode() & WRITABLE_BY_OTHERS == 0
}

/// A folder that was there before. One that others could read is closed; one that others could write is refused, since
/// what lies in it may be theirs.
fn take_over(dir: &Path) -> io::Result<()> {
    let meta = fs::symlink_metadata(dir)?;
    if !meta.is_dir() {
        return Err(io::Error::other("it is no folder"));
    }
    if !is_ours(&meta) {
        return Err(io::Error::other("it belongs to, or may be written by, another user; remove it"));
    }
    if meta.mode() & 0o077 != 0 {
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Writes aside and renames, so that no reader and no crash ever meets half a file.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let aside = path.with_extension(format!("{}-{n}.tmp", std::process::id()));
    let write = || -> io::Result<()> {
        let mut file: File = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
        file.write_all(bytes)?;
        fs::rename(&aside, path)
    };
    write().inspect_err(|_| {
        // Nothing more can be done about a file that can't be removed; it is never loaded.
        let _ = fs::remove_file(&aside);
    })
}

/// Code from its file, whose pages the system may drop and read again; where that can't be, from memory.
#[expect(
    unsafe_code,
    reason = "compiled code is executable: it has just come from this process's own compiler, or `load` has checked whose \
              it is and that it is unharmed"
)]
fn deserialize(engine: &Engine, path: Option<&Path>, code: &[u8]) -> wasmtime::Result<Component> {
    if let Some(path) = path {
        // SAFETY: the file was written by this program in a folder and a file that only this user can write, and its bytes
        // are `code`. It is replaced by renaming only, so the mapping never changes.
        match unsafe { Component::deserialize_file(engine, path) } {
            // A file system may refuse to have anything executed from it.
            Err(error) if is_machine(&error) => {}
            loaded => return loaded,
        }
    }
    // SAFETY: these bytes are what the compiler made, see above.
    unsafe { Component::deserialize(engine, code) }
}
