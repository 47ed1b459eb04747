//! The allocator of a guest whose instance lives for one call.
//!
//! Memory comes off the front of a megabyte that the component starts with, since growing memory costs the host two page
//! table changes an instance; only a call that needs more grows. Freed blocks are kept by size, so a long loop doesn't run
//! out, and the block at the front grows in place, so a text being built is rarely copied.
//!
//! *Invariant:* a block is a power of two of at least 16 bytes and starts at a multiple of 16.
//! *Doesn't know:* threads (the host has none for guests), or how to give memory back.
//! *Start at:* [`Arena::allocate`].
#![expect(unsafe_code, reason = "an allocator hands out raw memory")]

use core::alloc::Layout;
use core::ptr;

const UNIT: usize = 16;

/// Gives at least so many bytes, as start (a multiple of 16) and length, or nothing when there are no more.
type More = fn(usize) -> Option<(*mut u8, usize)>;

/// Free blocks by size, and fresh memory.
pub(crate) struct Arena {
    /// The first free block of each power of two; a free block's first word is the next one.
    free: [*mut u8; usize::BITS as usize],
    front: *mut u8,
    left: usize,
    more: More,
}

impl Arena {
    pub(crate) const fn new(more: More) -> Self {
        Self { free: [ptr::null_mut(); usize::BITS as usize], front: ptr::null_mut(), left: 0, more }
    }

    /// A block that fits, or null.
    pub(crate) fn allocate(&mut self, layout: Layout) -> *mut u8 {
        if layout.align() > UNIT {
            return self.allocate_aligned(layout);
        }
        let Some(size) = block_size(layout) else { return ptr::null_mut() };
        let head = &mut self.free[size.ilog2() as usize];
        if head.is_null() {
            return self.take(size);
        }
        let block = *head;
        // SAFETY: a block on a free list is ours, and its first word was written by `release`.
        *head = unsafe { block.cast::<*mut u8>().read() };
        block
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// It came from this arena with this layout, and nobody uses it any more.
    pub(crate) unsafe fn release(&mut self, block: *mut u8, layout: Layout) {
        let Some(size) = block_size(layout) else { return };
        if layout.align() > UNIT {
            // Rare, and its true start is unknown: it stays used until the instance ends.
            return;
        }
        if self.is_last(block, size) {
            self.front = block;
            self.left += size;
            return;
        }
        let head = &mut self.free[size.ilog2() as usize];
        // SAFETY: the block has at least 16 bytes, is aligned to 16, and is nobody else's now.
        unsafe { block.cast::<*mut u8>().write(*head) };
        *head = block;
    }

    /// Makes a block larger or smaller where it stands, if that can be done.
    pub(crate) fn resize_in_place(&mut self, block: *mut u8, from: Layout, to: Layout) -> bool {
        if from.align() > UNIT {
            return false;
        }
        let (Some(old), Some(new)) = (block_size(from), block_size(to)) else { return false };
        if new == old {
            return true;
        }
        // Fresh memory may not follow the block; then `is_last` says so afterwards.
        if new < old || !self.is_last(block, old) || !self.reserve(new - old) || !self.is_last(block, old) {
            return false;
        }
        self.front = self.front.wrapping_add(new - old);
        self.left -= new - old;
        true
    }

    fn is_last(&self, block: *mut u8, size: usize) -> bool {
        block.wrapping_add(size) == self.front
    }

    fn allocate_aligned(&mut self, layout: Layout) -> *mut u8 {
        let Some(size) = layout.size().checked_add(layout.align()) else { return ptr::null_mut() };
        let block = self.take(size.next_multiple_of(UNIT));
        if block.is_null() { block } else { block.wrapping_add(block.align_offset(layout.align())) }
    }

    fn take(&mut self, size: usize) -> *mut u8 {
        if !self.reserve(size) {
            return ptr::null_mut();
        }
        let block = self.front;
        self.front = block.wrapping_add(size);
        self.left -= size;
        block
    }

    /// Sees to it that so much fresh memory is left, in one piece.
    fn reserve(&mut self, size: usize) -> bool {
        if size <= self.left {
            return true;
        }
        let Some((start, len)) = (self.more)(size) else { return false };
        if start == self.front.wrapping_add(self.left) {
            self.left += len;
        } else {
            (self.front, self.left) = (start, len);
        }
        true
    }
}

fn block_size(layout: Layout) -> Option<usize> {
    layout.size().max(UNIT).checked_next_power_of_two()
}

#[cfg(all(target_family = "wasm", feature = "allocator"))]
mod global {
    use core::alloc::{GlobalAlloc, Layout};
    use core::arch::wasm32;
    use core::cell::{Cell, UnsafeCell};

    use super::Arena;

    const PAGE: usize = 64 << 10;
    /// What a component starts with. It costs nothing until it is touched, and no bytes in the file.
    const FIRST: usize = 1 << 20;

    #[repr(align(16))]
    struct First(UnsafeCell<[u8; FIRST]>);

    struct Global {
        arena: UnsafeCell<Arena>,
        first_taken: Cell<bool>,
    }

    // SAFETY: a guest has one thread.
    unsafe impl Sync for First {}
    // SAFETY: a guest has one thread.
    unsafe impl Sync for Global {}

    static FIRST_MEMORY: First = First(UnsafeCell::new([0; FIRST]));

