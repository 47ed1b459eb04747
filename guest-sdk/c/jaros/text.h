// Texts, and the values that texts, objects and lists are made of.
//
// Invariant: a text is UTF-8 of `len` bytes with a NUL after them, so that `.ptr` may be given to what wants a C string. Bytes (files,
// values of the store) are kept the same way and may be anything.
// Doesn't know: how to change a text: each function makes a new one.
// Start at: jaros_text_of, jaros_cat.
#ifndef JAROS_TEXT_H
#define JAROS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// In C11 `true` is the int 1, and would be written as the number 1.
#if !defined(__STDC_VERSION__) || __STDC_VERSION__ < 202311L
#undef true
#undef false
#define true ((bool)1)
#define false ((bool)0)
#endif

typedef struct jaros_str {
    const char *ptr;
    size_t len;
} jaros_str;

// A JSON value; see json.h.
typedef struct jaros_node *jaros_json;

// Memory of the call's own: zeroed, aligned to 16, never NULL (a call without memory left ends), never given back.
void *jaros_alloc(size_t size);

// Where a text is wanted, a jaros_str will do, and a C string.
#define JAROS_STR(text) _Generic((text), jaros_str: jaros_str_same, char *: jaros_str_of, const char *: jaros_str_of)(text)

// Where a value is wanted, these will do: a jaros_json, a text, a bool (a comparison is an int: write `(bool)(a == b)`), any number.
#define JAROS_VALUE(value)            \
    _Generic((value),                 \
        jaros_json: jaros_same,       \
        jaros_str: jaros_from_text,   \
        char *: jaros_from_chars,     \
        const char *: jaros_from_chars, \
        bool: jaros_from_bool,        \
        signed char: jaros_from_int,  \
        unsigned char: jaros_from_int, \
        short: jaros_from_int,        \
        unsigned short: jaros_from_int, \
        int: jaros_from_int,          \
        unsigned: jaros_from_int,     \
        long: jaros_from_int,         \
        unsigned long: jaros_from_unsigned, \
        long long: jaros_from_int,    \
        unsigned long long: jaros_from_unsigned, \
        float: jaros_from_number,     \
        double: jaros_from_number)(value)

// One text of several values: jaros_cat("there are ", n, " words in ", title).
#define jaros_cat(...) jaros_cat_(JAROS_LIST(__VA_ARGS__))

bool jaros_str_eq_(jaros_str a, jaros_str b);
// Whether two texts are the same, byte for byte.
#define jaros_eq(a, b) jaros_str_eq_(JAROS_STR(a), JAROS_STR(b))

bool jaros_starts_(jaros_str text, jaros_str start);
#define jaros_starts_with(text, start) jaros_starts_(JAROS_STR(text), JAROS_STR(start))

// A part of a text, as a text of its own. Out of its bounds is a bug, and ends the call.
jaros_str jaros_slice_(jaros_str text, size_t from, size_t to, const char *file, int line);
#define jaros_slice(text, from, to) jaros_slice_(JAROS_STR(text), from, to, JAROS_FILE, __LINE__)

// The character at `*at`, and `*at` behind it: for (size_t at = 0; at < text.len;) … jaros_next(text, &at). Bytes that are none count as U+FFFD.
#define jaros_next(text, at) jaros_next_(JAROS_STR(text), at, JAROS_FILE, __LINE__)
// White space as Unicode has it.
bool jaros_is_space(uint32_t character);

// A copy of so many bytes.
jaros_str jaros_copy(const void *bytes, size_t len);
bool jaros_is_utf8(jaros_str bytes);

#ifdef __FILE_NAME__
#define JAROS_FILE __FILE_NAME__
#else
#define JAROS_FILE __FILE__
#endif

// ---- What the macros are made of; not for authors.

uint32_t jaros_next_(jaros_str text, size_t *at, const char *file, int line);
jaros_str jaros_str_of(const char *text);
jaros_str jaros_str_same(jaros_str text);
jaros_json jaros_same(jaros_json value);
jaros_json jaros_from_text(jaros_str text);
jaros_json jaros_from_chars(const char *text);
jaros_json jaros_from_bool(bool value);
jaros_json jaros_from_int(long long value);
jaros_json jaros_from_unsigned(unsigned long long value);
jaros_json jaros_from_number(double value);
jaros_str jaros_cat_(size_t count, const jaros_json *values);

// JAROS_LIST(a, b, …): how many values, and an array of them. At most 32.
#define JAROS_LIST(...) JAROS_COUNT(__VA_ARGS__), (const jaros_json[]){ JAROS_VALUES(__VA_ARGS__) }
#define JAROS_COUNT(...)                                                                                               \
    JAROS_PICK(__VA_ARGS__, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, \
               6, 5, 4, 3, 2, 1, 0)
