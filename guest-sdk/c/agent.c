// What an agent is linked with: compile this one file beside your own.
#include "src/sdk.c"
#include "src/bindings/agent.h"
#include "src/export_agent.c"
#include "src/bindings/agent.c"