    #[global_allocator]
    static GLOBAL: Global =
        Global { arena: UnsafeCell::new(Arena::new(more)), first_taken: Cell::new(false) };

    fn more(at_least: usize) -> Option<(*mut u8, usize)> {
        if at_least <= FIRST && !GLOBAL.first_taken.replace(true) {
            return Some((FIRST_MEMORY.0.get().cast(), FIRST));
        }
        let pages = at_least.max(FIRST).div_ceil(PAGE);
        let before = wasm32::memory_grow(0, pages);
        (before != usize::MAX).then(|| ((before * PAGE) as *mut u8, pages * PAGE))
    }

    // SAFETY: blocks are disjoint, as large and as aligned as asked for, and one thread asks.
    unsafe impl GlobalAlloc for Global {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: one thread, and the arena calls nothing that allocates.
            unsafe { &mut *self.arena.get() }.allocate(layout)
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: as above, and the caller's promise is the one that `release` asks for.
            unsafe { (*self.arena.get()).release(block, layout) }
        }

        unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            // SAFETY: the caller promises that the size fits the alignment; the rest as above.
            unsafe {
                let to = Layout::from_size_align_unchecked(size, layout.align());
                if (*self.arena.get()).resize_in_place(block, layout, to) {
                    return block;
                }
                let moved = self.alloc(to);
                if !moved.is_null() {
                    moved.copy_from_nonoverlapping(block, layout.size().min(size));
                    self.dealloc(block, layout);
                }
                moved
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use core::alloc::Layout;
    use core::ptr;
    use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

    use super::Arena;

    /// Leaks what it gives, as a guest's memory never comes back either.
    fn more(at_least: usize) -> Option<(*mut u8, usize)> {
        let units = at_least.max(4096).div_ceil(16);
        (at_least < 1 << 30).then(|| (Vec::leak(vec![0_u128; units]).as_mut_ptr().cast(), units * 16))
    }

    fn of(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    /// A block and what was written over all of it.
    struct Held {
        block: *mut u8,
        layout: Layout,
        mark: u8,
    }

    impl Held {
        fn check(&self) {
            // SAFETY: the block is ours and as long as its layout says.
            let bytes = unsafe { core::slice::from_raw_parts(self.block, self.layout.size()) };
            assert!(bytes.iter().all(|byte| *byte == self.mark), "a block was written over");
        }
    }

    #[test]
    fn blocks_never_overlap_whatever_the_order() {
        let mut arena = Arena::new(more);
        let mut held: Vec<Held> = Vec::new();
        let mut state = 1_u32;
        for round in 0..20_000_u32 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (size, align) = ((state >> 16) as usize % 3000, 1 << ((state >> 8) % 7));
            if state >> 31 == 0 && !held.is_empty() {
                let gone = held.swap_remove(size % held.len());
                gone.check();
                // SAFETY: it came from this arena and is forgotten here.
                unsafe { arena.release(gone.block, gone.layout) };
            } else if held.len() < 200 {
                let (layout, mark) = (of(size, align), round as u8);
                let block = arena.allocate(layout);
                assert!(!block.is_null() && block.addr() % align == 0);
                // SAFETY: the arena gave this much.
                unsafe { ptr::write_bytes(block, mark, size) };
                held.push(Held { block, layout, mark });
            }
        }
        held.iter().for_each(Held::check);
    }

    #[test]
    fn freed_memory_serves_again() {
        let mut arena = Arena::new(more);
        let first = arena.allocate(of(100, 1));
        let _between = arena.allocate(of(1, 1));
        // SAFETY: it came from this arena.
        unsafe { arena.release(first, of(100, 1)) };
        assert_eq!(arena.allocate(of(128, 8)), first);
    }

    #[test]
    fn the_last_block_grows_in_place_and_others_only_within_their_size() {
        let mut arena = Arena::new(more);
        let block = arena.allocate(of(20, 1));
        assert!(arena.resize_in_place(block, of(20, 1), of(900, 1)));
        let _after = arena.allocate(of(1, 1));
        assert!(arena.resize_in_place(block, of(900, 1), of(1024, 1)));
        assert!(!arena.resize_in_place(block, of(1024, 1), of(1025, 1)));
    }

    #[test]
    fn a_growing_block_goes_on_into_memory_that_follows() {
        fn following(_: usize) -> Option<(*mut u8, usize)> {
            static NEXT: AtomicUsize = AtomicUsize::new(0);
            static MEMORY: AtomicPtr<u8> = AtomicPtr::new(ptr::null_mut());
            let at = NEXT.fetch_add(1024, Ordering::Relaxed);
            if at == 0 {
                MEMORY.store(Vec::leak(vec![0_u128; 256]).as_mut_ptr().cast(), Ordering::Relaxed);
            }
            Some((MEMORY.load(Ordering::Relaxed).wrapping_add(at), 1024))
        }
        let mut arena = Arena::new(following);
        let block = arena.allocate(of(1024, 1));
        assert!(arena.resize_in_place(block, of(1024, 1), of(2048, 1)));
        assert_eq!(arena.allocate(of(16, 1)), block.wrapping_add(2048));
    }

    #[test]
    fn no_memory_is_null() {
        let mut arena = Arena::new(more);
        assert!(arena.allocate(of(1 << 31, 1)).is_null());
        assert!(!arena.allocate(of(1, 1)).is_null());
    }
}
