//! The tool that every language has, so that a test can hold them against each other.

const std = @import("std");
const jaros = @import("jaros");

pub const description = "Does what its payload says, as its siblings in other languages do.";

pub const Payload = struct {
    do: []const u8,
    value: ?jaros.Json = null,
    message: []const u8 = "",
    path: []const u8 = "",
    key: []const u8 = "",
    level: []const u8 = "",
    len: u32 = 0,
};

const Do = enum { echo, fail, crash, spin, grow, recurse, time, random, read, store, log, count };

var calls: u32 = 0;

pub fn validate(payload: Payload) !void {
    if (std.mem.eql(u8, payload.do, "validate-no")) return jaros.failure("the tool says no", .{});
}

pub fn execute(payload: Payload) !jaros.Json {
    const what = std.meta.stringToEnum(Do, payload.do) orelse return jaros.failure("unknown: {s}", .{payload.do});
    return switch (what) {
        .echo => jaros.json(payload.value),
        .fail => jaros.failure("{s}", .{payload.message}),
        .crash => jaros.json(crash()),
        .spin => while (true) std.mem.doNotOptimizeAway(calls),
        .grow => while (true) {
            (try jaros.allocator.alloc(u8, 1 << 20))[0] = 1;
        },
        .recurse => jaros.json(recurse(0)),
        .time => jaros.json(.{ .ms = jaros.job.acceptedAtMs() }),
        .random => random(payload.len),
        .read => jaros.json(.{ .text = jaros.files.readText(payload.path) catch return jaros.json(.{ .code = jaros.caught().code }) }),
        .store => store(payload),
        .log => {
            jaros.log.write(payload.level, payload.message);
            return jaros.json(null);
        },
        .count => {
            calls += 1;
            return jaros.json(calls);
        },
    };
}

fn crash() u32 {
    const list = [_]u32{0};
    var beyond: usize = 3;
    std.mem.doNotOptimizeAway(&beyond);
    return list[0..][beyond];
}

fn recurse(depth: u64) u64 {
    std.mem.doNotOptimizeAway(&depth);
    return recurse(depth / 2 + 1) + depth;
}

fn random(len: u32) !jaros.Json {
    const bytes = jaros.list();
    for (try jaros.job.random(len)) |byte| _ = bytes.push(byte);
    return jaros.json(.{ .bytes = bytes });
}

fn store(payload: Payload) !jaros.Json {
    const before = try jaros.store.getJson(jaros.Json, payload.key);
    try jaros.store.putJson(payload.key, payload.value);
    return jaros.json(.{ .before = before });
}
