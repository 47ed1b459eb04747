// Counts the words of a text.

#include "jaros.h"

static jaros_json execute(jaros_json payload) {
    jaros_str text = jaros_text(payload, "text");
    size_t words = 0;
    bool inside = false;
    for (size_t at = 0; at < text.len;) {
        bool word = !jaros_is_space(jaros_next(text, &at));
        words += word && !inside;
        inside = word;
    }
    return jaros_object("words", words);
}

JAROS_TOOL(
    .description = "Counts the words of a text.",
    .schema = JAROS_JSON({"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}),
    .execute = execute
)
