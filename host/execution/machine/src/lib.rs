//! What a job may do next: its states, and the rules of its turns.
//!
//! *Invariant:* pure: the same history gives the same next step, in the running node, in recovery and in replay.
//! *Doesn't know:* time, files, components, the ledger's form.
//! *Start at:* [`Progress::next`]; the states are [`TABLE`].

mod progress;
mod state;

pub use progress::{Ending, Progress, Step, Verdict};
pub use state::{Event, State, TABLE, Transition, advance, step};

/// Version of the rules that a ledger was written under: gate, machine, built-ins, canonical JSON, schema dialect.
pub const RULES: u32 = 1;
