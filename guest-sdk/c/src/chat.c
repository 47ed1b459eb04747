// The conversation in the memo.
//
// Invariant: the memo is {"chat":{"messages":[{"role","content","parts"}…],"calls":[{"id","name"}…]}} in every language, so that a job can go on
// with an agent that was written anew; beside it the step and its data where another than the first runs.
// Doesn't know: what the answers mean.
// Start at: jaros_chat_begin_.

struct jaros_chat_of {
    const jaros_turn *turn;
    jaros_json messages;
};

static void jaros_chat_add(jaros_chat chat, const char *role, jaros_str content, jaros_json parts) {
    jaros_push(chat->messages, jaros_object("role", role, "content", content, "parts", parts));
}

// What the model is told of a call: its result as JSON, or why there is none.
static jaros_str jaros_told(const jaros_answer *answer) {
    return answer->ok ? jaros_write(answer->result) : jaros_error_words(&answer->error, true);
}

static void jaros_chat_answer(jaros_chat chat, jaros_json calls) {
    size_t judged = 0;
    for (size_t i = 0; i < jaros_len(calls); i++) {
        while (judged < chat->turn->answer_count && jaros_eq(chat->turn->answers[judged].kind, "unblock")) judged++;
        jaros_str told = judged < chat->turn->answer_count ? jaros_told(&chat->turn->answers[judged++])
                                                           : jaros_cat_fixed("not carried out: an earlier call failed");
        jaros_json result = jaros_object("type", "result", "id", jaros_text(jaros_at(calls, i), "id"), "content", told);
        jaros_chat_add(chat, "tool", (jaros_str){ "", 0 }, jaros_array(result));
    }
}

jaros_chat jaros_chat_begin_(const jaros_turn *turn, jaros_str system, jaros_str user) {
    jaros_chat chat = jaros_alloc(sizeof *chat);
    chat->turn = turn;
    chat->messages = jaros_empty_array();
    jaros_json kept = jaros_get(turn->memo, "chat");
    if (jaros_is_null(kept)) {
        if (system.len) jaros_chat_add(chat, "system", system, jaros_empty_array());
        if (user.len) jaros_chat_user(chat, user);
        return chat;
    }
    jaros_json messages = jaros_list(kept, "messages");
    for (size_t i = 0; i < jaros_len(messages); i++) jaros_push(chat->messages, jaros_at(messages, i));
    jaros_chat_answer(chat, jaros_list(kept, "calls"));
    return chat;
}

void jaros_chat_user_(jaros_chat chat, jaros_str content) {
    jaros_chat_add(chat, "user", content, jaros_empty_array());
}

jaros_response jaros_chat_ask_with(jaros_chat chat, jaros_json tools) {
    jaros_request request = jaros_model_new();
    for (size_t i = 0; i < jaros_len(chat->messages); i++) {
        jaros_json message = jaros_at(chat->messages, i);
        jaros_model_message(request, jaros_text(message, "role"), jaros_text(message, "content"),
                            jaros_member(message, "parts"));
    }
    for (size_t i = 0; i < jaros_len(tools); i++) {
        jaros_json tool = jaros_at(tools, i);
        jaros_model_tool(request, jaros_text(tool, "kind"), jaros_text(tool, "description"),
                         jaros_member(tool, "schema"));
    }
    jaros_response reply = jaros_model_send(request);
    jaros_json calls = jaros_empty_array();
    for (size_t i = 0; i < jaros_len(reply.parts); i++) {
        jaros_json part = jaros_at(reply.parts, i);
        if (jaros_is_call(part)) jaros_push(calls, part);
    }
    jaros_chat_add(chat, "assistant", reply.text, calls);
    return reply;
}

jaros_response jaros_chat_ask(jaros_chat chat) { return jaros_chat_ask_with(chat, jaros_actions_list()); }

jaros_plan jaros_chat_carry_out(jaros_chat chat, const jaros_response *reply) {
    jaros_plan plan = jaros_empty_plan();
    jaros_json calls = jaros_empty_array();
    for (size_t i = 0; i < reply->call_count; i++) {
        jaros_then(plan, reply->calls[i].name, reply->calls[i].arguments);
        jaros_push(calls, jaros_object("id", reply->calls[i].id, "name", reply->calls[i].name));
    }
    jaros_json memo = jaros_object("chat", jaros_object("messages", chat->messages, "calls", calls));
    if (!jaros_eq(chat->turn->step, "start")) {
        jaros_put(memo, "step", chat->turn->step);
        jaros_put(memo, "data", chat->turn->data);
    }
    return jaros_memo(plan, memo);
}
