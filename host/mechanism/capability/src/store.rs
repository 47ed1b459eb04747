//! `store`: a small ordered map that outlives the job, one per tool and tenant.
//!
//! *Invariant:* a [`Store`] is a value: whoever holds one sees the same entries for good. It is made of the changes that stand
//! on the record, in the record's order, and of nothing else.
//! *Doesn't know:* which tool it belongs to, how changes become durable.
//! *Start at:* [`Store`].

use std::ops::Bound;
use std::sync::Arc;

use rpds::RedBlackTreeMapSync;

/// What an entry counts for beside its key and value: about what it takes in memory.
const ENTRY_BYTES: u64 = 64;

/// A tool's entries at one moment, in the byte order of their keys; cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Store {
    entries: RedBlackTreeMapSync<Arc<str>, Arc<[u8]>>,
    bytes: u64,
}

impl Store {
    /// A key's value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&[u8]> {
        self.entries.get(key).map(AsRef::as_ref)
    }

    /// Sets a key's value, or removes the key.
    pub fn set(&mut self, key: &str, value: Option<&[u8]>) {
        self.bytes -= self.get(key).map_or(0, |old| weight(key, old));
        match value {
            Some(value) => {
                self.bytes += weight(key, value);
                self.entries.insert_mut(key.into(), value.into());
            }
            None => {
                self.entries.remove_mut(key);
            }
        }
    }

    /// At most `max` keys that begin with `prefix` and come after `after`, in byte order.
    pub fn keys<'a>(&'a self, prefix: &'a str, after: &'a str, max: usize) -> impl Iterator<Item = &'a str> {
        let from = if after < prefix { Bound::Included(prefix) } else { Bound::Excluded(after) };
        let entries = self.entries.range::<str, _>((from, Bound::Unbounded));
        entries.map(|(key, _)| key.as_ref()).take_while(move |key| key.starts_with(prefix)).take(max)
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.size()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What it counts for against `limits.store_bytes`: each entry its key, its value, and 64 bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

fn weight(key: &str, value: &[u8]) -> u64 {
    ENTRY_BYTES + key.len() as u64 + value.len() as u64
}

#[cfg(test)]
mod tests {
    use super::Store;

    fn keys<'a>(store: &'a Store, prefix: &'a str, after: &'a str, max: usize) -> Vec<&'a str> {
        store.keys(prefix, after, max).collect()
    }

    #[test]
    fn keys_come_in_byte_order_from_after_to_the_end_of_the_prefix() {
        let mut store = Store::default();
        for key in ["b", "a/2", "a/10", "a", "ä", "c/1", "a/1"] {
            store.set(key, Some(b"1"));
        }
        assert_eq!(keys(&store, "", "", 99), ["a", "a/1", "a/10", "a/2", "b", "c/1", "ä"]);
        assert_eq!(keys(&store, "a/", "", 99), ["a/1", "a/10", "a/2"]);
        assert_eq!(keys(&store, "a/", "a/1", 99), ["a/10", "a/2"]);
        assert_eq!(keys(&store, "a/", "a/1x", 1), ["a/2"]);
        assert_eq!(keys(&store, "a/", "b", 99), [""; 0]);
        assert_eq!(keys(&store, "", "c/1", 99), ["ä"]);
        assert_eq!(keys(&store, "", "", 0), [""; 0]);
    }

    #[test]
    fn bytes_follow_what_is_there_and_a_copy_stays_as_it_was() {
        let mut store = Store::default();
        store.set("key", Some(b"value"));
        assert_eq!((store.bytes(), store.len()), (72, 1));
        let before = store.clone();
        store.set("key", Some(b"v"));
        assert_eq!((store.bytes(), store.get("key")), (68, Some(&b"v"[..])));
        store.set("key", None);
        store.set("other", None);
        assert_eq!((store.bytes(), store.is_empty()), (0, true));
        assert_eq!(before.get("key"), Some(&b"value"[..]));
    }
}
