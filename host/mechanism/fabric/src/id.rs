//! New names: job ids that sort by submission, and random words that nobody else has.
//!
//! *Invariant:* a process's job ids grow, whatever the clock does.
//! *Doesn't know:* what the names are for.
//! *Start at:* [`new_job_id`].

use jaros_decision::JobId;
use uuid::Uuid;

/// A new job id: a UUIDv7, so that names sort by submission. Those of one process are strictly increasing.
#[must_use]
pub fn new_job_id() -> JobId {
    let mut buffer = Uuid::encode_buffer();
    JobId::new(Uuid::now_v7().hyphenated().encode_lower(&mut buffer)).expect("a UUID is a job id")
}

/// Eight random hex digits.
pub(crate) fn random_word() -> String {
    let word = getrandom::u32().expect("the operating system has random numbers");
    format!("{word:08x}")
}
