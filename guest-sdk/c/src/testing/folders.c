// The granted folders and what lies in them.
//
// Invariant: a path outside the grants reaches nothing, in the words of the node's own refusal.
// Doesn't know: the machine's files.
// Start at: jaros_located.

static jaros_str jaros_top(jaros_str path) {
    size_t len = 0;
    while (len < path.len && path.ptr[len] != '/') len++;
    return jaros_copy(path.ptr, len);
}

// What follows the folder in the path, if it lies in it; else `.ptr` is NULL.
static jaros_str jaros_within(jaros_str path, jaros_str folder) {
    bool within = path.len > folder.len && jaros_starts_with(path, folder) && path.ptr[folder.len] == '/';
    return within ? jaros_copy(path.ptr + folder.len + 1, path.len - folder.len - 1) : (jaros_str){ NULL, 0 };
}

void jaros_give_file_(jaros_str path, jaros_str contents) {
    jaros_push(jaros_world.readable, jaros_top(path));
    jaros_put(jaros_world.files, path, contents);
}

static bool jaros_refuse(jaros_error *error, const char *code, jaros_str message) {
    *error = (jaros_error){ jaros_str_of(code), message };
    return false;
}

static const char *jaros_no_path(jaros_str path) {
    if (jaros_starts_with(path, "/")) return "it begins with `/`";
    for (size_t from = 0, at = 0; at <= path.len; at++) {
        if (at < path.len && path.ptr[at] != '/') continue;
        size_t len = at - from;
        if (len == 0) return "it has an empty part";
        if ((len == 1 && path.ptr[from] == '.') || (len == 2 && path.ptr[from] == '.' && path.ptr[from + 1] == '.'))
            return "it has the part `.` or `..`";
        from = at + 1;
    }
    return NULL;
}

// Whether the path is one, and lies in a granted folder.
static bool jaros_located(jaros_str path, jaros_json granted, jaros_error *error) {
    const char *why = jaros_no_path(path);
    if (why)
        return jaros_refuse(error, "invalid", jaros_cat("`", path, "` is no path: ", why, "; a path is GRANT/rest"));
    if (jaros_holds(granted, jaros_top(path))) return true;
    jaros_builder names = { 0 };
    for (size_t i = 0; i < jaros_len(granted); i++) {
        jaros_str name = jaros_cat(i ? ", `" : "`", jaros_at(granted, i), "`");
        jaros_add(&names, name.ptr, name.len);
    }
    if (!names.len) jaros_add_chars(&names, "nothing");
    return jaros_refuse(
        error, "refused",
        jaros_cat("there is no granted folder `", jaros_top(path), "`; granted: ", jaros_built(&names)));
}

static bool jaros_is_folder(jaros_str path) {
    if (jaros_holds(jaros_world.readable, path) || jaros_holds(jaros_world.writable, path)) return true;
    for (size_t i = 0; i < jaros_len(jaros_world.files); i++)
        if (jaros_within(jaros_key(jaros_world.files, i), path).ptr) return true;
    return false;
}

// The file of a path that was located.
static bool jaros_file_there(jaros_str path, jaros_str *contents, jaros_error *error) {
    jaros_json found = jaros_found(jaros_world.files, path);
    if (found) *contents = found->text;
    else if (jaros_is_folder(path)) jaros_refuse(error, "invalid", jaros_cat("`", path, "` is a folder"));
    else jaros_refuse(error, "not-found", jaros_cat("there is no `", path, "`"));
    return found != NULL;
}

// What a folder holds: names to sizes, null for a folder.
static jaros_json jaros_below(jaros_str path) {
    jaros_json entries = jaros_empty_object();
    for (size_t i = 0; i < jaros_len(jaros_world.files); i++) {
        jaros_str rest = jaros_within(jaros_key(jaros_world.files, i), path);
        if (!rest.ptr) continue;
        jaros_str name = jaros_top(rest);
        jaros_put(entries, name,
                  name.len < rest.len ? jaros_null() : jaros_value(jaros_at(jaros_world.files, i)->text.len));
    }
    return entries;
}
