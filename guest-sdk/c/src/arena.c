// Memory of an instance that lives for one call.
//
// It comes off the front of a megabyte that the component starts with, since growing memory costs the host two page table changes an
// instance; only a call that needs more grows. It is never given back: the instance ends before that would help.
//
// Invariant: a block is zeroed, starts at a multiple of 16 and is nobody else's.
// Doesn't know: how to free; malloc and free for an author's own loops are in libc.c.
// Start at: jaros_alloc.

#ifdef __wasm__

enum { JAROS_FIRST_BYTES = 1 << 20, JAROS_PAGE_BYTES = 64 << 10 };

// It costs nothing until it is touched, and no bytes in the file.
static _Alignas(16) unsigned char jaros_first_memory[JAROS_FIRST_BYTES];
static uintptr_t jaros_front = 0;
static uintptr_t jaros_end = 0;

static void jaros_reserve(size_t size) {
    if (jaros_front == 0) {
        jaros_front = (uintptr_t)jaros_first_memory;
        jaros_end = jaros_front + JAROS_FIRST_BYTES;
    }
    if (size <= jaros_end - jaros_front) return;
    size_t pages = (size > JAROS_FIRST_BYTES ? size : JAROS_FIRST_BYTES) / JAROS_PAGE_BYTES + 1;
    size_t before = __builtin_wasm_memory_grow(0, pages);
    // A bare trap: the host knows what was asked for and names its limit, which no words from here could.
    if (before == SIZE_MAX) __builtin_trap();
    uintptr_t start = before * JAROS_PAGE_BYTES;
    if (start != jaros_end) jaros_front = start;
    jaros_end = start + pages * JAROS_PAGE_BYTES;
}

void *jaros_alloc(size_t size) {
    if (size > SIZE_MAX - JAROS_FIRST_BYTES) size = SIZE_MAX - JAROS_FIRST_BYTES;
    size = (size + 15) & ~(size_t)15;
    jaros_reserve(size);
    void *block = (void *)jaros_front;
    jaros_front += size;
    return block;
}

// A larger block with the same beginning. The last one grows in place, so that a text being built is rarely copied.
static void *jaros_grow(void *block, size_t from, size_t to) {
    size_t held = (from + 15) & ~(size_t)15;
    if (block && (uintptr_t)block + held == jaros_front && to < SIZE_MAX - JAROS_FIRST_BYTES) {
        size_t more = ((to + 15) & ~(size_t)15) - held;
        jaros_reserve(more);
        // Fresh memory may not follow the block.
        if ((uintptr_t)block + held == jaros_front) {
            jaros_front += more;
            return block;
        }
    }
    void *moved = jaros_alloc(to);
    if (from) memcpy(moved, block, from);
    return moved;
}

// What the host puts texts and lists into. A byte more than it asks for, so that a NUL stands after each text.
__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *block, size_t from, size_t align, size_t to) {
    (void)align;
    return block && from ? jaros_grow(block, from, to + 1) : jaros_alloc(to + 1);
}

#else

// Natively each block is the system's own, so that its sanitizers see where one ends.
struct jaros_block {
    struct jaros_block *before;
    void *memory;
};
static struct jaros_block *jaros_blocks = NULL;

void *jaros_alloc(size_t size) {
    struct jaros_block *block = malloc(sizeof *block);
    if (!block || !(block->memory = calloc(1, size ? size : 1))) abort();
    block->before = jaros_blocks;
    jaros_blocks = block;
    return block->memory;
}

static void *jaros_grow(void *block, size_t from, size_t to) {
    void *moved = jaros_alloc(to);
    if (from) memcpy(moved, block, from);
    return moved;
}

void jaros_forget_memory(void) {
    while (jaros_blocks) {
        struct jaros_block *block = jaros_blocks;
        jaros_blocks = block->before;
        free(block->memory);
        free(block);
    }
}

#endif
