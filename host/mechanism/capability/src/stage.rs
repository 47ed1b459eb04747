//! What a call has written so far: visible to itself, and to nobody else before its outcome is on the record.
//!
//! *Invariant:* nothing here has touched the world; a stage that is dropped leaves no trace. The last write to a key or path
//! counts, and no path is staged as a file and as a folder at once.
//! *Doesn't know:* grants, how a change becomes visible.
//! *Start at:* [`Stage`].

use std::collections::BTreeMap;

use jaros_decision::{Code, Failure, Limits};

use crate::store::Store;
use crate::words::shown;

/// One thing that a call wants to become visible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An entry of the tool's store.
    Entry {
        /// Its key.
        key: String,
        /// Its value; none to remove it.
        value: Option<Vec<u8>>,
    },
    /// A file in a granted folder.
    File {
        /// As the guest says it: `GRANT/rest`.
        path: String,
        /// What it holds; none to remove it.
        data: Option<Vec<u8>>,
    },
}

/// One call's writes.
#[derive(Debug, Default)]
pub struct Stage {
    /// The store as this call sees it, its own writes included.
    store: Store,
    entries: BTreeMap<String, Option<Vec<u8>>>,
    files: BTreeMap<String, Option<Vec<u8>>>,
    /// Bytes of all keys, paths and contents that were staged, also of those that were staged over.
    bytes: u64,
}

impl Stage {
    /// Nothing staged, over this store.
    #[must_use]
    pub fn over(store: Store) -> Self {
        Self { store, ..Self::default() }
    }

    /// The store as this call sees it.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// All changes, entries before files, each in byte order.
    #[must_use]
    pub fn into_changes(self) -> Vec<Change> {
        let entries = self.entries.into_iter().map(|(key, value)| Change::Entry { key, value });
        entries.chain(self.files.into_iter().map(|(path, data)| Change::File { path, data })).collect()
    }

    /// Sets or removes an entry; within the limits of a key, a value, the store and the stage.
    pub(crate) fn put(&mut self, key: &str, value: Option<Vec<u8>>, limits: &Limits) -> Result<(), Failure> {
        self.count(key.len() + value.as_ref().map_or(0, Vec::len), limits)?;
        let mut store = self.store.clone();
        store.set(key, value.as_deref());
        if store.bytes() > limits.store_bytes && store.bytes() > self.store.bytes() {
            let max = limits.store_bytes;
            return Err(limit(format!("the tool's store would count over {max} bytes (store_bytes)")));
        }
        self.store = store;
        self.entries.insert(key.to_owned(), value);
        Ok(())
    }

    /// Writes or removes a file.
    pub(crate) fn file(&mut self, path: &str, data: Option<Vec<u8>>, limits: &Limits) -> Result<(), Failure> {
        self.count(path.len() + data.as_ref().map_or(0, Vec::len), limits)?;
        self.files.insert(path.to_owned(), data);
        Ok(())
    }

    /// Whether a file can be staged here beside those that are.
    pub(crate) fn has_room_for(&self, path: &str) -> Result<(), Failure> {
        let above =
            path.rmatch_indices('/').any(|(end, _)| matches!(self.staged(&path[..end]), Some(Some(_))));
        if above || self.any_below(path) {
            let text = format!("{} would be a file and a folder at once", shown(path));
            return Err(Failure::new(Code::INVALID, text));
        }
        Ok(())
    }

    /// What was staged at a path: `Some(None)` is a removal.
    pub(crate) fn staged(&self, path: &str) -> Option<Option<&[u8]>> {
        self.files.get(path).map(Option::as_deref)
    }

    /// What was staged below a folder, by the rest of the path.
    pub(crate) fn below<'a>(
        &'a self,
        folder: &'a str,
    ) -> impl Iterator<Item = (&'a str, Option<&'a [u8]>)> + 'a {
        let under = move |path: &'a str| path.strip_prefix(folder)?.strip_prefix('/');
        let from =
            self.files.range::<str, _>((std::ops::Bound::Excluded(folder), std::ops::Bound::Unbounded));
        from.take_while(move |(path, _)| path.starts_with(folder))
            .filter_map(move |(path, data)| Some((under(path)?, data.as_deref())))
    }

    /// Whether a file was staged below a folder.
    pub(crate) fn any_below(&self, folder: &str) -> bool {
        self.below(folder).any(|(_, data)| data.is_some())
    }

    fn count(&mut self, bytes: usize, limits: &Limits) -> Result<(), Failure> {
        let all = self.bytes.saturating_add(bytes as u64);
        if all > limits.staged_bytes {
            let max = limits.staged_bytes;
            return Err(limit(format!("this call would stage over {max} bytes (staged_bytes)")));
        }
        self.bytes = all;
        Ok(())
    }
}

fn limit(text: String) -> Failure {
    Failure::new(Code::LIMIT, text)
}
