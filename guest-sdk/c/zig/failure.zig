//! How a call fails: a failure is what it means to say no to, a bug is what can't be.
//!
//! Invariant: `error.Failed` means that a failure waits in the C SDK, with its words; whoever returns it makes it the outcome. Any other
//! error that leaves the author's function is a bug, as a panic is.
//! Doesn't know: codes; they are an open set.
//! Start at: `failure`, `caught`.

const std = @import("std");
const c = @import("c.zig");

/// What functions that ask the host return: a failure waits, and `caught` takes it.
pub const Error = error{Failed};

/// Why something wasn't done.
pub const Why = struct {
    /// A host's has its code; an author's is `failed`; what doesn't fit is `invalid`.
    code: []const u8,
    message: []const u8,
};

/// Memory of the call's own. Freeing is allowed and never needed.
pub const allocator: std.mem.Allocator = .{ .ptr = undefined, .vtable = &.{ .alloc = alloc, .resize = resize, .remap = remap, .free = release } };

/// A text as `std.fmt` makes it.
pub fn print(comptime format: []const u8, args: anytype) []const u8 {
    return std.fmt.allocPrint(allocator, format, args) catch @panic("out of memory");
}

/// Fails, in these words: `return jaros.failure("unknown: {s}", .{what})`.
pub fn failure(comptime format: []const u8, args: anytype) Error {
    _ = c.jaros_failure_(.of(print(format, args)));
    return error.Failed;
}

/// Takes the failure that waits: `const text = jaros.files.readText(path) catch return jaros.caught().code`.
pub fn caught() Why {
    var why: c.Error = undefined;
    if (!c.jaros_caught(&why)) @panic("caught() was called without a failure");
    return .{ .code = why.code.slice(), .message = why.message.slice() };
}

/// The value, unless a failure waits.
pub fn checked(value: anytype) Error!@TypeOf(value) {
    return if (c.jaros_failed()) error.Failed else value;
}

/// The same for what is a text over there.
pub fn checkedText(value: c.Str) Error![]const u8 {
    return if (c.jaros_failed()) error.Failed else value.slice();
}

/// An error that left the author's function: a failure that waits, or a bug.
pub fn escaped(err: anyerror) void {
    if (err == error.Failed and c.jaros_failed()) return;
    c.jaros_bug_("error", .of(print("error.{s} was returned and nobody caught it", .{@errorName(err)})), null, 0);
}

fn onPanic(message: []const u8, at: ?usize) noreturn {
    _ = at;
    c.jaros_bug_("panic", .of(message), null, 0);
}

/// Zig's own panics, index out of bounds and integer overflow among them, as the call's last words.
pub const panic = std.debug.FullPanic(onPanic);

fn alloc(_: *anyopaque, len: usize, alignment: std.mem.Alignment, _: usize) ?[*]u8 {
    return if (alignment.toByteUnits() <= 16) c.malloc(len) else null;
}

fn resize(_: *anyopaque, memory: []u8, _: std.mem.Alignment, len: usize, _: usize) bool {
    return len <= memory.len;
}

fn remap(_: *anyopaque, memory: []u8, _: std.mem.Alignment, len: usize, _: usize) ?[*]u8 {
    return if (len <= memory.len) memory.ptr else null;
}

fn release(_: *anyopaque, memory: []u8, _: std.mem.Alignment, _: usize) void {
    c.free(memory.ptr);
}
