// The tool that every language has, so that a test can hold them against each other.

#include "jaros.h"

static unsigned calls = 0;

// A member's text, or "".
static jaros_str text_or_none(jaros_json payload, const char *name) {
    jaros_json member = jaros_get(payload, name);
    return jaros_is_text(member) ? jaros_as_text(member) : JAROS_STR("");
}

static jaros_json crash(void) {
    static const int list[1] = { 0 };
    volatile size_t beyond = 3;
    return jaros_value(list[beyond]);
}

static jaros_json spin(void) {
    for (volatile unsigned turns = 0;; turns = turns + 1 > 7 ? 0 : turns + 1) {}
}

static jaros_json grow(void) {
    for (;;) *(volatile char *)jaros_alloc(1 << 20) = 1;
}

static int recurse(volatile int depth) { return depth < 0 ? 0 : recurse(depth / 2) + depth; }

static jaros_json random_bytes(jaros_json payload) {
    jaros_str bytes = jaros_job_random((uint32_t)jaros_int(payload, "len"));
    jaros_json list = jaros_empty_array();
    for (size_t i = 0; i < bytes.len; i++) jaros_push(list, (unsigned char)bytes.ptr[i]);
    return jaros_object("bytes", list);
}

static jaros_json read(jaros_json payload) {
    jaros_error error;
    jaros_str text = jaros_files_read_text(text_or_none(payload, "path"));
    return jaros_caught(&error) ? jaros_object("code", error.code) : jaros_object("text", text);
}

static jaros_json store(jaros_json payload) {
    jaros_str key = text_or_none(payload, "key");
    jaros_json before = jaros_store_get_json(key);
    jaros_store_put_json(key, jaros_get(payload, "value"));
    return jaros_object("before", before);
}

static void validate(jaros_json payload) {
    if (jaros_eq(jaros_text(payload, "do"), "validate-no")) jaros_failure("the tool says no");
}

static jaros_json execute(jaros_json payload) {
    jaros_str what = jaros_text(payload, "do");
    if (jaros_eq(what, "echo")) return jaros_get(payload, "value");
    if (jaros_eq(what, "fail")) return jaros_failure(text_or_none(payload, "message"));
    if (jaros_eq(what, "crash")) return crash();
    if (jaros_eq(what, "spin")) return spin();
    if (jaros_eq(what, "grow")) return grow();
    if (jaros_eq(what, "recurse")) return jaros_value(recurse(1));
    if (jaros_eq(what, "time")) return jaros_object("ms", jaros_job_accepted_at_ms());
    if (jaros_eq(what, "random")) return random_bytes(payload);
    if (jaros_eq(what, "read")) return read(payload);
    if (jaros_eq(what, "store")) return store(payload);
    if (jaros_eq(what, "count")) return jaros_value(++calls);
    if (jaros_eq(what, "log")) {
        jaros_log(text_or_none(payload, "level"), text_or_none(payload, "message"));
        return jaros_null();
    }
    return jaros_failure("unknown: ", what);
}

JAROS_TOOL(
    .description = "Does what its payload says, as its siblings in other languages do.",
    .validate = validate,
    .execute = execute
)
