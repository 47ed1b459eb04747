// What agents and tools have in common on their way out.
//
// Invariant: a call begins without a failure, and a failure that waits at its end is its outcome.
// Doesn't know: turns, plans, payloads.
// Start at: jaros_begin.

static void jaros_begin(void) { jaros_waiting.waits = false; }

// The version as a profile shows it.
static jaros_str jaros_meta(const char *version) {
    return version ? jaros_write(jaros_object("version", version)) : jaros_cat_fixed("{}");
}

// A schema as its author wrote it, checked here, so that a slip in it is a sentence.
static jaros_str jaros_schema(const char *schema) {
    if (!schema) return jaros_cat_fixed("{}");
    jaros_parse_(jaros_str_of(schema), "the schema");
    if (jaros_failed()) jaros_bug_("schema", jaros_waiting_words(), NULL, 0);
    return jaros_str_of(schema);
}
