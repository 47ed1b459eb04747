// Everything that code under test can reach, and whether it may just now.
//
// Invariant: a capability answers only if it was given and works in the phase that runs, as in the node.
// Doesn't know: which agent or tool asks.
// Start at: jaros_world.

// Which export runs.
typedef enum { JAROS_IN_TEST, JAROS_IN_DECIDE, JAROS_IN_VALIDATE, JAROS_IN_EXECUTE } jaros_phase;

// What a test says in place of a tool or another agent.
typedef struct jaros_stand_in {
    const char *name;
    jaros_answering answering;
    jaros_outcome fixed;
    struct jaros_stand_in *next;
} jaros_stand_in;

static struct {
    jaros_phase phase;
    const char *job;
    uint64_t accepted_at_ms;
    // Calls so far, each with a random stream of its own.
    uint64_t calls, random;
    // Path to contents; names of folders; key to value, or NULL for no store.
    jaros_json files, readable, writable, store;
    jaros_json system, disks;
    jaros_answering http;
    // The model's answers, and how many were taken.
    jaros_json script;
    size_t answered;
    jaros_json asked, actions, logs;
    jaros_stand_in *tools, *agents;
    // How the last call ended, for whoever expected something else.
    jaros_outcome last;
} jaros_world;

static void jaros_world_begin(void) {
    memset(&jaros_world, 0, sizeof jaros_world);
    jaros_world.job = "test";
    jaros_world.accepted_at_ms = 1700000000000;
    jaros_world.files = jaros_empty_object();
    jaros_world.disks = jaros_empty_object();
    jaros_world.last.ok = true;
    jaros_json *lists[] = { &jaros_world.readable, &jaros_world.writable, &jaros_world.script,
                            &jaros_world.asked,    &jaros_world.actions,  &jaros_world.logs };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) *lists[i] = jaros_empty_array();
}

static void jaros_world_enter(jaros_phase phase) {
    jaros_world.phase = phase;
    jaros_world.random = ++jaros_world.calls << 32;
}

// The next byte of the call's stream (SplitMix64): other ones than a node's, but the same in every run.
static uint8_t jaros_world_byte(void) {
    uint64_t mixed = jaros_world.random += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return (uint8_t)(mixed ^ (mixed >> 31));
}

// An object without one of its members.
static jaros_json jaros_without(jaros_json object, jaros_str key) {
    jaros_json rest = jaros_empty_object();
    for (size_t i = 0; i < jaros_len(object); i++)
        if (!jaros_eq(jaros_key(object, i), key)) jaros_put(rest, jaros_key(object, i), jaros_at(object, i));
    return rest;
}

static jaros_json jaros_copy_of(jaros_json object) {
    jaros_json copy = jaros_empty_object();
    for (size_t i = 0; i < jaros_len(object); i++) jaros_put(copy, jaros_key(object, i), jaros_at(object, i));
    return copy;
}

static bool jaros_holds(jaros_json list, jaros_str text) {
    for (size_t i = 0; i < jaros_len(list); i++)
        if (jaros_eq(jaros_as_text(jaros_at(list, i)), text)) return true;
    return false;
}

// What was given, where it works in this phase; else the host's refusal.
static bool jaros_granted(const char *name, bool for_tools, bool given, jaros_error *error) {
    const char *phase = NULL, *works = NULL;
    if (jaros_world.phase == JAROS_IN_VALIDATE) phase = "validate", works = "only `job` and `log` do";
    else if (jaros_world.phase == JAROS_IN_DECIDE && for_tools) phase = "decide", works = "only tools have it";
    if (!phase && given) return true;
    error->code = jaros_cat_fixed("refused");
    error->message = phase ? jaros_cat("`", name, "` doesn't work in `", phase, "`: ", works)
                           : jaros_cat("`", name, "` isn't granted to this component");
    return false;
}

