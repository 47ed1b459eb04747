//! What the host does for a component: the job at hand, diagnostics, files, the store, facts, HTTP.
//!
//! Invariant: what isn't called isn't imported. A host's no is `error.Failed`, and `jaros.caught` tells its code.
//! Doesn't know: what was granted; the host does.
//! Start at: `job`, `log`, `files`, `store`.

const c = @import("c.zig");
const failing = @import("failure.zig");
const json = @import("json.zig");
const Json = json.Json;
const Error = failing.Error;
const checked = failing.checked;
const checkedText = failing.checkedText;

/// The job at hand, as the record keeps it.
pub const job = struct {
    pub fn id() []const u8 {
        return c.jaros_job_id().slice();
    }

    /// When this attempt was accepted, in milliseconds since 1970-01-01T00:00:00Z.
    pub fn acceptedAtMs() u64 {
        return c.jaros_job_accepted_at_ms();
    }

    /// The next bytes of the stream that the host seeded for this call; no secret.
    pub fn random(len: u32) Error![]const u8 {
        return checkedText(c.jaros_job_random(len));
    }
};

/// Diagnostics, kept beside the record and never part of it.
pub const log = struct {
    pub fn err(comptime format: []const u8, args: anytype) void {
        c.jaros_log_("error", .of(failing.print(format, args)));
    }
    pub fn warn(comptime format: []const u8, args: anytype) void {
        c.jaros_log_("warn", .of(failing.print(format, args)));
    }
    pub fn info(comptime format: []const u8, args: anytype) void {
        c.jaros_log_("info", .of(failing.print(format, args)));
    }
    pub fn debug(comptime format: []const u8, args: anytype) void {
        c.jaros_log_("debug", .of(failing.print(format, args)));
    }
    pub fn trace(comptime format: []const u8, args: anytype) void {
        c.jaros_log_("trace", .of(failing.print(format, args)));
    }
    /// A level that is known only when it runs; one that the host doesn't know counts as `info`.
    pub fn write(level: []const u8, message: []const u8) void {
        c.jaros_log_(@ptrCast(c.jaros_copy(level.ptr, level.len).ptr.?), .of(message));
    }
};

/// Files in the folders that the operator granted; a path is GRANT/rest.
pub const files = struct {
    pub const Entry = struct { name: []const u8, kind: []const u8, size_bytes: u64 };

    pub fn read(path: []const u8) Error![]const u8 {
        return checkedText(c.jaros_files_read_(.of(path)));
    }

    /// `invalid` where it isn't UTF-8.
    pub fn readText(path: []const u8) Error![]const u8 {
        return checkedText(c.jaros_files_read_text_(.of(path)));
    }

    pub fn readRange(path: []const u8, offset: u64, len: u32) Error![]const u8 {
        return checkedText(c.jaros_files_read_range_(.of(path), offset, len));
    }

    pub fn stat(path: []const u8) Error!Entry {
        return entry(try checked(c.jaros_files_stat_(.of(path))));
    }

    /// What a folder holds, sorted by name.
    pub fn entries(path: []const u8) Error![]const Entry {
        const found = try checked(c.jaros_files_entries_(.of(path)));
        const all = failing.allocator.alloc(Entry, found.len) catch @panic("out of memory");
        for (all, 0..) |*one, index| one.* = entry(found.ptr[index]);
        return all;
    }

    /// Tools only; staged until the outcome is on the record.
    pub fn write(path: []const u8, data: []const u8) Error!void {
        return checked(c.jaros_files_write_(.of(path), .of(data)));
    }

    pub fn remove(path: []const u8) Error!void {
        return checked(c.jaros_files_remove_(.of(path)));
    }

    fn entry(found: c.Entry) Entry {
        return .{ .name = found.name.slice(), .kind = found.kind.slice(), .size_bytes = found.size_bytes };
    }
};

/// A small ordered map that outlives the job. Tools only; staged as files are.
pub const store = struct {
    pub fn get(key: []const u8) Error!?[]const u8 {
        var value: c.Str = undefined;
        const there = try checked(c.jaros_store_get_(.of(key), &value));
        return if (there) value.slice() else null;
    }

    pub fn put(key: []const u8, value: []const u8) Error!void {
        return checked(c.jaros_store_put_(.of(key), .of(value)));
    }

    pub fn delete(key: []const u8) Error!void {
        return checked(c.jaros_store_delete_(.of(key)));
    }

    /// Keys that start with `prefix` and come after `after`, in byte order, at most `limit`.
    pub fn keys(prefix: []const u8, after: []const u8, limit: u32) Error![]const []const u8 {
        const found: Json = .{ .node = try checked(c.jaros_store_keys_(.of(prefix), .of(after), limit)) };
        return found.as([]const []const u8);
    }

    /// The value as a type, from JSON; null where the key isn't there.
    pub fn getJson(comptime T: type, key: []const u8) Error!?T {
        const value = try get(key) orelse return null;
        const name = failing.print("the store's {s}\x00", .{key});
        const read: Json = .{ .node = try checked(c.jaros_parse_(.of(value), @ptrCast(name.ptr))) };
        return try read.as(T);
    }

    pub fn putJson(key: []const u8, value: anytype) Error!void {
        return put(key, json.of(value).write());
    }
};

/// Facts about the machine. Tools only.
pub const host_facts = struct {
    /// {"system":"Linux","release":…,"machine":…,"cpu_count":…}
    pub fn system() Error!Json {
        return .{ .node = try checked(c.jaros_host_system()) };
    }

    /// {"total_bytes":…,"used_bytes":…,"free_bytes":…}
    pub fn disk(path: []const u8) Error!Json {
        return .{ .node = try checked(c.jaros_host_disk_(.of(path))) };
    }
};

/// Calls to the origins that the operator granted. Tools only.
pub const http = struct {
    pub const Response = struct {
        status: u16,
        /// [[name, value], …], names in small letters.
        headers: Json,
        body: []const u8,

        pub fn as(self: Response, comptime T: type) Error!T {
            const read: Json = .{ .node = try checked(c.jaros_parse_(.of(self.body), "the answer's body")) };
            return read.as(T);
        }
    };

    pub const Request = struct {
        request: *c.HttpRequest,

        pub fn init(method: []const u8, url: []const u8) Request {
            return .{ .request = c.jaros_http_new_(c.jaros_copy(method.ptr, method.len), c.jaros_copy(url.ptr, url.len)) };
        }

        pub fn header(self: Request, name: []const u8, value: []const u8) Request {
            return .{ .request = c.jaros_http_header_(self.request, c.jaros_copy(name.ptr, name.len), c.jaros_copy(value.ptr, value.len)) };
        }

        pub fn body(self: Request, bytes: []const u8) Request {
            return .{ .request = c.jaros_http_body_(self.request, c.jaros_copy(bytes.ptr, bytes.len)) };
        }

        /// A value as the body, and its content type.
        pub fn jsonBody(self: Request, value: anytype) Request {
            return self.body(json.of(value).write()).header("content-type", "application/json");
        }

        /// Every status is an answer; an error is only what got none.
        pub fn send(self: Request) Error!Response {
            const answer = try checked(c.jaros_http_send(self.request));
            return .{ .status = answer.status, .headers = .{ .node = answer.headers }, .body = answer.body.slice() };
        }
    };

    pub fn get(url: []const u8) Error!Response {
        return Request.init("GET", url).send();
    }

    pub fn post(url: []const u8, bytes: []const u8) Error!Response {
        return Request.init("POST", url).body(bytes).send();
    }
};
