#include "testing.h"

int main(void) {
    JAROS_TEST("it greets and tells") {
        jaros_give_tool("greet", JAROS_JSON({"greeting": "Hello, Ada!"}));
        jaros_run run = jaros_test_run(JAROS_JSON({"name": "Ada"}));
        JAROS_EXPECT_JSON(run.decisions[0].payload, {"name": "Ada"});
        JAROS_EXPECT_JSON(run.outcome.result, {"told": "Hello, Ada!"});
    }
    JAROS_TEST("a greeting that fails fails the job") {
        jaros_give_tool_no("greet", "refused", "not today");
        jaros_run run = jaros_test_run(JAROS_JSON({"name": "Ada"}));
        JAROS_EXPECT_TEXT(run.outcome.error.message, "refused: not today");
    }
    return jaros_test_end();
}
