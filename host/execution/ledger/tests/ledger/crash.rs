//! Power cuts: every state that the disk may be in after each step of the writer opens again, and nothing that was
//! acknowledged is missing.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jaros_decision::Seq;
use jaros_ledger::{Disk, Files, Ledger, OpenError, Sink};

use crate::common::{Folder, append, config, intent, outcome};

/// What the writer did, in order, and what it told its authors.
#[derive(Clone, Debug)]
enum Step {
    Create(PathBuf),
    Append(PathBuf, Vec<u8>),
    Sync(PathBuf),
    Rename(PathBuf, PathBuf),
    SyncDir,
    Told(Seq),
}

#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<Step>>>);

impl Recorder {
    fn note(&self, step: Step) {
        self.0.lock().unwrap().push(step);
    }
}

struct Recorded(Box<dyn Sink>, PathBuf, Recorder);

impl Disk for Recorder {
    fn create(&self, path: &Path) -> io::Result<Box<dyn Sink>> {
        self.note(Step::Create(path.to_owned()));
        Ok(Box::new(Recorded(Files.create(path)?, path.to_owned(), self.clone())))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.note(Step::Rename(from.to_owned(), to.to_owned()));
        Files.rename(from, to)
    }
    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        self.note(Step::SyncDir);
        Ok(())
    }
}

impl Sink for Recorded {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.2.note(Step::Append(self.1.clone(), bytes.to_owned()));
        self.0.append(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.2.note(Step::Sync(self.1.clone()));
        Ok(())
    }
}

/// A file of the model: what is on disk for certain, and what was only written.
#[derive(Clone, Debug, Default)]
struct File {
    synced: usize,
    bytes: Vec<u8>,
}

/// A disk that forgets what wasn't synced. Files are known by the path that they were created under.
#[derive(Clone, Debug, Default)]
struct Model {
    files: BTreeMap<usize, File>,
    open: BTreeMap<PathBuf, usize>,
    names: BTreeMap<PathBuf, usize>,
    /// Names that a power cut may lose.
    unsynced: Vec<(PathBuf, usize)>,
    told: Seq,
}

impl Model {
    fn step(&mut self, step: &Step) {
        match step {
            Step::Create(path) => {
                let id = self.files.len();
                self.files.insert(id, File::default());
                self.open.insert(path.clone(), id);
            }
            Step::Append(path, bytes) => self.file(path).bytes.extend(bytes),
            Step::Sync(path) => {
                let file = self.file(path);
                file.synced = file.bytes.len();
            }
            Step::Rename(from, to) => self.unsynced.push((to.clone(), self.open[from])),
            Step::SyncDir => {
                let done = std::mem::take(&mut self.unsynced);
                self.names.extend(done);
            }
            Step::Told(seq) => self.told = *seq,
        }
    }

    fn file(&mut self, path: &Path) -> &mut File {
        self.files.get_mut(&self.open[path]).unwrap()
    }

    /// Writes one of the states that a power cut may leave into `folder`.
    fn cut(&self, folder: &Folder, root: &Path, random: &mut Random) {
        let mut names = self.names.clone();
        names.extend(self.unsynced.iter().filter(|_| random.below(2) == 0).cloned());
        fs::create_dir_all(folder.dir()).unwrap();
        for (path, id) in names {
            let place = folder.root.path().join(path.strip_prefix(root).unwrap());
            fs::write(place, survives(&self.files[&id], random)).unwrap();
        }
    }
}

/// What is left of a file: everything that was synced, and of the rest nothing, all, a piece from the front, or some
/// of its sectors, with zeros between them.
fn survives(file: &File, random: &mut Random) -> Vec<u8> {
    let unsynced = file.bytes.len() - file.synced;
    let mut bytes = file.bytes.clone();
    match random.below(5) {
        0 => bytes.truncate(file.synced),
        1 => {}
        2 => bytes.truncate(file.synced + random.below(unsynced + 1)),
        torn => {
            for (at, byte) in bytes.iter_mut().enumerate().skip(file.synced) {
                if at == file.synced || at % 512 == 0 {
                    random.sector = random.below(2) == 0;
                }
                if random.sector {
                    *byte = 0;
                }
            }
            if torn == 4 {
                bytes.truncate(file.synced + random.below(unsynced + 1));
            }
        }
    }
    bytes
}

