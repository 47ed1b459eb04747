// The interchangeable model, and what an agent may propose. Agents only; every call is recorded.
//
// Invariant: a call says all that its answer depends on.
// Doesn't know: providers, keys, or whether the answer comes from a model or from the record.
// Start at: jaros_ask, or jaros_model_new for more than one question.
#ifndef JAROS_MODEL_H
#define JAROS_MODEL_H

#include "json.h"

// Asks the default model one question and returns its text.
#define jaros_ask(prompt) jaros_ask_(JAROS_STR(prompt))

typedef struct jaros_request_of *jaros_request;

// A call that the model made.
typedef struct jaros_call {
    jaros_str id;
    jaros_str name;
    jaros_json arguments;
} jaros_call;

typedef struct jaros_response {
    jaros_str text;
    // The parts that aren't plain text, such as calls: [{"type":"call","id":…,"name":…,"arguments":{…}}].
    jaros_json parts;
    // The answer as JSON where a schema asked for it; else null.
    jaros_json structured;
    // The model that answered, as the provider names it.
    jaros_str model;
    // `stop`, `length`, `call` or the provider's own word.
    jaros_str finish;
    // Tokens as the provider counts them.
    jaros_json usage;
    // The calls among the parts.
    const jaros_call *calls;
    size_t call_count;
} jaros_response;

// An empty conversation with the default model; each of the following adds to it and returns it, jaros_model_send asks.
jaros_request jaros_model_new(void);
// Another model, by its alias in the operator's settings.
#define jaros_model_alias(request, alias) jaros_model_alias_(request, JAROS_STR(alias))
#define jaros_model_system(request, content) jaros_model_message(request, "system", content, jaros_empty_array())
#define jaros_model_user(request, content) jaros_model_message(request, "user", content, jaros_empty_array())
#define jaros_model_assistant(request, content) jaros_model_message(request, "assistant", content, jaros_empty_array())
// Any message, with parts that aren't plain text.
#define jaros_model_message(request, role, content, parts) \
    jaros_model_message_(request, JAROS_STR(role), JAROS_STR(content), parts)
// Something that the model may call.
#define jaros_model_tool(request, name, description, schema) \
    jaros_model_tool_(request, JAROS_STR(name), JAROS_STR(description), schema)
// Asks for JSON of this schema, which `structured` then holds.
#define jaros_model_schema(request, schema) jaros_model_param(request, "schema", schema)
// A provider-neutral setting: `temperature`, `max_tokens`.
#define jaros_model_param(request, name, value) jaros_model_param_(request, JAROS_STR(name), JAROS_VALUE(value))
jaros_response jaros_model_send(jaros_request request);

// What this agent may propose just now: [{"kind":…,"description":…,"schema":…}].
jaros_json jaros_actions_list(void);

// ---- What the macros are made of; not for authors.

jaros_str jaros_ask_(jaros_str prompt);
jaros_request jaros_model_alias_(jaros_request request, jaros_str alias);
jaros_request jaros_model_message_(jaros_request request, jaros_str role, jaros_str content, jaros_json parts);
jaros_request jaros_model_tool_(jaros_request request, jaros_str name, jaros_str description, jaros_json schema);
jaros_request jaros_model_param_(jaros_request request, jaros_str name, jaros_json value);

#endif
