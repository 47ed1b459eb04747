// The contract's functions where there is no host: the test's world answers.
//
// Invariant: names and types are those of the generated bindings, so that the SDK and the author's code are the same as in a component.
// Doesn't know: what is granted; world.c does.
// Start at: jaros_plugin_model_complete.

#include <setjmp.h>
#include <stdio.h>

// Where a call of the code under test goes when it gives up.
static jmp_buf *jaros_caller = NULL;
static jaros_str jaros_last_words;

static bool jaros_answer_no(jaros_plugin_types_error_t *wire, jaros_error error) {
    *wire = (jaros_plugin_types_error_t){ jaros_out(error.code), jaros_out(error.message) };
    return false;
}

static guest_imports_list_u8_t jaros_wire_bytes(jaros_str bytes) {
    return jaros_out_bytes(jaros_copy(bytes.ptr, bytes.len));
}

void jaros_plugin_panic_abort(guest_imports_string_t *message) {
    jaros_last_words = jaros_copy(message->ptr, message->len);
    if (jaros_caller) longjmp(*jaros_caller, 1);
    fprintf(stderr, "%s\n", jaros_last_words.ptr);
    abort();
}

void jaros_plugin_log_write(guest_imports_string_t *level, guest_imports_string_t *message) {
    jaros_push(jaros_world.logs, jaros_object("level", jaros_in(*level), "message", jaros_in(*message)));
}

void jaros_plugin_job_id(guest_imports_string_t *id) { *id = jaros_out(jaros_str_of(jaros_world.job)); }
uint64_t jaros_plugin_job_accepted_at_ms(void) { return jaros_world.accepted_at_ms; }

bool jaros_plugin_job_random(uint32_t len, guest_imports_list_u8_t *bytes, jaros_plugin_job_error_t *error) {
    if (len > 4096) {
        jaros_str message = jaros_cat(len, " random bytes are more than 4096 at once; ask for them in parts");
        return jaros_answer_no(error, (jaros_error){ jaros_cat_fixed("limit"), message });
    }
    *bytes = (guest_imports_list_u8_t){ jaros_alloc(len + 1), len };
    for (uint32_t i = 0; i < len; i++) bytes->ptr[i] = jaros_world_byte();
    return true;
}

// One of the script's answers, as the model's. A call gets an id of its own where the test gives it none.
static void jaros_play(jaros_json answer, jaros_plugin_model_response_t *response) {
    jaros_json calls = jaros_get(answer, "calls"), parts = jaros_empty_array(), text = jaros_get(answer, "text");
    for (size_t i = 0; i < jaros_len(calls); i++) {
        jaros_json call = jaros_at(calls, i), id = jaros_get(call, "id"), arguments = jaros_get(call, "arguments");
        if (jaros_is_null(id)) id = jaros_value(jaros_cat("call-", jaros_world.answered, "-", i + 1));
        if (jaros_is_null(arguments)) arguments = jaros_empty_object();
        jaros_push(parts,
                   jaros_object("type", "call", "id", id, "name", jaros_get(call, "name"), "arguments", arguments));
    }
    if (jaros_is_text(answer)) text = answer;
    response->text = jaros_out(jaros_is_text(text) ? jaros_as_text(text) : jaros_cat_fixed(""));
    response->parts = jaros_out(jaros_write(parts));
    response->structured = jaros_out(jaros_write(jaros_get(answer, "structured")));
    response->model = jaros_out(jaros_cat_fixed("script"));
    response->finish = jaros_out(jaros_cat_fixed(jaros_len(calls) ? "call" : "stop"));
    response->usage = jaros_out(jaros_cat_fixed("{\"input\":0,\"output\":0}"));
}

