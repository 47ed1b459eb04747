//! The agent that every language has, so that a test can hold them against each other.

const std = @import("std");
const jaros = @import("jaros");

pub const description = "Does what its input says, as its siblings in other languages do.";
pub const steps = .{ .start = start, .middle = middle, .end = end };

const Proposal = struct { kind: []const u8, payload: jaros.Json };
pub const Input = struct {
    do: []const u8,
    decisions: []const Proposal = &.{},
    n: u32 = 0,
    len: u32 = 0,
    prompt: []const u8 = "",
    question: []const u8 = "",
    message: []const u8 = "",
    reason: []const u8 = "",
    result: ?jaros.Json = null,
};
const Turn = jaros.Turn(Input);

const Do = enum { propose, turns, steps, lost, ask, chat, actions, time, random, fail, crash, spin, count, block, finish };

var calls: u32 = 0;

fn start(turn: Turn) !jaros.Plan {
    const input = turn.input;
    const what = std.meta.stringToEnum(Do, input.do) orelse return jaros.failure("unknown: {s}", .{input.do});
    return switch (what) {
        .propose => propose(turn),
        .turns => if (turn.number < input.n) jaros.plan().memo(turn.number) else jaros.finish(.{ .turns = turn.number }),
        .steps => jaros.plan().goOn("middle", [_][]const u8{"start"}),
        .lost => jaros.plan().goOn("nowhere", null),
        .ask => jaros.finish(.{ .text = jaros.model.ask(input.prompt) catch return jaros.finish(.{ .code = jaros.caught().code }) }),
        .chat => chat(turn),
        .actions => kinds(),
        .time => jaros.finish(.{ .ms = jaros.job.acceptedAtMs() }),
        .random => random(input.len),
        .fail => jaros.failure("{s}", .{input.message}),
        .crash => jaros.finish(crash()),
        .spin => while (true) std.mem.doNotOptimizeAway(calls),
        .count => {
            calls += 1;
            return jaros.finish(calls);
        },
        .block => jaros.block(input.reason),
        .finish => jaros.finish(input.result),
    };
}

fn middle(turn: Turn) !jaros.Plan {
    return jaros.plan().goOn("end", try with(turn, "middle"));
}

fn end(turn: Turn) !jaros.Plan {
    return jaros.finish(.{ .steps = try with(turn, "end") });
}

/// What the steps before left, and this one's name.
fn with(turn: Turn, name: []const u8) ![]const []const u8 {
    return std.mem.concat(jaros.allocator, []const u8, &.{ try turn.data.as([]const []const u8), &.{name} });
}

fn propose(turn: Turn) !jaros.Plan {
    if (turn.number > 1) return jaros.finish(.{ .answers = outcomes(turn) });
    var plan = jaros.plan();
    for (turn.input.decisions) |one| plan = plan.then(one.kind, one.payload);
    return plan.memo(null);
}

fn outcomes(turn: Turn) jaros.Json {
    const list = jaros.list();
    for (turn.answers) |answer| _ = switch (answer.outcome) {
        .ok => |result| list.push(.{ .ok = result }),
        .failed => |why| list.push(.{ .code = why.code, .message = why.message }),
    };
    return list;
}

fn chat(turn: Turn) !jaros.Plan {
    const talk = try jaros.Chat.begin(turn, "", turn.input.question);
    const reply = try talk.ask();
    if (reply.calls.len > 0) return talk.carryOut(reply);
    return jaros.finish(.{ .answer = reply.text, .turns = turn.number });
}

fn kinds() !jaros.Plan {
    const list = jaros.list();
    const actions = try jaros.actions();
    for (0..actions.len()) |index| _ = list.push(actions.at(index).get("kind"));
    return jaros.finish(.{ .kinds = list });
}

fn random(len: u32) !jaros.Plan {
    const bytes = jaros.list();
    for (try jaros.job.random(len)) |byte| _ = bytes.push(byte);
    return jaros.finish(.{ .bytes = bytes });
}

fn crash() u32 {
    const list = [_]u32{0};
    var beyond: usize = 3;
    std.mem.doNotOptimizeAway(&beyond);
    return list[0..][beyond];
}
