// Agents: turns, steps, plans, the model and the chat, against the fake host and over a component's own exports.
#include "testing.h"

// One agent that does what its input says.
static jaros_plan talk(const jaros_turn *turn) {
    jaros_chat chat = jaros_chat_begin(turn, "Be brief.", jaros_text(turn->input, "question"));
    jaros_response reply = jaros_chat_ask(chat);
    if (reply.call_count) return jaros_chat_carry_out(chat, &reply);
    return jaros_finish(jaros_object("answer", reply.text, "turns", turn->number));
}

static jaros_plan start(const jaros_turn *turn) {
    jaros_str what = jaros_text(turn->input, "do");
    if (jaros_eq(what, "chat")) return talk(turn);
    if (jaros_eq(what, "chat later")) return jaros_go_on(jaros_empty_plan(), "talk", "kept");
    if (jaros_eq(what, "steps")) return jaros_go_on(jaros_note(jaros_propose("greet", jaros_object("name", "Ada")), "why"), "tell", jaros_array("start"));
    if (jaros_eq(what, "lost")) return jaros_go_on(jaros_empty_plan(), "nowhere", jaros_null());
    if (jaros_eq(what, "swarm")) return jaros_go_on(jaros_submit_and_wait(jaros_submit(NULL, "b", 1), "b", 2), "tell", jaros_empty_array());
    if (jaros_eq(what, "fail")) return jaros_failure("no: ", what);
    if (jaros_eq(what, "fail plan")) return jaros_fail("not fit");
    if (jaros_eq(what, "block")) return jaros_block("ask someone");
    if (jaros_eq(what, "ask")) return jaros_finish(jaros_ask("?"));
    if (jaros_eq(what, "catch")) {
        jaros_error error;
        jaros_ask("?");
        return jaros_finish(jaros_caught(&error) ? jaros_object("code", error.code) : jaros_null());
    }
    if (jaros_eq(what, "store")) return jaros_finish(jaros_store_get_json("k"));
    if (jaros_eq(what, "check")) JAROS_CHECK(turn->number > 5, "turn ", turn->number, " came too early");
    if (jaros_eq(what, "nothing")) return NULL;
    if (jaros_eq(what, "beyond")) return jaros_finish(jaros_result(turn, 3));
    if (jaros_eq(what, "memo")) return jaros_memo(jaros_empty_plan(), 7);
    return jaros_failure("unknown: ", what);
}

static jaros_plan tell(const jaros_turn *turn) {
    jaros_json told = jaros_empty_array();
    for (size_t i = 0; i < jaros_len(turn->data); i++) jaros_push(told, jaros_at(turn->data, i));
    for (size_t i = 0; i < turn->answer_count; i++) jaros_push(told, jaros_result(turn, i));
    return jaros_finish(told);
}

JAROS_AGENT(.description = "Does what its input says.", .schema = JAROS_JSON({"type": "object", "default": true}), .version = "1.2.3",
            .steps = JAROS_STEPS({ "start", start }, { "tell", tell }, { "talk", talk }))

static jaros_outcome count(jaros_json payload) { return jaros_ok(jaros_value(jaros_int(payload, "n") + 1)); }

static void expect_failure(const char *what, const char *code, const char *message) {
    jaros_run run = jaros_test_run(jaros_object("do", what));
    JAROS_EXPECT_TEXT(run.outcome.error.code, code);
    if (!jaros_starts_with(run.outcome.error.message, message)) JAROS_EXPECT_TEXT(run.outcome.error.message, message);
}

static void runs_steps(void) {
    JAROS_TEST("steps run by name, with data and answers") {
        jaros_give_tool("greet", "{\"greeting\":\"Hello\"}");
        jaros_run run = jaros_test_run(jaros_object("do", "steps"));
        JAROS_EXPECT_JSON(run.outcome.result, ["start", {"greeting": "Hello"}]);
        JAROS_EXPECT(run.turns == 2 && run.len == 2);
        JAROS_EXPECT_TEXT(run.decisions[0].id, "test/1/1");
        JAROS_EXPECT_TEXT(run.decisions[0].note, "why");
        JAROS_EXPECT_JSON(run.decisions[1].payload, {"events": ["complete"], "result": ["start", {"greeting": "Hello"}]});
    }
    JAROS_TEST("going on is a memo of step and data, and a memo without a step is the first one's") {
        jaros_one_plan plan = jaros_test_decide(jaros_given(jaros_object("do", "steps")));
        JAROS_EXPECT_JSON(plan.memo, {"step": "tell", "data": ["start"]});
        plan = jaros_test_decide(jaros_given_memo(jaros_given(jaros_object("do", "memo")), "3"));
        JAROS_EXPECT_JSON(plan.memo, 7);
        plan = jaros_test_decide(jaros_given_no(jaros_given_step(jaros_given("{}"), "tell", "[]"), "greet", "refused", "not yours"));
        JAROS_EXPECT_TEXT(plan.outcome.error.message, "refused: not yours");
    }
    JAROS_TEST("what goes wrong is said in words") {
        expect_failure("lost", "failed", "there is no step \"nowhere\"; there are start, tell, talk");
        expect_failure("fail", "failed", "no: fail");
        expect_failure("fail plan", "failed", "not fit");
        expect_failure("block", "blocked", "ask someone");
        expect_failure("what", "failed", "unknown: what");
        expect_failure("check", "trap", "it gave up: check failed: turn->number > 5, turn 1 came too early, at agent_test.c:");
        expect_failure("nothing", "trap", "it gave up: agent: a step returned no plan");
        expect_failure("beyond", "trap", "it gave up: out of bounds: index 3 of answers: 0, at agent_test.c:");
        expect_failure("store", "failed", "refused: `store` doesn't work in `decide`: only tools have it");
        expect_failure("memo", "limit", "the job used all of its 64 turns");
        jaros_run run = jaros_test_run("{}");
        JAROS_EXPECT_TEXT(run.outcome.error.message, "input: do is missing");
        run = jaros_test_run("7");
        JAROS_EXPECT_TEXT(run.outcome.error.message, "input: an object with do is expected, not 7");
    }
    JAROS_TEST("jobs are handed on, and waited for") {
        jaros_give_agent("b", "{\"done\":true}");
        jaros_run run = jaros_test_run(jaros_object("do", "swarm"));
        JAROS_EXPECT_JSON(run.decisions[0].payload, {"agent": "b", "input": 1});
        JAROS_EXPECT_JSON(run.decisions[1].payload, {"agent": "b", "input": 2, "wait": true});
        JAROS_EXPECT_JSON(run.outcome.result, [{"job": "test-child"}, {"done": true}]);
    }
}

