#include "testing.h"

static jaros_outcome look(const char *path) { return jaros_test_execute(jaros_object("path", path)); }

int main(void) {
    JAROS_TEST("a file is new, then the same, then changed") {
        jaros_give_store();
        jaros_give_file("data/a.txt", "two words");
        JAROS_EXPECT_JSON(look("data/a.txt").result, {"path": "data/a.txt", "words": 2, "changed": false, "first": true});
        JAROS_EXPECT_JSON(look("data/a.txt").result, {"path": "data/a.txt", "words": 2, "changed": false, "first": false});
        jaros_give_file("data/a.txt", "three words now");
        JAROS_EXPECT_JSON(look("data/a.txt").result, {"path": "data/a.txt", "words": 3, "changed": true, "first": false});
    }
    JAROS_TEST("what it may not read is refused") {
        jaros_give_store();
        jaros_give_readable("data");
        JAROS_EXPECT_TEXT(look("etc/passwd").error.message, "refused: there is no granted folder `etc`; granted: `data`");
    }
    return jaros_test_end();
}
