//! Appending: what is acknowledged is there, in order, with its data; and what happens when the disk fails.

use std::future::Future;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use crate::common::{Folder, append, config, intent, outcome, salted};
use jaros_decision::{Digest, Json, Seq};
use jaros_ledger::record::{Config, Outcome};
use jaros_ledger::{AppendError, Data, Disk, Draft, Durability, Files, Ledger, Sink, State, Stopped};

#[test]
fn what_is_acknowledged_is_read_back_with_its_data() {
    let folder = Folder::new();
    let ledger = folder.open(1);
    let receipt = ledger.append(vec![salted("one", 1), salted("two", 2), intent(1)]).wait().unwrap();
    assert_eq!((receipt.first, receipt.last), (Seq(3), Seq(5)));
    assert_eq!((ledger.head().seq, ledger.head().hash), (receipt.last, receipt.hash));

    let mut reader = folder.reader();
    let mut texts = Vec::new();
    while let Some(item) = reader.read().unwrap() {
        if let Ok(config) = item.entry.parse::<Config>() {
            texts.push(item.value::<String>(&config.data).unwrap());
            assert_eq!(item.inline(&config.data).unwrap().0.0[0], u8::try_from(texts.len()).unwrap());
            assert_eq!(item.datum(&config.data).unwrap().reference(), config.data);
        }
    }
    assert_eq!(texts, ["one", "two"]);
    let kinds: Vec<_> = folder.kinds().into_iter().map(|(_, kind)| kind).collect();
    assert_eq!(kinds, ["open", "key", "config", "config", "intent"]);
}

#[test]
fn a_large_datum_is_in_the_content_store_before_its_entry() {
    let folder = Folder::new();
    let ledger = folder.open(1);
    let large = "x".repeat(70_000);
    append(&ledger, vec![config(&large)]);
    let mut reader = folder.reader();
    while let Some(item) = reader.read().unwrap() {
        let Ok(config) = item.entry.parse::<Config>() else { continue };
        assert!(item.inline(&config.data).is_none());
        assert!(folder.content.has(&config.data.0), "its file is named by the reference's digest");
        assert_eq!(item.json(&config.data).unwrap(), Json::string(&large));
        assert_eq!(item.datum(&config.data).unwrap().reference(), config.data);
    }
    assert_eq!(folder.verify().unwrap().entries, 3);
}

#[test]
fn the_state_digest_runs_over_all_outcomes_in_ledger_order() {
    let folder = Folder::new();
    let ledger = folder.open(1);
    let first = ledger.append(vec![outcome(1, "a"), intent(1), outcome(2, "b")]).wait().unwrap();
    drop(ledger);
    let ledger = folder.open(2);
    assert_eq!(ledger.head().state, first.state, "it goes on where it was");
    let second = ledger.append(vec![outcome(3, "c")]).wait().unwrap();

    let mut state = State::start();
    let mut reader = folder.reader();
    while let Some(item) = reader.read().unwrap() {
        if let Ok(outcome) = item.entry.parse::<Outcome>() {
            state = state.after(Json::of(&outcome.effect).unwrap().as_str());
            assert_eq!(outcome.state, state.0);
        }
    }
    assert_eq!(state.0, second.state);
    assert_ne!(first.state, second.state);
}

#[test]
fn authors_on_many_threads_each_get_their_own_place() {
    let folder = Folder::new();
    let ledger = folder.open(1);
    let places = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for author in 0..8 {
            let (ledger, places) = (&ledger, &places);
            scope.spawn(move || {
                for n in 0..20 {
                    let receipt = ledger.append(vec![intent(author), config(&n.to_string())]).wait().unwrap();
                    assert_eq!(receipt.last, receipt.first.next(), "drafts stay side by side");
                    places.lock().unwrap().push(receipt.first);
                }
            });
        }
    });
    let mut places = places.into_inner().unwrap();
    places.sort_unstable();
    let expected: Vec<_> = (0..160).map(|n| Seq(3 + 2 * n)).collect();
    assert_eq!(places, expected);
    assert_eq!(folder.verify().unwrap().entries, 322);
}

#[test]
fn nothing_at_all_waits_for_what_came_before() {
    let folder = Folder::new();
    let ledger = folder.open(1);
    let before = ledger.append(vec![intent(1)]);
    let receipt = ledger.append(vec![]).wait().unwrap();
    assert_eq!(receipt.last, Seq(3));
    assert_eq!(ledger.head().seq, Seq(3));
    before.wait().unwrap();
    assert_eq!(ledger.close().unwrap().seq, Seq(3));
}

