//! Compiled code kept between runs: a file per component and configuration, with its SHA-256 beside it.
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

use jaros_decision::Digest;
use wasmtime::Engine;
use wasmtime::component::Component;

/// Group's and others' permission to write.
const WRITABLE_BY_OTHERS: u32 = 0o022;

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

    /// Whether code for this component was kept; it may turn out damaged.
    pub(crate) fn has(&self, component: Digest, config: Digest) -> bool {
        self.path(component, config).is_some_and(|path| path.is_file())
    }

    /// The component as it was compiled before, if that was kept and is unharmed.
    pub(crate) fn load(&self, engine: &Engine, component: Digest, config: Digest) -> Option<Component> {
        let path = self.path(component, config)?;
        let remembered: Digest = fs::read_to_string(digest_path(&path)).ok()?.trim_end().parse().ok()?;
        let meta = fs::symlink_metadata(&path).ok()?;
        if !meta.is_file() || !is_ours(&meta) || Digest::of(&fs::read(&path).ok()?) != remembered {
            return None;
        }
        deserialize(engine, &path)
    }

    /// Keeps compiled code. A failure only costs the next start some time, so it is none of the caller's.
    pub(crate) fn store(&self, component: &Component, digest: Digest, config: Digest) -> io::Result<()> {
        let Some(path) = self.path(digest, config) else { return Ok(()) };
        let code = component.serialize().map_err(io::Error::other)?;
        // The digest last: code without one is never loaded.
        write_whole(&path, &code)?;
        write_whole(&digest_path(&path), Digest::of(&code).to_hex().as_bytes())
    }

    fn path(&self, component: Digest, config: Digest) -> Option<PathBuf> {
        self.dir.as_ref().map(|dir| dir.join(format!("{component}-{config}.cwasm")))
    }
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

#[expect(
    unsafe_code,
    reason = "compiled code is executable: `load` has checked whose it is and that it is unharmed"
)]
fn deserialize(engine: &Engine, path: &Path) -> Option<Component> {
    // SAFETY: the file was written by this program in a folder and a file that only this user can write, and its bytes
    // have the digest that was remembered then. It is replaced by renaming only, so the mapping never changes.
    unsafe { Component::deserialize_file(engine, path) }.ok()
}