/// Numbers that look random and are the same in every run (xorshift).
struct Random {
    state: u64,
    sector: bool,
}

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % limit as u64).unwrap()
    }
}

/// A run with batches of several sectors, rotations and checkpoints.
fn run(folder: &Folder) -> Vec<Step> {
    let recorder = Recorder::default();
    let mut options = folder.options(1);
    options.segment_bytes = 6_000;
    options.disk = Arc::new(recorder.clone());
    let (ledger, _) = Ledger::open(options, &mut |_| Ok(())).unwrap();
    recorder.note(Step::Told(ledger.head().seq));
    for n in 0..8 {
        let long = "long ".repeat(150);
        let last = append(&ledger, vec![config(&long), intent(n), outcome(n + 1, "short"), config(&long)]);
        recorder.note(Step::Told(last));
        if n % 3 == 1 {
            ledger.checkpoint(last).unwrap();
            recorder.note(Step::Told(ledger.head().seq));
        }
    }
    drop(ledger);
    recorder.0.lock().unwrap().clone()
}

/// How many images of each step; more on demand: `JAROS_CRASH_IMAGES=1000`.
fn images() -> u64 {
    std::env::var("JAROS_CRASH_IMAGES").ok().and_then(|number| number.parse().ok()).unwrap_or(6)
}

#[test]
fn nothing_that_was_acknowledged_is_lost_in_a_power_cut() {
    let folder = Folder::new();
    let steps = run(&folder);
    let mut model = Model::default();
    let (mut repaired, mut whole) = (0, 0);
    for (n, step) in steps.iter().enumerate() {
        model.step(step);
        for image in 0..images() {
            let seed = n as u64 * 1_000_003 + image + 1;
            let mut random = Random { state: seed, sector: false };
            let after = Folder::new();
            model.cut(&after, folder.root.path(), &mut random);
            let (ledger, recovered) =
                after.try_open(2).unwrap_or_else(|error| panic!("step {n}, seed {seed}: {error}"));
            assert!(recovered.head.seq >= model.told, "step {n}, seed {seed}: {recovered:?}");
            *(if recovered.torn.is_some() { &mut repaired } else { &mut whole }) += 1;
            append(&ledger, vec![config("after the cut")]);
            let verified = after.verify().unwrap_or_else(|error| panic!("step {n}, seed {seed}: {error}"));
            assert_eq!((verified.head, verified.torn), (ledger.head(), None), "step {n}, seed {seed}");
        }
    }
    assert!(repaired > 20 && whole > 20, "{repaired} repaired, {whole} whole: the images are too much alike");
}

/// Fails at its n-th step; what it did before that stands.
struct Until(Mutex<usize>);

impl Until {
    fn step(&self) -> io::Result<()> {
        let mut left = self.0.lock().unwrap();
        *left = left.checked_sub(1).ok_or(io::Error::other("the power is gone"))?;
        Ok(())
    }
}

impl Disk for Until {
    fn create(&self, path: &Path) -> io::Result<Box<dyn Sink>> {
        self.step()?;
        Files.create(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        Files.rename(from, to)
    }
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.step()?;
        Files.sync_dir(dir)
    }
}

#[test]
fn a_recovery_that_is_cut_short_is_done_again() {
    let base = Folder::new();
    let ledger = base.open(1);
    append(&ledger, vec![config("one"), intent(1)]);
    drop(ledger);
    let path = base.last_segment();
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 10]).unwrap();
    for steps in 0..3 {
        let folder = base.copy();
        let mut options = folder.options(2);
        options.disk = Arc::new(Until(Mutex::new(steps)));
        let opened = Ledger::open(options, &mut |_| Ok(()));
        assert!(matches!(opened, Err(OpenError::Stopped(_))), "after {steps} steps");
        let (ledger, recovered) = folder.try_open(3).unwrap();
        // Once the new segment has its name, the repair is done.
        assert_eq!(recovered.torn.is_some(), steps < 2, "after {steps} steps");
        append(&ledger, vec![config("two")]);
        assert_eq!(folder.verify().unwrap().torn, None);
    }
}
