// The job, the log, files, the store, facts and HTTP: the contract's functions as an author meets them.
//
// Invariant: each function is a section of its own, so that only what is called is imported.
// Doesn't know: what was granted; the host does.
// Start at: capabilities.h.

jaros_str jaros_job_id(void) {
    guest_imports_string_t id;
    jaros_plugin_job_id(&id);
    return jaros_in(id);
}

uint64_t jaros_job_accepted_at_ms(void) { return jaros_plugin_job_accepted_at_ms(); }

jaros_str jaros_job_random(uint32_t len) {
    guest_imports_list_u8_t bytes = { NULL, 0 };
    jaros_plugin_types_error_t error;
    if (!jaros_failed() && !jaros_plugin_job_random(len, &bytes, &error)) jaros_host_said_no(&error);
    return jaros_in_bytes(bytes.ptr, bytes.len);
}

void jaros_log_(const char *level, jaros_str message) {
    guest_imports_string_t wire_level = jaros_out_unchecked(jaros_str_of(level)),
                           wire = jaros_out_unchecked(jaros_lossy(message));
    jaros_plugin_log_write(&wire_level, &wire);
}

jaros_str jaros_files_read_(jaros_str path) {
    guest_imports_list_u8_t bytes = { NULL, 0 };
    jaros_plugin_types_error_t error;
    guest_imports_string_t wire = jaros_out(path);
    if (!jaros_failed() && !jaros_plugin_files_read_read(&wire, &bytes, &error)) jaros_host_said_no(&error);
    return jaros_in_bytes(bytes.ptr, bytes.len);
}

jaros_str jaros_files_read_text_(jaros_str path) {
    jaros_str bytes = jaros_files_read_(path);
    if (jaros_is_utf8(bytes)) return bytes;
    jaros_fail_with(jaros_cat_fixed("invalid"), jaros_cat(path, " is not UTF-8"), true);
    return (jaros_str){ "", 0 };
}

jaros_str jaros_files_read_range_(jaros_str path, uint64_t offset, uint32_t len) {
    guest_imports_list_u8_t bytes = { NULL, 0 };
    jaros_plugin_types_error_t error;
    guest_imports_string_t wire = jaros_out(path);
    if (!jaros_failed() && !jaros_plugin_files_read_read_range(&wire, offset, len, &bytes, &error))
        jaros_host_said_no(&error);
    return jaros_in_bytes(bytes.ptr, bytes.len);
}

static jaros_entry jaros_in_entry(const jaros_plugin_files_read_entry_t *entry) {
    return (jaros_entry){ jaros_in(entry->name), jaros_in(entry->kind), entry->size_bytes };
}

jaros_entry jaros_files_stat_(jaros_str path) {
    jaros_plugin_files_read_entry_t entry = { { NULL, 0 }, { NULL, 0 }, 0 };
    jaros_plugin_types_error_t error;
    guest_imports_string_t wire = jaros_out(path);
    if (!jaros_failed() && !jaros_plugin_files_read_stat(&wire, &entry, &error)) jaros_host_said_no(&error);
    return jaros_in_entry(&entry);
}

jaros_entries jaros_files_entries_(jaros_str path) {
    jaros_plugin_files_read_list_entry_t entries = { NULL, 0 };
    jaros_plugin_types_error_t error;
    guest_imports_string_t wire = jaros_out(path);
    if (!jaros_failed() && !jaros_plugin_files_read_entries(&wire, &entries, &error)) jaros_host_said_no(&error);
    jaros_entry *list = jaros_alloc(entries.len * sizeof *list);
    for (size_t i = 0; i < entries.len; i++) list[i] = jaros_in_entry(&entries.ptr[i]);
    return (jaros_entries){ list, entries.len };
}

void jaros_files_write_(jaros_str path, jaros_str data) {
    jaros_plugin_types_error_t error;
    guest_imports_string_t wire = jaros_out(path);
    guest_imports_list_u8_t bytes = jaros_out_bytes(data);
    if (!jaros_failed() && !jaros_plugin_files_write_write(&wire, &bytes, &error)) jaros_host_said_no(&error);
}

void jaros_files_remove_(jaros_str path) {
    jaros_plugin_types_error_t error;
    guest_imports_string_t wire = jaros_out(path);
    if (!jaros_failed() && !jaros_plugin_files_write_remove(&wire, &error)) jaros_host_said_no(&error);
}

