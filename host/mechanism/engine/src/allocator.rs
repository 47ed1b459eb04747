//! The process's allocator, told to give large pieces back.
//!
//! *Invariant:* what a hostile guest made the host hold for a call goes back to the system when the call ends.
//! *Doesn't know:* who allocates.
//! *Start at:* [`give_back`].

/// Pieces from this size on are the system's own mappings, which it gets back as soon as they are freed.
#[cfg(target_env = "gnu")]
const MAPPED_BYTES: i32 = 256 << 10;

/// glibc raises that size by itself, to 32 MiB, with each large piece that is freed, and then keeps up to twice as much at the
/// top of its heap for good: one call with a few large texts would leave tens of megabytes in the node. A size that was set
/// stays.
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "glibc has no other way to say it, and the call takes two numbers")]
pub(crate) fn give_back() {
    use std::sync::Once;

    static ONCE: Once = Once::new();
    // SAFETY: mallopt only sets a parameter of the allocator; it may be called at any time, and a refusal changes nothing.
    ONCE.call_once(|| unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, MAPPED_BYTES);
    });
}

/// Other allocators don't hold on to large pieces like that.
#[cfg(not(target_env = "gnu"))]
pub(crate) fn give_back() {}
