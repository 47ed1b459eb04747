//! `job`: the job at hand, as the record keeps it.
//!
//! *Invariant:* what it says was fixed before the call and is the same on every replay.
//! *Doesn't know:* the clock, the machine's randomness.
//! *Start at:* [`Host`].

use jaros_capability::Capability;
use jaros_decision::{Code, Failure};
use wasmtime::Result;

use super::{State, error};
use crate::bindings::imports::jaros::plugin::job::Host;
use crate::bindings::imports::jaros::plugin::types::Error;

/// As the contract says.
const RANDOM_BYTES_MAX: u32 = 4_096;

impl Host for State {
    fn id(&mut self) -> Result<String> {
        self.enter(Capability::Job, 0)?;
        Ok(self.job.clone())
    }

    fn accepted_at_ms(&mut self) -> Result<u64> {
        self.enter(Capability::Job, 0)?;
        Ok(self.accepted_at_ms)
    }

    fn random(&mut self, len: u32) -> Result<Result<Vec<u8>, Error>> {
        self.enter(Capability::Job, 0)?;
        if len > RANDOM_BYTES_MAX {
            let text =
                format!("{len} random bytes are more than {RANDOM_BYTES_MAX} at once; ask for them in parts");
            let failure = Failure::new(Code::LIMIT, text);
            return Ok(Err(error(self.observer.refuse("job.random", &[len], failure))));
        }
        Ok(Ok(self.random.take(len as usize)))
    }
}
