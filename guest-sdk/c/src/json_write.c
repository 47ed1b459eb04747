// JSON values as text.
//
// Invariant: what is written is I-JSON within the host's 64 levels; anything else is a bug of whoever made the value.
// Doesn't know: canonical form.
// Start at: jaros_write_.

enum { JAROS_LEVELS = 64 };

static void jaros_add_text(jaros_builder *text, jaros_str value) {
    if (!jaros_is_utf8(value)) jaros_bug_("JSON", jaros_cat_fixed("bytes that aren't UTF-8 can't be a text"), NULL, 0);
    jaros_add_chars(text, "\"");
    size_t from = 0;
    for (size_t at = 0; at < value.len; at++) {
        unsigned char byte = (unsigned char)value.ptr[at];
        if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
        jaros_add(text, value.ptr + from, at - from);
        from = at + 1;
        char escape[6] = { '\\', 'u', '0', '0', (char)('0' + (byte >> 4)), "0123456789abcdef"[byte & 15] };
        static const char plain[] = "\"\"\\\\\bb\ff\nn\rr\tt";
        size_t len = 6;
        for (size_t i = 0; i + 1 < sizeof plain; i += 2)
            if (byte == (unsigned char)plain[i]) escape[1] = plain[i + 1], len = 2;
        jaros_add(text, escape, len);
    }
    jaros_add(text, value.ptr + from, value.len - from);
    jaros_add_chars(text, "\"");
}

static void jaros_add_json(jaros_builder *text, jaros_json value, int levels) {
    switch (value->kind) {
    case JAROS_NULL: jaros_add_chars(text, "null"); return;
    case JAROS_BOOL: jaros_add_chars(text, value->truth ? "true" : "false"); return;
    case JAROS_NUMBER: jaros_add(text, value->text.ptr, value->text.len); return;
    case JAROS_TEXT: jaros_add_text(text, value->text); return;
    case JAROS_ARRAY:
    case JAROS_OBJECT: break;
    }
    bool object = value->kind == JAROS_OBJECT;
    if (levels == 0) jaros_bug_("JSON", jaros_cat_fixed("a value nests over 64 levels"), NULL, 0);
    jaros_add_chars(text, object ? "{" : "[");
    for (size_t i = 0; i < value->len; i++) {
        if (i) jaros_add_chars(text, ",");
        if (object) {
            jaros_add_text(text, value->keys[i]);
            jaros_add_chars(text, ":");
        }
        jaros_add_json(text, value->items[i], levels - 1);
    }
    jaros_add_chars(text, object ? "}" : "]");
}

jaros_str jaros_write_(jaros_json value) {
    jaros_builder text = { 0 };
    jaros_add_json(&text, jaros_same(value), JAROS_LEVELS);
    return jaros_built(&text);
}

// A value in a message: lists and objects by their kind, long texts by their beginning.
static void jaros_add_short(jaros_builder *text, jaros_json value) {
    enum { SHOWN = 40 };
    if (value->kind == JAROS_ARRAY || value->kind == JAROS_OBJECT) {
        jaros_add_chars(text, value->kind == JAROS_ARRAY ? "a list" : "an object");
        return;
    }
    if (value->text.len <= SHOWN) {
        jaros_add_json(text, value, 0);
        return;
    }
    jaros_str cut = { value->text.ptr, SHOWN };
    jaros_add_chars(text, value->kind == JAROS_TEXT ? "\"" : "");
    jaros_add(text, cut.ptr, jaros_utf8_until(cut));
    jaros_add_chars(text, "…");
}

jaros_str jaros_cat_(size_t count, const jaros_json *values) {
    jaros_builder text = { 0 };
    for (size_t i = 0; i < count; i++) {
        if (values[i]->kind == JAROS_TEXT) jaros_add(&text, values[i]->text.ptr, values[i]->text.len);
        else jaros_add_json(&text, values[i], JAROS_LEVELS);
    }
    return jaros_built(&text);
}

bool jaros_same_json(jaros_json a, jaros_json b) {
    a = jaros_same(a), b = jaros_same(b);
    if (a->kind != b->kind || a->len != b->len) return false;
    if (a->kind == JAROS_BOOL) return a->truth == b->truth;
    if (a->kind == JAROS_TEXT) return jaros_str_eq_(a->text, b->text);
    if (a->kind == JAROS_NUMBER) return jaros_double_of(a->text) == jaros_double_of(b->text);
    for (size_t i = 0; i < a->len; i++) {
        jaros_json other = a->kind == JAROS_OBJECT ? jaros_found(b, a->keys[i]) : b->items[i];
        if (!other || !jaros_same_json(a->items[i], other)) return false;
    }
    return true;
}
