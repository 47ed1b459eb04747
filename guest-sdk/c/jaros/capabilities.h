// What the host does for a component: the job at hand, diagnostics, files, the store, facts, HTTP.
//
// Calling one of these is asking the operator for it: files need `files-read` or `files-write` in the grants and in wit/world.wit, and so on. The
// job and the log are everybody's. A host's no is a failure that waits (failure.h), so results need no check.
//
// Invariant: what is answered is on the record or derived from it, so every answer is the same on every replay.
// Doesn't know: real time, real randomness, host paths.
// Start at: jaros_job_id, jaros_log_info, jaros_files_read_text, jaros_store_get, jaros_http_get.
#ifndef JAROS_CAPABILITIES_H
#define JAROS_CAPABILITIES_H

#include "json.h"

// ---- The job at hand

jaros_str jaros_job_id(void);
// When this attempt was accepted, in milliseconds since 1970-01-01T00:00:00Z.
uint64_t jaros_job_accepted_at_ms(void);
// The next bytes of the stream that the host seeded for this call; no secret. `limit` over 4,096 at once.
jaros_str jaros_job_random(uint32_t len);

// ---- Diagnostics, kept beside the record and never part of it: jaros_log_info("counted ", n, " words")

#define jaros_log_error(...) jaros_log_("error", jaros_cat(__VA_ARGS__))
#define jaros_log_warn(...) jaros_log_("warn", jaros_cat(__VA_ARGS__))
#define jaros_log_info(...) jaros_log_("info", jaros_cat(__VA_ARGS__))
#define jaros_log_debug(...) jaros_log_("debug", jaros_cat(__VA_ARGS__))
#define jaros_log_trace(...) jaros_log_("trace", jaros_cat(__VA_ARGS__))
// A level that is known only when it runs; one that the host doesn't know counts as `info`.
#define jaros_log(level, ...) jaros_log_(JAROS_STR(level).ptr, jaros_cat(__VA_ARGS__))

// ---- Files in the folders that the operator granted; a path is GRANT/rest

typedef struct jaros_entry {
    jaros_str name;
    // `file`, `dir` or `other`; links are never followed.
    jaros_str kind;
    uint64_t size_bytes;
} jaros_entry;

typedef struct jaros_entries {
    const jaros_entry *ptr;
    size_t len;
} jaros_entries;

// A whole file, as bytes and as text; `invalid` where it isn't UTF-8.
#define jaros_files_read(path) jaros_files_read_(JAROS_STR(path))
#define jaros_files_read_text(path) jaros_files_read_text_(JAROS_STR(path))
// At most `len` bytes from `offset` on.
#define jaros_files_read_range(path, offset, len) jaros_files_read_range_(JAROS_STR(path), offset, len)
#define jaros_files_stat(path) jaros_files_stat_(JAROS_STR(path))
// What a folder holds, sorted by name.
#define jaros_files_entries(path) jaros_files_entries_(JAROS_STR(path))
// Tools only; staged until the outcome is on the record.
#define jaros_files_write(path, data) jaros_files_write_(JAROS_STR(path), JAROS_STR(data))
#define jaros_files_remove(path) jaros_files_remove_(JAROS_STR(path))

// ---- The store: a small ordered map that outlives the job. Tools only; staged as files are

// Whether the key is there, and its value.
#define jaros_store_get(key, value) jaros_store_get_(JAROS_STR(key), value)
#define jaros_store_put(key, value) jaros_store_put_(JAROS_STR(key), JAROS_STR(value))
#define jaros_store_delete(key) jaros_store_delete_(JAROS_STR(key))
// Keys that start with `prefix` and come after `after`, in byte order, at most `limit`, as a list of texts.
#define jaros_store_keys(prefix, after, limit) jaros_store_keys_(JAROS_STR(prefix), JAROS_STR(after), limit)
// The same with values as JSON; null where the key isn't there.
#define jaros_store_get_json(key) jaros_store_get_json_(JAROS_STR(key))
#define jaros_store_put_json(key, value) jaros_store_put_(JAROS_STR(key), jaros_write(value))

// ---- Facts about the machine. Tools only

// {"system":"Linux","release":…,"machine":…,"cpu_count":…}
jaros_json jaros_host_system(void);
// {"total_bytes":…,"used_bytes":…,"free_bytes":…} of the volume that a granted folder lies on.
#define jaros_host_disk(path) jaros_host_disk_(JAROS_STR(path))

// ---- HTTP, to the origins that the operator granted. Tools only

typedef struct jaros_http_request *jaros_http;

typedef struct jaros_http_response {
    uint16_t status;
    // [[name, value], …], names in small letters.
    jaros_json headers;
    jaros_str body;
} jaros_http_response;

#define jaros_http_get(url) jaros_http_send(jaros_http_new("GET", url))
#define jaros_http_post(url, body) jaros_http_send(jaros_http_body(jaros_http_new("POST", url), body))
// A request to add to: jaros_http_header, jaros_http_body, jaros_http_json; then jaros_http_send.
#define jaros_http_new(method, url) jaros_http_new_(JAROS_STR(method), JAROS_STR(url))
#define jaros_http_header(request, name, value) jaros_http_header_(request, JAROS_STR(name), JAROS_STR(value))
#define jaros_http_body(request, body) jaros_http_body_(request, JAROS_STR(body))
// A value as the body, and its content type.
#define jaros_http_json(request, value) \
    jaros_http_header(jaros_http_body(request, jaros_write(value)), "content-type", "application/json")
// Every status is an answer; a failure is only what got none.
jaros_http_response jaros_http_send(jaros_http request);
// An answer's body as JSON.
#define jaros_http_json_of(response) jaros_parse_((response).body, "the answer's body")

// ---- What the macros are made of; not for authors.

void jaros_log_(const char *level, jaros_str message);
jaros_str jaros_files_read_(jaros_str path);
jaros_str jaros_files_read_text_(jaros_str path);
jaros_str jaros_files_read_range_(jaros_str path, uint64_t offset, uint32_t len);
jaros_entry jaros_files_stat_(jaros_str path);
jaros_entries jaros_files_entries_(jaros_str path);
void jaros_files_write_(jaros_str path, jaros_str data);
void jaros_files_remove_(jaros_str path);
bool jaros_store_get_(jaros_str key, jaros_str *value);
void jaros_store_put_(jaros_str key, jaros_str value);
void jaros_store_delete_(jaros_str key);
jaros_json jaros_store_keys_(jaros_str prefix, jaros_str after, uint32_t limit);
jaros_json jaros_store_get_json_(jaros_str key);
jaros_json jaros_host_disk_(jaros_str path);
jaros_http jaros_http_new_(jaros_str method, jaros_str url);
jaros_http jaros_http_header_(jaros_http request, jaros_str name, jaros_str value);
jaros_http jaros_http_body_(jaros_http request, jaros_str body);

#endif
