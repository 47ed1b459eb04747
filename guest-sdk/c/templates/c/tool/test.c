#include "testing.h"

int main(void) {
    JAROS_TEST("it counts words and lines") {
        JAROS_EXPECT_JSON(jaros_test_execute(JAROS_JSON({"text": "two words\nand three more"})).result, {"words": 5, "lines": 2});
        JAROS_EXPECT_JSON(jaros_test_execute(JAROS_JSON({"text": ""})).result, {"words": 0, "lines": 0});
        JAROS_EXPECT_JSON(jaros_test_execute(JAROS_JSON({"text": "\n\n"})).result, {"words": 0, "lines": 2});
    }
    JAROS_TEST("a payload without text fails in words") {
        JAROS_EXPECT_TEXT(jaros_test_execute(JAROS_JSON({"words": 1})).error.message, "payload: text is missing");
    }
    return jaros_test_end();
}