#[test]
fn a_long_ledger_goes_on_in_new_segments() {
    let folder = Folder::new();
    let mut options = folder.options(1);
    options.segment_bytes = 2_000;
    let (ledger, _) = Ledger::open(options, &mut |_| Ok(())).unwrap();
    for n in 0..20 {
        append(&ledger, vec![config(&n.to_string())]);
    }
    let segments = folder.segments();
    assert!(segments.len() > 3, "{segments:?}");
    assert!(segments.iter().all(|segment| segment.epoch.0 == 1));
    let verified = folder.verify().unwrap();
    assert_eq!((verified.head, verified.segments), (ledger.head(), segments.len()));
    assert_eq!(folder.kinds().iter().filter(|(_, kind)| kind == "config").count(), 20);
    assert_eq!(folder.kinds().iter().filter(|(_, kind)| kind == "key").count(), 1);
}

/// A disk whose syncs wait for leave, and which counts them.
struct Gated {
    leave: Arc<Mutex<Option<Receiver<()>>>>,
    syncs: Arc<AtomicUsize>,
}

impl Gated {
    fn new() -> (Self, Sender<()>) {
        let (give, leave) = channel();
        (Self { leave: Arc::new(Mutex::new(Some(leave))), syncs: Arc::default() }, give)
    }
}

struct GatedSink(Box<dyn Sink>, Option<Receiver<()>>, Arc<AtomicUsize>);

impl Disk for Gated {
    fn create(&self, path: &Path) -> io::Result<Box<dyn Sink>> {
        let leave = self.leave.lock().unwrap().take();
        Ok(Box::new(GatedSink(Files.create(path)?, leave, Arc::clone(&self.syncs))))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        Files.rename(from, to)
    }
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        Files.sync_dir(dir)
    }
}

impl Sink for GatedSink {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.append(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        if let Some(leave) = &self.1 {
            leave.recv().unwrap();
        }
        self.2.fetch_add(1, Ordering::SeqCst);
        self.0.sync()
    }
}

#[test]
fn all_that_wait_share_one_sync() {
    let folder = Folder::new();
    let mut options = folder.options(1);
    let (disk, give) = Gated::new();
    let syncs = Arc::clone(&disk.syncs);
    options.disk = Arc::new(disk);
    give.send(()).unwrap();
    let (ledger, _) = Ledger::open(options, &mut |_| Ok(())).unwrap();
    assert_eq!(syncs.load(Ordering::SeqCst), 1, "the segment itself");

    let first = ledger.append(vec![intent(1)]);
    // The first may or may not have taken others with it; either way nobody is answered before a sync.
    let mut others: Vec<_> = (0..100).map(|n| ledger.append(vec![intent(n)])).collect();
    let mut context = Context::from_waker(Waker::noop());
    for other in &mut others {
        assert!(matches!(std::pin::pin!(other).poll(&mut context), Poll::Pending));
    }
    assert_eq!(ledger.head().seq, Seq(2), "what isn't synced is no head");
    give.send(()).unwrap();
    give.send(()).unwrap();
    first.wait().unwrap();
    for other in others {
        other.wait().unwrap();
    }
    let syncs = syncs.load(Ordering::SeqCst) - 1;
    assert!(syncs <= 2, "{syncs} syncs for 101 appends");
    assert_eq!(ledger.head().seq, Seq(103));
    drop(give);
}

#[test]
fn an_appending_is_a_future() {
    let folder = Folder::new();
    let ledger = folder.open(1);
    let mut appending = std::pin::pin!(ledger.append(vec![intent(1)]));
    let (ready, woken) = channel();
    struct Tell(Sender<()>);
    impl std::task::Wake for Tell {
        fn wake(self: Arc<Self>) {
            self.0.send(()).unwrap();
        }
    }
    let waker = Waker::from(Arc::new(Tell(ready)));
    let receipt = loop {
        match appending.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(receipt) => break receipt.unwrap(),
            Poll::Pending => woken.recv().unwrap(),
        }
    };
    assert_eq!(receipt.last, Seq(3));
}

/// Fails the n-th write or sync after the ledger is open, writing half of it if it is a write; counts what comes after.
struct Failing {
    left: Arc<AtomicUsize>,
    after: Arc<AtomicUsize>,
}

struct FailingSink(Box<dyn Sink>, Arc<AtomicUsize>, Arc<AtomicUsize>);

impl Disk for Failing {
    fn create(&self, path: &Path) -> io::Result<Box<dyn Sink>> {
        Ok(Box::new(FailingSink(Files.create(path)?, Arc::clone(&self.left), Arc::clone(&self.after))))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        Files.rename(from, to)
    }
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        Files.sync_dir(dir)
    }
}

