//! One answer from the writer's thread to whoever waits, on a thread or in a future.
//!
//! *Invariant:* every question is answered: an [`Asker`] that is dropped unanswered says that the ledger is closed.
//! *Doesn't know:* any runtime.
//! *Start at:* [`Appending`].

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use super::{AppendError, Receipt, Stopped};

/// Drafts on their way to the disk. Await it, or [`wait`](Appending::wait); dropping it doesn't call them back.
#[derive(Debug)]
#[must_use = "until it is answered, nothing is on disk"]
pub struct Appending(Answer<Receipt>);

impl Appending {
    /// Blocks until the drafts are on disk.
    /// # Errors
    /// `Stopped`: they may or may not be on disk, and no more will be. `Content`: they are not.
    pub fn wait(self) -> Result<Receipt, AppendError> {
        self.0.wait()
    }

    pub(crate) fn new(answer: Answer<Receipt>) -> Self {
        Self(answer)
    }

    pub(crate) fn refused(error: AppendError) -> Self {
        let slot = Slot::default();
        slot.fill(Err(error));
        Self(Answer(Arc::new(slot)))
    }
}

impl Future for Appending {
    type Output = Result<Receipt, AppendError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.0.poll(context)
    }
}

/// The end that waits.
#[derive(Debug)]
pub(crate) struct Answer<T>(Arc<Slot<Result<T, AppendError>>>);

impl<T> Answer<T> {
    pub(crate) fn wait(self) -> Result<T, AppendError> {
        self.0.wait()
    }
}

/// The writer's end.
#[derive(Debug)]
pub(crate) struct Asker<T>(Option<Arc<Slot<Result<T, AppendError>>>>);

impl<T> Asker<T> {
    pub(crate) fn answer(mut self, answer: Result<T, Stopped>) {
        if let Some(slot) = self.0.take() {
            slot.fill(answer.map_err(AppendError::from));
        }
    }
}

impl<T> Drop for Asker<T> {
    fn drop(&mut self) {
        if let Some(slot) = self.0.take() {
            slot.fill(Err(Stopped::Closed.into()));
        }
    }
}

/// Both ends of one answer.
pub(crate) fn pair<T>() -> (Asker<T>, Answer<T>) {
    let slot = Arc::new(Slot::default());
    (Asker(Some(Arc::clone(&slot))), Answer(slot))
}

#[derive(Debug)]
struct Slot<T>(Mutex<State<T>>);

#[derive(Debug)]
struct State<T> {
    answer: Option<T>,
    waker: Option<Waker>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(Mutex::new(State { answer: None, waker: None }))
    }
}

impl<T> Slot<T> {
    fn fill(&self, answer: T) {
        // Nothing in here panics while it holds the lock, so a poisoned one holds whole values.
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.answer = Some(answer);
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<T> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.answer.take() {
            Some(answer) => Poll::Ready(answer),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }

    fn wait(&self) -> T {
        let waker = Waker::from(Arc::new(Parked(thread::current())));
        let mut context = Context::from_waker(&waker);
        loop {
            match self.poll(&mut context) {
                Poll::Ready(answer) => return answer,
                Poll::Pending => thread::park(),
            }
        }
    }
}

struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
