//! The states of a job as one table.
//!
//! *Invariant:* what [`TABLE`] doesn't list can't happen; nothing else in the project decides about states.
//! *Doesn't know:* why an event happens.
//! *Start at:* [`TABLE`].

use std::fmt;
use std::str::FromStr;

use jaros_decision::{Code, Failure};
use serde::{Deserialize, Serialize};

/// Where a job stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum State {
    /// Accepted; no event has happened yet.
    #[default]
    Pending,
    /// Under way.
    Running,
    /// Waits for an operator's `unblock`.
    Blocked,
    /// Ended well. Final.
    Done,
    /// Ended badly; `reset` makes it pending again.
    Failed,
}

/// What moves a job from one state to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// Begin. The host adds it before a job's first event where an agent leaves it out.
    Start,
    /// Wait for an operator.
    Block,
    /// Go on.
    Unblock,
    /// End well.
    Complete,
    /// End badly.
    Fail,
    /// Make a failed job pending again.
    Reset,
}

/// One row of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// The state before.
    pub from: State,
    /// What happens.
    pub event: Event,
    /// The state after.
    pub to: State,
}

const fn row(from: State, event: Event, to: State) -> Transition {
    Transition { from, event, to }
}

/// Everything that can happen to a job.
pub const TABLE: [Transition; 8] = [
    row(State::Pending, Event::Start, State::Running),
    row(State::Pending, Event::Fail, State::Failed),
    row(State::Running, Event::Block, State::Blocked),
    row(State::Running, Event::Complete, State::Done),
    row(State::Running, Event::Fail, State::Failed),
    row(State::Blocked, Event::Unblock, State::Running),
    row(State::Blocked, Event::Fail, State::Failed),
    row(State::Failed, Event::Reset, State::Pending),
];

/// The state after `event`, or `None` where the table has no such row.
#[must_use]
pub fn step(state: State, event: Event) -> Option<State> {
    TABLE.iter().find(|row| row.from == state && row.event == event).map(|row| row.to)
}

/// Applies `events` in order, all or none, and returns the last state with the events that really happened: the host
/// starts a pending job before an event that needs it running.
///
/// # Errors
/// `invalid`, naming the first event that the table doesn't allow.
pub fn advance(mut state: State, events: &[Event]) -> Result<(State, Vec<Event>), Failure> {
    let mut happened = Vec::with_capacity(events.len() + 1);
    for &event in events {
        if state == State::Pending && step(state, event).is_none() && step(State::Running, event).is_some() {
            state = State::Running;
            happened.push(Event::Start);
        }
        state = step(state, event).ok_or_else(|| {
            Failure::new(
                Code::INVALID,
                format!("a job that is {state} can't {event}; `jaros machine` shows the table"),
            )
        })?;
        happened.push(event);
    }
    Ok((state, happened))
}

impl State {
    /// Whether nothing follows by itself.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }

    /// The word, in capitals.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Blocked => "BLOCKED",
            Self::Done => "DONE",
            Self::Failed => "FAILED",
        }
    }
}

impl Event {
    const ALL: [Self; 6] = [Self::Start, Self::Block, Self::Unblock, Self::Complete, Self::Fail, Self::Reset];

    /// The word, in small letters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Block => "block",
            Self::Unblock => "unblock",
            Self::Complete => "complete",
            Self::Fail => "fail",
            Self::Reset => "reset",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Event {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        Self::ALL.into_iter().find(|event| event.as_str() == text).ok_or_else(|| {
            Failure::new(
                Code::INVALID,
                format!(
                    "there is no event {text:?}; there are start, block, unblock, complete, fail and reset"
                ),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [State; 5] = [State::Pending, State::Running, State::Blocked, State::Done, State::Failed];

    #[test]
    fn every_pair_is_in_the_table_or_impossible() {
        let mut allowed = 0;
        for state in STATES {
            for event in Event::ALL {
                let rows = TABLE.iter().filter(|row| row.from == state && row.event == event).count();
                assert!(rows <= 1, "{state} {event} stands {rows} times in the table");
                assert_eq!(step(state, event).is_some(), rows == 1);
                allowed += rows;
            }
        }
        assert_eq!(allowed, TABLE.len());
        assert!(Event::ALL.iter().all(|&event| step(State::Done, event).is_none()), "DONE is final");
    }

    #[test]
    fn the_host_starts_a_job_before_its_first_event() {
        use Event::{Block, Complete, Fail, Start, Unblock};
        let check = |events: &[Event], want: Result<(State, &[Event]), ()>| {
            let got = advance(State::Pending, events).map_err(|_| ());
            assert_eq!(got, want.map(|(state, events)| (state, events.to_vec())), "{events:?}");
        };
        check(&[Complete], Ok((State::Done, &[Start, Complete])));
        check(&[Start, Complete], Ok((State::Done, &[Start, Complete])));
        check(&[Block], Ok((State::Blocked, &[Start, Block])));
        check(&[Fail], Ok((State::Failed, &[Fail])));
        check(&[], Ok((State::Pending, &[])));
        check(&[Start, Start], Err(()));
        check(&[Unblock], Err(()));
        check(&[Complete, Fail], Err(()));
    }
}