static void talks(void) {
    JAROS_TEST("a chat lives in the memo with the results of its calls") {
        jaros_give_tool("greet", "\"Hello\"");
        jaros_give_tool_does("count", count);
        jaros_give_tool_no("broken", "failed", "it is broken");
        jaros_give_model("{\"text\":\"Let me see.\",\"calls\":[{\"id\":\"a\",\"name\":\"count\",\"arguments\":{\"n\":4}},{\"name\":\"broken\"},{\"name\":\"greet\"}]}");
        jaros_give_model_text("five");
        jaros_run run = jaros_test_run("{\"do\":\"chat\",\"question\":\"how many?\"}");
        JAROS_EXPECT_JSON(run.outcome.result, {"answer": "five", "turns": 2});
        JAROS_EXPECT(run.len == 3);
        jaros_json first = jaros_at(jaros_test_asked(), 0), messages = jaros_get(jaros_at(jaros_test_asked(), 1), "messages");
        JAROS_EXPECT(jaros_len(jaros_get(first, "tools")) == 3);
        JAROS_EXPECT_JSON(jaros_at(jaros_get(first, "tools"), 0), {"name": "broken", "description": "", "schema": {}});
        JAROS_EXPECT_JSON(jaros_at(messages, 0), {"role": "system", "content": "Be brief.", "parts": []});
        JAROS_EXPECT_TEXT(jaros_text(jaros_at(messages, 2), "content"), "Let me see.");
        JAROS_EXPECT(jaros_len(jaros_get(jaros_at(messages, 2), "parts")) == 3);
        JAROS_EXPECT_JSON(jaros_at(messages, 3), {"role": "tool", "content": "", "parts": [{"type": "result", "id": "a", "content": "5"}]});
        JAROS_EXPECT_JSON(jaros_at(jaros_get(jaros_at(messages, 4), "parts"), 0),
                          {"type": "result", "id": "call-1-2", "content": "failed: it is broken"});
        JAROS_EXPECT_JSON(jaros_at(jaros_get(jaros_at(messages, 5), "parts"), 0),
                          {"type": "result", "id": "call-1-3", "content": "not carried out: an earlier call failed"});
    }
    JAROS_TEST("a chat stays in its step") {
        jaros_give_tool("greet", "\"Hello\"");
        jaros_give_model("{\"calls\":[{\"id\":\"a\",\"name\":\"greet\"}]}");
        jaros_give_model_text("done");
        jaros_run run = jaros_test_run("{\"do\":\"chat later\",\"question\":\"?\"}");
        JAROS_EXPECT_JSON(run.outcome.result, {"answer": "done", "turns": 3});
    }
    JAROS_TEST("a model without an answer says so, and its errors are failures that can be caught") {
        expect_failure("ask", "failed", "unavailable: the test gave the model 0 answers, and this is one call more");
        jaros_give_model("{\"error\":{\"code\":\"timeout\",\"message\":\"too slow\"}}");
        jaros_run run = jaros_test_run(jaros_object("do", "catch"));
        JAROS_EXPECT_JSON(run.outcome.result, {"code": "timeout"});
    }
    JAROS_TEST("a request says all that it has") {
        jaros_give_model("{\"structured\":{\"a\":1}}");
        jaros_request request = jaros_model_alias(jaros_model_user(jaros_model_assistant(jaros_model_new(), "hm"), "?"), "small");
        jaros_model_param(jaros_model_schema(request, jaros_parse("{\"type\":\"object\"}")), "temperature", 0.5);
        jaros_response response = jaros_model_send(jaros_model_tool(request, "t", "does t", jaros_empty_object()));
        JAROS_EXPECT_JSON(response.structured, {"a": 1});
        JAROS_EXPECT_JSON(jaros_at(jaros_test_asked(), 0), {"model": "small", "params": {"schema": {"type": "object"}, "temperature": 0.5},
                          "messages": [{"role": "assistant", "content": "hm", "parts": []}, {"role": "user", "content": "?", "parts": []}],
                          "tools": [{"name": "t", "description": "does t", "schema": {}}]});
    }
}

int main(void) {
    runs_steps();
    talks();
    return jaros_test_end();
}
