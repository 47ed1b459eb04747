//! A ledger in a temporary folder, and a second, independent reading of its format to damage it with.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use jaros_content::Content;
use jaros_decision::{Digest, Epoch, Fuel, Json, Millis, Name, Seq};
use jaros_ledger::record::{Config, Cost, Effect, Intent};
use jaros_ledger::{
    Data, Datum, Draft, Ledger, OpenError, OpenOptions, Reader, Recovered, Salt, Segment, Verified, Verify,
    VerifyError, segments, verify,
};

pub(crate) struct Folder {
    pub(crate) root: tempfile::TempDir,
    pub(crate) content: Content,
}

impl Folder {
    pub(crate) fn new() -> Self {
        // Where syncs cost nothing, if there is such a place: no test here pulls a real plug.
        let root = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let content = Content::open(root.path().join("content")).unwrap();
        Self { root, content }
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.root.path().join("ledger")
    }

    pub(crate) fn work(&self, epoch: u64) -> PathBuf {
        self.root.path().join(format!("w.{epoch}"))
    }

    /// Everything that would differ from run to run is held still.
    pub(crate) fn options(&self, epoch: u64) -> OpenOptions {
        fs::create_dir_all(self.work(epoch)).unwrap();
        fs::create_dir_all(self.root.path().join("keys")).unwrap();
        let key = self.root.path().join("keys/checkpoint.key");
        if !key.exists() {
            fs::write(key, "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n").unwrap();
        }
        let (node, tenant) = (Name::new("n1").unwrap(), Name::new("root").unwrap());
        let (content, epoch) = (self.content.clone(), Epoch(epoch));
        let mut options =
            OpenOptions::new(self.root.path(), &self.work(epoch.0), content, epoch, node, tenant);
        options.id = Some("6f2c1a52-0000-4000-8000-000000000001".into());
        options.host = "jaros test".into();
        options.clock = Arc::new(|| Millis(1_700_000_000_000));
        options
    }

    pub(crate) fn open(&self, epoch: u64) -> Ledger {
        self.try_open(epoch).unwrap().0
    }

    pub(crate) fn try_open(&self, epoch: u64) -> Result<(Ledger, Recovered), OpenError> {
        Ledger::open(self.options(epoch), &mut |_| Ok(()))
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::open(&self.dir(), &self.content).unwrap()
    }

    pub(crate) fn verify(&self) -> Result<Verified, VerifyError> {
        verify(Verify { dir: &self.dir(), content: &self.content, witnessed: &[] })
    }

    /// The sequence numbers and kinds that a reader finds.
    pub(crate) fn kinds(&self) -> Vec<(u64, String)> {
        let mut reader = self.reader();
        let mut kinds = Vec::new();
        while let Some(item) = reader.read().unwrap() {
            kinds.push((item.entry.seq.0, item.entry.kind.to_string()));
        }
        kinds
    }

    pub(crate) fn segments(&self) -> Vec<Segment> {
        segments(&self.dir()).unwrap()
    }

    pub(crate) fn last_segment(&self) -> PathBuf {
        self.segments().last().unwrap().path(&self.dir())
    }

    /// The same ledger in another folder, to be damaged there.
    pub(crate) fn copy(&self) -> Self {
        let other = Self::new();
        copy_tree(self.root.path(), other.root.path());
        other
    }
}

fn copy_tree(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_tree(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A draft with a datum of its own, which says `text`.
pub(crate) fn config(text: &str) -> Draft {
    let mut data = Data::new();
    let config = Config { data: data.add_text(text), file: Name::new("grants").unwrap() };
    Draft::of(&config, data).unwrap()
}

/// As [`config`], under a salt that is known.
pub(crate) fn salted(text: &str, salt: u8) -> Draft {
    let mut data = Data::new();
    let datum = Datum::with_salt(Json::string(text), Salt([salt; 16]));
    let config = Config { data: data.add_datum(datum), file: Name::new("grants").unwrap() };
    Draft::of(&config, data).unwrap()
}

/// A draft without data.
pub(crate) fn intent(index: u32) -> Draft {
    Draft::of(&Intent { id: "j/1/1".parse().unwrap(), index, repeatable: false, request: None }, Data::new())
        .unwrap()
}

pub(crate) fn outcome(n: u32, result: &str) -> Draft {
    let mut data = Data::new();
    let effect = Effect { ok: true, result: Some(data.add_text(result)), ..Effect::default() };
    let id = format!("j/1/{n}").parse().unwrap();
    Draft::outcome(&id, Cost { fuel: Fuel(u64::from(n)) }, &effect, data).unwrap()
}

pub(crate) fn append(ledger: &Ledger, drafts: Vec<Draft>) -> Seq {
    ledger.append(drafts).wait().unwrap().last
}

/// An entry's line, made from the published rule alone.
pub(crate) fn entry_line(seq: u64, synced: u64, kind: &str, body: &str, prev: &str) -> String {
    let front = format!(r#"{{"seq":{seq},"synced":{synced},"kind":"{kind}","body":{body},"prev":"{prev}""#);
    let hash = Digest::of(front.as_bytes());
    format!("{front},\"hash\":\"{hash}\"}}\n")
}

/// The hash that a line ends with.
pub(crate) fn hash_of(line: &str) -> &str {
    let line = line.trim_end();
    &line[line.len() - 66..line.len() - 2]
}
