//! A panic's last words.
//!
//! *Invariant:* set at the start of every export, since each call has an instance of its own.
//! *Doesn't know:* how to go on: the component traps right after.
//! *Start at:* [`report`].

/// Sends a panic's message and place to the log; on this target it would be lost otherwise.
pub(crate) fn report() {
    #[cfg(target_family = "wasm")]
    std::panic::set_hook(Box::new(|panic| crate::log::write("error", &panic.to_string())));
}
