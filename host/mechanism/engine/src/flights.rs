//! The same work, wanted by several threads at once, is done once.
//!
//! *Invariant:* whoever waited gets what the one that worked got; work that failed to end leaves the next to do it.
//! *Doesn't know:* what the work is.
//! *Start at:* [`Flights`].

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

type Flight<V> = Arc<Mutex<Option<V>>>;

/// Work under way, by key.
pub(crate) struct Flights<K, V>(Mutex<BTreeMap<K, Flight<V>>>);

impl<K: Ord + Copy, V: Clone> Flights<K, V> {
    pub(crate) fn new() -> Self {
        Self(Mutex::default())
    }

    /// Does the work, or waits for whoever does it and takes that answer. An error answers nobody else: the next in line
    /// tries for itself.
    pub(crate) fn join<E>(&self, key: K, work: impl FnOnce() -> Result<V, E>) -> Result<V, E> {
        let flight = Arc::clone(self.flights().entry(key).or_default());
        let mut answer = flight.lock().unwrap_or_else(PoisonError::into_inner);
        let done = match &*answer {
            Some(answer) => Ok(answer.clone()),
            None => work().inspect(|done| *answer = Some(done.clone())),
        };
        drop(answer);
        let mut flights = self.flights();
        // The map's own and this one: nobody else waits. Whoever comes later begins anew, with what was kept on disk.
        if Arc::strong_count(&flight) == 2 {
            flights.remove(&key);
        }
        done
    }

    fn flights(&self) -> std::sync::MutexGuard<'_, BTreeMap<K, Flight<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::Flights;

    #[test]
    fn what_several_want_is_done_once_and_then_forgotten() {
        let (flights, begun, done) = (Flights::new(), Barrier::new(9), AtomicU32::new(0));
        let work = || {
            done.fetch_add(1, Ordering::Relaxed);
            // Long enough for the others, who wait already.
            std::thread::sleep(std::time::Duration::from_millis(50));
            Ok::<_, ()>("answer")
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    begun.wait();
                    assert_eq!(flights.join(1, work), Ok("answer"));
                });
            }
            begun.wait();
        });
        assert_eq!(done.load(Ordering::Relaxed), 1);
        assert!(flights.flights().is_empty());
        assert_eq!(flights.join(1, || Ok::<_, ()>("another")), Ok("another"));
    }

    #[test]
    fn an_error_answers_nobody_else() {
        let flights = Flights::<_, &str>::new();
        assert_eq!(flights.join(1, || Err("the machine")), Err("the machine"));
        assert_eq!(flights.join(1, || Ok::<_, &str>("answer")), Ok("answer"));
    }
}
