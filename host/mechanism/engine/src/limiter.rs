//! What an instance may hold: all its memories and all its tables together, and how many core instances it is.
//!
//! *Invariant:* a growth over the limit is refused as WebAssembly says (the guest sees −1) and remembered, so that a trap
//! that follows counts as the limit's. A growth that the machine fails is an error of the machine, never of the guest.
//! *Doesn't know:* fuel, host calls.
//! *Start at:* [`Limiter`].

use jaros_decision::Limits;
use wasmtime::{Error, ResourceLimiter, Result};

use crate::stop::{Broken, is_machine};

/// A limit that a guest ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// `memory_bytes`.
    Memory(u64),
    /// `table_elements`.
    Table(u64),
}

/// One store's count.
#[derive(Debug)]
pub(crate) struct Limiter {
    memory: Count,
    table: Count,
    instances: usize,
    reached: Option<Reached>,
}

#[derive(Debug)]
struct Count {
    used: u64,
    max: u64,
    /// What the last growth added: taken back if it fails after all.
    last: u64,
}

impl Count {
    fn fits(&self, current: usize, desired: usize) -> bool {
        self.used.saturating_add(more(current, desired)) <= self.max
    }

    /// Counts a growth, unless it is over what the guest itself declared: that fails without a limit reached.
    fn grow(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> bool {
        let may = maximum.is_none_or(|maximum| desired <= maximum);
        if may {
            self.last = more(current, desired);
            self.used += self.last;
        }
        may
    }

    fn undo(&mut self) {
        self.used -= std::mem::take(&mut self.last);
    }
}

fn more(current: usize, desired: usize) -> u64 {
    (desired as u64).saturating_sub(current as u64)
}

impl Limiter {
    pub(crate) fn new(limits: &Limits) -> Self {
        let count = |max| Count { used: 0, max, last: 0 };
        Self {
            memory: count(limits.memory_bytes),
            table: count(limits.table_elements),
            instances: usize::try_from(limits.instances).unwrap_or(usize::MAX),
            reached: None,
        }
    }

    /// The limit that was run into, if any was.
    pub(crate) fn reached(&self) -> Option<Reached> {
        self.reached
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        let fits = self.memory.fits(current, desired);
        if !fits {
            self.reached = Some(Reached::Memory(self.memory.max));
        }
        Ok(fits && self.memory.grow(current, desired, maximum))
    }

    fn memory_grow_failed(&mut self, error: Error) -> Result<()> {
        if is_machine(&error) {
            return Err(Error::new(Broken(format!("growing a memory: {error:#}"))));
        }
        self.memory.undo();
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        let fits = self.table.fits(current, desired);
        if !fits {
            self.reached = Some(Reached::Table(self.table.max));
        }
        Ok(fits && self.table.grow(current, desired, maximum))
    }

    fn table_grow_failed(&mut self, error: Error) -> Result<()> {
        if is_machine(&error) {
            return Err(Error::new(Broken(format!("growing a table: {error:#}"))));
        }
        self.table.undo();
        Ok(())
    }

    fn instances(&self) -> usize {
        self.instances
    }

    /// How many there are is bounded when a component is compiled, how much they hold here.
    fn tables(&self) -> usize {
        usize::MAX
    }

    fn memories(&self) -> usize {
        usize::MAX
    }
}

#[cfg(test)]
mod tests {
    use jaros_decision::Limits;
    use wasmtime::ResourceLimiter as _;

    use super::{Limiter, Reached};

    fn limiter(memory_bytes: u64) -> Limiter {
        Limiter::new(&Limits { memory_bytes, table_elements: 0, ..Limits::default() })
    }

    #[test]
    fn all_memories_count_together() {
        let mut limiter = limiter(100);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(limiter.memory_growing(0, 40, None).unwrap());
        assert_eq!(limiter.reached(), None);
        assert!(!limiter.memory_growing(60, 61, None).unwrap());
        assert_eq!(limiter.reached(), Some(Reached::Memory(100)));
    }

    #[test]
    fn a_guests_own_maximum_is_no_limit_reached() {
        let mut limiter = limiter(100);
        assert!(!limiter.memory_growing(10, 20, Some(10)).unwrap());
        assert_eq!(limiter.reached(), None);
    }

    #[test]
    fn a_growth_that_failed_is_taken_back() {
        let mut limiter = limiter(100);
        assert!(limiter.memory_growing(0, 100, None).unwrap());
        limiter.memory_grow_failed(wasmtime::Error::msg("over what its type allows")).unwrap();
        assert!(limiter.memory_growing(0, 100, None).unwrap());
    }

    #[test]
    fn what_the_machine_fails_is_no_outcome() {
        let mut limiter = limiter(100);
        let error = std::io::Error::from_raw_os_error(12);
        assert!(limiter.memory_grow_failed(wasmtime::Error::new(error)).is_err());
    }
}
