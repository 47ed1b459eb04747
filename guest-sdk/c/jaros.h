// Jaros agents and tools in C.
//
// A tool is a function from a payload to a result and says JAROS_TOOL(…); an agent is a few functions from a turn to a plan and
// says JAROS_AGENT(…). Everything else here is what such code may call. What isn't called isn't imported, so a component asks
// for no more than it uses.
//
// Invariant: an instance lives for one call. So memory is taken and never given back, a text is never written to once it is made,
// and nothing outlives the call but the memo, the store and the files.
// Doesn't know: the host. Compiled with testing.c instead of agent.c or tool.c, the same code runs natively against a fake one.
// Start at: jaros/tool.h, jaros/agent.h; jaros/failure.h tells how things go wrong.
#ifndef JAROS_H
#define JAROS_H

#ifdef __cplusplus
#error "jaros.h is C11: compile this file as C"
#endif

#include "jaros/text.h"
#include "jaros/json.h"
#include "jaros/failure.h"
#include "jaros/capabilities.h"
#include "jaros/model.h"
#include "jaros/agent.h"
#include "jaros/chat.h"
#include "jaros/tool.h"

#endif
