//! What is known of each file in the component folders.
//!
//! *Invariant:* one entry a name and role; what was refused or is held is remembered by digest, so it is recorded once.
//! *Doesn't know:* how a component is loaded or run.
//! *Start at:* [`Shelf`].

use std::collections::BTreeMap;
use std::time::SystemTime;

use jaros_capability::{Grant, Role};
use jaros_decision::{Code, Digest, Failure, Json, Limits, Name, Seq};
use jaros_ledger::{Data, Draft, record};

use super::load::{Component, Loaded};
use super::versions::{Growth, Served, Slot, Versions, recorded_role};
use crate::clock::now;

/// What a file looked like when it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) bytes: u64,
    pub(crate) modified: Option<SystemTime>,
    pub(crate) inode: u64,
}

/// What is known of one file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Status {
    pub(crate) stamp: Option<Stamp>,
    /// A version that is being read, compiled and asked about itself.
    pub(crate) loading: bool,
    /// The limits that bounded the loading of what was loaded or refused last.
    pub(crate) bounds: Option<Limits>,
    /// In service, with the grant that it got.
    pub(crate) serves: Option<(Digest, Grant)>,
    /// Its description, schema and so on, while it is in service.
    pub(crate) profile: Option<jaros_decision::Profile>,
    pub(crate) imports: Vec<String>,
    /// The newest version that was refused, with why.
    pub(crate) refused: Option<Unserved>,
}

/// A version that may not serve.
#[derive(Clone, Debug)]
pub(crate) struct Unserved {
    /// `None` where the file couldn't be read.
    pub(crate) digest: Option<Digest>,
    /// What it was granted when it was looked at.
    pub(crate) grant: Grant,
    pub(crate) failure: Failure,
    /// What it asks for beyond the version before, where that alone keeps it out.
    pub(crate) growth: Option<Growth>,
}

/// All of a tenant's component files.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    files: BTreeMap<Slot, Status>,
    /// What the record says served, serves, and was agreed to.
    versions: Versions,
    /// What it says was refused, and is no longer known otherwise.
    refused: BTreeMap<Slot, (Option<Digest>, Code)>,
    /// Files whose names can be no component's.
    pub(crate) misnamed: BTreeMap<String, Failure>,
}

impl Shelf {
    pub(crate) fn new(versions: Versions, refused: BTreeMap<Slot, (Option<Digest>, Code)>) -> Self {
        Self { versions, refused, ..Self::default() }
    }

    /// What the record says served, serves, and was agreed to.
    pub(crate) fn versions(&self) -> &Versions {
        &self.versions
    }

    /// Takes in that an operator agreed to these bytes, and that their file has to be looked at again.
    pub(crate) fn agree(&mut self, slot: &Slot, digest: Digest) {
        self.versions.agree(slot.clone(), digest);
        if let Some(status) = self.files.get_mut(slot) {
            status.stamp = None;
            status.refused.take_if(|refused| refused.digest == Some(digest));
        }
    }

    pub(crate) fn get(&self, slot: &Slot) -> Option<&Status> {
        self.files.get(slot)
    }

    pub(crate) fn entry(&mut self, slot: &Slot) -> &mut Status {
        self.files.entry(slot.clone()).or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Slot, &Status)> {
        self.files.iter()
    }

    /// What the record says is in service.
    pub(crate) fn recorded(&self) -> Vec<(Slot, Digest)> {
        self.versions.serving().map(|(slot, digest)| (slot.clone(), digest)).collect()
    }

    /// Every place that has a file, serves, or did when the record ended.
    pub(crate) fn slots(&self) -> Vec<Slot> {
        let serving = self.versions.serving().map(|(slot, _)| slot);
        let mut slots: Vec<Slot> = self.files.keys().chain(serving).cloned().collect();
        slots.sort();
        slots.dedup();
        slots
    }

