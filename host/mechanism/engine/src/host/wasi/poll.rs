//! `wasi:io/poll`: waiting, which here is a jump of the call's clock.
//!
//! *Invariant:* everything that can be waited for has a moment from which it is ready (a stream's is the first), so a poll always
//! comes to an end, and two with the same moments end the same.
//! *Doesn't know:* what is waited for.
//! *Start at:* [`Pollables`].

use jaros_decision::Code;
use wasmtime::Result;
use wasmtime::component::{Linker, Resource};

use super::interface::Interface;
use crate::host::State;
use crate::stop::stop;

/// What a guest holds of something to wait for.
pub(super) enum Pollable {}

/// A moment of the monotonic clock that is always past.
pub(super) const AT_ONCE: u64 = 0;

/// From when on each is ready. No more of them than the handles that the store lets a guest hold (`handles`).
#[derive(Debug, Default)]
pub(super) struct Pollables {
    ready_at: Vec<u64>,
    /// Places in `ready_at` whose handles were dropped.
    free: Vec<u32>,
}

impl Pollables {
    /// One more, ready from this moment on.
    pub(super) fn open(&mut self, ready_at: u64) -> Resource<Pollable> {
        let place = self.free.pop().unwrap_or_else(|| {
            self.ready_at.push(AT_ONCE);
            u32::try_from(self.ready_at.len() - 1).expect("a store has fewer handles than 2^32")
        });
        self.ready_at[place as usize] = ready_at;
        Resource::new_own(place)
    }

    fn ready_at(&self, pollable: &Resource<Pollable>) -> u64 {
        self.ready_at[pollable.rep() as usize]
    }

    fn close(&mut self, place: u32) {
        self.free.push(place);
    }
}

pub(super) fn link(linker: &mut Linker<State>) -> Result<()> {
    let mut interface = Interface::new(linker, "io/poll")?;
    interface.resource::<Pollable>("pollable", |state, place| state.wasi.pollables.close(place))?;
    interface.func("[method]pollable.ready", |state, (pollable,): (Resource<Pollable>,)| {
        let at = state.wasi.pollables.ready_at(&pollable);
        Ok((state.wasi.clock.look() >= at,))
    })?;
    interface.func("[method]pollable.block", |state, (pollable,): (Resource<Pollable>,)| {
        let at = state.wasi.pollables.ready_at(&pollable);
        state.wasi.clock.wait_until(at);
        Ok(())
    })?;
    interface.func("poll", |state, (pollables,): (Vec<Resource<Pollable>>,)| Ok((poll(state, &pollables)?,)))
}

/// The places in the list of all that are ready, once one is.
fn poll(state: &mut State, pollables: &[Resource<Pollable>]) -> Result<Vec<u32>> {
    let moments: Vec<u64> =
        pollables.iter().map(|pollable| state.wasi.pollables.ready_at(pollable)).collect();
    let Some(&first) = moments.iter().min() else {
        return Err(stop(Code::TRAP, "it polled an empty list, which `wasi:io/poll` forbids"));
    };
    let now = state.wasi.clock.wait_until(first);
    Ok((0..).zip(moments).filter(|(_, at)| *at <= now).map(|(place, _)| place).collect())
}

#[cfg(test)]
mod tests {
    use super::Pollables;

    #[test]
    fn places_are_used_again() {
        let mut pollables = Pollables::default();
        let [a, b] = [7, 8].map(|at| pollables.open(at));
        assert_eq!((pollables.ready_at(&a), pollables.ready_at(&b)), (7, 8));
        pollables.close(a.rep());
        let c = pollables.open(9);
        assert_eq!((pollables.ready_at(&c), pollables.ready_at.len()), (9, 2));
    }
}
