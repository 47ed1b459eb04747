// Writes a brief of a text: the model summarises, `word.count` measures, the model shortens what is too long, and the agent `echo` gets the
// brief handed.

#include "jaros.h"

enum { WORDS_MAX = 20 };

static jaros_plan start(const jaros_turn *turn) {
    jaros_str summary = jaros_ask(jaros_cat("Summarise in one sentence: ", jaros_text(turn->input, "text")));
    return jaros_go_on(jaros_propose("word.count", jaros_object("text", summary)), "judge", jaros_object("summary", summary));
}

static jaros_plan judge(const jaros_turn *turn) {
    int64_t words = jaros_int(jaros_result(turn, 0), "words");
    jaros_str summary = jaros_text(turn->data, "summary");
    if (words > WORDS_MAX) summary = jaros_ask(jaros_cat("Shorten to at most ", (int)WORDS_MAX, " words: ", summary));
    jaros_json brief = jaros_object("summary", summary, "words", words);
    return jaros_go_on(jaros_submit_and_wait(jaros_empty_plan(), "echo", brief), "done", jaros_null());
}

static jaros_plan done(const jaros_turn *turn) { return jaros_finish(jaros_object("brief", jaros_result(turn, 0))); }

JAROS_AGENT(
    .description = "Has the model summarise a text in at most 20 words, and hands the summary on.",
    .schema = JAROS_JSON({"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}),
    .steps = JAROS_STEPS({ "start", start }, { "judge", judge }, { "done", done })
)
