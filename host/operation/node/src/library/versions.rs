//! The versions of components, as the record tells them: which served, which serves, which an operator agreed to.
//!
//! *Invariant:* a fold over `component` and `operator` entries. The node that serves, its recovery and the command line use
//! this one, so they can't disagree about what a new version is compared with. Taking a component out of service forgets
//! nothing: a file is removed by whoever can write the folder, and that is nobody's agreement.
//! *Doesn't know:* files, grants, what else may keep a version out.
//! *Start at:* [`Versions`], [`History::growth`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jaros_capability::{Capability, Role};
use jaros_decision::{Digest, Millis, Name, Seq};
use jaros_ledger::record::{self, Change, Op};
use jaros_ledger::{EntryError, EntryKind, Item};

/// A component's place: agents and tools are named apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// What it is.
    pub role: Role,
    /// Its file's stem.
    pub name: Name,
}

/// A version that came into service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// SHA-256 of its bytes, which stay in the content store.
    pub digest: Digest,
    /// The host's interfaces that it imports.
    pub imports: Vec<String>,
    /// The entry that says so.
    pub entry: Seq,
    /// When; `None` where the entry doesn't say.
    pub at: Option<Millis>,
}

/// What the record says of the component in one place.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Each time that a version came into service, in order.
    served: Vec<Served>,
    /// Whether the last of them is in service.
    serving: bool,
    /// The versions that operators agreed to.
    agreed: BTreeSet<Digest>,
}

/// All components of a ledger.
#[derive(Clone, Debug, Default)]
pub struct Versions(BTreeMap<Slot, History>);

/// What a version asks for beyond the one that served before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// The interfaces, by the names that grants use.
    pub asks: BTreeSet<String>,
    /// The version that it is compared with.
    pub than: Digest,
}

impl Versions {
    /// Goes on with an entry; passes over those that are about something else.
    /// # Errors
    /// It isn't of the shape that this version knows.
    pub fn take_in(&mut self, item: &Item<'_>) -> Result<(), EntryError> {
        match item.entry.kind {
            EntryKind::Component => self.component(item.entry.seq, &item.entry.parse()?),
            EntryKind::Operator => self.operator(&item.entry.parse()?),
            _ => {}
        }
        Ok(())
    }

    /// What the record says of this place.
    #[must_use]
    pub fn get(&self, slot: &Slot) -> Option<&History> {
        self.0.get(slot)
    }

    /// Every place that the record knows.
    pub fn iter(&self) -> impl Iterator<Item = (&Slot, &History)> {
        self.0.iter()
    }

    /// What is in service.
    pub fn serving(&self) -> impl Iterator<Item = (&Slot, Digest)> {
        self.0.iter().filter_map(|(slot, history)| Some((slot, history.serving()?.digest)))
    }

    fn component(&mut self, entry: Seq, body: &record::Component) {
        let slot = Slot { role: role(body.role), name: body.name.clone() };
        match (body.event, body.digest) {
            (Change::Loaded | Change::Replaced, Some(digest)) => {
                let imports = body.imports.clone();
                self.serves(slot, Served { digest, imports, entry, at: body.at_ms });
            }
            (Change::Retired, _) => self.retire(&slot),
            _ => {}
        }
    }

    fn operator(&mut self, body: &record::Operator) {
        if let (Op::Approve | Op::Rollback, Some(version)) = (body.op, &body.component) {
            let slot = Slot { role: role(version.role), name: version.name.clone() };
            self.agree(slot, version.digest);
        }
    }

    /// A version came into service. One that already serves stays the same.
    pub(crate) fn serves(&mut self, slot: Slot, served: Served) {
        let history = self.0.entry(slot).or_default();
        if history.serving().is_none_or(|now| now.digest != served.digest) {
            history.served.push(served);
        }
        history.serving = true;
    }

