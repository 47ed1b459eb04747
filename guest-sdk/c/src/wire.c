// The bindings' texts as the SDK's, and the other way round.
//
// Invariant: what the host gave has a NUL after it (arena.c). A host's no is the failure that waits; while one waits, nothing is asked.
// Doesn't know: what is asked for.
// Start at: jaros_in, jaros_out.

static jaros_str jaros_in_bytes(const uint8_t *ptr, size_t len) {
    return len ? (jaros_str){ (const char *)ptr, len } : (jaros_str){ "", 0 };
}

static jaros_str jaros_in(guest_imports_string_t text) { return jaros_in_bytes(text.ptr, text.len); }

static guest_imports_string_t jaros_out_unchecked(jaros_str text) {
    text = jaros_str_same(text);
    return (guest_imports_string_t){ (uint8_t *)(uintptr_t)text.ptr, text.len };
}

// A text that crosses must be one; bytes that are none are a bug, and would be a bare trap over there.
static guest_imports_string_t jaros_out(jaros_str text) {
    text = jaros_str_same(text);
    if (!jaros_is_utf8(text)) jaros_bug_("text", jaros_cat_fixed("bytes that aren't UTF-8 can't be a text"), NULL, 0);
    return jaros_out_unchecked(text);
}

static guest_imports_list_u8_t jaros_out_bytes(jaros_str bytes) {
    guest_imports_string_t out = jaros_out_unchecked(bytes);
    return (guest_imports_list_u8_t){ out.ptr, out.len };
}

static void jaros_host_said_no(const jaros_plugin_types_error_t *error) {
    jaros_fail_with(jaros_in(error->code), jaros_in(error->message), true);
}

// What the host gave as JSON.
static jaros_json jaros_in_json(guest_imports_string_t text, const char *whence) {
    return jaros_parse_(jaros_in(text), whence);
}
