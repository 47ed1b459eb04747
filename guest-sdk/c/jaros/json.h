// JSON: reading what came, and making what goes.
//
// Reading needs no ceremony: jaros_text(payload, "name") is the text, and where there is none, the call's outcome says so
// (`payload: name: a text is expected, not 7`); see failure.h. Making is one expression:
//
//     jaros_object("path", path, "words", words, "tags", jaros_array("a", "b"))
//
// Invariant: what is read and written is I-JSON: UTF-8, no key twice, at most 64 levels, integers within ±(2^53−1) (write larger ones as
// text). A number that only passes through keeps its digits.
// Doesn't know: canonical form; the host brings texts into it.
// Start at: jaros_text, jaros_object.
#ifndef JAROS_JSON_H
#define JAROS_JSON_H

#include "text.h"

typedef enum { JAROS_NULL, JAROS_BOOL, JAROS_NUMBER, JAROS_TEXT, JAROS_ARRAY, JAROS_OBJECT } jaros_kind;

// JSON written as it is, as a C string: JAROS_JSON({"type": "object", "required": ["name"]}). For schemas and tests.
#define JAROS_JSON(...) #__VA_ARGS__

// ---- Reading

// What the value of this member is; anything else is a misfit, which becomes the outcome.
#define jaros_text(object, key) jaros_as_text(jaros_get(object, key))
#define jaros_int(object, key) jaros_as_int(jaros_get(object, key))
#define jaros_number(object, key) jaros_as_number(jaros_get(object, key))
#define jaros_bool(object, key) jaros_as_bool(jaros_get(object, key))
#define jaros_list(object, key) jaros_as_list(jaros_get(object, key))
// Any value, but it must be there.
#define jaros_member(object, key) jaros_as_something(jaros_get(object, key))

// The same of a value itself.
jaros_str jaros_as_text(jaros_json value);
int64_t jaros_as_int(jaros_json value);
double jaros_as_number(jaros_json value);
bool jaros_as_bool(jaros_json value);
jaros_json jaros_as_list(jaros_json value);
jaros_json jaros_as_something(jaros_json value);

// A member, or null where there is none (which remembers where it would have been). Never NULL, so it can be chained.
#define jaros_get(object, key) jaros_get_(object, JAROS_STR(key))
#define jaros_has(object, key) jaros_has_(object, JAROS_STR(key))
// An item of a list or, in the order of the text, the value of an object's member. Beyond the end is a bug, and ends the call.
#define jaros_at(list, index) jaros_at_(list, index, JAROS_FILE, __LINE__)
// The key of an object's member.
#define jaros_key(object, index) jaros_key_(object, index, JAROS_FILE, __LINE__)
// Items of a list, members of an object; 0 for anything else.
size_t jaros_len(jaros_json value);
jaros_kind jaros_kind_of(jaros_json value);
bool jaros_is_null(jaros_json value);
#define jaros_is_text(value) (jaros_kind_of(value) == JAROS_TEXT)

// ---- Making

// Keys and values in turn.
#define jaros_object(...) jaros_object_(JAROS_LIST(__VA_ARGS__))
#define jaros_array(...) jaros_array_(JAROS_LIST(__VA_ARGS__))
#define jaros_value(value) JAROS_VALUE(value)
jaros_json jaros_null(void);
jaros_json jaros_empty_object(void);
jaros_json jaros_empty_array(void);

// Sets a member, in place of one of that name, and returns the object. Only for what was made here: what came is left as it is.
#define jaros_put(object, key, value) jaros_put_(object, JAROS_STR(key), JAROS_VALUE(value))
#define jaros_push(list, value) jaros_push_(list, JAROS_VALUE(value))

// ---- As text

// Reads a text, such as a model's answer. What is no I-JSON is a failure of code `invalid` that says where.
#define jaros_parse(text) jaros_parse_(JAROS_STR(text), "JSON")
// Writes a value.
#define jaros_write(value) jaros_write_(JAROS_VALUE(value))
bool jaros_same_json(jaros_json a, jaros_json b);

// ---- What the macros are made of; not for authors.

void jaros_misfit_(jaros_json value, jaros_str wanted);
jaros_json jaros_get_(jaros_json object, jaros_str key);
bool jaros_has_(jaros_json object, jaros_str key);
jaros_json jaros_at_(jaros_json list, size_t index, const char *file, int line);
jaros_str jaros_key_(jaros_json object, size_t index, const char *file, int line);
jaros_json jaros_object_(size_t count, const jaros_json *values);
jaros_json jaros_array_(size_t count, const jaros_json *values);
jaros_json jaros_put_(jaros_json object, jaros_str key, jaros_json value);
jaros_json jaros_push_(jaros_json list, jaros_json value);
jaros_json jaros_parse_(jaros_str text, const char *whence);
jaros_str jaros_write_(jaros_json value);

#endif
