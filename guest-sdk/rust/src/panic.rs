//! A panic's last words.
//!
//! *Invariant:* set at the start of every export, since each call has an instance of its own.
//! *Doesn't know:* how to go on: the host ends the call with what it is told here.
//! *Start at:* [`report`].

/// Tells the host a panic's message and place, which then stand on the record; on this target they would be lost otherwise.
pub(crate) fn report() {
    #[cfg(target_family = "wasm")]
    std::panic::set_hook(Box::new(|panic| crate::bindings::imports::jaros::plugin::panic::abort(&panic.to_string())));
}