    pub(crate) fn is_loading(&self, role: Role, name: &str) -> bool {
        Name::new(name)
            .is_ok_and(|name| self.files.get(&Slot { role, name }).is_some_and(|status| status.loading))
    }

    /// Whether anything is being loaded.
    pub(crate) fn any_loading(&self) -> bool {
        self.files.values().any(|status| status.loading)
    }

    /// Forgets what files looked like, so that the next scan reads them all again.
    pub(crate) fn forget_stamps(&mut self) {
        for status in self.files.values_mut() {
            status.stamp = None;
        }
    }

    /// What the record doesn't say yet about this.
    pub(crate) fn draft(&self, loaded: &Loaded) -> Option<Draft> {
        let slot = &loaded.slot;
        let before = self.versions.get(slot).and_then(|history| history.serving()).map(|now| now.digest);
        let mut data = Data::new();
        let mut body = record::Component {
            at_ms: Some(now()),
            code: None,
            digest: loaded.digest,
            event: record::Change::Loaded,
            imports: match (&loaded.outcome, &loaded.held) {
                (Ok(component), _) => component.imports().to_vec(),
                (Err(_), Some(held)) => held.imports.clone(),
                (Err(_), None) => Vec::new(),
            },
            message: None,
            name: slot.name.clone(),
            profile: None,
            role: recorded_role(slot.role),
        };
        match &loaded.outcome {
            Ok(Component::Gone) => {
                before?;
                body.event = record::Change::Retired;
            }
            Ok(component) => {
                if before == loaded.digest {
                    return None;
                }
                body.event = if before.is_some() { record::Change::Replaced } else { record::Change::Loaded };
                let profile =
                    component.profile().map(|profile| Json::of(profile).expect("a profile is JSON"));
                body.profile = profile.map(|profile| data.add(&profile));
            }
            Err(failure) => {
                let known = self.files.get(slot).and_then(|status| status.refused.as_ref());
                if known.is_some_and(|was| was.digest == loaded.digest && was.failure == *failure) {
                    return None;
                }
                if self.refused.get(slot) == Some(&(loaded.digest, failure.code.clone())) {
                    return None;
                }
                let held = loaded.held.is_some();
                body.event = if held { record::Change::Held } else { record::Change::Refused };
                body.code = Some(failure.code.clone());
                body.message = Some(data.add_text(&failure.message));
            }
        }
        Some(Draft::of(&body, data).expect("a component's entry is small"))
    }

    /// Takes in a version that serves as the record says. What it says of another version's refusal is still so.
    pub(crate) fn restored(&mut self, loaded: Loaded) {
        let (slot, refused) = (loaded.slot.clone(), self.refused.remove(&loaded.slot));
        self.settle(loaded, None);
        self.refused.extend(refused.map(|refused| (slot, refused)));
    }

    /// Takes in what became of a load, once it is on the record: as `entry`, where it made one.
    pub(crate) fn settle(&mut self, loaded: Loaded, entry: Option<Seq>) {
        let Loaded { slot, digest, grant, bounds, outcome, held, .. } = loaded;
        let status = self.files.entry(slot.clone()).or_default();
        status.loading = false;
        status.bounds = Some(bounds);
        self.refused.remove(&slot);
        match outcome {
            Ok(Component::Gone) => {
                self.versions.retire(&slot);
                self.files.remove(&slot);
            }
            Ok(component) => {
                status.refused = None;
                status.imports = component.imports().to_vec();
                status.profile = component.profile().cloned();
                if let Some(digest) = digest {
                    status.serves = Some((digest, grant));
                    let imports = status.imports.clone();
                    let served = Served { digest, imports, entry: entry.unwrap_or_default(), at: None };
                    self.versions.serves(slot, served);
                }
            }
            Err(failure) => {
                let growth = held.map(|held| held.growth);
                status.refused = Some(Unserved { digest, grant, failure, growth });
            }
        }
    }
}