bool jaros_plugin_model_complete(jaros_plugin_model_request_t *request, jaros_plugin_model_response_t *response,
                                 jaros_plugin_model_error_t *no) {
    jaros_error error;
    if (!jaros_for_agents("model", &error)) return jaros_answer_no(no, error);
    jaros_json messages = jaros_empty_array();
    for (size_t i = 0; i < request->messages.len; i++) {
        const jaros_plugin_model_message_t *message = &request->messages.ptr[i];
        jaros_json parts = jaros_in_json(message->parts, "parts");
        jaros_push(messages, jaros_object("role", jaros_in(message->role), "content", jaros_in(message->content),
                                          "parts", parts));
    }
    jaros_push(jaros_world.asked, jaros_object("model", jaros_in(request->model), "messages", messages, "tools",
                                               jaros_in_json(request->tools, "tools"), "params",
                                               jaros_in_json(request->params, "params")));
    if (jaros_world.answered == jaros_len(jaros_world.script)) {
        jaros_str message =
            jaros_cat("the test gave the model ", jaros_world.answered, " answers, and this is one call more");
        return jaros_answer_no(no, (jaros_error){ jaros_cat_fixed("unavailable"), message });
    }
    jaros_json answer = jaros_at(jaros_world.script, jaros_world.answered++), said_no = jaros_get(answer, "error");
    if (!jaros_is_null(said_no))
        return jaros_answer_no(no, (jaros_error){ jaros_text(said_no, "code"), jaros_text(said_no, "message") });
    jaros_play(answer, response);
    return true;
}

void jaros_plugin_actions_list(jaros_plugin_actions_list_action_t *actions) {
    jaros_error error;
    // The node ends a call that asks where it may not.
    if (!jaros_for_agents("actions", &error)) jaros_bug_("refused", error.message, NULL, 0);
    actions->len = jaros_len(jaros_world.actions);
    actions->ptr = jaros_alloc(actions->len * sizeof *actions->ptr);
    for (size_t i = 0; i < actions->len; i++) {
        jaros_json action = jaros_at(jaros_world.actions, i);
        actions->ptr[i] = (jaros_plugin_actions_action_t){ jaros_out(jaros_text(action, "kind")),
                                                           jaros_out(jaros_text(action, "description")),
                                                           jaros_out(jaros_write(jaros_get(action, "schema"))) };
    }
}

// A path in a folder that may be read, for files-read.
static bool jaros_readable(jaros_str path, jaros_error *error) {
    return jaros_granted("files-read", false, jaros_len(jaros_world.readable) > 0, error) &&
           jaros_located(path, jaros_world.readable, error);
}

bool jaros_plugin_files_read_read(guest_imports_string_t *path, guest_imports_list_u8_t *bytes,
                                  jaros_plugin_files_read_error_t *no) {
    jaros_error error;
    jaros_str contents;
    if (!jaros_readable(jaros_in(*path), &error) || !jaros_file_there(jaros_in(*path), &contents, &error))
        return jaros_answer_no(no, error);
    *bytes = jaros_wire_bytes(contents);
    return true;
}

bool jaros_plugin_files_read_read_range(guest_imports_string_t *path, uint64_t offset, uint32_t len,
                                        guest_imports_list_u8_t *bytes, jaros_plugin_files_read_error_t *no) {
    jaros_error error;
    jaros_str contents;
    if (!jaros_readable(jaros_in(*path), &error) || !jaros_file_there(jaros_in(*path), &contents, &error))
        return jaros_answer_no(no, error);
    size_t from = offset < contents.len ? (size_t)offset : contents.len, left = contents.len - from;
    *bytes = jaros_wire_bytes((jaros_str){ contents.ptr + from, len < left ? len : left });
    return true;
}

bool jaros_plugin_files_read_stat(guest_imports_string_t *wire, jaros_plugin_files_read_entry_t *entry,
                                  jaros_plugin_files_read_error_t *no) {
    jaros_error error;
    jaros_str path = jaros_in(*wire), contents = { "", 0 };
    if (!jaros_readable(path, &error)) return jaros_answer_no(no, error);
    bool folder = jaros_is_folder(path);
    if (!folder && !jaros_file_there(path, &contents, &error)) return jaros_answer_no(no, error);
    size_t from = path.len;
    while (from > 0 && path.ptr[from - 1] != '/') from--;
    *entry = (jaros_plugin_files_read_entry_t){ jaros_out(jaros_slice(path, from, path.len)),
                                                jaros_out(jaros_cat_fixed(folder ? "dir" : "file")), contents.len };
    return true;
}

