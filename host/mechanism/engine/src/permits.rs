//! A count before the pool: a call waits for its place instead of failing in a full pool.
//!
//! *Invariant:* permits out never exceed the total; a permit returns when it is dropped, after a panic too.
//! *Doesn't know:* what the permits are for.
//! *Start at:* [`Permits`].

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

/// Permits for plain threads. Waiting calls are served as places come free, in no promised order.
///
/// Taking and returning one is an atomic step each while nobody waits: a lock and a wake-up for every call cost more than
/// the call.
#[derive(Debug)]
pub(crate) struct Permits {
    total: u32,
    free: AtomicU32,
    /// Raised before a waiter looks again and lowered after it got its permits, so that whoever returns some after that look
    /// sees it.
    waiting: AtomicU32,
    gate: Mutex<()>,
    freed: Condvar,
}

/// Some permits; dropping it gives them back.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    of: &'a Permits,
    weight: u32,
}

impl Permits {
    pub(crate) fn new(total: u32) -> Self {
        let total = total.max(1);
        Self {
            total,
            free: AtomicU32::new(total),
            waiting: AtomicU32::new(0),
            gate: Mutex::new(()),
            freed: Condvar::new(),
        }
    }

    /// Waits until `weight` permits are free. A weight over the total counts as all of them.
    pub(crate) fn acquire(&self, weight: u32) -> Permit<'_> {
        let weight = weight.min(self.total);
        if !self.take(weight) {
            self.wait(weight);
        }
        Permit { of: self, weight }
    }

    fn take(&self, weight: u32) -> bool {
        let less = |free: u32| free.checked_sub(weight);
        self.free.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok()
    }

    fn wait(&self, weight: u32) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.freed.wait_while(gate, |()| !self.take(weight)).unwrap_or_else(PoisonError::into_inner));
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.of.free.fetch_add(self.weight, Ordering::SeqCst);
        if self.of.waiting.load(Ordering::SeqCst) > 0 {
            // Through the gate: a waiter that has just looked is asleep before it is woken.
            drop(self.of.gate.lock().unwrap_or_else(PoisonError::into_inner));
            self.of.freed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::Permits;

    #[test]
    fn never_more_than_the_total_are_out() {
        let permits = Permits::new(3);
        let (out, most) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (permits, out, most) = (&permits, &out, &most);
                scope.spawn(move || {
                    for _ in 0..200 {
                        let weight = 1 + thread % 5;
                        let permit = permits.acquire(weight);
                        let now = out.fetch_add(permit.weight, Ordering::SeqCst) + permit.weight;
                        most.fetch_max(now, Ordering::SeqCst);
                        std::thread::yield_now();
                        out.fetch_sub(permit.weight, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(out.into_inner(), 0);
        assert_eq!(most.into_inner(), 3, "permits were out together, but never over the total");
    }

    #[test]
    fn a_panic_gives_permits_back() {
        let permits = Permits::new(1);
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _permit = permits.acquire(1);
            std::panic::resume_unwind(Box::new("as a host function might"));
        }));
        assert!(caught.is_err());
        drop(permits.acquire(1));
    }
}
