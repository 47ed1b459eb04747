// Texts: made, compared, joined, checked.
//
// Invariant: a NUL stands after each, as in text.h.
// Doesn't know: JSON.
// Start at: jaros_copy.

// A text that is being built, for the SDK's own use.
typedef struct {
    char *ptr;
    size_t len, room;
} jaros_builder;

static void jaros_add(jaros_builder *text, const char *bytes, size_t len) {
    if (text->len + len + 1 > text->room) {
        size_t room = (text->len + len + 1) * 2;
        text->ptr = jaros_grow(text->ptr, text->room, room);
        text->room = room;
    }
    if (len) memcpy(text->ptr + text->len, bytes, len);
    text->len += len;
}

static void jaros_add_chars(jaros_builder *text, const char *chars) { jaros_add(text, chars, strlen(chars)); }

static jaros_str jaros_built(jaros_builder *text) {
    jaros_add(text, NULL, 0);
    text->ptr[text->len] = 0;
    return (jaros_str){ text->ptr, text->len };
}

// A C string that lasts, such as a literal, as a text.
static jaros_str jaros_cat_fixed(const char *text) { return (jaros_str){ text, strlen(text) }; }

jaros_str jaros_str_same(jaros_str text) { return text.ptr ? text : (jaros_str){ "", 0 }; }

jaros_str jaros_str_of(const char *text) { return text ? jaros_cat_fixed(text) : (jaros_str){ "", 0 }; }

jaros_str jaros_copy(const void *bytes, size_t len) {
    char *copy = jaros_alloc(len + 1);
    if (len) memcpy(copy, bytes, len);
    return (jaros_str){ copy, len };
}

bool jaros_str_eq_(jaros_str a, jaros_str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool jaros_starts_(jaros_str text, jaros_str start) {
    return text.len >= start.len && (start.len == 0 || memcmp(text.ptr, start.ptr, start.len) == 0);
}

static int jaros_compare(jaros_str a, jaros_str b) {
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static void jaros_add_unsigned(jaros_builder *text, unsigned long long value) {
    char digits[20];
    size_t first = sizeof digits;
    do digits[--first] = (char)('0' + value % 10);
    while (value /= 10);
    jaros_add(text, digits + first, sizeof digits - first);
}

jaros_str jaros_slice_(jaros_str text, size_t from, size_t to, const char *file, int line) {
    if (from > to || to > text.len) {
        jaros_builder what = { 0 };
        jaros_add_chars(&what, "bytes ");
        jaros_add_unsigned(&what, from);
        jaros_add_chars(&what, " to ");
        jaros_add_unsigned(&what, to);
        jaros_add_chars(&what, " of a text of ");
        jaros_add_unsigned(&what, text.len);
        jaros_bug_("out of bounds", jaros_built(&what), file, line);
    }
    return jaros_copy(text.ptr + from, to - from);
}

// The bytes of the well-formed character at `at`, or 0.
static size_t jaros_utf8_length(const unsigned char *at, size_t left) {
    unsigned char first = at[0];
    if (first < 0x80) return 1;
    size_t len = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || len > left) return 0;
    for (size_t i = 1; i < len; i++)
        if ((at[i] & 0xC0) != 0x80) return 0;
    // No overlong forms, no surrogates, nothing beyond U+10FFFF.
    if ((first == 0xE0 && at[1] < 0xA0) || (first == 0xED && at[1] > 0x9F)) return 0;
    if ((first == 0xF0 && at[1] < 0x90) || (first == 0xF4 && at[1] > 0x8F)) return 0;
    return len;
}

// How many bytes from the start are UTF-8.
static size_t jaros_utf8_until(jaros_str bytes) {
    size_t at = 0;
    while (at < bytes.len) {
        size_t len = jaros_utf8_length((const unsigned char *)bytes.ptr + at, bytes.len - at);
        if (len == 0) break;
        at += len;
    }
    return at;
}

bool jaros_is_utf8(jaros_str bytes) { return jaros_utf8_until(bytes) == bytes.len; }

uint32_t jaros_next_(jaros_str text, size_t *at, const char *file, int line) {
    if (*at >= text.len) jaros_bug_("out of bounds", jaros_cat_fixed("jaros_next at the end of a text"), file, line);
    const unsigned char *bytes = (const unsigned char *)text.ptr + *at;
    size_t len = jaros_utf8_length(bytes, text.len - *at);
    *at += len ? len : 1;
    if (len == 0) return 0xFFFD;
    if (len == 1) return bytes[0];
    uint32_t character = bytes[0] & (0xFFu >> (len + 1));
    for (size_t i = 1; i < len; i++) character = character << 6 | (bytes[i] & 0x3F);
    return character;
}

bool jaros_is_space(uint32_t c) {
    return (c >= 9 && c <= 13) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

// What can be shown of a text whatever is in it: for last words and diagnostics, which must not fail themselves.
static jaros_str jaros_lossy(jaros_str bytes) {
    if (jaros_is_utf8(bytes)) return bytes;
    jaros_builder text = { 0 };
    while (bytes.len) {
        size_t good = jaros_utf8_until(bytes);
        jaros_add(&text, bytes.ptr, good);
        if (good == bytes.len) break;
        jaros_add_chars(&text, "\xEF\xBF\xBD");
        bytes = (jaros_str){ bytes.ptr + good + 1, bytes.len - good - 1 };
    }
    return jaros_built(&text);
}
