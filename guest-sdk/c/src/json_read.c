// JSON texts as values.
//
// Invariant: what is accepted is I-JSON (RFC 7493) as the host accepts it; what isn't is refused with the place where it stops being that.
// Doesn't know: what a value is for.
// Start at: jaros_parse_.

typedef struct {
    const char *start, *at, *end;
    // What is being read, for messages: `payload`, `JSON`.
    const char *whence;
    // What was wrong first, or NULL.
    const char *wrong;
} jaros_reader;

static jaros_json jaros_wrong(jaros_reader *reader, const char *what) {
    if (!reader->wrong) reader->wrong = what;
    return NULL;
}

static void jaros_skip_space(jaros_reader *reader) {
    while (reader->at < reader->end &&
           (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n' || *reader->at == '\r'))
        reader->at++;
}

static bool jaros_take(jaros_reader *reader, char wanted) {
    bool there = reader->at < reader->end && *reader->at == wanted;
    reader->at += there;
    return there;
}

static bool jaros_take_word(jaros_reader *reader, const char *word) {
    size_t len = strlen(word);
    bool there = (size_t)(reader->end - reader->at) >= len && memcmp(reader->at, word, len) == 0;
    if (there) reader->at += len;
    return there;
}

// Four hexadecimal digits, or −1.
static int32_t jaros_hex(jaros_reader *reader) {
    int32_t unit = 0;
    if (reader->end - reader->at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        char digit = *reader->at++;
        int value = digit >= '0' && digit <= '9'   ? digit - '0'
                    : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                    : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                   : -1;
        if (value < 0) return -1;
        unit = unit * 16 + value;
    }
    return unit;
}

static void jaros_add_character(jaros_builder *text, uint32_t c) {
    char bytes[4];
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, c >>= 6) bytes[i] = (char)(0x80 | (c & 0x3F));
    bytes[0] = (char)(len == 1 ? c : c | (0xF00u >> len & 0xFFu));
    jaros_add(text, bytes, len);
}

static bool jaros_read_escape(jaros_reader *reader, jaros_builder *text) {
    static const char plain[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    char escape = reader->at < reader->end ? *reader->at++ : 0;
    for (size_t i = 0; i + 1 < sizeof plain; i += 2)
        if (escape == plain[i]) return jaros_add(text, &plain[i + 1], 1), true;
    int32_t unit = escape == 'u' ? jaros_hex(reader) : -1;
    if (unit < 0) return jaros_wrong(reader, "an escape is none of JSON's"), false;
    if (unit >= 0xD800 && unit < 0xDC00 && jaros_take_word(reader, "\\u")) {
        int32_t low = jaros_hex(reader);
        if (low >= 0xDC00 && low < 0xE000)
            return jaros_add_character(text, 0x10000u + ((uint32_t)(unit - 0xD800) << 10) + (uint32_t)(low - 0xDC00)),
                   true;
    }
    if (unit >= 0xD800 && unit < 0xE000) return jaros_wrong(reader, "a lone surrogate is no character"), false;
    jaros_add_character(text, (uint32_t)unit);
    return true;
}

static jaros_str jaros_read_text(jaros_reader *reader) {
    jaros_builder text = { 0 };
    for (;;) {
        const char *from = reader->at;
        while (reader->at < reader->end && *reader->at != '"' && *reader->at != '\\' &&
               (unsigned char)*reader->at >= 0x20)
            reader->at++;
        jaros_add(&text, from, (size_t)(reader->at - from));
        if (jaros_take(reader, '"')) return jaros_built(&text);
        if (jaros_take(reader, '\\')
                ? !jaros_read_escape(reader, &text)
                : (jaros_wrong(reader, reader->at < reader->end ? "a control character stands in a text"
                                                                : "a text doesn't end"),
                   true))
            return (jaros_str){ "", 0 };
    }
}

static bool jaros_take_digits(jaros_reader *reader) {
    const char *from = reader->at;
    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9') reader->at++;
    return reader->at > from;
}

static jaros_json jaros_read_number(jaros_reader *reader) {
    const char *from = reader->at;
    jaros_take(reader, '-');
    bool good = jaros_take(reader, '0') || jaros_take_digits(reader);
    if (good && jaros_take(reader, '.')) good = jaros_take_digits(reader);
    if (good && (jaros_take(reader, 'e') || jaros_take(reader, 'E'))) {
        if (!jaros_take(reader, '+')) jaros_take(reader, '-');
        good = jaros_take_digits(reader);
    }
    if (!good) return jaros_wrong(reader, "this is no JSON");
    jaros_json node = jaros_node_of(JAROS_NUMBER);
    node->text = jaros_copy(from, (size_t)(reader->at - from));
    double value = jaros_double_of(node->text);
    if (value - value != 0) return jaros_wrong(reader, "a number is too large");
    // What would be printed as an integer that not every reader keeps exactly.
    double size = value < 0 ? -value : value;
    if (size > (double)JAROS_SAFE && size < 1e21)
        return jaros_wrong(reader, "an integer is beyond ±(2^53−1); write it as a text");
    return node;
}

static void jaros_sift(jaros_str *keys, size_t from, size_t len) {
    for (size_t child; (child = 2 * from + 1) < len; from = child) {
        if (child + 1 < len && jaros_compare(keys[child], keys[child + 1]) < 0) child++;
        if (jaros_compare(keys[from], keys[child]) >= 0) return;
        jaros_str larger = keys[child];
        keys[child] = keys[from];
        keys[from] = larger;
    }
}

// Whether a key stands there twice: a sorted copy of large objects, so that none takes long.
static bool jaros_repeats(jaros_json object) {
    size_t len = object->len;
    if (len < 12) {
        for (size_t i = 0; i < len; i++)
            for (size_t j = 0; j < i; j++)
                if (jaros_str_eq_(object->keys[i], object->keys[j])) return true;
        return false;
    }
    jaros_str *keys = jaros_alloc(len * sizeof *keys);
    memcpy(keys, object->keys, len * sizeof *keys);
    for (size_t i = len / 2; i-- > 0;) jaros_sift(keys, i, len);
    for (size_t i = len; i-- > 1;) {
        jaros_str last = keys[0];
        keys[0] = keys[i];
        keys[i] = last;
        jaros_sift(keys, 0, i);
    }
    for (size_t i = 1; i < len; i++)
        if (jaros_str_eq_(keys[i - 1], keys[i])) return true;
    return false;
}

static jaros_json jaros_read_value(jaros_reader *reader, int levels);

// Items, or keys and values, up to the closing bracket.
static jaros_json jaros_read_items(jaros_reader *reader, jaros_kind kind, int levels) {
    char close = kind == JAROS_OBJECT ? '}' : ']';
    jaros_json node = jaros_node_of(kind);
    if (levels == 0) return jaros_wrong(reader, "it nests over 64 levels");
    jaros_skip_space(reader);
    if (jaros_take(reader, close)) return node;
    do {
        jaros_str key = { "", 0 };
        jaros_skip_space(reader);
        if (kind == JAROS_OBJECT) {
            if (!jaros_take(reader, '"')) return jaros_wrong(reader, "a key is expected here");
            key = jaros_read_text(reader);
            jaros_skip_space(reader);
            if (!reader->wrong && !jaros_take(reader, ':')) jaros_wrong(reader, "a colon is expected here");
        }
        jaros_json value = reader->wrong ? NULL : jaros_read_value(reader, levels - 1);
        if (!value) return NULL;
        value->parent = node;
        value->key = key;
        value->index = node->len;
        jaros_append(node, kind == JAROS_OBJECT ? &key : NULL, value);
        jaros_skip_space(reader);
    } while (jaros_take(reader, ','));
    if (!jaros_take(reader, close))
        return jaros_wrong(reader,
                           kind == JAROS_OBJECT ? "a comma or } is expected here" : "a comma or ] is expected here");
    return kind == JAROS_OBJECT && jaros_repeats(node) ? jaros_wrong(reader, "a key stands twice in this object")
                                                       : node;
}

static jaros_json jaros_read_value(jaros_reader *reader, int levels) {
    jaros_skip_space(reader);
    jaros_json node;
    if (jaros_take(reader, '{')) node = jaros_read_items(reader, JAROS_OBJECT, levels);
    else if (jaros_take(reader, '[')) node = jaros_read_items(reader, JAROS_ARRAY, levels);
    else if (jaros_take(reader, '"')) node = jaros_from_text(jaros_read_text(reader));
    else if (jaros_take_word(reader, "true")) node = jaros_from_bool(true);
    else if (jaros_take_word(reader, "false")) node = jaros_from_bool(false);
    else if (jaros_take_word(reader, "null")) node = jaros_null();
    else if (reader->at == reader->end) node = jaros_wrong(reader, "it ends too early");
    else node = jaros_read_number(reader);
    if (!node || reader->wrong) return NULL;
    node->frozen = true;
    return node;
}

static void jaros_add_line_and_column(jaros_builder *text, const jaros_reader *reader) {
    size_t line = 1, column = 1;
    for (const char *at = reader->start; at < reader->at; at++)
        if (*at == '\n') line++, column = 1;
        else column++;
    jaros_add_chars(text, " at line ");
    jaros_add_unsigned(text, line);
    jaros_add_chars(text, " column ");
    jaros_add_unsigned(text, column);
}

jaros_json jaros_parse_(jaros_str source, const char *whence) {
    jaros_reader reader = { source.ptr, source.ptr, source.ptr + source.len, whence, NULL };
    size_t good = jaros_utf8_until(source);
    jaros_json value = NULL;
    if (good < source.len) {
        reader.at = source.ptr + good;
        jaros_wrong(&reader, "it isn't UTF-8");
    } else {
        value = jaros_read_value(&reader, JAROS_LEVELS);
        if (value) jaros_skip_space(&reader);
        if (value && reader.at < reader.end) value = jaros_wrong(&reader, "something stands after the value");
    }
    if (value) {
        value->whence = whence;
        return value;
    }
    if (!jaros_failed()) {
        jaros_builder text = { 0 };
        jaros_add_chars(&text, whence);
        jaros_add_chars(&text, ": ");
        jaros_add_chars(&text, reader.wrong);
        jaros_add_line_and_column(&text, &reader);
        jaros_fail_with(jaros_cat_fixed("invalid"), jaros_built(&text), false);
    }
    value = jaros_null();
    value->frozen = true;
    value->whence = whence;
    return value;
}
