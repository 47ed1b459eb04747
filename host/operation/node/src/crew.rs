//! A few threads of one's own for work that holds a thread.
//!
//! *Invariant:* never more threads than were asked for, whatever is handed over; what waits is done in order. A panic in
//! one piece of work ends that piece alone.
//! *Doesn't know:* what the work is.
//! *Start at:* [`Crew::work`].

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

type Work = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Work>,
    /// Threads that sleep: only they have to be woken, and only then is a system call paid.
    idle: usize,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

/// Threads that take work from one queue. A runtime's own pool grows to hundreds of threads under load, which on few
/// cores spend their time on waking one another.
pub(crate) struct Crew {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// The piece of work broke off.
#[derive(Debug, thiserror::Error)]
#[error("it panicked")]
pub(crate) struct BrokeOff;

impl Crew {
    /// Starts `threads` threads of this name.
    ///
    /// # Errors
    /// The machine has no more threads.
    pub(crate) fn start(name: &str, threads: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let threads = (0..threads.max(1)).map(|n| {
            let shared = shared.clone();
            std::thread::Builder::new().name(format!("{name}-{n}")).spawn(move || shared.serve())
        });
        let threads = threads.collect::<Result<_, _>>()?;
        Ok(Self { shared, threads })
    }

    /// Hands `work` over now; the future waits for what it gives. Dropping the future doesn't stop the work.
    ///
    /// # Errors
    /// It panicked.
    pub(crate) fn work<T, F>(&self, work: F) -> impl Future<Output = Result<T, BrokeOff>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let (done, given) = oneshot::channel();
        let work: Work = Box::new(move || {
            if let Ok(value) = catch_unwind(AssertUnwindSafe(work)) {
                // Whoever waited may be gone.
                let _ = done.send(value);
            }
        });
        let mut queue = self.shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.waiting.push_back(work);
        let asleep = queue.idle > 0;
        drop(queue);
        if asleep {
            self.shared.wake.notify_one();
        }
        async { given.await.map_err(|_| BrokeOff) }
    }
}

impl Shared {
    fn serve(&self) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(work) = queue.waiting.pop_front() {
                drop(queue);
                work();
                queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            } else if queue.closed {
                return;
            } else {
                queue.idle += 1;
                queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
                queue.idle -= 1;
            }
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.shared.queue.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.shared.wake.notify_all();
        // The last holder may be one of the threads themselves, which can't wait for its own end.
        let own = std::thread::current().id();
        for thread in self.threads.drain(..).filter(|thread| thread.thread().id() != own) {
            drop(thread.join());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_done_in_order_and_a_panic_ends_only_its_own() {
        let crew = Crew::start("test", 1).expect("threads");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut all = Vec::new();
        for n in 0..50 {
            let seen = seen.clone();
            all.push(crew.work(move || {
                assert_ne!(n, 20, "as planned");
                seen.lock().expect("whole").push(n);
                n
            }));
        }
        let mut given = Vec::new();
        for one in all {
            given.push(one.await.ok());
        }
        assert_eq!(given.iter().flatten().count(), 49);
        assert_eq!(given[20], None);
        assert!(seen.lock().expect("whole").is_sorted());
    }
}
