// Tells whether a file has changed since it was last asked about: what it looked like then lies in the tool's store.

#include "jaros.h"

static size_t words_of(jaros_str text) {
    size_t words = 0;
    bool inside = false;
    for (size_t at = 0; at < text.len;) {
        bool word = !jaros_is_space(jaros_next(text, &at));
        words += word && !inside;
        inside = word;
    }
    return words;
}

static jaros_json execute(jaros_json payload) {
    jaros_str path = jaros_text(payload, "path");
    jaros_str text = jaros_files_read_text(path);
    size_t words = words_of(text);
    jaros_json now = jaros_object("bytes", text.len, "words", words);
    jaros_json before = jaros_store_get_json(path);
    jaros_store_put_json(path, now);
    bool first = jaros_is_null(before);
    bool changed = !first && !jaros_same_json(before, now);
    return jaros_object("path", path, "words", words, "changed", changed, "first", first);
}

JAROS_TOOL(
    .description = "Tells whether a text file has changed since the last time.",
    .schema = JAROS_JSON({"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}),
    .execute = execute
)
