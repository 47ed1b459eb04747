// Tools: payloads, failures, and every capability with its refusal, against the fake host and over a component's own exports.
#include "testing.h"

static jaros_json files(jaros_str what, jaros_json payload) {
    jaros_str path = jaros_text(payload, "path");
    if (jaros_eq(what, "read")) return jaros_value(jaros_files_read_text(path));
    if (jaros_eq(what, "range")) return jaros_value(jaros_files_read_range(path, 1, 2));
    if (jaros_eq(what, "write")) return jaros_files_write(path, "new"), jaros_value(jaros_files_read_text(path));
    if (jaros_eq(what, "write and fail")) return jaros_files_write(path, "new"), jaros_failure("after all, no");
    if (jaros_eq(what, "remove")) return jaros_files_remove(path), jaros_null();
    if (jaros_eq(what, "stat")) {
        jaros_entry entry = jaros_files_stat(path);
        return jaros_array(entry.name, entry.kind, entry.size_bytes);
    }
    jaros_json list = jaros_empty_array();
    jaros_entries entries = jaros_files_entries(path);
    for (size_t i = 0; i < entries.len; i++) jaros_push(list, jaros_array(entries.ptr[i].name, entries.ptr[i].kind, entries.ptr[i].size_bytes));
    return list;
}

static jaros_json store(jaros_str what, jaros_json payload) {
    if (jaros_eq(what, "keys")) return jaros_store_keys(jaros_text(payload, "prefix"), jaros_text(payload, "after"), (uint32_t)jaros_int(payload, "limit"));
    jaros_str key = jaros_text(payload, "key");
    jaros_json before = jaros_store_get_json(key);
    if (jaros_eq(what, "put")) jaros_store_put_json(key, jaros_member(payload, "value"));
    if (jaros_eq(what, "delete")) jaros_store_delete(key);
    return before;
}

static jaros_json execute(jaros_json payload) {
    jaros_str what = jaros_text(payload, "do");
    if (jaros_has(payload, "path")) return files(what, payload);
    if (jaros_has(payload, "key") || jaros_has(payload, "prefix")) return store(what, payload);
    if (jaros_eq(what, "system")) return jaros_host_system();
    if (jaros_eq(what, "disk")) return jaros_host_disk("data");
    if (jaros_eq(what, "post")) {
        jaros_http_response answer = jaros_http_send(jaros_http_header(jaros_http_json(jaros_http_new("POST", "https://a.example/x"), jaros_array(1)), "x-a", "b"));
        return jaros_object("status", answer.status, "headers", answer.headers, "json", jaros_http_json_of(answer));
    }
    if (jaros_eq(what, "job")) return jaros_array(jaros_job_id(), jaros_job_accepted_at_ms());
    if (jaros_eq(what, "random")) {
        jaros_str bytes = jaros_job_random((uint32_t)jaros_int(payload, "len"));
        jaros_json list = jaros_empty_array();
        for (size_t i = 0; i < bytes.len; i++) jaros_push(list, (uint8_t)bytes.ptr[i]);
        return list;
    }
    if (jaros_eq(what, "echo")) return jaros_member(payload, "value");
    if (jaros_eq(what, "bytes")) return jaros_value(jaros_copy("\xFF", 1));
    if (jaros_eq(what, "large")) return jaros_value(9007199254740992);
    if (jaros_eq(what, "change")) return jaros_put(payload, "a", 1);
    return jaros_failure("unknown: ", what);
}

static void validate(jaros_json payload) {
    if (jaros_eq(jaros_text(payload, "do"), "no")) jaros_failure("the tool says no");
    if (jaros_has(payload, "key")) jaros_store_get_json("k");
}

JAROS_TOOL(.description = "Does what its payload says.", .validate = validate, .execute = execute)

static void expect_refusal(const char *payload, const char *message) {
    jaros_outcome outcome = jaros_test_execute(payload);
    JAROS_EXPECT(!outcome.ok);
    if (!jaros_starts_with(outcome.error.message, message)) JAROS_EXPECT_TEXT(outcome.error.message, message);
}