bool jaros_store_get_(jaros_str key, jaros_str *value) {
    guest_imports_option_list_u8_t found = { false, { NULL, 0 } };
    jaros_plugin_types_error_t error;
    guest_imports_string_t wire = jaros_out(key);
    if (!jaros_failed() && !jaros_plugin_store_get(&wire, &found, &error))
        jaros_host_said_no(&error), found.is_some = false;
    *value = found.is_some ? jaros_in_bytes(found.val.ptr, found.val.len) : (jaros_str){ "", 0 };
    return found.is_some;
}

void jaros_store_put_(jaros_str key, jaros_str value) {
    jaros_plugin_types_error_t error;
    guest_imports_string_t wire = jaros_out(key);
    guest_imports_list_u8_t bytes = jaros_out_bytes(value);
    if (!jaros_failed() && !jaros_plugin_store_put(&wire, &bytes, &error)) jaros_host_said_no(&error);
}

void jaros_store_delete_(jaros_str key) {
    jaros_plugin_types_error_t error;
    guest_imports_string_t wire = jaros_out(key);
    if (!jaros_failed() && !jaros_plugin_store_delete(&wire, &error)) jaros_host_said_no(&error);
}

jaros_json jaros_store_keys_(jaros_str prefix, jaros_str after, uint32_t limit) {
    guest_imports_list_string_t keys = { NULL, 0 };
    jaros_plugin_types_error_t error;
    guest_imports_string_t wire_prefix = jaros_out(prefix), wire_after = jaros_out(after);
    if (!jaros_failed() && !jaros_plugin_store_keys(&wire_prefix, &wire_after, limit, &keys, &error))
        jaros_host_said_no(&error);
    jaros_json list = jaros_empty_array();
    for (size_t i = 0; i < keys.len; i++) jaros_push(list, jaros_in(keys.ptr[i]));
    return list;
}

jaros_json jaros_store_get_json_(jaros_str key) {
    jaros_str value;
    return jaros_store_get_(key, &value) ? jaros_parse_(value, jaros_cat("the store's ", key).ptr) : jaros_null();
}

jaros_json jaros_host_system(void) {
    guest_imports_string_t facts;
    jaros_plugin_types_error_t error;
    if (jaros_failed()) return jaros_null();
    if (jaros_plugin_host_facts_system(&facts, &error)) return jaros_in_json(facts, "the host's facts");
    jaros_host_said_no(&error);
    return jaros_null();
}

jaros_json jaros_host_disk_(jaros_str path) {
    guest_imports_string_t facts, wire = jaros_out(path);
    jaros_plugin_types_error_t error;
    if (jaros_failed()) return jaros_null();
    if (jaros_plugin_host_facts_disk(&wire, &facts, &error)) return jaros_in_json(facts, "the host's facts");
    jaros_host_said_no(&error);
    return jaros_null();
}

struct jaros_http_request {
    jaros_plugin_http_request_t wire;
    size_t room;
};

jaros_http jaros_http_new_(jaros_str method, jaros_str url) {
    jaros_http request = jaros_alloc(sizeof *request);
    request->wire.method = jaros_out(method);
    request->wire.url = jaros_out(url);
    return request;
}

jaros_http jaros_http_header_(jaros_http request, jaros_str name, jaros_str value) {
    jaros_plugin_http_list_field_t *headers = &request->wire.headers;
    if (headers->len == request->room) {
        size_t room = request->room ? request->room * 2 : 4;
        headers->ptr = jaros_grow(headers->ptr, request->room * sizeof *headers->ptr, room * sizeof *headers->ptr);
        request->room = room;
    }
    headers->ptr[headers->len++] = (jaros_plugin_http_field_t){ jaros_out(name), jaros_out(value) };
    return request;
}

jaros_http jaros_http_body_(jaros_http request, jaros_str body) {
    request->wire.body = jaros_out_bytes(body);
    return request;
}

jaros_http_response jaros_http_send(jaros_http request) {
    jaros_plugin_http_response_t answer = { 0, { NULL, 0 }, { NULL, 0 } };
    jaros_plugin_types_error_t error;
    if (!jaros_failed() && !jaros_plugin_http_send(&request->wire, &answer, &error)) jaros_host_said_no(&error);
    jaros_json headers = jaros_empty_array();
    for (size_t i = 0; i < answer.headers.len; i++)
        jaros_push(headers, jaros_array(jaros_in(answer.headers.ptr[i].name), jaros_in(answer.headers.ptr[i].value)));
    return (jaros_http_response){ answer.status, headers, jaros_in_bytes(answer.body.ptr, answer.body.len) };
}
