// JSON: tables of what is read and what is refused, numbers at their edges, and what is written.
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "testing.h"

// What is refused, and the beginning of why.
static const struct {
    const char *text, *why;
} bad[] = {
    { "", "JSON: it ends too early at line 1 column 1" },
    { " ", "JSON: it ends too early" },
    { "nul", "JSON: this is no JSON" },
    { "nulll", "JSON: something stands after the value at line 1 column 5" },
    { "[1,]", "JSON: this is no JSON at line 1 column 4" },
    { "[1 2]", "JSON: a comma or ] is expected here at line 1 column 4" },
    { "[", "JSON: it ends too early" },
    { "{\"a\":1,}", "JSON: a key is expected here" },
    { "{\"a\" 1}", "JSON: a colon is expected here" },
    { "{\"a\":1 \"b\":2}", "JSON: a comma or } is expected here" },
    { "{a:1}", "JSON: a key is expected here" },
    { "{\"a\":1,\"b\":2,\"a\":3}", "JSON: a key stands twice in this object" },
    { "{\"a\":1,\"\\u0061\":3}", "JSON: a key stands twice in this object" },
    { "{\"k1\":0,\"k2\":0,\"k3\":0,\"k4\":0,\"k5\":0,\"k6\":0,\"k7\":0,\"k8\":0,\"k9\":0,\"k10\":0,\"k11\":0,\"k12\":0,\"k3\":1}",
      "JSON: a key stands twice in this object" },
    { "\"", "JSON: a text doesn't end" },
    { "\"a\\", "JSON: an escape is none of JSON's" },
    { "\"\\x\"", "JSON: an escape is none of JSON's" },
    { "\"\\u12\"", "JSON: an escape is none of JSON's" },
    { "\"\\u12g4\"", "JSON: an escape is none of JSON's" },
    { "\"\\ud800\"", "JSON: a lone surrogate is no character" },
    { "\"\\ud800x\"", "JSON: a lone surrogate is no character" },
    { "\"\\ud800\\u0041\"", "JSON: a lone surrogate is no character" },
    { "\"\\udc00\"", "JSON: a lone surrogate is no character" },
    { "\"a\nb\"", "JSON: a control character stands in a text at line 1 column 3" },
    { "\xEF\xBB\xBF{}", "JSON: this is no JSON" },
    { "\"\xFF\"", "JSON: it isn't UTF-8 at line 1 column 2" },
    { "\"\xC0\x80\"", "JSON: it isn't UTF-8" },
    { "\"\xED\xA0\x80\"", "JSON: it isn't UTF-8" },
    { "\"\xF4\x90\x80\x80\"", "JSON: it isn't UTF-8" },
    { "\"\xE2\x82\"", "JSON: it isn't UTF-8" },
    { "01", "JSON: something stands after the value" },
    { "-", "JSON: this is no JSON" },
    { "+1", "JSON: this is no JSON" },
    { ".5", "JSON: this is no JSON" },
    { "1.", "JSON: this is no JSON" },
    { "1e", "JSON: this is no JSON" },
    { "0x10", "JSON: something stands after the value" },
    { "NaN", "JSON: this is no JSON" },
    { "1e309", "JSON: a number is too large" },
    { "1e999999999999", "JSON: a number is too large" },
    { "9007199254740992", "JSON: an integer is beyond" },
    { "-9007199254740992", "JSON: an integer is beyond" },
    { "12345678901234567890", "JSON: an integer is beyond" },
    { "1e20", "JSON: an integer is beyond" },
    { "[\n\n  tru]", "JSON: this is no JSON at line 3 column 3" },
};

