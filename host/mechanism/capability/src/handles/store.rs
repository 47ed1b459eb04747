//! `store`, as a call sees it: the entries on the record, and its own changes over them.
//!
//! *Invariant:* an answer depends on the store before the call and on the call alone; what is refused is on the record.
//! *Doesn't know:* how entries become durable.
//! *Start at:* [`Handles::store_get`].

use jaros_decision::{Code, Failure, Limits};

use super::{Handles, granted};
use crate::{Capability, Observer, Stage};

impl Handles {
    /// `store.get`: a key's value.
    /// # Errors
    /// `refused`, `limit`.
    pub fn store_get(
        &self,
        observer: &mut Observer,
        stage: &Stage,
        limits: &Limits,
        key: &str,
    ) -> Result<Option<Vec<u8>>, Failure> {
        self.store(observer)?;
        checked("store.get", observer, key, key_fits(key, limits))?;
        Ok(stage.store().get(key).map(<[u8]>::to_vec))
    }

    /// `store.put`: sets a key's value.
    /// # Errors
    /// `refused`; `limit` for a key, a value or a store that would be too large.
    pub fn store_put(
        &self,
        observer: &mut Observer,
        stage: &mut Stage,
        limits: &Limits,
        key: &str,
        value: Vec<u8>,
    ) -> Result<(), Failure> {
        self.store(observer)?;
        let put = key_fits(key, limits)
            .and_then(|()| value_fits(&value, limits))
            .and_then(|()| stage.put(key, Some(value), limits));
        checked("store.put", observer, key, put)
    }

    /// `store.delete`: removes a key, whether or not it is there.
    /// # Errors
    /// `refused`, `limit`.
    pub fn store_delete(
        &self,
        observer: &mut Observer,
        stage: &mut Stage,
        limits: &Limits,
        key: &str,
    ) -> Result<(), Failure> {
        self.store(observer)?;
        let deleted = key_fits(key, limits).and_then(|()| stage.put(key, None, limits));
        checked("store.delete", observer, key, deleted)
    }

    /// `store.keys`: at most `max` keys that begin with `prefix` and come after `after`, in byte order.
    /// # Errors
    /// `refused`; `limit` for a `max` over `limits.store_keys`.
    pub fn store_keys(
        &self,
        observer: &mut Observer,
        stage: &Stage,
        limits: &Limits,
        prefix: &str,
        after: &str,
        max: u32,
    ) -> Result<Vec<String>, Failure> {
        self.store(observer)?;
        let fits = key_fits(prefix, limits).and_then(|()| key_fits(after, limits)).and_then(|()| {
            let most = limits.store_keys;
            let text = || format!("keys are listed at most {most} at once (store_keys), not {max}");
            if max > most { Err(Failure::new(Code::LIMIT, text())) } else { Ok(()) }
        });
        checked("store.keys", observer, prefix, fits)?;
        Ok(stage.store().keys(prefix, after, max as usize).map(str::to_owned).collect())
    }

    fn store(&self, observer: &Observer) -> Result<(), Failure> {
        granted(self.store.then_some(&()), Capability::Store, observer).copied()
    }
}

fn key_fits(key: &str, limits: &Limits) -> Result<(), Failure> {
    let max = limits.store_key_bytes;
    if key.len() as u64 > max {
        return Err(Failure::new(Code::LIMIT, format!("a key has at most {max} bytes (store_key_bytes)")));
    }
    Ok(())
}

fn value_fits(value: &[u8], limits: &Limits) -> Result<(), Failure> {
    let max = limits.store_value_bytes;
    if value.len() as u64 > max {
        let text = format!("a value has at most {max} bytes (store_value_bytes), not {}", value.len());
        return Err(Failure::new(Code::LIMIT, text));
    }
    Ok(())
}

/// A refusal goes on the record, with so much of the key as tells it.
fn checked<T>(
    call: &str,
    observer: &mut Observer,
    key: &str,
    done: Result<T, Failure>,
) -> Result<T, Failure> {
    const SHOWN: usize = 256;
    done.map_err(|failure| {
        let key = &key[..key.floor_char_boundary(SHOWN)];
        observer.refuse(call, &[key], failure)
    })
}
