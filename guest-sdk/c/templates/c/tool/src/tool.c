// Counts the words and lines of a text.

#include "jaros.h"

static jaros_json execute(jaros_json payload) {
    jaros_str text = jaros_text(payload, "text");
    size_t words = 0, lines = 0;
    bool in_word = false, in_line = false;
    for (size_t at = 0; at < text.len;) {
        uint32_t character = jaros_next(text, &at);
        bool word = !jaros_is_space(character), line = character != '\n';
        words += word && !in_word;
        lines += !in_line;
        in_word = word;
        in_line = line;
    }
    return jaros_object("words", words, "lines", lines);
}

JAROS_TOOL(
    .description = "Counts the words and lines of a text.",
    .schema = JAROS_JSON({"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}),
    .execute = execute
)
