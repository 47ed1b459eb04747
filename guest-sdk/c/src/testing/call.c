// One call of the code under test, over the same exports that a component has.
//
// Invariant: what crosses is text, as in a node; a bug is an outcome of code `trap`; what a failed call had written is gone.
// Doesn't know: jobs of several turns; run.c does.
// Start at: jaros_test_execute_, jaros_test_decide.

// Runs `statement`, or goes to the outcome of a bug in it.
#define JAROS_CALLED(run_phase, outcome, statement)                                                          \
    do {                                                                                                     \
        jmp_buf here;                                                                                        \
        jaros_caller = &here;                                                                                \
        jaros_world_enter(run_phase);                                                                        \
        if (setjmp(here) == 0) {                                                                             \
            statement;                                                                                       \
        } else *(outcome) = jaros_no_(jaros_cat_fixed("trap"), jaros_cat("it gave up: ", jaros_last_words)); \
        jaros_caller = NULL;                                                                                 \
        jaros_world.phase = JAROS_IN_TEST;                                                                   \
        jaros_waiting.waits = false;                                                                         \
    } while (0)

static jaros_outcome jaros_said(bool done, jaros_str result, jaros_str error) {
    jaros_waiting.waits = false;
    return done ? jaros_ok_(jaros_parse_(result, "result")) : jaros_no_(jaros_cat_fixed("failed"), error);
}

static void jaros_need(const void *declared, const char *macro) {
    if (declared) return;
    fprintf(stderr, "the test needs a source with %s: compile src/*.c with it\n", macro);
    exit(2);
}

static guest_tool_string_t jaros_wire_payload(jaros_json payload) { return jaros_tool_out(jaros_write(payload)); }

static void jaros_execute_into(jaros_outcome *outcome, guest_tool_string_t payload) {
    guest_tool_string_t result = { NULL, 0 }, error = { NULL, 0 };
    bool done = exports_jaros_plugin_action_execute(&payload, &result, &error);
    *outcome = jaros_said(done, jaros_in_bytes(result.ptr, result.len), jaros_in_bytes(error.ptr, error.len));
}

jaros_outcome jaros_test_execute_(jaros_json payload) {
    jaros_need(&jaros_the_tool, "JAROS_TOOL");
    static jaros_outcome outcome;
    jaros_json files = jaros_copy_of(jaros_world.files),
               store = jaros_world.store ? jaros_copy_of(jaros_world.store) : NULL;
    guest_tool_string_t wire = jaros_wire_payload(payload);
    JAROS_CALLED(JAROS_IN_EXECUTE, &outcome, jaros_execute_into(&outcome, wire));
    if (!outcome.ok) jaros_world.files = files, jaros_world.store = store;
    return jaros_world.last = outcome;
}

static void jaros_validate_into(jaros_outcome *outcome, guest_tool_string_t payload) {
    guest_tool_string_t error = { NULL, 0 };
    bool done = exports_jaros_plugin_action_validate(&payload, &error);
    *outcome = jaros_said(done, jaros_cat_fixed("null"), jaros_in_bytes(error.ptr, error.len));
}

jaros_outcome jaros_test_validate_(jaros_json payload) {
    jaros_need(&jaros_the_tool, "JAROS_TOOL");
    static jaros_outcome outcome;
    guest_tool_string_t wire = jaros_wire_payload(payload);
    JAROS_CALLED(JAROS_IN_VALIDATE, &outcome, jaros_validate_into(&outcome, wire));
    return jaros_world.last = outcome;
}

// ---- Turns

typedef struct {
    const char *kind;
    jaros_outcome outcome;
} jaros_given_one;

struct jaros_given_turn {
    jaros_json input, memo;
    jaros_given_one *answers;
    size_t len;
    uint32_t number;
};

jaros_given jaros_given_(jaros_json input) {
    jaros_given turn = jaros_alloc(sizeof *turn);
    turn->input = input;
    turn->memo = jaros_null();
    turn->number = 1;
    return turn;
}

jaros_given jaros_given_memo_(jaros_given turn, jaros_json memo) {
    turn->memo = memo;
    if (turn->number < 2) turn->number = 2;
    return turn;
}

jaros_given jaros_given_answer_(jaros_given turn, const char *kind, jaros_outcome outcome) {
    size_t size = sizeof *turn->answers;
    turn->answers = jaros_grow(turn->answers, turn->len * size, (turn->len + 1) * size);
    turn->answers[turn->len++] = (jaros_given_one){ kind, outcome };
    return turn;
}

static exports_jaros_plugin_reasoning_turn_t jaros_wire_turn(jaros_given turn) {
    exports_jaros_plugin_reasoning_turn_t wire = {
        jaros_agent_out(jaros_write(turn->input)),
        jaros_agent_out(jaros_write(turn->memo)),
        { jaros_alloc(turn->len * sizeof(exports_jaros_plugin_reasoning_answer_t)), turn->len },
        turn->number
    };
    for (size_t i = 0; i < turn->len; i++) {
        jaros_outcome outcome = turn->answers[i].outcome;
        exports_jaros_plugin_reasoning_answer_t *answer = &wire.answers.ptr[i];
        answer->id = jaros_agent_out(jaros_cat(jaros_world.job, "/", turn->number - 1, "/", i + 1));
        answer->kind = jaros_agent_out(jaros_str_of(turn->answers[i].kind));
        answer->outcome.is_err = !outcome.ok;
        if (outcome.ok) answer->outcome.val.ok = jaros_agent_out(jaros_write(outcome.result));
        else
            answer->outcome.val.err =
                (exports_jaros_plugin_reasoning_error_t){ jaros_agent_out(outcome.error.code),
                                                          jaros_agent_out(outcome.error.message) };
    }
    return wire;
}

static void jaros_decide_into(jaros_one_plan *one, exports_jaros_plugin_reasoning_turn_t wire) {
    exports_jaros_plugin_reasoning_plan_t plan;
    guest_agent_string_t error = { NULL, 0 };
    bool done = exports_jaros_plugin_reasoning_decide(&wire, &plan, &error);
    one->outcome = jaros_said(done, jaros_cat_fixed("null"), jaros_agent_in(error));
    if (!done) return;
    one->len = plan.decisions.len;
    one->decisions = jaros_alloc(one->len * sizeof *one->decisions);
    for (size_t i = 0; i < one->len; i++) {
        const exports_jaros_plugin_reasoning_decision_t *decision = &plan.decisions.ptr[i];
        one->decisions[i] = (jaros_decided){ .id = jaros_cat(jaros_world.job, "/", wire.number, "/", i + 1),
                                             .kind = jaros_agent_in(decision->kind),
                                             .note = jaros_agent_in(decision->note),
                                             .payload = jaros_parse_(jaros_agent_in(decision->payload), "payload") };
    }
    if (plan.memo.is_some) one->memo = jaros_parse_(jaros_agent_in(plan.memo.val), "memo");
}

jaros_one_plan jaros_test_decide(jaros_given turn) {
    jaros_need(&jaros_the_agent, "JAROS_AGENT");
    static jaros_one_plan one;
    one = (jaros_one_plan){ .len = 0 };
    exports_jaros_plugin_reasoning_turn_t wire = jaros_wire_turn(turn);
    JAROS_CALLED(JAROS_IN_DECIDE, &one.outcome, jaros_decide_into(&one, wire));
    jaros_world.last = one.outcome;
    return one;
}