static void reads_and_writes(void) {
    JAROS_TEST("files are read where that was granted") {
        expect_refusal("{\"do\":\"read\",\"path\":\"data/a\"}", "refused: `files-read` isn't granted to this component");
        jaros_give_file("data/a.txt", "hello");
        jaros_give_file("data/sub/b.txt", "\xFF");
        JAROS_EXPECT_JSON(jaros_test_execute("{\"do\":\"read\",\"path\":\"data/a.txt\"}").result, "hello");
        JAROS_EXPECT_JSON(jaros_test_execute("{\"do\":\"range\",\"path\":\"data/a.txt\"}").result, "el");
        JAROS_EXPECT_JSON(jaros_test_execute("{\"do\":\"stat\",\"path\":\"data/a.txt\"}").result, ["a.txt", "file", 5]);
        JAROS_EXPECT_JSON(jaros_test_execute("{\"do\":\"entries\",\"path\":\"data\"}").result, [["a.txt", "file", 5], ["sub", "dir", 0]]);
        expect_refusal("{\"do\":\"read\",\"path\":\"data/sub/b.txt\"}", "invalid: data/sub/b.txt is not UTF-8");
        expect_refusal("{\"do\":\"read\",\"path\":\"other/a\"}", "refused: there is no granted folder `other`; granted: `data`");
        expect_refusal("{\"do\":\"read\",\"path\":\"data/../a\"}", "invalid: `data/../a` is no path: it has the part `.` or `..`");
        expect_refusal("{\"do\":\"read\",\"path\":\"data/b\"}", "not-found: there is no `data/b`");
        expect_refusal("{\"do\":\"read\",\"path\":\"data/sub\"}", "invalid: `data/sub` is a folder");
        expect_refusal("{\"do\":\"write\",\"path\":\"data/a.txt\"}", "refused: `files-write` isn't granted to this component");
    }
    JAROS_TEST("files are written, and what a failed call wrote is gone") {
        jaros_give_file("data/a.txt", "old");
        jaros_give_writable("data");
        expect_refusal("{\"do\":\"write and fail\",\"path\":\"data/a.txt\"}", "after all, no");
        JAROS_EXPECT_TEXT(jaros_test_file("data/a.txt"), "old");
        JAROS_EXPECT_JSON(jaros_test_execute("{\"do\":\"write\",\"path\":\"data/a.txt\"}").result, "new");
        JAROS_EXPECT_TEXT(jaros_test_file("data/a.txt"), "new");
        JAROS_EXPECT(jaros_test_execute("{\"do\":\"remove\",\"path\":\"data/a.txt\"}").ok);
        JAROS_EXPECT(jaros_test_file("data/a.txt").ptr == NULL);
    }
    JAROS_TEST("the store keeps JSON from call to call") {
        expect_refusal("{\"do\":\"get\",\"key\":\"k\"}", "refused: `store` isn't granted to this component");
        jaros_give_store();
        JAROS_EXPECT_JSON(jaros_test_execute("{\"do\":\"put\",\"key\":\"a/1\",\"value\":{\"x\":[1.50]}}").result, null);
        JAROS_EXPECT_JSON(jaros_test_execute("{\"do\":\"put\",\"key\":\"a/1\",\"value\":2}").result, {"x": [1.5]});
        jaros_give_stored("a/3", "3");
        jaros_give_stored("a/2", "nonsense");
        jaros_give_stored("b", "1");
        JAROS_EXPECT_JSON(jaros_test_execute("{\"do\":\"keys\",\"prefix\":\"a/\",\"after\":\"a/1\",\"limit\":5}").result, ["a/2", "a/3"]);
        JAROS_EXPECT_JSON(jaros_test_execute("{\"do\":\"keys\",\"prefix\":\"\",\"after\":\"\",\"limit\":2}").result, ["a/1", "a/2"]);
        expect_refusal("{\"do\":\"get\",\"key\":\"a/2\"}", "the store's a/2: this is no JSON at line 1 column 1");
        JAROS_EXPECT_JSON(jaros_test_execute("{\"do\":\"delete\",\"key\":\"a/1\"}").result, 2);
        JAROS_EXPECT(jaros_test_stored("a/1").ptr == NULL);
    }
}

