// The failure that waits, and the last words of a bug.
//
// Invariant: the first failure stays; a bug doesn't return.
// Doesn't know: what the outcome is made of; export_tool.c and export_agent.c read jaros_waiting.
// Start at: jaros_failure_.

static struct {
    bool waits;
    // A host's failure shows its code, as in the other languages; an author's own is just its words.
    bool from_host;
    jaros_error error;
} jaros_waiting;

static void jaros_fail_with(jaros_str code, jaros_str message, bool from_host) {
    if (jaros_waiting.waits) return;
    jaros_waiting.waits = true;
    jaros_waiting.from_host = from_host;
    jaros_waiting.error = (jaros_error){ code, jaros_lossy(message) };
}

void *jaros_failure_(jaros_str message) {
    jaros_fail_with(jaros_cat_fixed("failed"), message, false);
    return NULL;
}

bool jaros_failed(void) { return jaros_waiting.waits; }

bool jaros_caught(jaros_error *error) {
    bool waited = jaros_waiting.waits;
    *error = waited ? jaros_waiting.error : (jaros_error){ { "", 0 }, { "", 0 } };
    jaros_waiting.waits = false;
    return waited;
}

// `refused: not granted`, or an author's own words.
static jaros_str jaros_error_words(const jaros_error *error, bool with_code) {
    if (!with_code) return error->message;
    jaros_builder text = { 0 };
    jaros_add(&text, error->code.ptr, error->code.len);
    jaros_add_chars(&text, ": ");
    jaros_add(&text, error->message.ptr, error->message.len);
    return jaros_built(&text);
}

static jaros_str jaros_waiting_words(void) { return jaros_error_words(&jaros_waiting.error, jaros_waiting.from_host); }

_Noreturn void jaros_bug_(const char *kind, jaros_str message, const char *file, int line) {
    // Where there is no memory left, there is none for these words.
    static char words[1024];
    size_t len = 0;
    char digits[12];
    size_t first = sizeof digits;
    for (int rest = line; rest > 0; rest /= 10) digits[--first] = (char)('0' + rest % 10);
    bool after = jaros_waiting.waits;
    const jaros_str parts[] = {
        jaros_str_of(kind),
        jaros_cat_fixed(": "),
        message,
        jaros_cat_fixed(file ? ", at " : ""),
        jaros_str_of(file),
        jaros_cat_fixed(file ? ":" : ""),
        { digits + first, file ? sizeof digits - first : 0 },
        // Code that goes on after a failure goes on with something empty: the failure may be why.
        jaros_cat_fixed(after ? ", after " : ""),
        after ? jaros_waiting.error.message : jaros_cat_fixed(""),
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (size_t byte = 0; byte < parts[i].len && len < sizeof words; byte++) words[len++] = parts[i].ptr[byte];
    // A character that the limit cut through goes.
    jaros_str said = { words, len };
    said.len = jaros_utf8_until(said);
    guest_imports_string_t wire = { (uint8_t *)words, said.len };
    jaros_plugin_panic_abort(&wire);
    __builtin_trap();
}
