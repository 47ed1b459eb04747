//! Granted folders, and the one way from a guest's path to a file in one of them.
//!
//! *Invariant:* a path is walked part by part from the folder's own descriptor, and no part is followed if it is a
//! link; with no `..` there is no way out. The node's own state is never entered, however wide the grant. No message
//! holds a path of the host.
//! *Doesn't know:* what is done with what it finds.
//! *Start at:* [`Folders::locate`].

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use jaros_decision::{Code, Failure, Name};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, fstat, mkdirat, openat, statat};
use rustix::io::Errno;

use crate::grant::Folder;
use crate::kept;
use crate::words::{listed, shown};

/// Bytes of one path and of one part of it: what file systems hold anyway.
pub(crate) const PATH_BYTES_MAX: usize = 4_096;
const PART_BYTES_MAX: usize = 255;

/// Which file something is, however it is reached: a second mount of the node's state is still the node's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
}

impl From<&Stat> for Identity {
    fn from(stat: &Stat) -> Self {
        Self { device: stat.st_dev, inode: stat.st_ino }
    }
}

/// The folders of one grant, opened.
#[derive(Debug)]
pub(crate) struct Folders {
    roots: BTreeMap<Name, OwnedFd>,
    /// Folders of the node's own that are never entered.
    kept: Vec<Identity>,
}

/// A place that a guest named, in a folder that it was granted.
pub(crate) struct Place<'a> {
    path: &'a str,
    root: BorrowedFd<'a>,
    kept: &'a [Identity],
    /// Below the granted folder; none for the folder itself.
    parts: Vec<&'a str>,
}

impl Folders {
    /// No folder: nothing can be reached.
    pub(crate) fn none() -> Self {
        Self { roots: BTreeMap::new(), kept: Vec::new() }
    }

    /// Opens each folder to read from; the node's state can't be reached through any of them.
    pub(crate) fn open(folders: &BTreeMap<Name, Folder>, data_dir: &Path) -> Result<Self, Failure> {
        let state = data_dir.join("state");
        let mut opened = Self { roots: BTreeMap::new(), kept: identity(&state).into_iter().collect() };
        for (name, folder) in folders {
            if lies_in(&folder.path, &state) {
                return Err(own(name, folder));
            }
            opened.add(name, folder)?;
        }
        Ok(opened)
    }

    /// Opens each folder to write into. None of the node's own folders can be reached through any of them, and each lies on
    /// the data directory's file system, since what was staged there is renamed into place.
    pub(crate) fn open_writable(folders: &BTreeMap<Name, Folder>, data_dir: &Path) -> Result<Self, Failure> {
        let trees = kept::trees(data_dir);
        let all = trees.iter().flat_map(kept::Tree::folders);
        let mut opened =
            Self { roots: BTreeMap::new(), kept: all.filter_map(|dir| identity(&dir)).collect() };
        let home = identity(data_dir);
        for (name, folder) in folders {
            if trees.iter().any(|tree| tree.holds_or_lies_in(&folder.path)) {
                return Err(own(name, folder));
            }
            let found = opened.add(name, folder)?;
            if home.is_some_and(|home| home.device != found.device) {
                let text = format!(
                    "{} lies on another file system than the data directory; choose one on the same, since files are \
                     renamed into place",
                    says(name, folder)
                );
                return Err(Failure::new(Code::INVALID, text));
            }
        }
        Ok(opened)
    }

    fn add(&mut self, name: &Name, folder: &Folder) -> Result<Identity, Failure> {
        let unopened = |errno| unopened(&says(name, folder), errno);
        let root = open_folder(&folder.path).map_err(unopened)?;
        let stat = fstat(&root).map_err(unopened)?;
        self.roots.insert(name.clone(), root);
        Ok(Identity::from(&stat))
    }

    /// Reads a path as a guest writes it: `GRANT/rest`. Touches nothing.
    pub(crate) fn locate<'a>(&'a self, path: &'a str) -> Result<Place<'a>, Failure> {
        let mut parts = parts(path).map_err(|why| {
            Failure::new(Code::INVALID, format!("{} is no path: {why}; a path is GRANT/rest", shown(path)))
        })?;
        let grant = parts.remove(0);
        let root = self.roots.get(grant).ok_or_else(|| {
            let granted = listed(self.roots.keys().map(Name::as_str));
            let message = format!("there is no granted folder {}; granted: {granted}", shown(grant));
            Failure::new(Code::REFUSED, message)
        })?;
        Ok(Place { path, root: root.as_fd(), kept: &self.kept, parts })
    }
}

