// Greets whoever its input names, in two steps: it proposes a `greet`, and finishes with the answer.

#include "jaros.h"

static jaros_plan start(const jaros_turn *turn) {
    jaros_plan plan = jaros_propose("greet", jaros_object("name", jaros_text(turn->input, "name")));
    jaros_note(plan, "the input names someone");
    return jaros_go_on(plan, "tell", jaros_null());
}

static jaros_plan tell(const jaros_turn *turn) {
    jaros_str greeting = jaros_text(jaros_result(turn, 0), "greeting");
    jaros_log_info(jaros_text(turn->input, "name"), " was greeted");
    return jaros_finish(jaros_object("told", greeting));
}

JAROS_AGENT(
    .description = "Greets whoever its input names.",
    .schema = JAROS_JSON({"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}),
    .steps = JAROS_STEPS({ "start", start }, { "tell", tell })
)
