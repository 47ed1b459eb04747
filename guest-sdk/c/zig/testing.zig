//! Tests without a node: see testing.h, whose host this is.
//!
//!     const app = @import("app");
//!     comptime { jaros.testing.agent(app); }
//!
//!     test "it greets and tells" {
//!         jaros.testing.begin();
//!         jaros.testing.giveTool("greet", .{ .greeting = "Hello, Ada!" });
//!         const run = jaros.testing.run(.{ .name = "Ada" });
//!         try jaros.testing.expectJson(.{ .told = "Hello, Ada!" }, run.outcome.result);
//!     }
//!
//! Invariant: `begin` makes a host that gives nothing; what isn't given is refused in the node's own words. A failure of the SDK's, such as an
//! index beyond a list, is an outcome of code `trap`; a panic of Zig's own ends the test.
//! Doesn't know: schemas, rules, limits of size and fuel: `jaros eval` holds a component against those.
//! Start at: `begin`.

const std = @import("std");
const c = @import("c.zig");
const json = @import("json.zig");
const exports = @import("exports.zig");
const Json = json.Json;

/// What became of something: a result, or a code and a message.
pub const Outcome = extern struct {
    ok: bool,
    result: Json_,
    why: c.Error,

    pub fn code(self: Outcome) []const u8 {
        return self.why.code.slice();
    }

    pub fn message(self: Outcome) []const u8 {
        return self.why.message.slice();
    }
};
const Json_ = ?*c.Node;

pub const Decided = extern struct {
    id: c.Str,
    kind: c.Str,
    note: c.Str,
    payload: Json_,
    outcome: Outcome,
};

/// How a job went.
pub const Run = extern struct {
    state: [*:0]const u8,
    outcome: Outcome,
    decisions: ?[*]const Decided,
    len: usize,
    turns: u32,
};

extern fn jaros_test_begin_(name: [*:0]const u8) void;
extern fn jaros_give_job(id: [*:0]const u8, accepted_at_ms: u64) void;
extern fn jaros_give_file_(path: c.Str, contents: c.Str) void;
extern fn jaros_give_readable(folder: [*:0]const u8) void;
extern fn jaros_give_writable(folder: [*:0]const u8) void;
extern fn jaros_give_store() void;
extern fn jaros_give_stored_(key: c.Str, value: c.Str) void;
extern fn jaros_give_model_(answer: *c.Node) void;
extern fn jaros_give_tool_(kind: [*:0]const u8, answering: ?*const anyopaque, fixed: Outcome) void;
extern fn jaros_give_agent_(name: [*:0]const u8, answering: ?*const anyopaque, fixed: Outcome) void;
extern fn jaros_give_action_(kind: [*:0]const u8, description: [*:0]const u8, schema: *c.Node) void;
extern fn jaros_test_execute_(payload: *c.Node) Outcome;
extern fn jaros_test_validate_(payload: *c.Node) Outcome;
extern fn jaros_test_run_(input: *c.Node) Run;
extern fn jaros_ok_(result: *c.Node) Outcome;
extern fn jaros_no_(code: c.Str, message: c.Str) Outcome;
extern fn jaros_test_file(path: [*:0]const u8) c.Str;
extern fn jaros_test_stored(key: [*:0]const u8) c.Str;
extern fn jaros_test_logs() *c.Node;
extern fn jaros_test_asked() *c.Node;
extern fn jaros_test_because() c.Str;

/// Makes the author's file what is tested; once in a test, in a `comptime` block.
pub fn agent(comptime app: type) void {
    const Linked = struct {
        const it = exports.agent(app);
    };
    @export(&Linked.it, .{ .name = "jaros_the_agent" });
}

pub fn tool(comptime app: type) void {
    const Linked = struct {
        const it = exports.tool(app);
    };
    @export(&Linked.it, .{ .name = "jaros_the_tool" });
}

/// A host that gives nothing yet.
pub fn begin() void {
    jaros_test_begin_("");
}

pub const giveJob = jaros_give_job;
pub const giveReadable = jaros_give_readable;
pub const giveWritable = jaros_give_writable;
pub const giveStore = jaros_give_store;

pub fn giveFile(path: []const u8, contents: []const u8) void {
    jaros_give_file_(.of(path), .of(contents));
}

pub fn giveStored(key: []const u8, value: []const u8) void {
    jaros_give_stored_(.of(key), .of(value));
}

/// The model's next answer: a text, or .{ .text = … }, .{ .structured = … }, .{ .calls = … } or .{ .@"error" = .{ .code = …, .message = … } }.
pub fn giveModel(answer: anytype) void {
    jaros_give_model_(json.of(answer).node);
}

/// A tool and what it answers; another agent and what a job of it that was waited for answers.
pub fn giveTool(kind: [*:0]const u8, result: anytype) void {
    jaros_give_tool_(kind, null, jaros_ok_(json.of(result).node));
}

pub fn giveToolNo(kind: [*:0]const u8, code: []const u8, message: []const u8) void {
    jaros_give_tool_(kind, null, jaros_no_(.of(code), .of(message)));
}

/// A tool whose answer depends on its payload, an agent whose answer depends on its input.
pub fn giveToolDoes(kind: [*:0]const u8, comptime answering: fn (asked: Json) Json) void {
    jaros_give_tool_(kind, &Answering(answering).answer, jaros_ok_(c.jaros_null()));
}

pub fn giveAgentDoes(name: [*:0]const u8, comptime answering: fn (asked: Json) Json) void {
    jaros_give_agent_(name, &Answering(answering).answer, jaros_ok_(c.jaros_null()));
}

fn Answering(comptime answering: fn (asked: Json) Json) type {
    return struct {
        fn answer(question: *c.Node) callconv(.c) Outcome {
            return jaros_ok_(answering(.{ .node = question }).node);
        }
    };
}

pub fn giveAgent(name: [*:0]const u8, result: anytype) void {
    jaros_give_agent_(name, null, jaros_ok_(json.of(result).node));
}

pub fn giveAction(kind: [*:0]const u8, description: [*:0]const u8, schema: anytype) void {
    jaros_give_action_(kind, description, json.of(schema).node);
}

/// A tool's calls.
pub fn execute(payload: anytype) Outcome {
    return jaros_test_execute_(json.of(payload).node);
}

pub fn validate(payload: anytype) Outcome {
    return jaros_test_validate_(json.of(payload).node);
}

/// A whole job of the agent, with the answers that were given.
pub fn run(input: anytype) Run {
    return jaros_test_run_(json.of(input).node);
}

/// A file's contents now, and what the store has under a key.
pub fn file(path: [*:0]const u8) ?[]const u8 {
    const found = jaros_test_file(path);
    return if (found.ptr == null) null else found.slice();
}

pub fn stored(key: [*:0]const u8) ?[]const u8 {
    const found = jaros_test_stored(key);
    return if (found.ptr == null) null else found.slice();
}

pub fn logs() Json {
    return .{ .node = jaros_test_logs() };
}

pub fn asked() Json {
    return .{ .node = jaros_test_asked() };
}

pub fn expectJson(expected: anytype, actual: ?*c.Node) !void {
    const wanted = json.of(expected);
    const is: Json = .{ .node = actual orelse c.jaros_null() };
    if (wanted.eql(is)) return;
    const because = jaros_test_because().slice();
    if (because.len > 0) std.debug.print("\nthe call: {s}\n", .{because});
    try std.testing.expectEqualStrings(wanted.write(), is.write());
}

pub fn expectText(expected: []const u8, actual: []const u8) !void {
    try std.testing.expectEqualStrings(expected, actual);
}
