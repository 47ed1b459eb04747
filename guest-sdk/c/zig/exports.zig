//! From an author's file to what the C SDK links with.
//!
//! Invariant: `Failed` with a failure that waits is the outcome; any other error is a bug.
//! Doesn't know: what the file does.
//! Start at: `tool`, `agent`.

const std = @import("std");
const c = @import("c.zig");
const failing = @import("failure.zig");
const json = @import("json.zig");
const agents = @import("agent_api.zig");
const Json = json.Json;

/// A file that declares `execute`, as a tool.
pub fn tool(comptime app: type) c.Tool {
    if (!@hasDecl(app, "execute")) @compileError("a tool's file needs `pub fn execute`");
    const Payload = if (@hasDecl(app, "Payload")) app.Payload else Json;
    const functions = struct {
        fn execute(node: *c.Node) callconv(.c) ?*c.Node {
            return run(node) catch |err| {
                failing.escaped(err);
                return null;
            };
        }

        fn run(node: *c.Node) !*c.Node {
            const result = app.execute(try (Json{ .node = node }).as(Payload));
            return json.of(if (@typeInfo(@TypeOf(result)) == .error_union) try result else result).node;
        }

        fn validate(node: *c.Node) callconv(.c) void {
            check(node) catch |err| failing.escaped(err);
        }

        fn check(node: *c.Node) !void {
            const payload = try (Json{ .node = node }).as(Payload);
            if (@hasDecl(app, "validate")) try app.validate(payload);
        }
    };
    return .{
        .description = description(app),
        .schema = optional(app, "schema"),
        .version = optional(app, "version"),
        .validate = functions.validate,
        .execute = functions.execute,
    };
}

/// A file that declares `steps` or `decide`, as an agent.
pub fn agent(comptime app: type) c.Agent {
    const has_steps = @hasDecl(app, "steps");
    if (has_steps == @hasDecl(app, "decide")) @compileError("an agent's file needs either `pub const steps = .{ .start = start, … }` or `pub fn decide`");
    return .{
        .description = description(app),
        .schema = optional(app, "schema"),
        .version = optional(app, "version"),
        .steps = if (has_steps) &steps(app) else null,
        .decide = if (has_steps) null else step(app, app.decide),
    };
}

fn steps(comptime app: type) [@typeInfo(@TypeOf(app.steps)).@"struct".field_names.len + 1]c.Step {
    const names = @typeInfo(@TypeOf(app.steps)).@"struct".field_names;
    var all: [names.len + 1]c.Step = undefined;
    for (names, 0..) |name, index| all[index] = .{ .name = name, .run = step(app, @field(app.steps, name)) };
    all[names.len] = .{ .name = null, .run = null };
    return all;
}

fn step(comptime app: type, comptime decide: anytype) c.Decide {
    const Input = if (@hasDecl(app, "Input")) app.Input else Json;
    return struct {
        fn run(turn: *const c.Turn) callconv(.c) ?*c.PlanOf {
            return decided(turn) catch |err| {
                failing.escaped(err);
                return null;
            };
        }

        fn decided(turn: *const c.Turn) !*c.PlanOf {
            const plan = decide(try agents.typed(Input, turn));
            return (if (@typeInfo(@TypeOf(plan)) == .error_union) try plan else plan).plan;
        }
    }.run;
}

fn description(comptime app: type) [*:0]const u8 {
    if (!@hasDecl(app, "description")) @compileError("the file needs `pub const description`: a sentence for people and models");
    return app.description;
}

fn optional(comptime app: type, comptime name: []const u8) ?[*:0]const u8 {
    return if (@hasDecl(app, name)) @field(app, name) else null;
}