static jaros_outcome web(jaros_json request) {
    return jaros_ok(jaros_object("status", 201, "headers", jaros_array(jaros_array("content-type", "application/json")), "body", jaros_write(request)));
}

static void reaches_out(void) {
    JAROS_TEST("facts are told where they were given") {
        expect_refusal("{\"do\":\"system\"}", "refused: `host-facts` isn't granted to this component");
        jaros_give_system("{\"system\":\"Linux\"}");
        jaros_give_disk("data", "{\"free_bytes\":1}");
        JAROS_EXPECT_JSON(jaros_test_execute("{\"do\":\"system\"}").result, {"system": "Linux"});
        JAROS_EXPECT_JSON(jaros_test_execute("{\"do\":\"disk\"}").result, {"free_bytes": 1});
    }
    JAROS_TEST("HTTP goes out with its headers and comes back as JSON") {
        expect_refusal("{\"do\":\"post\"}", "refused: `http` isn't granted to this component");
        jaros_give_http(web);
        JAROS_EXPECT_JSON(jaros_test_execute("{\"do\":\"post\"}").result,
                          {"status": 201, "headers": [["content-type", "application/json"]],
                           "json": {"method": "POST", "url": "https://a.example/x", "body": "[1]", "headers": [["content-type", "application/json"], ["x-a", "b"]]}});
    }
    JAROS_TEST("the job is the test's") {
        JAROS_EXPECT_JSON(jaros_test_execute("{\"do\":\"job\"}").result, ["test", 1700000000000]);
        jaros_json first = jaros_test_execute("{\"do\":\"random\",\"len\":4}").result;
        JAROS_EXPECT(jaros_len(first) == 4 && !jaros_same_json(first, jaros_test_execute("{\"do\":\"random\",\"len\":4}").result));
        expect_refusal("{\"do\":\"random\",\"len\":5000}", "limit: 5000 random bytes are more than 4096 at once");
    }
}

static void says_no(void) {
    JAROS_TEST("validate says no in words, and has no capability") {
        JAROS_EXPECT(jaros_test_validate("{\"do\":\"echo\"}").ok);
        JAROS_EXPECT_TEXT(jaros_test_validate("{\"do\":\"no\"}").error.message, "the tool says no");
        jaros_give_store();
        JAROS_EXPECT_TEXT(jaros_test_validate("{\"do\":\"put\",\"key\":\"k\"}").error.message,
                          "refused: `store` doesn't work in `validate`: only `job` and `log` do");
    }
    JAROS_TEST("a payload that doesn't fit, and one that nobody knows") {
        expect_refusal("{}", "payload: do is missing");
        expect_refusal("[]", "payload: an object with do is expected, not a list");
        expect_refusal("{\"do\":1}", "payload: do: a text is expected, not 1");
        expect_refusal("{\"do\":\"what\"}", "unknown: what");
        expect_refusal("{\"do\":\"echo\"}", "payload: value is missing");
        JAROS_EXPECT_JSON(jaros_test_execute("{\"do\":\"echo\",\"value\":[null,1e-7,{\"a\":\"\\u0000\"}]}").result, [null, 1e-7, {"a": "\u0000"}]);
    }
    JAROS_TEST("what can't cross is a bug") {
        expect_refusal("{\"do\":\"bytes\"}", "it gave up: JSON: bytes that aren't UTF-8 can't be a text");
        expect_refusal("{\"do\":\"large\"}", "it gave up: number: an integer beyond ±(2^53−1) can't cross as one; write it as a text");
        expect_refusal("{\"do\":\"change\"}", "it gave up: JSON: jaros_put needs an object that was made");
    }
}

int main(void) {
    reads_and_writes();
    reaches_out();
    says_no();
    return jaros_test_end();
}
