//! `wasi:clocks`: a clock of the call's own.
//!
//! *Invariant:* time moves when it is looked at, by one step, and when a deadline is waited for, right to it; never by itself. So
//! a guest sees the same times on every run, whoever waits for time to pass sees it pass, and nothing sleeps.
//! *Doesn't know:* the machine's clocks.
//! *Start at:* [`Clock`].

use jaros_decision::Millis;
use wasmtime::Result;
use wasmtime::component::{ComponentType, Lift, Linker, Lower, Resource};

use super::interface::Interface;
use super::poll::Pollable;
use crate::host::State;

/// Each look moves time on by a microsecond, which is what the clocks say is their resolution.
const STEP_NS: u64 = 1_000;

/// Where the monotonic clock starts: at an hour. Some runtimes take 0 for a clock that isn't there, and a program may ask for a
/// moment a little before its start.
const START_NS: u64 = 3_600_000_000_000;

const SECOND_NS: u128 = 1_000_000_000;

/// The time of one call.
#[derive(Debug)]
pub(super) struct Clock {
    accepted_at: Millis,
    /// What the monotonic clock shows at the next look.
    next_ns: u64,
}

/// A moment in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ComponentType, Lift, Lower)]
#[component(record)]
pub(super) struct Datetime {
    #[component(name = "seconds")]
    seconds: u64,
    #[component(name = "nanoseconds")]
    nanoseconds: u32,
}

/// How a moment is shown where the guest is: in UTC.
#[derive(Clone, Debug, ComponentType, Lift, Lower)]
#[component(record)]
struct TimezoneDisplay {
    #[component(name = "utc-offset")]
    utc_offset: i32,
    #[component(name = "name")]
    name: String,
    #[component(name = "in-daylight-saving-time")]
    in_daylight_saving_time: bool,
}

impl Clock {
    pub(super) fn new(accepted_at: Millis) -> Self {
        Self { accepted_at, next_ns: START_NS }
    }

    /// The monotonic clock, looked at.
    pub(super) fn look(&mut self) -> u64 {
        let now = self.next_ns;
        self.next_ns = now.saturating_add(STEP_NS);
        now
    }

    /// The monotonic clock once `deadline` has come: at once if it has, else by a jump.
    pub(super) fn wait_until(&mut self, deadline: u64) -> u64 {
        self.next_ns = self.next_ns.max(deadline);
        self.look()
    }

    /// The moment that is so long after now.
    fn after(&self, duration_ns: u64) -> u64 {
        self.next_ns.saturating_add(duration_ns)
    }

    /// When the turn was accepted, and as much later as the call has seen pass.
    fn wall(&mut self) -> Datetime {
        let passed = u128::from(self.look().saturating_sub(START_NS));
        let now = u128::from(self.accepted_at.0) * 1_000_000 + passed;
        let seconds = u64::try_from(now / SECOND_NS).expect("2^64 ms and 2^64 ns are fewer than 2^64 s");
        let nanoseconds = u32::try_from(now % SECOND_NS).expect("less than a second");
        Datetime { seconds, nanoseconds }
    }
}

pub(super) fn link(linker: &mut Linker<State>) -> Result<()> {
    monotonic(Interface::new(linker, "clocks/monotonic-clock")?)?;
    wall(Interface::new(linker, "clocks/wall-clock")?)?;
    timezone(Interface::new(linker, "clocks/timezone")?)
}

fn monotonic(mut clock: Interface<'_>) -> Result<()> {
    clock.func("now", |state, (): ()| Ok((state.wasi.clock.look(),)))?;
    clock.func("resolution", |_, (): ()| Ok((STEP_NS,)))?;
    clock.func("subscribe-instant", |state, (at,): (u64,)| Ok((subscribe(state, at),)))?;
    clock.func("subscribe-duration", |state, (duration,): (u64,)| {
        let at = state.wasi.clock.after(duration);
        Ok((subscribe(state, at),))
    })
}

fn subscribe(state: &mut State, at: u64) -> Resource<Pollable> {
    state.wasi.pollables.open(at)
}

fn wall(mut clock: Interface<'_>) -> Result<()> {
    clock.func("now", |state, (): ()| Ok((state.wasi.clock.wall(),)))?;
    clock.func("resolution", |_, (): ()| Ok((Datetime { seconds: 0, nanoseconds: 1_000 },)))
}

fn timezone(mut timezone: Interface<'_>) -> Result<()> {
    timezone.func("display", |_, (_,): (Datetime,)| {
        let utc =
            TimezoneDisplay { utc_offset: 0, name: String::from("UTC"), in_daylight_saving_time: false };
        Ok((utc,))
    })?;
    timezone.func("utc-offset", |_, (_,): (Datetime,)| Ok((0_i32,)))
}

#[cfg(test)]
mod tests {
    use jaros_decision::Millis;

    use super::{Clock, Datetime, START_NS};

    #[test]
    fn time_moves_by_looks_and_by_waits_alone() {
        let mut clock = Clock::new(Millis(1_700_000_000_123));
        assert_eq!(clock.wall(), Datetime { seconds: 1_700_000_000, nanoseconds: 123_000_000 });
        assert_eq!(clock.look(), START_NS + 1_000);
        assert_eq!(clock.wait_until(START_NS), START_NS + 2_000, "a deadline in the past is no wait");
        assert_eq!(clock.wait_until(START_NS + 5_000_000_000), START_NS + 5_000_000_000);
        assert_eq!(clock.wall(), Datetime { seconds: 1_700_000_005, nanoseconds: 123_001_000 });
    }

    #[test]
    fn time_ends_without_overflow() {
        let mut clock = Clock::new(Millis(u64::MAX));
        assert_eq!(clock.wait_until(clock.after(u64::MAX)), u64::MAX);
        assert_eq!(clock.look(), u64::MAX);
        assert!(clock.wall().seconds > u64::MAX / 1_000);
    }
}
