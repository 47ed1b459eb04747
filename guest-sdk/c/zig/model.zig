//! The interchangeable model, what an agent may propose, and the chat. Agents only; every call is recorded.
//!
//! Invariant: a call says all that its answer depends on.
//! Doesn't know: providers, keys, or whether the answer comes from a model or from the record.
//! Start at: `ask`, `Request`, `Chat`.

const c = @import("c.zig");
const failing = @import("failure.zig");
const json = @import("json.zig");
const agent = @import("agent_api.zig");
const Json = json.Json;
const Error = failing.Error;

/// Asks the default model one question and returns its text.
pub fn ask(prompt: []const u8) Error![]const u8 {
    return (try Request.init().user(prompt).send()).text;
}

/// A call that the model made.
pub const Call = struct { id: []const u8, name: []const u8, arguments: Json };

/// What the model answered.
pub const Response = struct {
    text: []const u8,
    /// The parts that aren't plain text, such as calls.
    parts: Json,
    /// The answer as JSON where a schema asked for it; else null.
    structured: Json,
    model: []const u8,
    /// `stop`, `length`, `call` or the provider's own word.
    finish: []const u8,
    usage: Json,
    /// The calls among the parts.
    calls: []const Call,
    wire: c.Response,
};

/// A conversation to complete, built by chaining.
pub const Request = struct {
    request: *c.RequestOf,

    pub fn init() Request {
        return .{ .request = c.jaros_model_new() };
    }

    /// Another model, by its alias in the operator's settings.
    pub fn model(self: Request, alias: []const u8) Request {
        return .{ .request = c.jaros_model_alias_(self.request, text(alias)) };
    }

    pub fn system(self: Request, content: []const u8) Request {
        return self.message("system", content, json.list());
    }

    pub fn user(self: Request, content: []const u8) Request {
        return self.message("user", content, json.list());
    }

    pub fn assistant(self: Request, content: []const u8) Request {
        return self.message("assistant", content, json.list());
    }

    /// Any message, with parts that aren't plain text.
    pub fn message(self: Request, role: []const u8, content: []const u8, parts: anytype) Request {
        return .{ .request = c.jaros_model_message_(self.request, text(role), text(content), json.of(parts).node) };
    }

    /// Something that the model may call.
    pub fn tool(self: Request, name: []const u8, description: []const u8, of: anytype) Request {
        return .{ .request = c.jaros_model_tool_(self.request, text(name), text(description), json.of(of).node) };
    }

    /// Asks for JSON of this schema, which `structured` then holds.
    pub fn schema(self: Request, of: anytype) Request {
        return self.param("schema", of);
    }

    /// A provider-neutral setting: `temperature`, `max_tokens`.
    pub fn param(self: Request, name: []const u8, value: anytype) Request {
        return .{ .request = c.jaros_model_param_(self.request, text(name), json.of(value).node) };
    }

    pub fn send(self: Request) Error!Response {
        return response(c.jaros_model_send(self.request));
    }
};

/// What this agent may propose just now: [{"kind":…,"description":…,"schema":…}].
pub fn actions() Error!Json {
    return .{ .node = try failing.checked(c.jaros_actions_list()) };
}

/// A conversation that lives in the memo from turn to turn; the model may call every action that this agent may propose.
pub const Chat = struct {
    chat: *c.ChatOf,

    /// The job's first turn: a new conversation of these two messages (an empty text is left out). A later one: the conversation of the
    /// memo, with what became of the calls added. `turn` is a `jaros.Turn`.
    pub fn begin(turn: anytype, system: []const u8, content: []const u8) Error!Chat {
        return .{ .chat = try failing.checked(c.jaros_chat_begin_(turn.wire, text(system), text(content))) };
    }

    /// Adds another question.
    pub fn user(self: Chat, content: []const u8) void {
        c.jaros_chat_user_(self.chat, text(content));
    }

    /// Asks, and offers every action that this agent may propose.
    pub fn ask(self: Chat) Error!Response {
        return self.askWith(try actions());
    }

    /// Asks, and offers these: [{"kind":…,"description":…,"schema":…}].
    pub fn askWith(self: Chat, tools: anytype) Error!Response {
        return response(c.jaros_chat_ask_with(self.chat, json.of(tools).node));
    }

    /// A plan of one decision a call, with the conversation as its memo. The next turn runs the same step.
    pub fn carryOut(self: Chat, reply: Response) agent.Plan {
        return .{ .plan = c.jaros_chat_carry_out(self.chat, &reply.wire) };
    }
};

fn text(bytes: []const u8) c.Str {
    return c.jaros_copy(bytes.ptr, bytes.len);
}

fn response(wire: c.Response) Error!Response {
    if (c.jaros_failed()) return error.Failed;
    const calls = failing.allocator.alloc(Call, wire.call_count) catch @panic("out of memory");
    for (calls, 0..) |*call, index| {
        const made = wire.calls.?[index];
        call.* = .{ .id = made.id.slice(), .name = made.name.slice(), .arguments = .{ .node = made.arguments } };
    }
    return .{
        .text = wire.text.slice(),
        .parts = .{ .node = wire.parts },
        .structured = .{ .node = wire.structured },
        .model = wire.model.slice(),
        .finish = wire.finish.slice(),
        .usage = .{ .node = wire.usage },
        .calls = calls,
        .wire = wire,
    };
}
