//! Tests that stop the world before each single change to the folder: a crash there, or a successor that takes over there.
//!
//! *Invariant:* wherever it stops, each token lies in exactly one place, each result becomes visible exactly once and says
//! what the record says, and a holder that was taken over from does nothing more that others can see.
//! *Doesn't know:* power cuts, which lose what wasn't synced.
//! *Start at:* [`Scene`].

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use jaros_decision::{JobId, Name};
use rustix::io::Errno;

use crate::hold::FolderHold;
use crate::root::Root;
use crate::{
    ArtifactPath, Ending, Fabric, FabricError, Folder, Hold, Layout, Published, TakeOverError, alive,
};

type Hook = Arc<dyn Fn() -> Result<(), Errno> + Send + Sync>;

/// What a test puts before each change.
#[derive(Clone, Default)]
pub(crate) struct Probe {
    hook: Option<Hook>,
    plain: bool,
}

impl Probe {
    pub(crate) fn step(&self) -> Result<(), Errno> {
        self.hook.as_ref().map_or(Ok(()), |hook| hook())
    }

    /// Whether to do as on a file system that can't rename without replacing.
    pub(crate) fn plain(&self) -> bool {
        self.plain
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Probe")
    }
}

/// The record, as far as the protocol leans on it: an append counts only while no successor has read to the end.
#[derive(Default)]
struct Chain {
    epoch: u64,
    /// Which attempt's outcome counts; its epoch stands for what it says.
    outcomes: BTreeMap<JobId, u64>,
    /// Results as they became visible.
    published: BTreeMap<JobId, Vec<u64>>,
}

/// One folder with two jobs: `good` makes an artifact and a child job, `bad` fails.
struct Scene {
    _dir: tempfile::TempDir,
    folder: Folder,
    chain: Mutex<Chain>,
    plain: bool,
    /// Whether a node makes a fenced step between its record and what others see, or leans on those that publish.
    confirms: bool,
}

fn id(text: &str) -> JobId {
    JobId::new(text).unwrap()
}

impl Scene {
    fn new(plain: bool) -> Self {
        // In memory where there is such a place: each of thousands of takeovers syncs a folder.
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let folder = Folder::open(Layout::new(dir.path()), 1000).unwrap();
        folder.submit(&id("good"), b"{}").unwrap();
        folder.submit(&id("bad"), b"{}").unwrap();
        Self { _dir: dir, folder, chain: Mutex::default(), plain, confirms: !plain }
    }

    /// Takes over; `hook` is called before each change that this hold makes from the first one on.
    fn take_over(&self, hook: Option<Hook>, anyone: bool) -> Result<FolderHold, TakeOverError> {
        let mut root = Root::open(self.folder.layout().root()).unwrap();
        root.probe = Probe { hook, plain: self.plain };
        let judge = |holder: &str| {
            if anyone { Ok(None) } else { alive::probe(&Root::open(self.folder.layout().root())?, holder) }
        };
        let hold = self.folder.hold_by(root, &Name::new("n").unwrap(), &judge)?;
        // The seal.
        let mut chain = self.chain.lock().unwrap();
        chain.epoch = chain.epoch.max(hold.epoch().0);
        Ok(hold)
    }

    /// What a node does: finishes what it holds, then what waits, until nothing does.
    fn work(&self, hold: &FolderHold) -> Result<(), FabricError> {
        for token in hold.held() {
            hold.read_token(&token.id)?;
            self.carry_out(hold, &token.id)?;
        }
        // What is on the record is published again, token or not.
        let recorded = self.chain.lock().unwrap().outcomes.clone();
        for (id, outcome) in recorded {
            self.publish(hold, &id, outcome)?;
        }
        loop {
            let claimed = hold.claim(10)?;
            assert!(claimed.rejected.is_empty(), "{claimed:?}");
            if claimed.jobs.is_empty() {
                return Ok(());
            }
            for job in claimed.jobs {
                assert_eq!(job.bytes, b"{}");
                hold.charge(&job.id)?;
                self.carry_out(hold, &job.id)?;
            }
        }
    }