#define JAROS_VALUES(...)                                                                                              \
    JAROS_PICK(__VA_ARGS__, JAROS_V32, JAROS_V31, JAROS_V30, JAROS_V29, JAROS_V28, JAROS_V27, JAROS_V26, JAROS_V25,   \
               JAROS_V24, JAROS_V23, JAROS_V22, JAROS_V21, JAROS_V20, JAROS_V19, JAROS_V18, JAROS_V17, JAROS_V16,     \
               JAROS_V15, JAROS_V14, JAROS_V13, JAROS_V12, JAROS_V11, JAROS_V10, JAROS_V9, JAROS_V8, JAROS_V7,        \
               JAROS_V6, JAROS_V5, JAROS_V4, JAROS_V3, JAROS_V2, JAROS_V1, 0)                                         \
    (__VA_ARGS__)
#define JAROS_PICK(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, a1, b1, c1, d1, e1, f1, it, ...) it
#define JAROS_V1(a) JAROS_VALUE(a)
#define JAROS_V2(a, ...) JAROS_VALUE(a), JAROS_V1(__VA_ARGS__)
#define JAROS_V3(a, ...) JAROS_VALUE(a), JAROS_V2(__VA_ARGS__)
#define JAROS_V4(a, ...) JAROS_VALUE(a), JAROS_V3(__VA_ARGS__)
#define JAROS_V5(a, ...) JAROS_VALUE(a), JAROS_V4(__VA_ARGS__)
#define JAROS_V6(a, ...) JAROS_VALUE(a), JAROS_V5(__VA_ARGS__)
#define JAROS_V7(a, ...) JAROS_VALUE(a), JAROS_V6(__VA_ARGS__)
#define JAROS_V8(a, ...) JAROS_VALUE(a), JAROS_V7(__VA_ARGS__)
#define JAROS_V9(a, ...) JAROS_VALUE(a), JAROS_V8(__VA_ARGS__)
#define JAROS_V10(a, ...) JAROS_VALUE(a), JAROS_V9(__VA_ARGS__)
#define JAROS_V11(a, ...) JAROS_VALUE(a), JAROS_V10(__VA_ARGS__)
#define JAROS_V12(a, ...) JAROS_VALUE(a), JAROS_V11(__VA_ARGS__)
#define JAROS_V13(a, ...) JAROS_VALUE(a), JAROS_V12(__VA_ARGS__)
#define JAROS_V14(a, ...) JAROS_VALUE(a), JAROS_V13(__VA_ARGS__)
#define JAROS_V15(a, ...) JAROS_VALUE(a), JAROS_V14(__VA_ARGS__)
#define JAROS_V16(a, ...) JAROS_VALUE(a), JAROS_V15(__VA_ARGS__)
#define JAROS_V17(a, ...) JAROS_VALUE(a), JAROS_V16(__VA_ARGS__)
#define JAROS_V18(a, ...) JAROS_VALUE(a), JAROS_V17(__VA_ARGS__)
#define JAROS_V19(a, ...) JAROS_VALUE(a), JAROS_V18(__VA_ARGS__)
#define JAROS_V20(a, ...) JAROS_VALUE(a), JAROS_V19(__VA_ARGS__)
#define JAROS_V21(a, ...) JAROS_VALUE(a), JAROS_V20(__VA_ARGS__)
#define JAROS_V22(a, ...) JAROS_VALUE(a), JAROS_V21(__VA_ARGS__)
#define JAROS_V23(a, ...) JAROS_VALUE(a), JAROS_V22(__VA_ARGS__)
#define JAROS_V24(a, ...) JAROS_VALUE(a), JAROS_V23(__VA_ARGS__)
#define JAROS_V25(a, ...) JAROS_VALUE(a), JAROS_V24(__VA_ARGS__)
#define JAROS_V26(a, ...) JAROS_VALUE(a), JAROS_V25(__VA_ARGS__)
#define JAROS_V27(a, ...) JAROS_VALUE(a), JAROS_V26(__VA_ARGS__)
#define JAROS_V28(a, ...) JAROS_VALUE(a), JAROS_V27(__VA_ARGS__)
#define JAROS_V29(a, ...) JAROS_VALUE(a), JAROS_V28(__VA_ARGS__)
#define JAROS_V30(a, ...) JAROS_VALUE(a), JAROS_V29(__VA_ARGS__)
#define JAROS_V31(a, ...) JAROS_VALUE(a), JAROS_V30(__VA_ARGS__)
#define JAROS_V32(a, ...) JAROS_VALUE(a), JAROS_V31(__VA_ARGS__)

#endif