// What is read, and how it is written again.
static const struct {
    const char *text, *again;
} good[] = {
    { "null", "null" },
    { " [ true , false ] ", "[true,false]" },
    { "{\"b\":1,\"a\":[{}]}", "{\"b\":1,\"a\":[{}]}" },
    { "\"\\u0041\\n\\/\\\"\\\\\\b\\f\\r\\t\"", "\"A\\n/\\\"\\\\\\b\\f\\r\\t\"" },
    { "\"\\u0000\\u001f\\u007f\"", "\"\\u0000\\u001f\x7f\"" },
    { "\"\\ud83d\\ude00 \\u20ac \\u00e9\"", "\"\xF0\x9F\x98\x80 \xE2\x82\xAC \xC3\xA9\"" },
    { "\"\xF0\x9F\x98\x80\"", "\"\xF0\x9F\x98\x80\"" },
    { "\"\\uDBFF\\uDFFF\"", "\"\xF4\x8F\xBF\xBF\"" },
    { "9007199254740991", "9007199254740991" },
    { "-9007199254740991", "-9007199254740991" },
    { "-0", "-0" },
    { "1E+2", "1E+2" },
    { "0.1", "0.1" },
    { "1e300", "1e300" },
    { "5e-324", "5e-324" },
    { "1e-999", "1e-999" },
    { "{\"\":0}", "{\"\":0}" },
    { "{\"k1\":0,\"k2\":0,\"k3\":0,\"k4\":0,\"k5\":0,\"k6\":0,\"k7\":0,\"k8\":0,\"k9\":0,\"k10\":0,\"k11\":0,\"k12\":0,\"k13\":1}",
      "{\"k1\":0,\"k2\":0,\"k3\":0,\"k4\":0,\"k5\":0,\"k6\":0,\"k7\":0,\"k8\":0,\"k9\":0,\"k10\":0,\"k11\":0,\"k12\":0,\"k13\":1}" },
};

// Texts whose nearest double is hard to find, and doubles that are hard to write.
static const char *const numbers[] = {
    "0.1", "0.3", "2.5", "1e22", "1e23", "8.5e-7", "1.7976931348623157e308", "2.2250738585072014e-308", "2.2250738585072011e-308",
    "4.9406564584124654e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "9007199254740993.5", "123456789012345.678", "0.000001", "1e-7", "1e21",
    "123e-20", "3.141592653589793238462643383279502884197", "6.02214076e23", "1.00000000000000011102230246251565404236316680908203125",
    "1.00000000000000011102230246251565404236316680908203124", "1.00000000000000011102230246251565404236316680908203126",
    "179769313486231580793728971405301e276", "0.500000000000000166533453693773481063544750213623046875", "5e-324", "-1.5", "-0.0",
};

static jaros_str nested(int levels) {
    char *out = jaros_alloc((size_t)levels * 8);
    size_t len = 0;
    for (int i = 0; i < levels; i++) {
        const char *open = i % 2 ? "{\"a\":" : "[";
        memcpy(out + len, open, strlen(open));
        len += strlen(open);
    }
    out[len++] = '1';
    for (int i = levels - 1; i >= 0; i--) out[len++] = i % 2 ? '}' : ']';
    return jaros_copy(out, len);
}

static void reads_and_refuses(void) {
    jaros_error error;
    JAROS_TEST("what is no I-JSON is refused with its place") {
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
            jaros_json value = jaros_parse(bad[i].text);
            JAROS_EXPECT(jaros_is_null(value));
            JAROS_EXPECT(jaros_caught(&error));
            JAROS_EXPECT_TEXT(error.code, "invalid");
            if (!jaros_starts_with(error.message, bad[i].why)) JAROS_EXPECT_TEXT(error.message, bad[i].why);
        }
    }
    JAROS_TEST("what is I-JSON comes through") {
        for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
            JAROS_EXPECT_TEXT(jaros_write(jaros_parse(good[i].text)), good[i].again);
            if (jaros_caught(&error)) JAROS_EXPECT_TEXT(error.message, good[i].text);
        }
    }
    JAROS_TEST("64 levels are read and written, 65 aren't") {
        jaros_str deep = nested(64);
        JAROS_EXPECT_TEXT(jaros_write(jaros_parse(deep)), deep);
        JAROS_EXPECT(!jaros_failed());
        jaros_parse(nested(65));
        JAROS_EXPECT(jaros_caught(&error));
        JAROS_EXPECT(jaros_starts_with(error.message, "JSON: it nests over 64 levels"));
    }
    JAROS_TEST("every cut of a text is refused, and none is read beyond") {
        const char *text = "{\"a\":[1.5e3,\"\\ud83d\\ude00\xE2\x82\xAC\",true,null],\"b\":{}}";
        for (size_t len = 0; len < strlen(text); len++) {
            // In a block of its very size, so that a sanitizer sees a byte too many.
            char *block = malloc(len ? len : 1);
            memcpy(block, text, len);
            jaros_parse(((jaros_str){ block, len }));
            JAROS_EXPECT(jaros_caught(&error));
            free(block);
        }
    }
}

