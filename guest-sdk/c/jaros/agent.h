// What an agent is made of: turns, plans, steps.
//
//     static jaros_plan start(const jaros_turn *turn) {
//         return jaros_go_on(jaros_propose("greet", jaros_object("name", jaros_text(turn->input, "name"))), "done", jaros_null());
//     }
//     static jaros_plan done(const jaros_turn *turn) { return jaros_finish(jaros_result(turn, 0)); }
//
//     JAROS_AGENT(.description = "Greets whoever its input names.", .steps = JAROS_STEPS({ "start", start }, { "done", done }))
//
// Invariant: decisions stand in the order in which they were proposed; a plan with a memo asks for another turn, and answers stand in the
// order of the decisions they answer.
// Doesn't know: whether anything in a plan is allowed: the host's gate does.
// Start at: JAROS_AGENT, jaros_propose.
#ifndef JAROS_AGENT_H
#define JAROS_AGENT_H

#include "failure.h"
#include "json.h"

// What became of one decision of the turn before.
typedef struct jaros_answer {
    jaros_str id;
    jaros_str kind;
    bool ok;
    // What came of it; null where it failed.
    jaros_json result;
    // Why it wasn't done; empty where it was.
    jaros_error error;
} jaros_answer;

typedef struct jaros_turn {
    // The job's input, the same in every turn.
    jaros_json input;
    // What the agent noted for itself in the turn before; null in the first.
    jaros_json memo;
    const jaros_answer *answers;
    size_t answer_count;
    // From 1.
    uint32_t number;
    // The step that runs, and what the one before left for it; `start` and null in the first turn.
    jaros_str step;
    jaros_json data;
} jaros_turn;

// One answer. Where there are fewer that is a bug, and ends the call.
#define jaros_answer_at(turn, index) jaros_answer_at_(turn, index, JAROS_FILE, __LINE__)
// One answer's result; where the decision was refused or failed, that is the failure: `refused: …`.
#define jaros_result(turn, index) jaros_result_(turn, index, JAROS_FILE, __LINE__)

// ---- Plans

typedef struct jaros_plan_of *jaros_plan;

// A plan that proposes nothing yet.
jaros_plan jaros_empty_plan(void);
// A plan whose first decision is this one.
#define jaros_propose(kind, payload) jaros_then(jaros_empty_plan(), kind, payload)
// Adds a decision. The first that fails or is refused ends the list.
#define jaros_then(plan, kind, payload) jaros_then_(plan, JAROS_STR(kind), JAROS_VALUE(payload))
// Says why the last decision was proposed, in a line for whoever reads the record.
#define jaros_note(plan, why) jaros_note_(plan, JAROS_STR(why))

// Ends the job well, with this as its result.
#define jaros_finish(result) jaros_finish_(JAROS_VALUE(result))
// Ends the job as failed, for this reason.
#define jaros_fail(reason) jaros_fail_(JAROS_STR(reason))
// Holds the job until an operator unblocks it, for this reason.
#define jaros_block(reason) jaros_block_(JAROS_STR(reason))

// Adds a job for another agent; the answer names it: {"job":ID}.
#define jaros_submit(plan, agent, input) jaros_submit_(plan, JAROS_STR(agent), JAROS_VALUE(input), false)
// Adds a job for another agent; the next turn waits for it, and the answer is its result.
#define jaros_submit_and_wait(plan, agent, input) jaros_submit_(plan, JAROS_STR(agent), JAROS_VALUE(input), true)

// Asks for another turn that runs this step; it sees the data and what became of the decisions, failures included.
#define jaros_go_on(plan, step, data) jaros_go_on_(plan, JAROS_STR(step), JAROS_VALUE(data))
// The same without steps, for an agent that has `decide`.
#define jaros_memo(plan, memo) jaros_memo_(plan, JAROS_VALUE(memo))

// ---- The agent

typedef struct jaros_step {
    const char *name;
    jaros_plan (*run)(const jaros_turn *turn);
} jaros_step;

typedef struct jaros_agent {
    // A sentence for people and models.
    const char *description;
    // JSON Schema (2020-12) of the input as text, see JAROS_JSON. NULL accepts anything.
    const char *schema;
    // Either named steps; a job begins with the one named `start` …
    const jaros_step *steps;
    // … or one function for all turns.
    jaros_plan (*decide)(const jaros_turn *turn);
    // Shown to people, if there is one.
    const char *version;
} jaros_agent;

#define JAROS_STEPS(...) (const jaros_step[]){ __VA_ARGS__, { NULL, NULL } }
extern const jaros_agent jaros_the_agent;
// Makes this project's component out of an agent; once in a project.
#define JAROS_AGENT(...) const jaros_agent jaros_the_agent = { __VA_ARGS__ };

// ---- What the macros are made of; not for authors.

const jaros_answer *jaros_answer_at_(const jaros_turn *turn, size_t index, const char *file, int line);
jaros_json jaros_result_(const jaros_turn *turn, size_t index, const char *file, int line);
void jaros_answer_failed_(const jaros_error *error);
jaros_plan jaros_then_(jaros_plan plan, jaros_str kind, jaros_json payload);
jaros_plan jaros_note_(jaros_plan plan, jaros_str why);
jaros_plan jaros_finish_(jaros_json result);
jaros_plan jaros_fail_(jaros_str reason);
jaros_plan jaros_block_(jaros_str reason);
jaros_plan jaros_submit_(jaros_plan plan, jaros_str agent, jaros_json input, bool wait);
jaros_plan jaros_go_on_(jaros_plan plan, jaros_str step, jaros_json data);
jaros_plan jaros_memo_(jaros_plan plan, jaros_json memo);

#endif
