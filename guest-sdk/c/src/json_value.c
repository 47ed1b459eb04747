// JSON values: reading members and items, and making them.
//
// Invariant: a value that came (`frozen`) isn't changed; one that was made here may grow. Null stands for what isn't there, and knows where
// that would have been.
// Doesn't know: texts of JSON; json_read.c and json_write.c do.
// Start at: struct jaros_node.

struct jaros_node {
    jaros_kind kind;
    bool truth;
    // It was read, or is missing.
    bool frozen;
    bool missing;
    // A text, or a number's digits.
    jaros_str text;
    // Items; an object's members have keys beside them.
    jaros_json *items;
    jaros_str *keys;
    size_t len, room;
    // Where it stands, for a word on what doesn't fit: its parent and its key or index, and at the top what was read.
    jaros_json parent;
    jaros_str key;
    size_t index;
    const char *whence;
};

static jaros_json jaros_node_of(jaros_kind kind) {
    jaros_json node = jaros_alloc(sizeof *node);
    node->kind = kind;
    return node;
}

jaros_json jaros_null(void) { return jaros_node_of(JAROS_NULL); }
jaros_json jaros_empty_object(void) { return jaros_node_of(JAROS_OBJECT); }
jaros_json jaros_empty_array(void) { return jaros_node_of(JAROS_ARRAY); }

// What a function gives that failed before, or NULL that an author got from one, is null.
jaros_json jaros_same(jaros_json value) { return value ? value : jaros_null(); }

jaros_json jaros_from_text(jaros_str text) {
    jaros_json node = jaros_node_of(JAROS_TEXT);
    node->text = jaros_str_same(text);
    return node;
}

jaros_json jaros_from_chars(const char *text) { return jaros_from_text(jaros_str_of(text)); }

jaros_json jaros_from_bool(bool value) {
    jaros_json node = jaros_node_of(JAROS_BOOL);
    node->truth = value;
    return node;
}

static jaros_json jaros_digits(jaros_builder *digits) {
    jaros_json node = jaros_node_of(JAROS_NUMBER);
    node->text = jaros_built(digits);
    return node;
}

jaros_json jaros_from_int(long long value) {
    if (value > JAROS_SAFE || value < -JAROS_SAFE)
        jaros_bug_("number", jaros_cat_fixed("an integer beyond ±(2^53−1) can't cross as one; write it as a text"),
                   NULL, 0);
    jaros_builder digits = { 0 };
    jaros_add_int(&digits, value);
    return jaros_digits(&digits);
}

jaros_json jaros_from_unsigned(unsigned long long value) {
    return jaros_from_int(value > (unsigned long long)JAROS_SAFE ? JAROS_SAFE + 1 : (long long)value);
}

jaros_json jaros_from_number(double value) {
    if (!(value - value == 0))
        jaros_bug_("number", jaros_cat_fixed("an infinite number, or none (NaN), has no JSON"), NULL, 0);
    bool whole = value < 1e21 && value > -1e21 && (value > (double)JAROS_SAFE || value < (double)-JAROS_SAFE);
    if (whole) return jaros_from_int(JAROS_SAFE + 1);
    jaros_builder digits = { 0 };
    jaros_add_number(&digits, value);
    return jaros_digits(&digits);
}

static void jaros_append(jaros_json node, const jaros_str *key, jaros_json value) {
    if (node->len == node->room) {
        size_t room = node->room ? node->room * 2 : 4;
        node->items = jaros_grow(node->items, node->room * sizeof *node->items, room * sizeof *node->items);
        if (key) node->keys = jaros_grow(node->keys, node->room * sizeof *node->keys, room * sizeof *node->keys);
        node->room = room;
    }
    if (key) node->keys[node->len] = *key;
    node->items[node->len++] = value;
}

static void jaros_may_grow(jaros_json node, jaros_kind kind, const char *what) {
    if (node->frozen || node->kind != kind) jaros_bug_("JSON", jaros_str_of(what), NULL, 0);
}

jaros_json jaros_put_(jaros_json object, jaros_str key, jaros_json value) {
    object = jaros_same(object);
    if (jaros_failed() && object->kind != JAROS_OBJECT) return object;
    jaros_may_grow(object, JAROS_OBJECT,
                   "jaros_put needs an object that was made with jaros_object or jaros_empty_object");
    for (size_t i = 0; i < object->len; i++)
        if (jaros_str_eq_(object->keys[i], key)) {
            object->items[i] = value;
            return object;
        }
    jaros_append(object, &key, value);
    return object;
}

jaros_json jaros_push_(jaros_json list, jaros_json value) {
    list = jaros_same(list);
    if (jaros_failed() && list->kind != JAROS_ARRAY) return list;
    jaros_may_grow(list, JAROS_ARRAY, "jaros_push needs a list that was made with jaros_array or jaros_empty_array");
    jaros_append(list, NULL, value);
    return list;
}

jaros_json jaros_object_(size_t count, const jaros_json *values) {
    jaros_json object = jaros_empty_object();
    if (count % 2) jaros_bug_("JSON", jaros_cat_fixed("jaros_object takes keys and values in turn"), NULL, 0);
    for (size_t i = 0; i < count; i += 2) {
        if (values[i]->kind != JAROS_TEXT)
            jaros_bug_("JSON", jaros_cat_fixed("a key of jaros_object is no text"), NULL, 0);
        jaros_put_(object, values[i]->text, values[i + 1]);
    }
    return object;
}

jaros_json jaros_array_(size_t count, const jaros_json *values) {
    jaros_json list = jaros_empty_array();
    for (size_t i = 0; i < count; i++) jaros_append(list, NULL, values[i]);
    return list;
}