    /// None is in service any more.
    pub(crate) fn retire(&mut self, slot: &Slot) {
        if let Some(history) = self.0.get_mut(slot) {
            history.serving = false;
        }
    }

    /// An operator agreed to these bytes in this place.
    pub(crate) fn agree(&mut self, slot: Slot, digest: Digest) {
        self.0.entry(slot).or_default().agreed.insert(digest);
    }
}

impl History {
    /// Each time that a version came into service, in order.
    #[must_use]
    pub fn served(&self) -> &[Served] {
        &self.served
    }

    /// What is in service.
    #[must_use]
    pub fn serving(&self) -> Option<&Served> {
        self.last().filter(|_| self.serving)
    }

    /// What served last, whether or not it still does.
    #[must_use]
    pub fn last(&self) -> Option<&Served> {
        self.served.last()
    }

    /// Whether these bytes served.
    #[must_use]
    pub fn has_served(&self, digest: Digest) -> bool {
        self.served.iter().any(|served| served.digest == digest)
    }

    /// The version that served before the last one.
    #[must_use]
    pub fn before_last(&self) -> Option<&Served> {
        let last = self.last()?;
        self.served.iter().rev().find(|served| served.digest != last.digest)
    }

    /// Whether an operator agreed to these bytes.
    #[must_use]
    pub fn is_agreed(&self, digest: Digest) -> bool {
        self.agreed.contains(&digest)
    }

    /// Whether it matters at all what these bytes ask for: another version served before, and no operator agreed to these.
    pub(crate) fn could_grow(&self, digest: Digest) -> bool {
        self.last().is_some_and(|last| last.digest != digest) && !self.is_agreed(digest)
    }

    /// What these bytes with these imports ask for beyond the version that served last; `None` where that is nothing, where
    /// none has served yet, and where an operator agreed to these very bytes.
    #[must_use]
    pub fn growth(&self, digest: Digest, imports: &[String]) -> Option<Growth> {
        let last = self.last().filter(|_| self.could_grow(digest))?;
        let asks = &asks_for(imports) - &asks_for(&last.imports);
        (!asks.is_empty()).then_some(Growth { asks, than: last.digest })
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asks: Vec<String> = self.asks.iter().map(|interface| format!("`{interface}`")).collect();
        let than = self.than.short();
        write!(f, "it asks for {} in addition to version {than}, which served before", asks.join(", "))
    }
}

/// What imports ask for, by the names that grants use: `http`, whatever the patch version. An import that this version of
/// the host doesn't know stands for itself.
#[must_use]
pub fn asks_for(imports: &[String]) -> BTreeSet<String> {
    let asked = |import: &String| match Capability::from_import(import) {
        Ok(capability) => capability.map(|capability| capability.interface().to_owned()),
        Err(_) => Some(import.clone()),
    };
    imports.iter().filter_map(asked).collect()
}

/// A role as the record says it.
pub(crate) fn role(role: record::Role) -> Role {
    match role {
        record::Role::Agent => Role::Agent,
        record::Role::Tool => Role::Tool,
    }
}

