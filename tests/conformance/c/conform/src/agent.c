// The agent that every language has, so that a test can hold them against each other.

#include "jaros.h"

static unsigned calls = 0;

// A member's text, or "".
static jaros_str text_or_none(jaros_json input, const char *name) {
    jaros_json member = jaros_get(input, name);
    return jaros_is_text(member) ? jaros_as_text(member) : JAROS_STR("");
}

static jaros_json outcomes(const jaros_turn *turn) {
    jaros_json list = jaros_empty_array();
    for (size_t i = 0; i < turn->answer_count; i++) {
        const jaros_answer *answer = jaros_answer_at(turn, i);
        jaros_push(list, answer->ok ? jaros_object("ok", answer->result)
                                    : jaros_object("code", answer->error.code, "message", answer->error.message));
    }
    return jaros_object("answers", list);
}

static jaros_plan propose(const jaros_turn *turn) {
    if (turn->number > 1) return jaros_finish(outcomes(turn));
    jaros_json decisions = jaros_list(turn->input, "decisions");
    jaros_plan plan = jaros_empty_plan();
    for (size_t i = 0; i < jaros_len(decisions); i++) {
        jaros_json one = jaros_at(decisions, i);
        jaros_then(plan, jaros_text(one, "kind"), jaros_member(one, "payload"));
    }
    return jaros_memo(plan, jaros_null());
}

static jaros_plan ask(const jaros_turn *turn) {
    jaros_error error;
    jaros_str text = jaros_ask(text_or_none(turn->input, "prompt"));
    return jaros_finish(jaros_caught(&error) ? jaros_object("code", error.code) : jaros_object("text", text));
}

static jaros_plan chat(const jaros_turn *turn) {
    jaros_chat chat = jaros_chat_begin(turn, "", text_or_none(turn->input, "question"));
    jaros_response reply = jaros_chat_ask(chat);
    if (reply.call_count) return jaros_chat_carry_out(chat, &reply);
    return jaros_finish(jaros_object("answer", reply.text, "turns", turn->number));
}

static jaros_json kinds(void) {
    jaros_json actions = jaros_actions_list(), list = jaros_empty_array();
    for (size_t i = 0; i < jaros_len(actions); i++) jaros_push(list, jaros_get(jaros_at(actions, i), "kind"));
    return jaros_object("kinds", list);
}

static jaros_json random_bytes(jaros_json input) {
    jaros_str bytes = jaros_job_random((uint32_t)jaros_int(input, "len"));
    jaros_json list = jaros_empty_array();
    for (size_t i = 0; i < bytes.len; i++) jaros_push(list, (unsigned char)bytes.ptr[i]);
    return jaros_object("bytes", list);
}

static jaros_plan crash(void) {
    static const int list[1] = { 0 };
    volatile size_t beyond = 3;
    return jaros_finish(list[beyond]);
}

static jaros_plan spin(void) {
    for (volatile unsigned turns = 0;; turns = turns + 1 > 7 ? 0 : turns + 1) {}
}

static jaros_plan start(const jaros_turn *turn) {
    jaros_json input = turn->input;
    jaros_str what = jaros_text(input, "do");
    if (jaros_eq(what, "propose")) return propose(turn);
    if (jaros_eq(what, "turns"))
        return turn->number < jaros_int(input, "n") ? jaros_memo(jaros_empty_plan(), turn->number) : jaros_finish(jaros_object("turns", turn->number));
    if (jaros_eq(what, "steps")) return jaros_go_on(jaros_empty_plan(), "middle", jaros_array("start"));
    if (jaros_eq(what, "lost")) return jaros_go_on(jaros_empty_plan(), "nowhere", jaros_null());
    if (jaros_eq(what, "ask")) return ask(turn);
    if (jaros_eq(what, "chat")) return chat(turn);
    if (jaros_eq(what, "actions")) return jaros_finish(kinds());
    if (jaros_eq(what, "time")) return jaros_finish(jaros_object("ms", jaros_job_accepted_at_ms()));
    if (jaros_eq(what, "random")) return jaros_finish(random_bytes(input));
    if (jaros_eq(what, "fail")) return jaros_failure(text_or_none(input, "message"));
    if (jaros_eq(what, "crash")) return crash();
    if (jaros_eq(what, "spin")) return spin();
    if (jaros_eq(what, "count")) return jaros_finish(++calls);
    if (jaros_eq(what, "block")) return jaros_block(text_or_none(input, "reason"));
    if (jaros_eq(what, "finish")) return jaros_finish(jaros_get(input, "result"));
    return jaros_failure("unknown: ", what);
}

// What the steps before left, and this one's name.
static jaros_json with(const jaros_turn *turn, const char *name) {
    jaros_json steps = jaros_empty_array(), before = jaros_as_list(turn->data);
    for (size_t i = 0; i < jaros_len(before); i++) jaros_push(steps, jaros_at(before, i));
    return jaros_push(steps, name);
}

static jaros_plan middle(const jaros_turn *turn) { return jaros_go_on(jaros_empty_plan(), "end", with(turn, "middle")); }

static jaros_plan end(const jaros_turn *turn) { return jaros_finish(jaros_object("steps", with(turn, "end"))); }

JAROS_AGENT(
    .description = "Does what its input says, as its siblings in other languages do.",
    .steps = JAROS_STEPS({ "start", start }, { "middle", middle }, { "end", end })
)
