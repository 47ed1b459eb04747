#include "testing.h"

static jaros_outcome echo(jaros_json input) { return jaros_ok(input); }

static jaros_run run_with(int words) {
    jaros_give_model_text("a summary");
    jaros_give_model_text("a shorter one");
    jaros_give_tool("word.count", jaros_object("words", words));
    jaros_give_agent_does("echo", echo);
    return jaros_test_run(JAROS_JSON({"text": "A long story."}));
}

static jaros_str asked(size_t call) {
    return jaros_text(jaros_at(jaros_get(jaros_at(jaros_test_asked(), call), "messages"), 0), "content");
}

int main(void) {
    JAROS_TEST("a short summary is handed on as it is") {
        jaros_run run = run_with(20);
        JAROS_EXPECT_JSON(run.outcome.result, {"brief": {"summary": "a summary", "words": 20}});
        JAROS_EXPECT(run.len == 3 && jaros_len(jaros_test_asked()) == 1);
        JAROS_EXPECT_TEXT(asked(0), "Summarise in one sentence: A long story.");
    }
    JAROS_TEST("a long summary is shortened once") {
        jaros_run run = run_with(21);
        JAROS_EXPECT_JSON(run.outcome.result, {"brief": {"summary": "a shorter one", "words": 21}});
        JAROS_EXPECT_TEXT(asked(1), "Shorten to at most 20 words: a summary");
    }
    return jaros_test_end();
}