static void keeps_numbers(void) {
    JAROS_TEST("numbers are the nearest doubles, and are written so that they read back") {
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
            bool integer_too_large = jaros_starts_with(numbers[i], "9007") || jaros_starts_with(numbers[i], "1797693134862315807");
            double expected = strtod(numbers[i], NULL);
            if (integer_too_large && expected < 1e21) continue;
            double value = jaros_as_number(jaros_parse(numbers[i]));
            JAROS_EXPECT(!jaros_failed());
            if (memcmp(&value, &expected, sizeof value) != 0 && value != expected) JAROS_EXPECT_TEXT(numbers[i], "the nearest double");
            jaros_str again = jaros_write(value);
            if (strtod(again.ptr, NULL) != expected) JAROS_EXPECT_TEXT(again, numbers[i]);
        }
    }
    JAROS_TEST("random doubles read back, in as few digits as that takes") {
        uint64_t state = 88172645463325252u;
        for (int i = 0; i < 3000; i++) {
            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            double value;
            memcpy(&value, &state, sizeof value);
            if (value - value != 0 || (value > 9007199254740991 && value < 1e21) || (value < -9007199254740991 && value > -1e21)) continue;
            jaros_str text = jaros_write(value);
            char shortest[40];
            int digits = 1;
            do snprintf(shortest, sizeof shortest, "%.*e", digits - 1, value);
            while (digits++ < 17 && strtod(shortest, NULL) != value);
            if (strtod(text.ptr, NULL) != value || jaros_as_number(jaros_parse(text)) != value) JAROS_EXPECT_TEXT(text, shortest);
            JAROS_EXPECT(text.len <= strlen(shortest) + 8);
        }
    }
    JAROS_TEST("numbers are written in the usual way") {
        const struct { double value; const char *text; } table[] = {
            { 0.1, "0.1" }, { 1.5, "1.5" }, { 100, "100" }, { -2.5, "-2.5" }, { 0.000001, "0.000001" }, { 1e-9, "1e-9" }, { 1.25e-9, "1.25e-9" }, { 1e21, "1e+21" },
            { 1.5e300, "1.5e+300" }, { 123.456, "123.456" }, { DBL_MIN, "2.2250738585072014e-308" }, { 5e-324, "5e-324" }, { DBL_MAX, "1.7976931348623157e+308" },
        };
        for (size_t i = 0; i < sizeof table / sizeof *table; i++) JAROS_EXPECT_TEXT(jaros_write(table[i].value), table[i].text);
        JAROS_EXPECT_TEXT(jaros_write((size_t)9007199254740991), "9007199254740991");
        JAROS_EXPECT_TEXT(jaros_write(-9007199254740991), "-9007199254740991");
    }
    JAROS_TEST("an integer is one whatever its digits look like") {
        JAROS_EXPECT(jaros_as_int(jaros_parse("3.0")) == 3);
        JAROS_EXPECT(jaros_as_int(jaros_parse("12e2")) == 1200);
        JAROS_EXPECT(jaros_as_int(jaros_parse("-9007199254740991")) == -9007199254740991);
        JAROS_EXPECT(!jaros_failed());
        jaros_error error;
        jaros_as_int(jaros_parse("3.5"));
        JAROS_EXPECT(jaros_caught(&error));
        JAROS_EXPECT_TEXT(error.message, "JSON: an integer is expected, not 3.5");
    }
}

