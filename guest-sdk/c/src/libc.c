// What compilers and authors expect of a C library, for a target that has none.
//
// Invariant: as the C standard says. Weak, so that a project may bring its own.
// Doesn't know: files, time, locales, printf: jaros_cat makes texts.
// Start at: libc/, the headers.

#if defined(__wasm__) || defined(JAROS_TEST_LIBC)

#if defined(__clang__)
#define JAROS_LIBC __attribute__((weak, no_builtin, no_sanitize("undefined")))
#else
#define JAROS_LIBC __attribute__((weak))
#endif

JAROS_LIBC void *memcpy(void *restrict to, const void *restrict from, size_t len) {
    for (unsigned char *a = to, *end = a + len; a < end; a++)
        *a = *(const unsigned char *)from, from = (const char *)from + 1;
    return to;
}

JAROS_LIBC void *memmove(void *to, const void *from, size_t len) {
    unsigned char *a = to;
    const unsigned char *b = from;
    if (a < b)
        for (size_t i = 0; i < len; i++) a[i] = b[i];
    else
        while (len--) a[len] = b[len];
    return to;
}

JAROS_LIBC void *memset(void *to, int byte, size_t len) {
    for (unsigned char *a = to, *end = a + len; a < end; a++) *a = (unsigned char)byte;
    return to;
}

JAROS_LIBC int memcmp(const void *a, const void *b, size_t len) {
    const unsigned char *x = a, *y = b;
    for (size_t i = 0; i < len; i++)
        if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
    return 0;
}

JAROS_LIBC void *memchr(const void *bytes, int byte, size_t len) {
    const unsigned char *x = bytes;
    for (size_t i = 0; i < len; i++)
        if (x[i] == (unsigned char)byte) return (void *)(x + i);
    return NULL;
}

JAROS_LIBC size_t strlen(const char *text) {
    size_t len = 0;
    while (text[len]) len++;
    return len;
}

JAROS_LIBC int strncmp(const char *a, const char *b, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (a[i] != b[i]) return (unsigned char)a[i] < (unsigned char)b[i] ? -1 : 1;
        if (!a[i]) break;
    }
    return 0;
}

JAROS_LIBC int strcmp(const char *a, const char *b) { return strncmp(a, b, SIZE_MAX); }

JAROS_LIBC char *strchr(const char *text, int byte) {
    for (;; text++) {
        if (*text == (char)byte) return (char *)text;
        if (!*text) return NULL;
    }
}

JAROS_LIBC char *strrchr(const char *text, int byte) {
    char *last = NULL;
    do
        if (*text == (char)byte) last = (char *)text;
    while (*text++);
    return last;
}

JAROS_LIBC char *strstr(const char *text, const char *part) {
    size_t len = strlen(part);
    for (;; text++) {
        if (strncmp(text, part, len) == 0) return (char *)text;
        if (!*text) return NULL;
    }
}

// Blocks of a power of two with their size in front; freed ones wait by size. The next free block stands in the block itself.
typedef struct jaros_freed {
    struct jaros_freed *next;
} jaros_freed;
static jaros_freed *jaros_free_blocks[32];

JAROS_LIBC void *malloc(size_t size) {
    if (size > SIZE_MAX / 4) return NULL;
    unsigned power = 4;
    while (((size_t)1 << power) < size + 16) power++;
    char *block = (char *)jaros_free_blocks[power];
    if (block) jaros_free_blocks[power] = ((jaros_freed *)(block + 16))->next;
    else block = jaros_alloc((size_t)1 << power < 32 ? 32 : (size_t)1 << power);
    *(unsigned *)block = power;
    return block + 16;
}

JAROS_LIBC void free(void *block) {
    if (!block) return;
    unsigned power = *(unsigned *)((char *)block - 16);
    ((jaros_freed *)block)->next = jaros_free_blocks[power];
    jaros_free_blocks[power] = (jaros_freed *)((char *)block - 16);
}

JAROS_LIBC void *calloc(size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) return NULL;
    void *block = malloc(count * size);
    return block ? memset(block, 0, count * size) : NULL;
}

JAROS_LIBC void *realloc(void *block, size_t size) {
    if (!block) return malloc(size);
    size_t room = ((size_t)1 << *(unsigned *)((char *)block - 16)) - 16;
    if (size <= room) return block;
    void *moved = malloc(size);
    if (!moved) return NULL;
    memcpy(moved, block, room);
    free(block);
    return moved;
}

JAROS_LIBC _Noreturn void abort(void) { jaros_bug_("abort", jaros_cat_fixed("abort was called"), NULL, 0); }

_Noreturn void jaros_assert_failed(const char *condition, const char *file, int line) {
    jaros_bug_("assertion failed", jaros_str_of(condition), file, line);
}

#endif