/// The parts of a path that has any; never empty.
fn parts(path: &str) -> Result<Vec<&str>, &'static str> {
    if path.len() > PATH_BYTES_MAX {
        return Err("it has over 4096 bytes");
    }
    if path.starts_with('/') {
        return Err("it begins with `/`");
    }
    if path.contains('\0') {
        return Err("it has a NUL");
    }
    let parts: Vec<&str> = path.split('/').collect();
    for part in &parts {
        match *part {
            "" => return Err("it has an empty part"),
            "." | ".." => return Err("it has the part `.` or `..`"),
            part if part.len() > PART_BYTES_MAX => return Err("it has a part over 255 bytes"),
            _ => {}
        }
    }
    Ok(parts)
}

impl Place<'_> {
    /// Opens the place as a folder.
    pub(crate) fn folder(&self) -> Result<OwnedFd, Failure> {
        self.walk(&self.parts)
    }

    /// What lies at the place; a link is a link, wherever it points. `None` is the granted folder itself.
    pub(crate) fn stat(&self) -> Result<Option<Stat>, Failure> {
        let Some((last, before)) = self.parts.split_last() else { return Ok(None) };
        let folder = self.walk(before)?;
        statat(&folder, *last, AtFlags::SYMLINK_NOFOLLOW).map(Some).map_err(|errno| self.failure(errno))
    }

    /// Whether a regular file lies here.
    pub(crate) fn is_file(&self) -> Result<(), Failure> {
        match self.stat()? {
            Some(stat) => self.regular(&stat),
            None => Err(self.says(Code::INVALID, "is a folder, not a file")),
        }
    }

    /// Whether a file can be put here: nothing is in the way, neither at the place nor on the way there.
    pub(crate) fn is_free(&self) -> Result<(), Failure> {
        let Some((last, before)) = self.parts.split_last() else {
            return Err(self.says(Code::INVALID, "is a folder, not a file"));
        };
        let mut here = self.start()?;
        for part in before {
            here = match self.step(&here, part) {
                Err(Errno::NOENT) => return Ok(()),
                stepped => stepped.map_err(|errno| self.in_the_way(&here, part, errno))?,
            };
            self.enter(&here)?;
        }
        match statat(&here, *last, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => Ok(()),
            found => self.regular(&found.map_err(|errno| self.failure(errno))?),
        }
    }

    /// Opens the folder that the place lies in, made where it is missing, to put a file there under the name that is
    /// returned with it.
    pub(crate) fn make_folder(&self) -> Result<(OwnedFd, &str), Failure> {
        let Some((last, before)) = self.parts.split_last() else {
            return Err(self.says(Code::INVALID, "is a folder, not a file"));
        };
        let mut here = self.start()?;
        for part in before {
            here = match self.step(&here, part) {
                Err(Errno::NOENT) => match mkdirat(&here, *part, Mode::from_raw_mode(0o777)) {
                    Ok(()) | Err(Errno::EXIST) => self.step(&here, part),
                    Err(errno) => Err(errno),
                },
                stepped => stepped,
            }
            .map_err(|errno| self.in_the_way(&here, part, errno))?;
            self.enter(&here)?;
        }
        Ok((here, last))
    }

    /// Opens the place as a regular file. Anything else isn't opened at all: opening a pipe may wait for ever, and
    /// opening a device may do something.
    pub(crate) fn file(&self) -> Result<(File, u64), Failure> {
        let Some((last, before)) = self.parts.split_last() else {
            return Err(self.says(Code::INVALID, "is a folder, not a file"));
        };
        let folder = self.walk(before)?;
        let stat = statat(&folder, *last, AtFlags::SYMLINK_NOFOLLOW).map_err(|errno| self.failure(errno))?;
        self.regular(&stat)?;
        // It may be another file by now: no link is followed, no pipe is waited for, and the type is asked again.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = openat(&folder, *last, flags, Mode::empty()).map_err(|errno| self.failure(errno))?;
        let stat = fstat(&file).map_err(|errno| self.failure(errno))?;
        self.regular(&stat)?;
        Ok((File::from(file), size(&stat)))
    }

    /// The last part's name, or the grant's.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }

    /// A failure about this place.
    pub(crate) fn says(&self, code: Code, what: &str) -> Failure {
        Failure::new(code, format!("{} {what}", shown(self.path)))
    }

    /// What the system said, in words that don't vary and name nothing of the host.
    pub(crate) fn failure(&self, errno: Errno) -> Failure {
        match errno {
            Errno::NOENT | Errno::NOTDIR => {
                Failure::new(Code::NOT_FOUND, format!("there is no {}", shown(self.path)))
            }
            Errno::LOOP => self.says(Code::REFUSED, "is a link, and links are never followed"),
            Errno::ACCESS | Errno::PERM => self.says(Code::REFUSED, "may not be read by the host itself"),
            Errno::NAMETOOLONG => self.says(Code::INVALID, "has a part that is too long"),
            other => self.says(
                Code::UNAVAILABLE,
                &format!("can't be read just now (system error {})", other.raw_os_error()),
            ),
        }
    }

    fn regular(&self, stat: &Stat) -> Result<(), Failure> {
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Ok(()),
            FileType::Directory => Err(self.says(Code::INVALID, "is a folder, not a file")),
            FileType::Symlink => Err(self.failure(Errno::LOOP)),
            _ => Err(self.says(Code::REFUSED, "is no regular file")),
        }
    }

    /// Goes down from the granted folder. A walk instead of one `openat2`: it is the same on every kernel, and each
    /// folder on the way is compared with the node's own.
    fn walk(&self, parts: &[&str]) -> Result<OwnedFd, Failure> {
        let mut here = self.start()?;
        for (n, part) in parts.iter().enumerate() {
            here = self
                .step(&here, part)
                .map_err(|errno| self.blocked(&here, part, errno, n + 1 == self.parts.len()))?;
            self.enter(&here)?;
        }
        Ok(here)
    }

    fn start(&self) -> Result<OwnedFd, Failure> {
        let here = self
            .root
            .try_clone_to_owned()
            .map_err(|error| self.failure(Errno::from_io_error(&error).unwrap_or(Errno::IO)))?;
        self.enter(&here)?;
        Ok(here)
    }

    fn step(&self, here: &OwnedFd, part: &str) -> rustix::io::Result<OwnedFd> {
        openat(here, part, FOLDER | OFlags::NOFOLLOW, Mode::empty())
    }

    /// As [`Place::blocked`], where a folder would be made if there were nothing.
    fn in_the_way(&self, here: &OwnedFd, part: &str, errno: Errno) -> Failure {
        let failure = self.blocked(here, part, errno, false);
        if failure.code == Code::NOT_FOUND {
            self.says(Code::INVALID, "goes through a file")
        } else {
            failure
        }
    }

    /// Why a part couldn't be entered. Kernels answer alike for a link and for a file where a folder should be.
    fn blocked(&self, here: &OwnedFd, part: &str, errno: Errno, last: bool) -> Failure {
        let found = statat(here, part, AtFlags::SYMLINK_NOFOLLOW);
        match found.map(|stat| FileType::from_raw_mode(stat.st_mode)) {
            Ok(FileType::Symlink) if last => self.failure(Errno::LOOP),
            Ok(FileType::Symlink) => {
                self.says(Code::REFUSED, "goes through a link, and links are never followed")
            }
            Ok(_) if last && errno == Errno::NOTDIR => self.says(Code::INVALID, "is no folder"),
            _ => self.failure(errno),
        }
    }

    fn enter(&self, folder: &OwnedFd) -> Result<(), Failure> {
        if self.kept.is_empty() {
            return Ok(());
        }
        let stat = fstat(folder).map_err(|errno| self.failure(errno))?;
        if self.kept.contains(&Identity::from(&stat)) {
            return Err(self.says(Code::REFUSED, "belongs to the node itself"));
        }
        Ok(())
    }
}

