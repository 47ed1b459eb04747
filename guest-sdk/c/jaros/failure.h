// How a call fails: a failure is what it means to say no to, a bug is what can't be.
//
// C has no exceptions, so a failure waits. The first one stays until it is caught or the function returns; until then
// nothing reaches the host any more (its functions return at once, with something empty), and what the function returns is dropped:
// the failure is the outcome. So most code checks nothing:
//
//     jaros_str text = jaros_files_read_text(path);      // not granted? then the outcome is `refused: …`
//     jaros_store_put(path, text);                       // and this isn't done
//
// and code that knows better asks:
//
//     jaros_error error;
//     if (jaros_caught(&error)) return jaros_object("code", error.code);
//
// Invariant: the first failure counts. A bug ends the call at once, as its host's `trap`, with its message and place on the record.
// Doesn't know: codes; they are an open set (`wit/1.0.0/jaros.wit`).
// Start at: jaros_failure, jaros_caught, JAROS_CHECK.
#ifndef JAROS_FAILURE_H
#define JAROS_FAILURE_H

#include "text.h"

// Why something wasn't done. A host's has its code; an author's is `failed`; what doesn't fit is `invalid`.
typedef struct jaros_error {
    jaros_str code;
    jaros_str message;
} jaros_error;

// Fails, in words made as jaros_cat makes them: return jaros_failure("unknown: ", what). It is NULL, and any plan or result.
#define jaros_failure(...) jaros_failure_(jaros_cat(__VA_ARGS__))
// Whether a failure is waiting.
bool jaros_failed(void);
// Takes the failure that is waiting, if there is one; the call then goes on.
bool jaros_caught(jaros_error *error);

// A bug unless the condition holds: JAROS_CHECK(left >= 0, "more was taken than there is: ", left).
#define JAROS_CHECK(condition, ...) \
    ((condition) ? (void)0 : jaros_bug_("check failed", jaros_cat(#condition ", ", __VA_ARGS__), JAROS_FILE, __LINE__))
// A bug, here.
#define jaros_panic(...) jaros_bug_("panic", jaros_cat(__VA_ARGS__), JAROS_FILE, __LINE__)

// ---- What the macros are made of; not for authors.

void *jaros_failure_(jaros_str message);
_Noreturn void jaros_bug_(const char *kind, jaros_str message, const char *file, int line);

#endif
