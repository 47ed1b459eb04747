// The SDK in one translation unit, in the order in which its parts know of each other. agent.c, tool.c and testing.c include it.
//
// Invariant: each function is a section of its own when it is compiled for a component, so that what isn't called is left out.

// One unit serves agents and tools, so each leaves some of it unused.
#pragma GCC diagnostic ignored "-Wunused-function"

#include "../jaros.h"
#include <string.h>
#include <stdlib.h>
#include "bindings/imports.h"

static jaros_str jaros_cat_fixed(const char *text);

#include "arena.c"
#include "text.c"
#include "failure.c"
#include "json_number.c"
#include "json_value.c"
#include "json_write.c"
#include "json_read.c"
#include "wire.c"
#include "capabilities.c"
#include "model.c"
#include "plan.c"
#include "chat.c"
#include "export.c"

#ifdef __wasm__

#include "libc.c"
#include "undefined.c"
#include "bindings/imports.c"

// What a call returned is gone with its instance.
#define free(block) ((void)(block))

#endif