/// A role for the record.
pub(crate) fn recorded_role(role: Role) -> record::Role {
    match role {
        Role::Agent => record::Role::Agent,
        Role::Tool => record::Role::Tool,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot() -> Slot {
        Slot { role: Role::Tool, name: Name::new("fetch").expect("a name") }
    }

    fn imports(interfaces: &str) -> Vec<String> {
        interfaces.split_whitespace().map(|name| format!("jaros:plugin/{name}@1.0.0")).collect()
    }

    fn entry(event: Change, bytes: &str, asks: &str) -> record::Component {
        record::Component {
            at_ms: None,
            code: None,
            digest: (event != Change::Retired).then(|| Digest::of(bytes.as_bytes())),
            event,
            imports: imports(asks),
            message: None,
            name: slot().name,
            profile: None,
            role: record::Role::Tool,
        }
    }

    fn growth(versions: &Versions, bytes: &str, asks: &str) -> Option<String> {
        let growth = versions.get(&slot())?.growth(Digest::of(bytes.as_bytes()), &imports(asks))?;
        Some(growth.asks.into_iter().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn growth_is_what_the_last_version_that_served_did_not_ask_for() {
        let mut versions = Versions::default();
        assert_eq!(growth(&versions, "one", "http"), None, "a first version is the grants' business");
        versions.component(Seq(1), &entry(Change::Loaded, "one", "job log"));
        for (bytes, asks, want) in [
            ("two", "job log", None),
            ("two", "", None),
            ("two", "types job", None),
            ("two", "job http store", Some("http store")),
            ("one", "http", None),
        ] {
            assert_eq!(growth(&versions, bytes, asks).as_deref(), want, "{bytes} {asks}");
        }
        let patched = vec!["jaros:plugin/job@1.0.7".to_owned(), "wasi:cli/environment@0.2.3".to_owned()];
        let history = versions.get(&slot()).expect("it served");
        let growth = history.growth(Digest::of(b"two"), &patched).expect("it grows");
        assert!(!growth.asks.contains("job"), "a patch of the same interface is no growth");
    }

    #[test]
    fn neither_a_removal_nor_a_refusal_changes_what_is_compared_with() {
        let mut versions = Versions::default();
        versions.component(Seq(1), &entry(Change::Loaded, "one", "job"));
        versions.component(Seq(2), &entry(Change::Refused, "two", "job http"));
        versions.component(Seq(3), &entry(Change::Held, "two", "job http"));
        assert_eq!(growth(&versions, "two", "job http").as_deref(), Some("http"));
        versions.component(Seq(4), &entry(Change::Retired, "", ""));
        assert_eq!(versions.serving().count(), 0);
        assert_eq!(growth(&versions, "two", "job http").as_deref(), Some("http"));
        assert_eq!(growth(&versions, "one", "job"), None);
        versions.component(Seq(5), &entry(Change::Loaded, "three", ""));
        assert_eq!(growth(&versions, "one", "job").as_deref(), Some("job"), "the last one counts");
    }

    #[test]
    fn an_agreement_is_for_its_digest_alone() {
        let mut versions = Versions::default();
        versions.component(Seq(1), &entry(Change::Loaded, "one", ""));
        let version = |bytes: &str| record::Version {
            digest: Digest::of(bytes.as_bytes()),
            name: slot().name,
            role: record::Role::Tool,
        };
        let act = |op, component| record::Operator {
            at_ms: Millis(7),
            component,
            input: None,
            job: None,
            op,
            source: "operator:ann".parse().expect("a source"),
        };
        versions.operator(&act(Op::Approve, None));
        versions.operator(&act(Op::Cancel, Some(version("two"))));
        assert_eq!(growth(&versions, "two", "http").as_deref(), Some("http"));
        versions.operator(&act(Op::Approve, Some(version("two"))));
        assert_eq!(growth(&versions, "two", "http"), None);
        assert_eq!(growth(&versions, "three", "http").as_deref(), Some("http"));
        versions.operator(&act(Op::Rollback, Some(version("three"))));
        assert_eq!(growth(&versions, "three", "http"), None);
    }

    #[test]
    fn the_version_before_is_the_last_other_one() {
        let mut versions = Versions::default();
        for (n, bytes) in ["one", "two", "two", "three", "two"].into_iter().enumerate() {
            versions.component(Seq(n as u64 + 1), &entry(Change::Replaced, bytes, ""));
        }
        let history = versions.get(&slot()).expect("it served");
        let served: Vec<u64> = history.served().iter().map(|served| served.entry.0).collect();
        assert_eq!(served, [1, 2, 4, 5], "what serves already comes into service once");
        assert_eq!(history.before_last().map(|served| served.digest), Some(Digest::of(b"three")));
        assert!(history.has_served(Digest::of(b"one")) && !history.has_served(Digest::of(b"four")));
    }
}
