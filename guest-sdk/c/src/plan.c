// Plans as they are built, and answers as they are read.
//
// Invariant: decisions stand in the order in which they were proposed.
// Doesn't know: how a plan crosses; export_agent.c does.
// Start at: struct jaros_plan_of.

typedef struct {
    jaros_str kind, payload, note;
} jaros_decision;

struct jaros_plan_of {
    jaros_decision *decisions;
    size_t len, room;
    // NULL: the job ends with this plan.
    jaros_json memo;
};

jaros_plan jaros_empty_plan(void) { return jaros_alloc(sizeof(struct jaros_plan_of)); }

jaros_plan jaros_then_(jaros_plan plan, jaros_str kind, jaros_json payload) {
    // What a failed step returned; the failure is what counts.
    if (!plan) plan = jaros_empty_plan();
    if (plan->len == plan->room) {
        size_t room = plan->room ? plan->room * 2 : 4, size = sizeof *plan->decisions;
        plan->decisions = jaros_grow(plan->decisions, plan->room * size, room * size);
        plan->room = room;
    }
    plan->decisions[plan->len++] = (jaros_decision){ kind, jaros_write(payload), { "", 0 } };
    return plan;
}

jaros_plan jaros_note_(jaros_plan plan, jaros_str why) {
    if (!plan || plan->len == 0)
        jaros_bug_("plan", jaros_cat_fixed("jaros_note needs a decision to stand on"), NULL, 0);
    plan->decisions[plan->len - 1].note = why;
    return plan;
}

static jaros_plan jaros_advance(const char *event, const char *key, jaros_json value) {
    return jaros_propose("advance", jaros_object("events", jaros_array(event), key, value));
}

jaros_plan jaros_finish_(jaros_json result) { return jaros_advance("complete", "result", result); }
jaros_plan jaros_fail_(jaros_str reason) { return jaros_advance("fail", "note", jaros_from_text(reason)); }
jaros_plan jaros_block_(jaros_str reason) { return jaros_advance("block", "note", jaros_from_text(reason)); }

jaros_plan jaros_submit_(jaros_plan plan, jaros_str agent, jaros_json input, bool wait) {
    jaros_json payload = jaros_object("agent", agent, "input", input);
    if (wait) jaros_put(payload, "wait", true);
    return jaros_then(plan, "submit", payload);
}

jaros_plan jaros_memo_(jaros_plan plan, jaros_json memo) {
    if (!plan) plan = jaros_empty_plan();
    plan->memo = memo;
    return plan;
}

jaros_plan jaros_go_on_(jaros_plan plan, jaros_str step, jaros_json data) {
    return jaros_memo_(plan, jaros_object("step", step, "data", data));
}

// An answer that isn't there: a job's list ends with the first decision that fails, so there may be fewer than were proposed.
static const jaros_answer jaros_no_answer = { { "", 0 }, { "", 0 }, false, NULL, { { "", 0 }, { "", 0 } } };

const jaros_answer *jaros_answer_at_(const jaros_turn *turn, size_t index, const char *file, int line) {
    return jaros_there(index, turn->answer_count, " of answers: ", file, line) ? &turn->answers[index]
                                                                               : &jaros_no_answer;
}

// A decision's failure as this call's own.
void jaros_answer_failed_(const jaros_error *error) { jaros_fail_with(error->code, error->message, true); }

jaros_json jaros_result_(const jaros_turn *turn, size_t index, const char *file, int line) {
    const jaros_answer *answer = jaros_answer_at_(turn, index, file, line);
    if (!answer->ok && answer != &jaros_no_answer) jaros_answer_failed_(&answer->error);
    return answer->ok ? answer->result : jaros_null();
}