    fn carry_out(&self, hold: &FolderHold, id: &JobId) -> Result<(), FabricError> {
        let epoch = hold.epoch().0;
        // The job runs, as long as it likes, before the record says what came of it.
        hold.root.step().map_err(|errno| hold.fault("run", id.as_str(), errno))?;
        let outcome = {
            let mut chain = self.chain.lock().unwrap();
            // A holder that was taken over from appends to its own end, which is no part of the chain, and believes it.
            if chain.epoch == epoch { *chain.outcomes.entry(id.clone()).or_insert(epoch) } else { epoch }
        };
        if self.confirms {
            hold.confirm()?;
        }
        self.publish(hold, id, outcome)?;
        match if id.as_str() == "bad" {
            hold.finish(id, Ending::Failed { reason: "it is bad" })
        } else {
            hold.finish(id, Ending::Processed)
        } {
            Err(FabricError::NotHeld(_)) => Ok(()),
            other => other,
        }
    }

    fn publish(&self, hold: &FolderHold, job: &JobId, outcome: u64) -> Result<(), FabricError> {
        if job.as_str() == "good" {
            let staged = hold.stage(outcome.to_string().as_bytes())?;
            hold.publish_artifact(&ArtifactPath::new("a/b.txt").unwrap(), staged)?;
            let known = self.chain.lock().unwrap().outcomes.contains_key(&id("child"));
            if !known {
                hold.publish_job(&id("child"), b"{}")?;
            }
        }
        let published = hold.republish_result(job, outcome.to_string().as_bytes())?;
        if published != Published::Already {
            self.chain.lock().unwrap().published.entry(job.clone()).or_default().push(outcome);
        }
        assert_ne!(published, Published::Repaired);
        Ok(())
    }

    /// Every path below the folder, without what is only being prepared.
    fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.layout().root().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                } else {
                    let path = entry.path();
                    let path = path.strip_prefix(self.folder.layout().root()).unwrap();
                    found.push(path.to_str().unwrap().to_owned());
                }
            }
        }
        found.sort();
        found
    }

    /// No token is lost or doubled.
    fn check_tokens(&self, at: usize) {
        let files = self.files();
        for job in ["good", "bad", "child"] {
            let is_token = |path: &&String| {
                let name = path.rsplit('/').next().unwrap();
                let visible = ["inbox/", "processed/", "failed/"].iter().any(|f| path.starts_with(f));
                (visible && name == format!("{job}.json"))
                    || name.starts_with(&format!("take.{job}."))
                    || name.starts_with(&format!("run.{job}."))
            };
            let tokens: Vec<_> = files.iter().filter(is_token).collect();
            let expected = if job == "child" { tokens.len() <= 1 } else { tokens.len() == 1 };
            assert!(expected, "step {at}: {job} lies at {tokens:?} of {files:#?}");
        }
        let chain = self.chain.lock().unwrap();
        for (job, results) in &chain.published {
            assert_eq!(results.len(), 1, "step {at}: {job} was published {results:?}");
        }
    }

    /// All is done, and says what the record says.
    fn check_end(&self, at: usize) {
        self.check_tokens(at);
        let chain = self.chain.lock().unwrap();
        let read = |path: &str| fs::read_to_string(self.folder.layout().root().join(path)).unwrap();
        for job in ["good", "bad", "child"] {
            let outcome = chain.outcomes[&id(job)].to_string();
            assert_eq!(read(&format!("outbox/{job}.json")), outcome, "step {at}");
        }
        assert_eq!(read("artifacts/a/b.txt"), chain.outcomes[&id("good")].to_string(), "step {at}");
        assert_eq!(read("failed/bad.json.reason"), "it is bad");
        let shown: Vec<_> = self.files().into_iter().filter(|path| !path.starts_with("state/")).collect();
        let expected = [
            "artifacts/a/b.txt",
            "failed/bad.json",
            "failed/bad.json.reason",
            "outbox/bad.json",
            "outbox/child.json",
            "outbox/good.json",
            "processed/child.json",
            "processed/good.json",
        ];
        assert_eq!(shown, expected, "step {at}");
    }

    /// What is left in the node's own folders once everybody stopped cleanly.
    fn check_rest(&self, at: usize) {
        let mut rest = self.files();
        // A file that was never announced goes when it is old.
        rest.retain(|path| path.starts_with("state/") && !path.ends_with(".tmp"));
        let lease_only = rest.len() == 1 && rest[0].ends_with(".free");
        assert!(lease_only, "step {at}: {rest:?}");
    }
}

/// Calls `stop` before change number `at`.
fn before(at: usize, stop: impl Fn() -> Result<(), Errno> + Send + Sync + 'static) -> Hook {
    let count = AtomicUsize::new(0);
    Arc::new(move || if count.fetch_add(1, Ordering::SeqCst) == at { stop() } else { Ok(()) })
}

