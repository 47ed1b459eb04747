#include "testing.h"

int main(void) {
    JAROS_TEST("words are what white space parts") {
        JAROS_EXPECT_JSON(jaros_test_execute(JAROS_JSON({"text": "two words"})).result, {"words": 2});
        JAROS_EXPECT_JSON(jaros_test_execute(JAROS_JSON({"text": " \n\t"})).result, {"words": 0});
        JAROS_EXPECT_JSON(jaros_test_execute(JAROS_JSON({"text": "a\u00a0b\nc"})).result, {"words": 3});
    }
    return jaros_test_end();
}
