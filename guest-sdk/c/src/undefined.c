// Undefined behaviour that the compiler's checks catch (-fsanitize): its words and its place become the last words of the call.
//
// Invariant: each handler has the shape that clang calls, and none returns.
// Doesn't know: a write beyond a malloc'ed block or through a stray pointer: what the compiler can't see.
// Start at: jaros_undefined.

#ifdef __wasm__

typedef struct {
    const char *file;
    uint32_t line, column;
} jaros_place;

typedef struct {
    uint16_t kind, info;
    char name[];
} jaros_type;

// Each check's data begins with its place.
typedef struct {
    jaros_place place;
    const jaros_type *type;
    const jaros_type *index_type;
} jaros_checked;

static _Noreturn void jaros_undefined(const jaros_checked *data, jaros_str what) {
    const char *file = data->place.file;
    for (const char *at = file; at && *at; at++)
        if (*at == '/') file = at + 1;
    jaros_bug_("undefined behaviour", what, file, (int)data->place.line);
}

// A value as a check passes it: itself where it fits a word.
static void jaros_add_checked(jaros_builder *text, const jaros_type *type, uintptr_t value) {
    unsigned bits = 1u << (type->info >> 1);
    bool is_signed = type->info & 1;
    if (type->kind != 0) jaros_add_chars(text, "?");
    else if (bits > 32) {
        if (is_signed) jaros_add_int(text, *(const int64_t *)value);
        else jaros_add_unsigned(text, *(const uint64_t *)value);
    } else if (is_signed)
        jaros_add_int(text, bits == 32 ? (int32_t)value : (int32_t)((uint32_t)value << (32 - bits)) >> (32 - bits));
    else jaros_add_unsigned(text, value);
}

#define JAROS_HANDLER __attribute__((no_sanitize("undefined"))) _Noreturn void

JAROS_HANDLER __ubsan_handle_out_of_bounds(const jaros_checked *data, uintptr_t index) {
    jaros_builder text = { 0 };
    jaros_add_chars(&text, "index ");
    jaros_add_checked(&text, data->index_type, index);
    jaros_add_chars(&text, " out of bounds for type ");
    jaros_add_chars(&text, data->type->name);
    jaros_undefined(data, jaros_built(&text));
}

static _Noreturn void jaros_overflow(const jaros_checked *data, uintptr_t a, const char *sign, uintptr_t b) {
    jaros_builder text = { 0 };
    jaros_add_chars(&text, "signed integer overflow: ");
    jaros_add_checked(&text, data->type, a);
    jaros_add_chars(&text, sign);
    jaros_add_checked(&text, data->type, b);
    jaros_add_chars(&text, " cannot be represented in type ");
    jaros_add_chars(&text, data->type->name);
    jaros_undefined(data, jaros_built(&text));
}

JAROS_HANDLER __ubsan_handle_add_overflow(const jaros_checked *data, uintptr_t a, uintptr_t b) {
    jaros_overflow(data, a, " + ", b);
}
JAROS_HANDLER __ubsan_handle_sub_overflow(const jaros_checked *data, uintptr_t a, uintptr_t b) {
    jaros_overflow(data, a, " - ", b);
}
JAROS_HANDLER __ubsan_handle_mul_overflow(const jaros_checked *data, uintptr_t a, uintptr_t b) {
    jaros_overflow(data, a, " * ", b);
}

JAROS_HANDLER __ubsan_handle_negate_overflow(const jaros_checked *data, uintptr_t a) {
    (void)a;
    jaros_undefined(data, jaros_cat_fixed("a negation cannot be represented in its type"));
}

JAROS_HANDLER __ubsan_handle_divrem_overflow(const jaros_checked *data, uintptr_t a, uintptr_t b) {
    (void)a, (void)b;
    jaros_undefined(data, jaros_cat_fixed("division by zero, or of the smallest integer by -1"));
}

JAROS_HANDLER __ubsan_handle_shift_out_of_bounds(const jaros_checked *data, uintptr_t a, uintptr_t b) {
    (void)a, (void)b;
    jaros_undefined(data, jaros_cat_fixed("a shift by more than its type has bits, or of a negative number"));
}

JAROS_HANDLER __ubsan_handle_type_mismatch_v1(const jaros_checked *data, uintptr_t at) {
    jaros_builder text = { 0 };
    jaros_add_chars(&text, at ? "a pointer that can't hold type " : "a null pointer of type ");
    jaros_add_chars(&text, data->type->name);
    jaros_add_chars(&text, " was used");
    jaros_undefined(data, jaros_built(&text));
}

JAROS_HANDLER __ubsan_handle_pointer_overflow(const jaros_checked *data, uintptr_t base, uintptr_t result) {
    (void)base, (void)result;
    jaros_undefined(data, jaros_cat_fixed("an offset leads a pointer out of all memory"));
}

JAROS_HANDLER __ubsan_handle_vla_bound_not_positive(const jaros_checked *data, uintptr_t bound) {
    (void)bound;
    jaros_undefined(data, jaros_cat_fixed("an array's length isn't positive"));
}

JAROS_HANDLER __ubsan_handle_load_invalid_value(const jaros_checked *data, uintptr_t value) {
    (void)value;
    jaros_builder text = { 0 };
    jaros_add_chars(&text, "a value that type ");
    jaros_add_chars(&text, data->type->name);
    jaros_add_chars(&text, " doesn't have was read");
    jaros_undefined(data, jaros_built(&text));
}

JAROS_HANDLER __ubsan_handle_float_cast_overflow(const jaros_checked *data, uintptr_t from) {
    (void)from;
    jaros_undefined(data, jaros_cat_fixed("a number is beyond the type that it is converted to"));
}

JAROS_HANDLER __ubsan_handle_nonnull_arg(const jaros_checked *data) {
    jaros_undefined(data, jaros_cat_fixed("a null pointer was given where none may be"));
}

JAROS_HANDLER __ubsan_handle_invalid_builtin(const jaros_checked *data) {
    jaros_undefined(data, jaros_cat_fixed("a builtin was given a zero that it has no answer for"));
}

// Newer compilers check local arrays so, without a place.
JAROS_HANDLER __ubsan_handle_local_out_of_bounds(void) {
    jaros_bug_("undefined behaviour", jaros_cat_fixed("an access out of the bounds of a local variable"), NULL, 0);
}

JAROS_HANDLER __ubsan_handle_local_out_of_bounds_abort(void) { __ubsan_handle_local_out_of_bounds(); }

JAROS_HANDLER __ubsan_handle_builtin_unreachable(const jaros_checked *data) {
    jaros_undefined(data, jaros_cat_fixed("a place was reached that was said to be unreachable"));
}

JAROS_HANDLER __ubsan_handle_missing_return(const jaros_checked *data) {
    jaros_undefined(data, jaros_cat_fixed("a function that returns a value ended without one"));
}

#endif
