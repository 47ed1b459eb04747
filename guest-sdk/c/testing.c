// What a test is linked with: compile this one file natively, beside your own and the test. See testing.h.
#include "src/sdk.c"
#include "testing.h"
#include "src/bindings/agent.h"
#include "src/bindings/tool.h"

// A project has one of the two.
extern const jaros_agent jaros_the_agent __attribute__((weak));
extern const jaros_tool jaros_the_tool __attribute__((weak));

#include "src/export_agent.c"
#include "src/export_tool.c"
#include "src/testing/world.c"
#include "src/testing/folders.c"
#include "src/testing/wire.c"
#include "src/testing/call.c"
#include "src/testing/run.c"
#include "src/testing/expect.c"
