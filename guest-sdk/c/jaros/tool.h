// What a tool is made of.
//
//     static jaros_json execute(jaros_json payload) {
//         return jaros_object("greeting", jaros_cat("Hello, ", jaros_text(payload, "name"), "!"));
//     }
//
//     JAROS_TOOL(.description = "Greets someone by name.", .execute = execute)
//
// Invariant: `execute` runs in an instance of its own; what it had staged is dropped where it fails.
// Doesn't know: what the tool does.
// Start at: JAROS_TOOL.
#ifndef JAROS_TOOL_H
#define JAROS_TOOL_H

#include "json.h"

typedef struct jaros_tool {
    // A sentence for people and models.
    const char *description;
    // JSON Schema (2020-12) of the payload as text, see JAROS_JSON; the host checks it before anything else. NULL accepts anything.
    const char *schema;
    // Whether `execute` could carry this payload out, beyond what the schema says: a failure says no. Only jaros_job_* and
    // jaros_log_* work in it. NULL says yes.
    void (*validate)(jaros_json payload);
    // Carries the payload out and returns the result. A failure is an outcome too.
    jaros_json (*execute)(jaros_json payload);
    // Shown to people, if there is one.
    const char *version;
} jaros_tool;

extern const jaros_tool jaros_the_tool;
// Makes this project's component out of a tool; once in a project.
#define JAROS_TOOL(...) const jaros_tool jaros_the_tool = { __VA_ARGS__ };

#endif