bool jaros_plugin_files_read_entries(guest_imports_string_t *wire, jaros_plugin_files_read_list_entry_t *entries,
                                     jaros_plugin_files_read_error_t *no) {
    jaros_error error;
    jaros_str path = jaros_in(*wire), contents;
    if (!jaros_readable(path, &error)) return jaros_answer_no(no, error);
    if (!jaros_is_folder(path)) {
        if (jaros_file_there(path, &contents, &error))
            jaros_refuse(&error, "invalid", jaros_cat("`", path, "` is no folder"));
        return jaros_answer_no(no, error);
    }
    jaros_json below = jaros_below(path);
    entries->len = jaros_len(below);
    entries->ptr = jaros_alloc(entries->len * sizeof *entries->ptr);
    for (size_t i = 0; i < entries->len; i++) {
        jaros_json size = jaros_at(below, i);
        bool folder = jaros_is_null(size);
        jaros_plugin_files_read_entry_t entry = { jaros_out(jaros_key(below, i)),
                                                  jaros_out(jaros_cat_fixed(folder ? "dir" : "file")),
                                                  folder ? 0 : (uint64_t)jaros_as_int(size) };
        size_t at = i;
        for (; at > 0 && jaros_compare(jaros_in(entries->ptr[at - 1].name), jaros_in(entry.name)) > 0; at--)
            entries->ptr[at] = entries->ptr[at - 1];
        entries->ptr[at] = entry;
    }
    return true;
}

static bool jaros_may_write(jaros_str path, jaros_error *error) {
    return jaros_granted("files-write", true, jaros_len(jaros_world.writable) > 0, error) &&
           jaros_located(path, jaros_world.writable, error);
}

bool jaros_plugin_files_write_write(guest_imports_string_t *path, guest_imports_list_u8_t *data,
                                    jaros_plugin_files_write_error_t *no) {
    jaros_error error;
    if (!jaros_may_write(jaros_in(*path), &error)) return jaros_answer_no(no, error);
    if (jaros_is_folder(jaros_in(*path)))
        return jaros_answer_no(
            no, (jaros_error){ jaros_cat_fixed("invalid"), jaros_cat("`", jaros_in(*path), "` is a folder") });
    jaros_put(jaros_world.files, jaros_in(*path), jaros_copy(data->ptr, data->len));
    return true;
}

bool jaros_plugin_files_write_remove(guest_imports_string_t *path, jaros_plugin_files_write_error_t *no) {
    jaros_error error;
    jaros_str contents;
    if (!jaros_may_write(jaros_in(*path), &error) || !jaros_file_there(jaros_in(*path), &contents, &error))
        return jaros_answer_no(no, error);
    jaros_world.files = jaros_without(jaros_world.files, jaros_in(*path));
    return true;
}

static bool jaros_stores(jaros_error *error) { return jaros_granted("store", true, jaros_world.store != NULL, error); }

bool jaros_plugin_store_get(guest_imports_string_t *key, guest_imports_option_list_u8_t *value,
                            jaros_plugin_store_error_t *no) {
    jaros_error error;
    if (!jaros_stores(&error)) return jaros_answer_no(no, error);
    jaros_json found = jaros_found(jaros_world.store, jaros_in(*key));
    value->is_some = found != NULL;
    if (found) value->val = jaros_wire_bytes(found->text);
    return true;
}

bool jaros_plugin_store_put(guest_imports_string_t *key, guest_imports_list_u8_t *value,
                            jaros_plugin_store_error_t *no) {
    jaros_error error;
    if (!jaros_stores(&error)) return jaros_answer_no(no, error);
    jaros_put(jaros_world.store, jaros_in(*key), jaros_copy(value->ptr, value->len));
    return true;
}

