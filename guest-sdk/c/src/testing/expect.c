// Tests as they are told: what was expected, and the count at the end.
//
// Invariant: a test that expected nothing has failed, and so has a run without a test.
// Doesn't know: what is tested.
// Start at: jaros_test_begin_.

static struct {
    const char *name;
    bool runs, failed;
    unsigned expected, passed, all;
} jaros_telling;

jaros_json jaros_json_of(const char *text) {
    bool waited = jaros_waiting.waits;
    jaros_waiting.waits = false;
    jaros_json value = jaros_parse_(jaros_str_of(text), "the test's JSON");
    if (jaros_failed()) {
        fprintf(stderr, "%s: %s\n", jaros_waiting.error.message.ptr, text);
        exit(2);
    }
    jaros_waiting.waits = waited;
    return value;
}

void jaros_test_begin_(const char *name) {
    jaros_forget_memory();
    jaros_waiting.waits = false;
    jaros_world_begin();
    jaros_telling.name = name;
    jaros_telling.runs = true;
    jaros_telling.failed = false;
    jaros_telling.expected = 0;
}

bool jaros_test_goes_(void) { return jaros_telling.runs; }

void jaros_test_done_(void) {
    if (jaros_telling.expected == 0) {
        printf("      it expects nothing\n");
        jaros_telling.failed = true;
    }
    printf("%s  %s\n", jaros_telling.failed ? "FAIL" : "ok  ", jaros_telling.name);
    jaros_telling.runs = false;
    jaros_telling.all++;
    jaros_telling.passed += !jaros_telling.failed;
}

int jaros_test_end(void) {
    jaros_forget_memory();
    printf("%u passed, %u failed\n", jaros_telling.passed, jaros_telling.all - jaros_telling.passed);
    return jaros_telling.all == 0 || jaros_telling.passed < jaros_telling.all;
}

void jaros_expect_(bool holds, const char *what, jaros_str detail, const char *file, int line) {
    jaros_telling.expected++;
    if (holds) return;
    jaros_telling.failed = true;
    printf("      %s:%d: %s%s%s\n", file, line, what, detail.len ? "\n" : "", detail.ptr);
}

static void jaros_expect_same(bool same, jaros_str actual, jaros_str expected, const char *what, const char *file,
                              int line) {
    jaros_str because = jaros_test_because();
    jaros_str detail = same ? jaros_cat_fixed("")
                            : jaros_cat("        is        ", actual, "\n        expected  ", expected,
                                        because.len ? "\n        the call  " : "", because);
    jaros_expect_(same, what, detail, file, line);
}

void jaros_expect_text_(jaros_str actual, jaros_str expected, const char *what, const char *file, int line) {
    jaros_expect_same(jaros_eq(actual, expected), actual, expected, what, file, line);
}

void jaros_expect_json_(jaros_json actual, jaros_json expected, const char *what, const char *file, int line) {
    jaros_expect_same(jaros_same_json(actual, expected), jaros_write(actual), jaros_write(expected), what, file, line);
}
