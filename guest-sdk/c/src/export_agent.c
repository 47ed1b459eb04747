// An agent's exports, and the way from the contract's turn to the author's and back.
//
// Invariant: a step is found by its name; a failure is the `err` of the result.
// Doesn't know: what the agent decides.
// Start at: exports_jaros_plugin_reasoning_decide.

static guest_agent_string_t jaros_agent_out(jaros_str text) {
    guest_imports_string_t out = jaros_out(text);
    return (guest_agent_string_t){ out.ptr, out.len };
}

static jaros_str jaros_agent_in(guest_agent_string_t text) { return jaros_in_bytes(text.ptr, text.len); }

void exports_jaros_plugin_reasoning_describe(exports_jaros_plugin_reasoning_profile_t *profile) {
    jaros_begin();
    profile->description = jaros_agent_out(jaros_str_of(jaros_the_agent.description));
    profile->schema = jaros_agent_out(jaros_schema(jaros_the_agent.schema));
    profile->meta = jaros_agent_out(jaros_meta(jaros_the_agent.version));
}

static jaros_answer jaros_answer_in(const exports_jaros_plugin_reasoning_answer_t *wire) {
    jaros_answer answer = { .id = jaros_agent_in(wire->id),
                            .kind = jaros_agent_in(wire->kind),
                            .ok = !wire->outcome.is_err };
    answer.result = jaros_null();
    answer.error = (jaros_error){ { "", 0 }, { "", 0 } };
    if (answer.ok)
        answer.result = jaros_parse_(jaros_agent_in(wire->outcome.val.ok), jaros_cat("the answer of ", answer.id).ptr);
    else
        answer.error =
            (jaros_error){ jaros_agent_in(wire->outcome.val.err.code), jaros_agent_in(wire->outcome.val.err.message) };
    return answer;
}

static jaros_turn jaros_turn_in(const exports_jaros_plugin_reasoning_turn_t *wire) {
    jaros_turn turn = { .number = wire->number, .answer_count = wire->answers.len };
    turn.input = jaros_parse_(jaros_agent_in(wire->input), "input");
    turn.memo = jaros_parse_(jaros_agent_in(wire->memo), "memo");
    jaros_json step = jaros_get(turn.memo, "step");
    turn.step = jaros_is_text(step) ? jaros_as_text(step) : jaros_cat_fixed("start");
    turn.data = jaros_get(turn.memo, "data");
    jaros_answer *answers = jaros_alloc(turn.answer_count * sizeof *answers);
    for (size_t i = 0; i < turn.answer_count; i++) answers[i] = jaros_answer_in(&wire->answers.ptr[i]);
    turn.answers = answers;
    return turn;
}

static jaros_plan jaros_run_step(const jaros_turn *turn) {
    if (jaros_the_agent.decide) return jaros_the_agent.decide(turn);
    if (!jaros_the_agent.steps)
        jaros_bug_("agent", jaros_cat_fixed("JAROS_AGENT has neither .steps nor .decide"), NULL, 0);
    jaros_builder names = { 0 };
    for (const jaros_step *step = jaros_the_agent.steps; step->name; step++) {
        if (jaros_eq(turn->step, step->name)) return step->run(turn);
        if (names.len) jaros_add_chars(&names, ", ");
        jaros_add_chars(&names, step->name);
    }
    return jaros_failure("there is no step \"", turn->step, "\"; there are ", jaros_built(&names));
}

static void jaros_plan_out(jaros_plan plan, exports_jaros_plugin_reasoning_plan_t *wire) {
    if (!plan) jaros_bug_("agent", jaros_cat_fixed("a step returned no plan"), NULL, 0);
    wire->decisions.len = plan->len;
    wire->decisions.ptr = jaros_alloc(plan->len * sizeof *wire->decisions.ptr);
    for (size_t i = 0; i < plan->len; i++)
        wire->decisions.ptr[i] =
            (exports_jaros_plugin_reasoning_decision_t){ jaros_agent_out(plan->decisions[i].kind),
                                                         jaros_agent_out(plan->decisions[i].payload),
                                                         jaros_agent_out(plan->decisions[i].note) };
    wire->memo.is_some = plan->memo != NULL;
    if (plan->memo) wire->memo.val = jaros_agent_out(jaros_write(plan->memo));
}

bool exports_jaros_plugin_reasoning_decide(exports_jaros_plugin_reasoning_turn_t *wire,
                                           exports_jaros_plugin_reasoning_plan_t *result, guest_agent_string_t *error) {
    jaros_begin();
    jaros_turn turn = jaros_turn_in(wire);
    jaros_plan plan = jaros_failed() ? NULL : jaros_run_step(&turn);
    if (!jaros_failed()) jaros_plan_out(plan, result);
    if (jaros_failed()) *error = jaros_agent_out(jaros_waiting_words());
    return !jaros_failed();
}
