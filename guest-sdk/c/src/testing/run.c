// A whole job: turn by turn, each decision answered, as the node's own loop does it.
//
// Invariant: the first decision that fails or is refused ends its list; a plan without a memo ends the job.
// Doesn't know: schemas and grants of what is proposed.
// Start at: jaros_test_run_.

enum { JAROS_TURNS = 64 };

// A job under way: its state, and what an `advance` of this turn gave as result (`said`) or reason.
typedef struct {
    jaros_run run;
    const char *state;
    jaros_json said;
    jaros_str why;
} jaros_job;

// The table of `jaros machine`.
static const char *const jaros_machine[][3] = {
    { "PENDING", "start", "RUNNING" }, { "BLOCKED", "unblock", "RUNNING" }, { "PENDING", "fail", "FAILED" },
    { "RUNNING", "fail", "FAILED" },   { "BLOCKED", "fail", "FAILED" },     { "PENDING", "complete", "DONE" },
    { "RUNNING", "complete", "DONE" }, { "PENDING", "block", "BLOCKED" },   { "RUNNING", "block", "BLOCKED" },
    { "FAILED", "reset", "PENDING" },
};

static const char *jaros_after(const char *state, jaros_str event) {
    for (size_t i = 0; i < sizeof jaros_machine / sizeof *jaros_machine; i++)
        if (strcmp(jaros_machine[i][0], state) == 0 && jaros_eq(event, jaros_machine[i][1])) return jaros_machine[i][2];
    return NULL;
}

static bool jaros_is(const char *state, const char *name) { return strcmp(state, name) == 0; }

static jaros_outcome jaros_judge_advance(jaros_job *job, jaros_json payload) {
    jaros_json events = jaros_has(payload, "events") ? jaros_get(payload, "events") : jaros_array("complete");
    if (jaros_kind_of(events) != JAROS_ARRAY) return jaros_no("invalid", "`events` must be a list");
    const char *state = job->state;
    for (size_t i = 0; i < jaros_len(events); i++) {
        jaros_str event = jaros_as_text(jaros_at(events, i));
        const char *next = jaros_after(state, event);
        if (!next)
            return jaros_no("invalid",
                            jaros_cat("a job that is ", state, " can't ", event, "; `jaros machine` shows the table"));
        state = next;
    }
    job->state = state;
    if (jaros_has(payload, "result")) return jaros_ok(job->said = jaros_get(payload, "result"));
    jaros_json result = jaros_object("state", state);
    if (jaros_has(payload, "note")) jaros_put(result, "note", job->why = jaros_text(payload, "note"));
    return jaros_ok(result);
}

// What was given for this name; else its names, for a message.
static const jaros_stand_in *jaros_given_for(const jaros_stand_in *list, jaros_str name, jaros_str *names) {
    jaros_builder known = { 0 };
    for (; list; list = list->next) {
        if (jaros_eq(name, list->name)) return list;
        if (known.len) jaros_add_chars(&known, ", ");
        jaros_add_chars(&known, list->name);
    }
    if (!known.len) jaros_add_chars(&known, "none");
    *names = jaros_built(&known);
    return NULL;
}

static jaros_outcome jaros_stand_in_says(const jaros_stand_in *one, jaros_json asked) {
    return one->answering ? one->answering(asked) : one->fixed;
}

static jaros_outcome jaros_judge(jaros_job *job, jaros_str kind, jaros_json payload) {
    jaros_str names;
    if (jaros_eq(kind, "advance")) return jaros_judge_advance(job, payload);
    if (jaros_eq(kind, "submit")) {
        jaros_str name = jaros_text(payload, "agent");
        const jaros_stand_in *agent = jaros_given_for(jaros_world.agents, name, &names);
        if (!agent)
            return jaros_no("not-found",
                            jaros_cat("there is no agent \"", name, "\" in service; the test gave ", names));
        jaros_outcome outcome = jaros_stand_in_says(agent, jaros_get(payload, "input"));
        bool waits = jaros_has(payload, "wait") && jaros_bool(payload, "wait");
        return waits ? outcome : jaros_ok(jaros_object("job", jaros_cat(jaros_world.job, "-child")));
    }
    if (jaros_eq(kind, "fs.write")) {
        if (!jaros_is_text(jaros_get(payload, "data"))) return jaros_no("invalid", "`data` must be a text");
        return jaros_ok(jaros_object("bytes", jaros_text(payload, "data").len, "path", jaros_get(payload, "path")));
    }
    const jaros_stand_in *tool = jaros_given_for(jaros_world.tools, kind, &names);
    if (!tool) return jaros_no("not-found", jaros_cat("there is no action \"", kind, "\"; the test gave ", names));
    return jaros_stand_in_says(tool, payload);
}

static jaros_outcome jaros_why(const jaros_job *job, const char *code, const char *unsaid) {
    return jaros_no(code, job->why.len ? job->why : jaros_str_of(unsaid));
}

// The end of a job whose last list is through; `first` is its first decision.
static jaros_outcome jaros_at_rest(const jaros_job *job, size_t first) {
    if (jaros_is(job->state, "FAILED")) return jaros_why(job, "failed", "the agent failed its job without saying why");
    const jaros_run *run = &job->run;
    if (run->len == first) return jaros_ok_(job->said);
    jaros_outcome last = run->decisions[run->len - 1].outcome;
    if (!last.ok && !jaros_is(job->state, "DONE")) return last;
    return job->said ? jaros_ok(job->said) : jaros_ok_(last.ok ? last.result : NULL);
}

// Judges a plan's decisions up to the first that fails, and notes them as the next turn's answers.
static void jaros_judge_plan(jaros_job *job, jaros_one_plan plan, jaros_given next) {
    for (size_t i = 0; i < plan.len; i++) {
        jaros_decided *decision = &plan.decisions[i];
        decision->outcome = jaros_judge(job, decision->kind, decision->payload);
        jaros_waiting.waits = false;
        size_t size = sizeof *decision;
        job->run.decisions = jaros_grow(job->run.decisions, job->run.len * size, (job->run.len + 1) * size);
        job->run.decisions[job->run.len++] = *decision;
        jaros_given_answer_(next, decision->kind.ptr, decision->outcome);
        if (!decision->outcome.ok) return;
    }
}

jaros_run jaros_test_run_(jaros_json input) {
    jaros_job job = { .state = "PENDING" };
    jaros_given turn = jaros_given_(input);
    job.run.outcome =
        jaros_no("limit", jaros_cat("the job used all of its ", (int)JAROS_TURNS, " turns (limits.turns)"));
    while (job.run.turns < JAROS_TURNS) {
        turn->number = ++job.run.turns;
        job.said = NULL;
        job.why = (jaros_str){ "", 0 };
        jaros_one_plan plan = jaros_test_decide(turn);
        size_t first = job.run.len;
        if (!plan.outcome.ok) {
            job.run.outcome = plan.outcome;
            break;
        }
        turn = jaros_given_(input);
        jaros_judge_plan(&job, plan, turn);
        bool over = jaros_is(job.state, "DONE") || jaros_is(job.state, "FAILED");
        if (jaros_is(job.state, "BLOCKED")) {
            job.run.outcome = jaros_why(&job, "blocked", "the job waits for an operator");
            break;
        }
        if (over || !plan.memo) {
            job.run.outcome = jaros_at_rest(&job, first);
            break;
        }
        jaros_given_memo_(turn, plan.memo);
    }
    job.run.state = job.run.outcome.ok ? "DONE" : jaros_is(job.state, "BLOCKED") ? "BLOCKED" : "FAILED";
    jaros_world.last = job.run.outcome;
    return job.run;
}
