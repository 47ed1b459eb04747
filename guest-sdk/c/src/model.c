// The model, and the actions that an agent may propose.
//
// Invariant: as capabilities.c.
// Doesn't know: conversations that go on from turn to turn; chat.c does.
// Start at: model.h.

struct jaros_request_of {
    jaros_str model;
    jaros_plugin_model_message_t *messages;
    size_t len, room;
    jaros_json tools;
    jaros_json params;
};

jaros_request jaros_model_new(void) {
    jaros_request request = jaros_alloc(sizeof *request);
    request->tools = jaros_empty_array();
    request->params = jaros_empty_object();
    return request;
}

jaros_request jaros_model_alias_(jaros_request request, jaros_str alias) {
    request->model = alias;
    return request;
}

jaros_request jaros_model_message_(jaros_request request, jaros_str role, jaros_str content, jaros_json parts) {
    if (request->len == request->room) {
        size_t room = request->room ? request->room * 2 : 4, size = sizeof *request->messages;
        request->messages = jaros_grow(request->messages, request->room * size, room * size);
        request->room = room;
    }
    request->messages[request->len++] =
        (jaros_plugin_model_message_t){ jaros_out(role), jaros_out(content), jaros_out(jaros_write(parts)) };
    return request;
}

jaros_request jaros_model_tool_(jaros_request request, jaros_str name, jaros_str description, jaros_json schema) {
    jaros_push(request->tools, jaros_object("name", name, "description", description, "schema", schema));
    return request;
}

jaros_request jaros_model_param_(jaros_request request, jaros_str name, jaros_json value) {
    jaros_put(request->params, name, value);
    return request;
}

static bool jaros_is_call(jaros_json part) {
    jaros_json type = jaros_get(part, "type");
    return jaros_is_text(type) && jaros_eq(jaros_as_text(type), "call");
}

static void jaros_find_calls(jaros_response *response) {
    jaros_call *calls = jaros_alloc(jaros_len(response->parts) * sizeof *calls);
    for (size_t i = 0; i < jaros_len(response->parts); i++) {
        jaros_json part = jaros_at(response->parts, i);
        if (jaros_is_call(part))
            calls[response->call_count++] =
                (jaros_call){ jaros_text(part, "id"), jaros_text(part, "name"), jaros_member(part, "arguments") };
    }
    response->calls = calls;
}

jaros_response jaros_model_send(jaros_request request) {
    const jaros_str none = { "", 0 };
    jaros_response response = { none, jaros_empty_array(), jaros_null(), none, none, jaros_null(), NULL, 0 };
    jaros_plugin_model_response_t answer;
    jaros_plugin_types_error_t error;
    if (jaros_failed()) return response;
    jaros_plugin_model_request_t wire = { jaros_out(request->model),
                                          { request->messages, request->len },
                                          jaros_out(jaros_write(request->tools)),
                                          jaros_out(jaros_write(request->params)) };
    if (!jaros_plugin_model_complete(&wire, &answer, &error)) {
        jaros_host_said_no(&error);
        return response;
    }
    response.text = jaros_in(answer.text);
    response.parts = jaros_in_json(answer.parts, "the model's parts");
    response.structured = jaros_in_json(answer.structured, "the model's answer");
    response.model = jaros_in(answer.model);
    response.finish = jaros_in(answer.finish);
    response.usage = jaros_in_json(answer.usage, "the model's usage");
    jaros_find_calls(&response);
    return response;
}

jaros_str jaros_ask_(jaros_str prompt) { return jaros_model_send(jaros_model_user(jaros_model_new(), prompt)).text; }

jaros_json jaros_actions_list(void) {
    jaros_plugin_actions_list_action_t actions = { NULL, 0 };
    jaros_json list = jaros_empty_array();
    if (jaros_failed()) return list;
    jaros_plugin_actions_list(&actions);
    for (size_t i = 0; i < actions.len; i++) {
        jaros_json schema = jaros_in_json(actions.ptr[i].schema, "an action's schema");
        jaros_push(list, jaros_object("kind", jaros_in(actions.ptr[i].kind), "description",
                                      jaros_in(actions.ptr[i].description), "schema", schema));
    }
    return list;
}
