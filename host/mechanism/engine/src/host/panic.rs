//! `panic`: a guest's last words, in every phase.
//!
//! *Invariant:* no capability: it gives nothing, so it works always and nobody has to grant it; the call ends as a trap does, and what it said is one line of bounded length in the failure.
//! *Doesn't know:* why the guest gave up, or whether its message is true.
//! *Start at:* [`Host`].

use jaros_decision::Code;
use wasmtime::Result;

use super::State;
use crate::bindings::imports::jaros::plugin::panic::Host;
use crate::log::one_line;
use crate::stop::stop;

/// What of a message is kept, as the contract says: enough for a sentence and a place, too little to carry data.
const MESSAGE_BYTES_MAX: u64 = 1_024;

impl Host for State {
    fn abort(&mut self, message: String) -> Result<()> {
        self.count(message.len())?;
        let (line, cut) = one_line(&message, MESSAGE_BYTES_MAX);
        Err(stop(Code::TRAP, format!("it gave up: {line}{}", if cut { "…" } else { "" })))
    }
}
