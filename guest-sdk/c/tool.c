// What a tool is linked with: compile this one file beside your own.
#include "src/sdk.c"
#include "src/bindings/tool.h"
#include "src/export_tool.c"
#include "src/bindings/tool.c"