/// Works until change number `at`; from there on nothing happens any more, whatever is tried. Says whether it came so far.
fn crash(scene: &Scene, at: usize) -> bool {
    let dead = Arc::new(AtomicBool::new(false));
    let dying = Arc::clone(&dead);
    let counted = before(at, move || {
        dying.store(true, Ordering::SeqCst);
        Ok(())
    });
    let died = Arc::clone(&dead);
    let hook: Hook = Arc::new(move || {
        counted()?;
        if died.load(Ordering::SeqCst) { Err(Errno::IO) } else { Ok(()) }
    });
    if let Ok(hold) = scene.take_over(Some(hook), false) {
        let done = scene.work(&hold);
        assert!(done.is_ok() || dead.load(Ordering::SeqCst), "step {at}: {done:?}");
    }
    scene.check_tokens(at);
    dead.load(Ordering::SeqCst)
}

fn crash_at(at: usize, again: Option<usize>, plain: bool) -> bool {
    let scene = Scene::new(plain);
    let crashed = crash(&scene, at);
    if let Some(again) = again {
        crash(&scene, again);
    }
    let successor = scene.take_over(None, false).unwrap();
    scene.check_tokens(at);
    scene.work(&successor).unwrap();
    scene.check_end(at);
    successor.release().unwrap();
    scene.check_rest(at);
    crashed
}

#[test]
fn a_crash_before_any_change_loses_and_doubles_nothing() {
    for plain in [false, true] {
        let steps = (0..).take_while(|at| crash_at(*at, None, plain)).count();
        assert!(steps > 30, "only {steps} steps were seen");
    }
}

#[test]
fn nor_does_a_second_crash_while_the_first_is_recovered() {
    for first in 0..50 {
        for second in (first % 3..50).step_by(3) {
            crash_at(first, Some(second), false);
        }
    }
}

/// Says whether the holder came as far as change number `at`.
fn successor_at(at: usize, plain: bool) -> bool {
    let scene = Arc::new(Scene::new(plain));
    let successor = Arc::new(Mutex::new(None));
    let (here, there) = (Arc::clone(&scene), Arc::clone(&successor));
    let hook = before(at, move || {
        // A pause of any length: meanwhile somebody takes over and does everything.
        let hold = here.take_over(None, true).unwrap();
        here.work(&hold).unwrap();
        here.check_end(at);
        *there.lock().unwrap() = Some(hold);
        Ok(())
    });
    let ended = match scene.take_over(Some(hook), false) {
        // Where nothing was left to do, the next step is the first to notice.
        Ok(hold) => match scene.work(&hold).and_then(|()| hold.confirm()) {
            Err(error @ FabricError::Fenced { .. }) => Err(error.to_string()),
            other => Ok(format!("{other:?}")),
        },
        Err(error @ (TakeOverError::Held { .. } | TakeOverError::Contended)) => Err(error.to_string()),
        Err(error) => Ok(error.to_string()),
    };
    let Some(successor) = successor.lock().unwrap().take() else {
        assert_eq!(ended.unwrap(), "Ok(())");
        return false;
    };
    assert!(ended.is_err(), "step {at}: it was taken over from, and ended with {ended:?}");
    scene.check_end(at);
    successor.confirm().unwrap();
    successor.release().unwrap();
    true
}

#[test]
fn a_holder_that_slept_through_a_takeover_changes_nothing_more() {
    for plain in [false, true] {
        let steps = (0..).take_while(|at| successor_at(*at, plain)).count();
        assert!(steps > 30, "only {steps} steps were seen");
    }
}

#[test]
fn a_holder_that_works_on_while_it_is_fenced_loses_nothing() {
    for at in 0..40 {
        let scene = Scene::new(false);
        let old = Arc::new(scene.take_over(None, true).unwrap());
        let busy = Arc::clone(&old);
        let hook = before(at, move || {
            let _ = busy.claim(1);
            let _ = busy.stage(b"late");
            Ok(())
        });
        let new = scene.take_over(Some(hook), true).unwrap();
        scene.check_tokens(at);
        assert!(matches!(old.confirm(), Err(FabricError::Fenced { .. })), "step {at}");
        scene.work(&new).unwrap();
        scene.check_end(at);
    }
}