impl FailingSink {
    fn fails(&self) -> bool {
        match self.1.load(Ordering::SeqCst) {
            0 => {
                self.2.fetch_add(1, Ordering::SeqCst);
                true
            }
            left => {
                self.1.store(left - 1, Ordering::SeqCst);
                left == 1
            }
        }
    }
}

impl Sink for FailingSink {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.fails() {
            self.0.append(&bytes[..bytes.len() / 2])?;
            return Err(io::Error::from_raw_os_error(28));
        }
        self.0.append(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        if self.fails() { Err(io::Error::from_raw_os_error(5)) } else { self.0.sync() }
    }
}

#[test]
fn after_any_failure_the_ledger_is_dead_and_recovery_finds_all_that_was_acknowledged() {
    for n in 1..=12 {
        let folder = Folder::new();
        let (left, after) = (Arc::new(AtomicUsize::new(1000)), Arc::new(AtomicUsize::new(0)));
        let mut options = folder.options(1);
        options.segment_bytes = 1_500;
        options.disk = Arc::new(Failing { left: Arc::clone(&left), after: Arc::clone(&after) });
        let (ledger, _) = Ledger::open(options, &mut |_| Ok(())).unwrap();
        left.store(n, Ordering::SeqCst);
        let mut acknowledged = Seq(2);
        let stopped = loop {
            match ledger.append(vec![config("text"), intent(1)]).wait() {
                Ok(receipt) => acknowledged = receipt.last,
                Err(AppendError::Stopped(stopped)) => break stopped,
                Err(other) => panic!("{other}"),
            }
        };
        assert!(matches!(stopped, Stopped::Disk { .. }), "{stopped}");
        for _ in 0..3 {
            let again = ledger.append(vec![intent(2)]).wait();
            assert!(matches!(again, Err(AppendError::Stopped(same)) if same == stopped));
            assert!(matches!(ledger.checkpoint(Seq(1)), Err(AppendError::Stopped(same)) if same == stopped));
        }
        assert_eq!(ledger.head().seq, acknowledged);
        drop(ledger);
        assert_eq!(after.load(Ordering::SeqCst), 0, "the disk was asked again after failure {n}");

        let (ledger, recovered) = folder.try_open(2).unwrap();
        assert!(recovered.head.seq >= acknowledged, "{n}: {} < {acknowledged}", recovered.head.seq);
        append(&ledger, vec![config("goes on")]);
        assert_eq!(folder.verify().unwrap().torn, None);
    }
}

#[test]
fn a_node_that_lost_its_work_folder_can_neither_rotate_nor_sign() {
    for rotate in [true, false] {
        let folder = Folder::new();
        let mut options = folder.options(1);
        options.segment_bytes = if rotate { 1 } else { u64::MAX };
        let (ledger, _) = Ledger::open(options, &mut |_| Ok(())).unwrap();
        std::fs::remove_dir_all(folder.work(1)).unwrap();
        let done = if rotate {
            ledger.append(vec![intent(1)]).wait().map(|_| ())
        } else {
            ledger.checkpoint(Seq(1)).map(|_| ())
        };
        assert!(matches!(done, Err(AppendError::Stopped(Stopped::Fenced))));
        assert!(matches!(ledger.append(vec![intent(1)]).wait(), Err(AppendError::Stopped(Stopped::Fenced))));
        assert_eq!(folder.segments().len(), 1);
        assert!(!folder.dir().join("checkpoint").exists());
    }
}

#[test]
fn content_that_is_named_has_to_be_there() {
    let folder = Folder::new();
    let ledger = folder.open(1);
    let draft = |bytes: &[u8]| {
        let mut data = Data::new();
        data.content(Digest::of(bytes));
        Draft::of(&Config { data: data.add_text("x"), file: "grants".parse().unwrap() }, data).unwrap()
    };
    assert!(matches!(ledger.append(vec![draft(b"never put")]).wait(), Err(AppendError::Content(_))));
    folder.content.put(b"put").unwrap();
    assert_eq!(append(&ledger, vec![draft(b"put")]), Seq(3), "the ledger itself is well");
}

#[test]
fn without_syncs_entries_are_written_but_vouch_for_nothing() {
    let folder = Folder::new();
    let mut options = folder.options(1);
    options.durability = Durability::Written;
    let (ledger, _) = Ledger::open(options, &mut |_| Ok(())).unwrap();
    for n in 0..5 {
        append(&ledger, vec![intent(n)]);
    }
    let mut reader = folder.reader();
    while let Some(item) = reader.read().unwrap() {
        assert!(item.entry.synced <= Seq(2));
    }
    drop(ledger);
    assert_eq!(folder.verify().unwrap().entries, 7);
}