/// A descriptor to go on from, which needs no permission to list the folder.
const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

fn open_folder(path: &Path) -> rustix::io::Result<OwnedFd> {
    rustix::fs::open(path, FOLDER, Mode::empty())
}

/// Sizes are told in JSON, which is sure of 53 bits; a sparse file can claim more.
pub(crate) fn size(stat: &Stat) -> u64 {
    u64::try_from(stat.st_size).unwrap_or(0).min((1 << 53) - 1)
}

fn identity(folder: &Path) -> Option<Identity> {
    open_folder(folder).and_then(|dir| fstat(&dir)).ok().map(|stat| Identity::from(&stat))
}

fn says(name: &Name, folder: &Folder) -> String {
    format!("the folder {} of `{name}`", shown(&folder.written))
}

fn own(name: &Name, folder: &Folder) -> Failure {
    Failure::new(Code::REFUSED, format!("{} belongs to the node itself", says(name, folder)))
}

fn lies_in(path: &Path, folder: &Path) -> bool {
    match (fs::canonicalize(path), fs::canonicalize(folder)) {
        (Ok(path), Ok(folder)) => path.starts_with(folder),
        _ => false,
    }
}

fn unopened(says: &str, errno: Errno) -> Failure {
    match errno {
        Errno::NOENT => {
            Failure::new(Code::NOT_FOUND, format!("{says} doesn't exist; make it, or correct the grant"))
        }
        Errno::NOTDIR => Failure::new(Code::INVALID, format!("{says} is no folder; correct the grant")),
        Errno::ACCESS | Errno::PERM => {
            Failure::new(Code::REFUSED, format!("{says} can't be entered by the host's account"))
        }
        other => Failure::new(Code::UNAVAILABLE, format!("{says} can't be opened just now ({other})")),
    }
}
