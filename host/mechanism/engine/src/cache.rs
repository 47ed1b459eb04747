//! Compiled code kept between runs: a file per component and configuration, with its sum beside it; or, in its place, a
//! word on why there is none.
//!
//! *Invariant:* code is loaded only from a folder that is this user's alone, out of a file that is this user's, that
//! nobody else may write, and whose sum is the one that was remembered when it was written.
//! *Doesn't know:* what a component does. Whoever runs as this user can replace code *and* sum: the sum (XXH3) is there
//! against damage, the folder's mode against others. So it may be a fast one: at a start each component waits for its own.
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
use xxhash_rust::xxh3::Xxh3;

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
        let remembered = fs::read_to_string(sum_path(&path)).ok()?;
        let meta = fs::symlink_metadata(&path).ok()?;
        if !meta.is_file() || !is_ours(&meta) {
            return None;
        }
        (sum(File::open(&path).ok()?).ok()? == remembered)
            .then(|| map(engine, &path).unwrap_or_else(|| copied(engine, &fs::read(&path)?)))
    }

    /// Keeps what this process's own compiler has just made, and loads it. Where it can't be kept, that only costs the next
    /// start some time.
    pub(crate) fn keep(&self, engine: &Engine, key: Key, code: &[u8]) -> wasmtime::Result<Component> {
        let path = self.path(key, "cwasm").filter(|path| store(path, code).is_ok());
        if let Some(refusal) = self.path(key, "refused") {
            // Mostly there is none. One that stays isn't asked for while there is code.
            let _ = fs::remove_file(refusal);
        }
        path.and_then(|path| map(engine, &path)).unwrap_or_else(|| copied(engine, code))
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
    // The sum last: code without one is never loaded.
    write_whole(path, code)?;
    write_whole(&sum_path(path), sum(code)?.as_bytes())
}

fn sum_path(code: &Path) -> PathBuf {
    code.with_extension("xxh3")
}

/// The sum of what is read, a piece at a time: code may have 40 MB, and nobody needs all of it at once here.
fn sum(mut code: impl io::Read) -> io::Result<String> {
    let (mut sum, mut piece) = (Xxh3::new(), vec![0; 256 << 10]);
    loop {
        match code.read(&mut piece)? {
            0 => return Ok(format!("{:032x}", sum.digest128())),
            read => sum.update(&piece[..read]),
        }
    }
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

/// Code from its file, whose pages the system may drop and read again; nothing where a file system refuses to have anything executed
/// from it.
#[expect(
    unsafe_code,
    reason = "compiled code is executable: it has just come from this process's own compiler, or `load` has checked whose \
              it is and that it is unharmed"
)]
fn map(engine: &Engine, path: &Path) -> Option<wasmtime::Result<Component>> {
    // SAFETY: the file was written by this program in a folder and a file that only this user can write, and its sum is the one
    // that was remembered, or it has just been written. It is replaced by renaming only, so the mapping never changes.
    match unsafe { Component::deserialize_file(engine, path) } {
        Err(error) if is_machine(&error) => None,
        loaded => Some(loaded),
    }
}

/// Code from memory.
#[expect(unsafe_code, reason = "as for code from its file")]
fn copied(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: these bytes are what the compiler made, or what `load` has checked.
    unsafe { Component::deserialize(engine, code) }
}