// Whether what agents have works in this phase.
static bool jaros_for_agents(const char *name, jaros_error *error) {
    const char *phase = NULL, *works = NULL;
    if (jaros_world.phase == JAROS_IN_VALIDATE) phase = "validate", works = "only `job` and `log` do";
    else if (jaros_world.phase == JAROS_IN_EXECUTE) phase = "execute", works = "only agents have it";
    if (!phase) return true;
    *error =
        (jaros_error){ jaros_cat_fixed("refused"), jaros_cat("`", name, "` doesn't work in `", phase, "`: ", works) };
    return false;
}

// ---- What a test gives

jaros_outcome jaros_ok_(jaros_json result) {
    return (jaros_outcome){ .ok = true, .result = jaros_same(result), .error = { { "", 0 }, { "", 0 } } };
}

jaros_outcome jaros_no_(jaros_str code, jaros_str message) {
    return (jaros_outcome){ .ok = false, .result = jaros_null(), .error = { code, message } };
}

void jaros_give_job(const char *id, uint64_t accepted_at_ms) {
    jaros_world.job = id;
    jaros_world.accepted_at_ms = accepted_at_ms;
}

void jaros_give_readable(const char *folder) { jaros_push(jaros_world.readable, folder); }
void jaros_give_writable(const char *folder) { jaros_push(jaros_world.writable, folder); }

void jaros_give_store(void) {
    if (!jaros_world.store) jaros_world.store = jaros_empty_object();
}

void jaros_give_stored_(jaros_str key, jaros_str value) {
    jaros_give_store();
    jaros_put(jaros_world.store, key, value);
}

void jaros_give_model_(jaros_json answer) { jaros_push(jaros_world.script, answer); }
void jaros_give_system_(jaros_json facts) { jaros_world.system = facts; }
void jaros_give_disk_(const char *folder, jaros_json facts) { jaros_put(jaros_world.disks, folder, facts); }
void jaros_give_http(jaros_answering answering) { jaros_world.http = answering; }

// Sorted by kind, one of a kind.
void jaros_give_action_(const char *kind, const char *description, jaros_json schema) {
    jaros_json known = jaros_empty_array(),
               given = jaros_object("kind", kind, "description", description, "schema", schema);
    for (size_t i = 0; i < jaros_len(jaros_world.actions); i++) {
        jaros_json action = jaros_at(jaros_world.actions, i);
        int order = given ? jaros_compare(jaros_text(action, "kind"), jaros_str_of(kind)) : -1;
        if (order >= 0) {
            jaros_push(known, given);
            given = NULL;
        }
        if (order != 0) jaros_push(known, action);
    }
    if (given) jaros_push(known, given);
    jaros_world.actions = known;
}

static void jaros_stand_in_for(jaros_stand_in **list, const char *name, jaros_answering answering,
                               jaros_outcome fixed) {
    jaros_stand_in *one = jaros_alloc(sizeof *one);
    *one = (jaros_stand_in){ name, answering, fixed, *list };
    *list = one;
}

void jaros_give_tool_(const char *kind, jaros_answering answering, jaros_outcome fixed) {
    jaros_stand_in_for(&jaros_world.tools, kind, answering, fixed);
    jaros_give_action_(kind, "", jaros_empty_object());
}

void jaros_give_agent_(const char *name, jaros_answering answering, jaros_outcome fixed) {
    jaros_stand_in_for(&jaros_world.agents, name, answering, fixed);
}

// ---- What came of it

// Why the last call has no result; empty where it has one.
jaros_str jaros_test_because(void) {
    return jaros_world.last.ok ? jaros_cat_fixed("") : jaros_error_words(&jaros_world.last.error, true);
}

static jaros_str jaros_bytes_under(jaros_json object, const char *key) {
    jaros_json found = jaros_found(object, jaros_str_of(key));
    return found ? found->text : (jaros_str){ NULL, 0 };
}

jaros_str jaros_test_file(const char *path) { return jaros_bytes_under(jaros_world.files, path); }
jaros_str jaros_test_stored(const char *key) { return jaros_bytes_under(jaros_world.store, key); }
jaros_json jaros_test_logs(void) { return jaros_world.logs; }
jaros_json jaros_test_asked(void) { return jaros_world.asked; }