// ---- Reading

static jaros_json jaros_missing(jaros_json parent, jaros_str key) {
    jaros_json node = jaros_null();
    node->frozen = node->missing = true;
    node->parent = parent;
    node->key = key;
    return node;
}

static jaros_json jaros_found(jaros_json object, jaros_str key) {
    if (object && object->kind == JAROS_OBJECT)
        for (size_t i = 0; i < object->len; i++)
            if (jaros_str_eq_(object->keys[i], key)) return object->items[i];
    return NULL;
}

jaros_json jaros_get_(jaros_json object, jaros_str key) {
    object = jaros_same(object);
    jaros_json found = jaros_found(object, key);
    return found ? found : jaros_missing(object, key);
}

bool jaros_has_(jaros_json object, jaros_str key) { return jaros_found(object, key) != NULL; }

size_t jaros_len(jaros_json value) { return value ? value->len : 0; }
jaros_kind jaros_kind_of(jaros_json value) { return value ? value->kind : JAROS_NULL; }
bool jaros_is_null(jaros_json value) { return jaros_kind_of(value) == JAROS_NULL; }

// Whether there is an item of this index. After a failure there is nothing where there might have been something, and that is no bug.
static bool jaros_there(size_t index, size_t len, const char *of, const char *file, int line) {
    if (index < len) return true;
    if (jaros_failed()) return false;
    jaros_builder what = { 0 };
    jaros_add_chars(&what, "index ");
    jaros_add_unsigned(&what, index);
    jaros_add_chars(&what, of);
    jaros_add_unsigned(&what, len);
    jaros_bug_("out of bounds", jaros_built(&what), file, line);
}

jaros_json jaros_at_(jaros_json list, size_t index, const char *file, int line) {
    return jaros_there(index, jaros_len(list), " of a list of ", file, line) ? list->items[index] : jaros_null();
}

jaros_str jaros_key_(jaros_json object, size_t index, const char *file, int line) {
    size_t len = jaros_kind_of(object) == JAROS_OBJECT ? object->len : 0;
    return jaros_there(index, len, " of an object of ", file, line) ? object->keys[index] : (jaros_str){ "", 0 };
}

// `payload: list[2].name`, in front of what doesn't fit.
static void jaros_add_place(jaros_builder *text, jaros_json node) {
    if (!node->parent) {
        jaros_add_chars(text, node->whence ? node->whence : "JSON");
        return;
    }
    jaros_add_place(text, node->parent);
    jaros_add_chars(text, node->parent->parent ? "" : ": ");
    if (node->parent->kind == JAROS_ARRAY) {
        jaros_add_chars(text, "[");
        jaros_add_unsigned(text, node->index);
        jaros_add_chars(text, "]");
        return;
    }
    jaros_add_chars(text, node->parent->parent ? "." : "");
    jaros_add(text, node->key.ptr, node->key.len);
}

static void jaros_add_short(jaros_builder *text, jaros_json value);

static void jaros_misfit(jaros_json value, const char *wanted) {
    if (jaros_failed()) return;
    jaros_builder text = { 0 };
    jaros_json parent = value->missing ? value->parent : NULL;
    bool in_object = parent && (parent->missing || parent->kind == JAROS_OBJECT);
    jaros_add_place(&text, parent && !in_object ? parent : value);
    if (in_object) {
        jaros_add_chars(&text, " is missing");
    } else if (parent) {
        jaros_add_chars(&text, ": an object with ");
        jaros_add(&text, value->key.ptr, value->key.len);
        jaros_add_chars(&text, " is expected, not ");
        jaros_add_short(&text, parent);
    } else {
        jaros_add_chars(&text, ": ");
        jaros_add_chars(&text, wanted);
        jaros_add_chars(&text, " is expected, not ");
        jaros_add_short(&text, value);
    }
    jaros_fail_with(jaros_cat_fixed("invalid"), jaros_built(&text), false);
}

// The same for a language over this one, whose types know more than JSON's.
void jaros_misfit_(jaros_json value, jaros_str wanted) { jaros_misfit(value, jaros_copy(wanted.ptr, wanted.len).ptr); }

jaros_str jaros_as_text(jaros_json value) {
    value = jaros_same(value);
    if (value->kind == JAROS_TEXT) return value->text;
    jaros_misfit(value, "a text");
    return (jaros_str){ "", 0 };
}

double jaros_as_number(jaros_json value) {
    value = jaros_same(value);
    if (value->kind == JAROS_NUMBER) return jaros_double_of(value->text);
    jaros_misfit(value, "a number");
    return 0;
}

int64_t jaros_as_int(jaros_json value) {
    value = jaros_same(value);
    double number = value->kind == JAROS_NUMBER ? jaros_double_of(value->text) : 0.5;
    if (number >= (double)-JAROS_SAFE && number <= (double)JAROS_SAFE && number == (double)(int64_t)number)
        return (int64_t)number;
    jaros_misfit(value, "an integer");
    return 0;
}

bool jaros_as_bool(jaros_json value) {
    value = jaros_same(value);
    if (value->kind == JAROS_BOOL) return value->truth;
    jaros_misfit(value, "true or false");
    return false;
}

jaros_json jaros_as_list(jaros_json value) {
    value = jaros_same(value);
    if (value->kind == JAROS_ARRAY) return value;
    jaros_misfit(value, "a list");
    return jaros_empty_array();
}

jaros_json jaros_as_something(jaros_json value) {
    value = jaros_same(value);
    if (value->missing) jaros_misfit(value, "a value");
    return value;
}
