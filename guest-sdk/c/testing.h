// Tests without a node: your agent or tool, natively, against a host that the test makes.
//
//     cc -Isdk test.c src/*.c sdk/testing.c -o build/test && build/test
//
//     int main(void) {
//         JAROS_TEST("it greets and tells") {
//             jaros_give_tool("greet", JAROS_JSON({"greeting": "Hello, Ada!"}));
//             jaros_run run = jaros_test_run(JAROS_JSON({"name": "Ada"}));
//             JAROS_EXPECT_JSON(run.outcome.result, {"told": "Hello, Ada!"});
//         }
//         return jaros_test_end();
//     }
//
// Where JSON is wanted here, a jaros_json will do, and JSON text.
//
// Invariant: a test begins with a host that gives nothing; what isn't given is refused in the node's own words, and what a call that fails had
// written is gone. Two runs of a test see the same, random bytes included.
// Doesn't know: schemas, rules, limits of size and fuel: `jaros eval` holds a component against those.
// Start at: JAROS_TEST.
#ifndef JAROS_TESTING_H
#define JAROS_TESTING_H

#include "jaros.h"

// ---- Tests and what they expect

#define JAROS_TEST(name) for (jaros_test_begin_(name); jaros_test_goes_(); jaros_test_done_())
// Prints how many passed and failed; what `main` returns.
int jaros_test_end(void);

#define JAROS_EXPECT(condition) jaros_expect_(condition, #condition, JAROS_STR(""), JAROS_FILE, __LINE__)
#define JAROS_EXPECT_TEXT(actual, expected) jaros_expect_text_(JAROS_STR(actual), JAROS_STR(expected), #actual, JAROS_FILE, __LINE__)
#define JAROS_EXPECT_JSON(actual, ...) jaros_expect_json_(actual, jaros_json_of(#__VA_ARGS__), #actual, JAROS_FILE, __LINE__)

// ---- What the host gives

#define JAROS_JSON_OF(json) _Generic((json), jaros_json: jaros_same, char *: jaros_json_of, const char *: jaros_json_of)(json)

// What became of something: a result, or a code and a message. A bug's code is `trap`, its message begins with `it gave up: `.
typedef struct jaros_outcome {
    bool ok;
    jaros_json result;
    jaros_error error;
} jaros_outcome;
#define jaros_ok(result) jaros_ok_(JAROS_JSON_OF(result))
#define jaros_no(code, message) jaros_no_(JAROS_STR(code), JAROS_STR(message))
// An answer that depends on what it answers: a tool's payload, another agent's input, an HTTP request
// {"method","url","headers":[[name,value]],"body"}, whose result is {"status","headers","body"}.
typedef jaros_outcome (*jaros_answering)(jaros_json asked);

// The job's id and when it was accepted; else `test` and 1,700,000,000,000.
void jaros_give_job(const char *id, uint64_t accepted_at_ms);
// A file, GRANT/rest; the folder GRANT may be read.
#define jaros_give_file(path, contents) jaros_give_file_(JAROS_STR(path), JAROS_STR(contents))
void jaros_give_readable(const char *folder);
void jaros_give_writable(const char *folder);
// An empty store, or one that has this under a key.
void jaros_give_store(void);
#define jaros_give_stored(key, value) jaros_give_stored_(JAROS_STR(key), JAROS_STR(value))
// The model's next answer: {"text":…}, {"structured":…}, {"calls":[{"name":…,"arguments":{…}}]} or {"error":{"code":…,"message":…}}.
#define jaros_give_model(answer) jaros_give_model_(JAROS_JSON_OF(answer))
// The same, for an answer that is only text.
#define jaros_give_model_text(text) jaros_give_model_(jaros_from_text(JAROS_STR(text)))
// A tool and what it answers; jaros_actions_list names it. Another agent, and what a job of it that was waited for answers.
#define jaros_give_tool(kind, result) jaros_give_tool_(kind, NULL, jaros_ok(result))
#define jaros_give_tool_no(kind, code, message) jaros_give_tool_(kind, NULL, jaros_no(code, message))
#define jaros_give_tool_does(kind, answering) jaros_give_tool_(kind, answering, jaros_ok_(NULL))
#define jaros_give_agent(name, result) jaros_give_agent_(name, NULL, jaros_ok(result))
#define jaros_give_agent_no(name, code, message) jaros_give_agent_(name, NULL, jaros_no(code, message))
#define jaros_give_agent_does(name, answering) jaros_give_agent_(name, answering, jaros_ok_(NULL))
// How jaros_actions_list describes a kind.
#define jaros_give_action(kind, description, schema) jaros_give_action_(kind, description, JAROS_JSON_OF(schema))
#define jaros_give_system(facts) jaros_give_system_(JAROS_JSON_OF(facts))
#define jaros_give_disk(folder, facts) jaros_give_disk_(folder, JAROS_JSON_OF(facts))
void jaros_give_http(jaros_answering answering);