static void says_where(void) {
    JAROS_TEST("what doesn't fit says where") {
        jaros_json value = jaros_parse("{\"user\":{\"tags\":[\"a\",7],\"name\":\"a text that is longer than what is shown of it in a message\"}}");
        jaros_json user = jaros_get(value, "user");
        jaros_error error;
        jaros_as_text(jaros_at(jaros_list(user, "tags"), 1));
        JAROS_EXPECT(jaros_caught(&error));
        JAROS_EXPECT_TEXT(error.message, "JSON: user.tags[1]: a text is expected, not 7");
        jaros_int(jaros_get(user, "age"), "years");
        JAROS_EXPECT(jaros_caught(&error));
        JAROS_EXPECT_TEXT(error.message, "JSON: user.age.years is missing");
        jaros_bool(user, "name");
        JAROS_EXPECT(jaros_caught(&error));
        JAROS_EXPECT_TEXT(error.message, "JSON: user.name: true or false is expected, not \"a text that is longer than what is shown…");
        jaros_list(value, "user");
        JAROS_EXPECT(jaros_caught(&error));
        JAROS_EXPECT_TEXT(error.message, "JSON: user: a list is expected, not an object");
    }
    JAROS_TEST("the first failure stays") {
        jaros_error error;
        jaros_failure("first: ", 1);
        jaros_failure("second");
        JAROS_EXPECT(jaros_caught(&error));
        JAROS_EXPECT_TEXT(error.message, "first: 1");
        JAROS_EXPECT(!jaros_caught(&error));
    }
}

static void makes(void) {
    JAROS_TEST("values are made in one expression") {
        const char *chars = "c";
        bool truth = true;
        jaros_json value = jaros_object("text", "a", "str", jaros_cat("b", 1, true), "chars", chars, "truth", truth, "size", sizeof(char), "half", 0.5f,
                                        "list", jaros_array(1, "x", jaros_null(), jaros_array(jaros_empty_object())));
        JAROS_EXPECT_TEXT(jaros_write(value), "{\"text\":\"a\",\"str\":\"b1true\",\"chars\":\"c\",\"truth\":true,\"size\":1,\"half\":0.5,"
                                             "\"list\":[1,\"x\",null,[{}]]}");
        jaros_put(value, "text", 2);
        JAROS_EXPECT(jaros_int(value, "text") == 2 && jaros_len(value) == 7);
        jaros_push(jaros_get(value, "list"), "more");
        JAROS_EXPECT_TEXT(jaros_as_text(jaros_at(jaros_get(value, "list"), 4)), "more");
        JAROS_EXPECT_TEXT(jaros_key(value, 1), "str");
    }
    JAROS_TEST("texts are compared, cut and mended") {
        JAROS_EXPECT(jaros_eq("a", jaros_cat("a")) && !jaros_eq("a", "ab") && jaros_eq("", ""));
        JAROS_EXPECT(jaros_starts_with("abc", "ab") && !jaros_starts_with("a", "ab"));
        JAROS_EXPECT_TEXT(jaros_slice("abc", 1, 3), "bc");
        jaros_log_info("broken ", jaros_copy("\xFF!", 2));
        JAROS_EXPECT_TEXT(jaros_text(jaros_at(jaros_test_logs(), 0), "message"), "broken \xEF\xBF\xBD!");
    }
    JAROS_TEST("texts are read character by character") {
        jaros_str text = jaros_copy("a\xC2\xA0\xE2\x82\xAC\xF0\x9F\x98\x80\xFF", 11);
        const uint32_t characters[] = { 'a', 0xA0, 0x20AC, 0x1F600, 0xFFFD };
        size_t at = 0;
        for (size_t i = 0; i < 5; i++) JAROS_EXPECT(jaros_next(text, &at) == characters[i]);
        JAROS_EXPECT(at == text.len && jaros_is_space(0xA0) && jaros_is_space('\n') && !jaros_is_space('a'));
    }
    JAROS_TEST("a text may have a NUL in it") {
        jaros_str text = jaros_as_text(jaros_parse("\"a\\u0000b\""));
        JAROS_EXPECT(text.len == 3 && text.ptr[3] == 0);
        JAROS_EXPECT_TEXT(jaros_write(text), "\"a\\u0000b\"");
    }
}

int main(void) {
    reads_and_refuses();
    keeps_numbers();
    says_where();
    makes();
    return jaros_test_end();
}
