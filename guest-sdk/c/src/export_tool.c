// A tool's exports.
//
// Invariant: `execute` sees only what is JSON; a failure is the `err` of the result.
// Doesn't know: what the tool does.
// Start at: exports_jaros_plugin_action_execute.

static guest_tool_string_t jaros_tool_out(jaros_str text) {
    guest_imports_string_t out = jaros_out(text);
    return (guest_tool_string_t){ out.ptr, out.len };
}

void exports_jaros_plugin_action_describe(exports_jaros_plugin_action_profile_t *profile) {
    jaros_begin();
    profile->description = jaros_tool_out(jaros_str_of(jaros_the_tool.description));
    profile->schema = jaros_tool_out(jaros_schema(jaros_the_tool.schema));
    profile->meta = jaros_tool_out(jaros_meta(jaros_the_tool.version));
}

static jaros_json jaros_payload(const guest_tool_string_t *payload) {
    jaros_begin();
    return jaros_parse_(jaros_in_bytes(payload->ptr, payload->len), "payload");
}

// Whether nothing failed; else the words of what did.
static bool jaros_tool_done(guest_tool_string_t *error) {
    if (jaros_failed()) *error = jaros_tool_out(jaros_waiting_words());
    return !jaros_failed();
}

bool exports_jaros_plugin_action_validate(exports_jaros_plugin_action_json_t *text, guest_tool_string_t *error) {
    jaros_json payload = jaros_payload(text);
    if (!jaros_failed() && jaros_the_tool.validate) jaros_the_tool.validate(payload);
    return jaros_tool_done(error);
}

bool exports_jaros_plugin_action_execute(exports_jaros_plugin_action_json_t *text,
                                         exports_jaros_plugin_action_json_t *result, guest_tool_string_t *error) {
    jaros_json payload = jaros_payload(text);
    if (!jaros_the_tool.execute) jaros_bug_("tool", jaros_cat_fixed("JAROS_TOOL has no .execute"), NULL, 0);
    jaros_json value = jaros_failed() ? NULL : jaros_the_tool.execute(payload);
    if (!jaros_failed()) *result = jaros_tool_out(jaros_write(value));
    return jaros_tool_done(error);
}