// ---- What the test does

// A tool's calls. A result of `validate` is null.
#define jaros_test_execute(payload) jaros_test_execute_(JAROS_JSON_OF(payload))
#define jaros_test_validate(payload) jaros_test_validate_(JAROS_JSON_OF(payload))

typedef struct jaros_decided {
    jaros_str id, kind, note;
    jaros_json payload;
    // What came of it, in a run.
    jaros_outcome outcome;
} jaros_decided;

// A whole job of the agent, with the answers that were given.
typedef struct jaros_run {
    // `DONE`, `FAILED`, or `BLOCKED` where it waits for an operator.
    const char *state;
    // What the job answers, or why it failed; for one that is blocked the code is `blocked`.
    jaros_outcome outcome;
    // What was proposed and judged, in order.
    jaros_decided *decisions;
    size_t len;
    uint32_t turns;
} jaros_run;
#define jaros_test_run(input) jaros_test_run_(JAROS_JSON_OF(input))

// One turn: jaros_test_decide(jaros_given_step(jaros_given(input), "tell", data)).
typedef struct jaros_given_turn *jaros_given;
typedef struct jaros_one_plan {
    // `result` is null; an error is why there is no plan.
    jaros_outcome outcome;
    jaros_decided *decisions;
    size_t len;
    // NULL: the job ends with this plan.
    jaros_json memo;
} jaros_one_plan;
#define jaros_given(input) jaros_given_(JAROS_JSON_OF(input))
#define jaros_given_memo(turn, memo) jaros_given_memo_(turn, JAROS_JSON_OF(memo))
#define jaros_given_step(turn, step, data) jaros_given_memo_(turn, jaros_object("step", step, "data", JAROS_JSON_OF(data)))
#define jaros_given_answer(turn, kind, result) jaros_given_answer_(turn, kind, jaros_ok(result))
#define jaros_given_no(turn, kind, code, message) jaros_given_answer_(turn, kind, jaros_no(code, message))
jaros_one_plan jaros_test_decide(jaros_given turn);

// ---- What came of it

// A file's contents now, and what the store has under a key; `.ptr` is NULL where there is none.
jaros_str jaros_test_file(const char *path);
jaros_str jaros_test_stored(const char *key);
// [{"level":…,"message":…}]
jaros_json jaros_test_logs(void);
// Why the last call has no result, as `CODE: MESSAGE`; empty where it has one.
jaros_str jaros_test_because(void);
// What the model was asked: [{"model","messages":[{"role","content","parts"}],"tools","params"}]
jaros_json jaros_test_asked(void);

// ---- What the macros are made of; not for authors.

void jaros_test_begin_(const char *name);
bool jaros_test_goes_(void);
void jaros_test_done_(void);
void jaros_expect_(bool holds, const char *what, jaros_str detail, const char *file, int line);
void jaros_expect_text_(jaros_str actual, jaros_str expected, const char *what, const char *file, int line);
void jaros_expect_json_(jaros_json actual, jaros_json expected, const char *what, const char *file, int line);
jaros_json jaros_json_of(const char *text);
jaros_outcome jaros_ok_(jaros_json result);
jaros_outcome jaros_no_(jaros_str code, jaros_str message);
void jaros_give_file_(jaros_str path, jaros_str contents);
void jaros_give_stored_(jaros_str key, jaros_str value);
void jaros_give_model_(jaros_json answer);
void jaros_give_tool_(const char *kind, jaros_answering answering, jaros_outcome fixed);
void jaros_give_agent_(const char *name, jaros_answering answering, jaros_outcome fixed);
void jaros_give_action_(const char *kind, const char *description, jaros_json schema);
void jaros_give_system_(jaros_json facts);
void jaros_give_disk_(const char *folder, jaros_json facts);
jaros_outcome jaros_test_execute_(jaros_json payload);
jaros_outcome jaros_test_validate_(jaros_json payload);
jaros_run jaros_test_run_(jaros_json input);
jaros_given jaros_given_(jaros_json input);
jaros_given jaros_given_memo_(jaros_given turn, jaros_json memo);
jaros_given jaros_given_answer_(jaros_given turn, const char *kind, jaros_outcome outcome);

#endif
