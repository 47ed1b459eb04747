//! JSON: values as they cross, and Zig types as JSON.
//!
//! Invariant: what doesn't fit a type is a failure that says where (`payload: name: a text is expected, not 7`).
//! Doesn't know: canonical form; the host brings texts into it.
//! Start at: `of`, `Json.as`.

const std = @import("std");
const c = @import("c.zig");
const failing = @import("failure.zig");
const Error = failing.Error;

pub const Kind = enum(c_int) { null, bool, number, text, array, object };

/// A JSON value.
pub const Json = struct {
    node: *c.Node,

    /// A member, or null where there is none (which remembers where it would have been).
    pub fn get(self: Json, key: []const u8) Json {
        return .{ .node = c.jaros_get_(self.node, .of(key)) };
    }

    pub fn has(self: Json, key: []const u8) bool {
        return c.jaros_has_(self.node, .of(key));
    }

    /// An item of a list, or the value of an object's member. Beyond the end is a bug.
    pub fn at(self: Json, index: usize) Json {
        return .{ .node = c.jaros_at_(self.node, index, null, 0) };
    }

    /// The key of an object's member.
    pub fn keyAt(self: Json, index: usize) []const u8 {
        return c.jaros_key_(self.node, index, null, 0).slice();
    }

    /// Items of a list, members of an object; 0 for anything else.
    pub fn len(self: Json) usize {
        return c.jaros_len(self.node);
    }

    pub fn kind(self: Json) Kind {
        return @fromBackingInt(@intCast(c.jaros_kind_of(self.node)));
    }

    pub fn isNull(self: Json) bool {
        return self.kind() == .null;
    }

    pub fn text(self: Json) Error![]const u8 {
        return self.as([]const u8);
    }

    /// Sets a member of an object that was made here, and returns it.
    pub fn put(self: Json, key: []const u8, value: anytype) Json {
        return .{ .node = c.jaros_put_(self.node, .of(key), of(value).node) };
    }

    /// Adds an item to a list that was made here, and returns it.
    pub fn push(self: Json, value: anytype) Json {
        return .{ .node = c.jaros_push_(self.node, of(value).node) };
    }

    /// The value as JSON text.
    pub fn write(self: Json) []const u8 {
        return c.jaros_write_(self.node).slice();
    }

    pub fn eql(self: Json, other: Json) bool {
        return c.jaros_same_json(self.node, other.node);
    }

    /// The value as a type: bool, integers and floats, enums by name, optionals (null, or not there), `[]const u8` (a text), slices,
    /// structs (members that the type doesn't have are left alone), `Json`.
    pub fn as(self: Json, comptime T: type) Error!T {
        if (T == Json) return .{ .node = try failing.checked(c.jaros_as_something(self.node)) };
        return switch (@typeInfo(T)) {
            .void => {},
            .bool => failing.checked(c.jaros_as_bool(self.node)),
            .int => std.math.cast(T, try failing.checked(c.jaros_as_int(self.node))) orelse self.misfit("a smaller integer (" ++ @typeName(T) ++ ")"),
            .float => @floatCast(try failing.checked(c.jaros_as_number(self.node))),
            .optional => |info| if (self.isNull()) null else try self.as(info.child),
            .@"enum" => std.meta.stringToEnum(T, try self.text()) orelse self.misfit("one of " ++ namesOf(T)),
            .pointer => |info| if (info.size == .slice and info.child == u8) try failing.checkedText(c.jaros_as_text(self.node)) else self.list(info.child),
            .@"struct" => self.members(T),
            else => @compileError("JSON doesn't become a " ++ @typeName(T)),
        };
    }

    fn list(self: Json, comptime T: type) Error![]const T {
        const all: Json = .{ .node = try failing.checked(c.jaros_as_list(self.node)) };
        const items = failing.allocator.alloc(T, all.len()) catch @panic("out of memory");
        for (items, 0..) |*item, index| item.* = try all.at(index).as(T);
        return items;
    }

    fn members(self: Json, comptime T: type) Error!T {
        if (self.kind() != .object) return self.misfit("an object");
        const info = @typeInfo(T).@"struct";
        var made: T = undefined;
        inline for (info.field_names, info.field_types, info.field_attrs) |name, Member, attributes| {
            const default = comptime attributes.defaultValue(Member);
            if (default != null and !self.has(name)) {
                @field(made, name) = default.?;
            } else {
                @field(made, name) = try self.get(name).as(Member);
            }
        }
        return made;
    }

    fn misfit(self: Json, comptime wanted: []const u8) Error {
        c.jaros_misfit_(self.node, .of(wanted));
        return error.Failed;
    }
};

/// Anything as JSON: bool, numbers, enums by name, optionals, texts, slices, arrays and tuples, structs as objects, `Json`.
pub fn of(value: anytype) Json {
    const T = @TypeOf(value);
    if (T == Json) return value;
    return .{ .node = switch (@typeInfo(T)) {
        .null, .void => c.jaros_null(),
        .bool => c.jaros_from_bool(value),
        .int, .comptime_int => if (value < 0) c.jaros_from_int(@intCast(value)) else c.jaros_from_unsigned(@intCast(value)),
        .float, .comptime_float => c.jaros_from_number(@floatCast(value)),
        .@"enum" => c.jaros_from_text(.of(@tagName(value))),
        .enum_literal => c.jaros_from_text(.of(@tagName(value))),
        .optional => if (value) |some| of(some).node else c.jaros_null(),
        .pointer => |info| return ofPointer(info, value),
        .array => return ofItems(value[0..]),
        .@"struct" => |info| return if (info.is_tuple and info.field_names.len > 0) ofTuple(value) else ofMembers(value),
        else => @compileError(@typeName(T) ++ " doesn't become JSON"),
    } };
}

/// Reads a text, such as a model's answer.
pub fn parse(text: []const u8) Error!Json {
    return .{ .node = try failing.checked(c.jaros_parse_(.of(text), "JSON")) };
}

/// A list of nothing, to push to; an empty struct `.{}` is an object of nothing.
pub fn list() Json {
    return .{ .node = c.jaros_empty_array() };
}

fn ofPointer(comptime info: @TypeOf(@typeInfo([]u8).pointer), value: anytype) Json {
    if (info.size == .one) return switch (@typeInfo(info.child)) {
        .array => |array| if (array.child == u8) ofText(value[0..]) else ofItems(value[0..]),
        else => of(value.*),
    };
    if (info.child != u8) return ofItems(value);
    return ofText(if (info.size == .slice) value else std.mem.span(value));
}

fn ofText(text: []const u8) Json {
    return .{ .node = c.jaros_from_text(c.jaros_copy(text.ptr, text.len)) };
}

fn ofItems(items: anytype) Json {
    const made = list();
    for (items) |item| _ = made.push(item);
    return made;
}

fn ofTuple(tuple: anytype) Json {
    const made = list();
    inline for (tuple) |item| _ = made.push(item);
    return made;
}

fn ofMembers(value: anytype) Json {
    const made: Json = .{ .node = c.jaros_empty_object() };
    inline for (@typeInfo(@TypeOf(value)).@"struct".field_names) |name| _ = made.put(name, @field(value, name));
    return made;
}

fn namesOf(comptime T: type) []const u8 {
    comptime var names: []const u8 = "";
    inline for (@typeInfo(T).@"enum".field_names, 0..) |name, index| names = names ++ (if (index == 0) "" else ", ") ++ name;
    return names;
}