bool jaros_plugin_store_delete(guest_imports_string_t *key, jaros_plugin_store_error_t *no) {
    jaros_error error;
    if (!jaros_stores(&error)) return jaros_answer_no(no, error);
    jaros_world.store = jaros_without(jaros_world.store, jaros_in(*key));
    return true;
}

bool jaros_plugin_store_keys(guest_imports_string_t *prefix, guest_imports_string_t *after, uint32_t limit,
                             guest_imports_list_string_t *keys, jaros_plugin_store_error_t *no) {
    jaros_error error;
    if (!jaros_stores(&error)) return jaros_answer_no(no, error);
    size_t all = jaros_len(jaros_world.store), len = 0;
    keys->ptr = jaros_alloc(all * sizeof *keys->ptr);
    for (size_t i = 0; i < all; i++) {
        jaros_str key = jaros_key(jaros_world.store, i);
        if (!jaros_starts_with(key, jaros_in(*prefix)) || (after->len && jaros_compare(key, jaros_in(*after)) <= 0))
            continue;
        size_t at = len++;
        for (; at > 0 && jaros_compare(jaros_in(keys->ptr[at - 1]), key) > 0; at--) keys->ptr[at] = keys->ptr[at - 1];
        keys->ptr[at] = jaros_out(key);
    }
    keys->len = len < limit ? len : limit;
    return true;
}

bool jaros_plugin_host_facts_system(jaros_plugin_host_facts_json_t *facts, jaros_plugin_host_facts_error_t *no) {
    jaros_error error;
    if (!jaros_granted("host-facts", true, jaros_world.system != NULL, &error)) return jaros_answer_no(no, error);
    *facts = jaros_out(jaros_write(jaros_world.system));
    return true;
}

bool jaros_plugin_host_facts_disk(guest_imports_string_t *path, jaros_plugin_host_facts_json_t *facts,
                                  jaros_plugin_host_facts_error_t *no) {
    jaros_error error;
    if (!jaros_granted("host-facts", true, jaros_len(jaros_world.disks) > 0, &error)) return jaros_answer_no(no, error);
    jaros_json found = jaros_found(jaros_world.disks, jaros_in(*path));
    if (!found)
        return jaros_answer_no(no, (jaros_error){ jaros_cat_fixed("refused"),
                                                  jaros_cat("there is no granted folder `", jaros_in(*path), "`") });
    *facts = jaros_out(jaros_write(found));
    return true;
}

bool jaros_plugin_http_send(jaros_plugin_http_request_t *request, jaros_plugin_http_response_t *response,
                            jaros_plugin_http_error_t *no) {
    jaros_error error;
    if (!jaros_granted("http", true, jaros_world.http != NULL, &error)) return jaros_answer_no(no, error);
    jaros_json headers = jaros_empty_array();
    for (size_t i = 0; i < request->headers.len; i++)
        jaros_push(headers,
                   jaros_array(jaros_in(request->headers.ptr[i].name), jaros_in(request->headers.ptr[i].value)));
    jaros_outcome answer =
        jaros_world.http(jaros_object("method", jaros_in(request->method), "url", jaros_in(request->url), "headers",
                                      headers, "body", jaros_in_bytes(request->body.ptr, request->body.len)));
    if (!answer.ok) return jaros_answer_no(no, answer.error);
    jaros_json fields = jaros_get(answer.result, "headers"), body = jaros_get(answer.result, "body");
    response->status = (uint16_t)jaros_int(answer.result, "status");
    response->headers =
        (jaros_plugin_http_list_field_t){ jaros_alloc(jaros_len(fields) * sizeof(jaros_plugin_http_field_t)),
                                          jaros_len(fields) };
    for (size_t i = 0; i < jaros_len(fields); i++) {
        jaros_json field = jaros_at(fields, i);
        response->headers.ptr[i] = (jaros_plugin_http_field_t){ jaros_out(jaros_as_text(jaros_at(field, 0))),
                                                                jaros_out(jaros_as_text(jaros_at(field, 1))) };
    }
    response->body = jaros_wire_bytes(jaros_is_text(body) ? jaros_as_text(body) : jaros_cat_fixed(""));
    return true;
}
