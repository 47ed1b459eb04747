//! Jaros agents and tools in Zig.
//!
//! A tool is a file src/tool.zig that declares `description` and `execute`; an agent is src/agent.zig with `description` and `steps`. What
//! else may be declared: `schema` (JSON Schema as text), `version`, a tool's `Payload` and `validate`, an agent's `Input`, and `decide` in place of
//! `steps`. Everything here is what such code may call. What isn't called isn't imported, so a component asks for no more than it uses.
//!
//! Invariant: an instance lives for one call, so memory needs no freeing, and nothing outlives the call but the memo, the store and the files.
//! Doesn't know: the host. The SDK of C, beside this folder, is what talks to it.
//! Start at: `failure`, `json`, `Turn`, `propose`.
//!
//!     pub const description = "Greets someone by name.";
//!     pub const Payload = struct { name: []const u8 };
//!
//!     pub fn execute(payload: Payload) !jaros.Json {
//!         return jaros.json(.{ .greeting = jaros.print("Hello, {s}!", .{payload.name}) });
//!     }

const failing = @import("failure.zig");
const values = @import("json.zig");
const agents = @import("agent_api.zig");
const capabilities = @import("capabilities.zig");

pub const Error = failing.Error;
pub const Why = failing.Why;
pub const failure = failing.failure;
pub const caught = failing.caught;
pub const allocator = failing.allocator;
pub const print = failing.print;
/// White space as Unicode has it.
pub const isSpace = @import("c.zig").jaros_is_space;
pub const panic = failing.panic;

pub const Json = values.Json;
pub const json = values.of;
pub const parse = values.parse;
pub const list = values.list;

pub const Turn = agents.Turn;
pub const Answer = agents.Answer;
pub const Plan = agents.Plan;
pub const plan = agents.plan;
pub const propose = agents.propose;
pub const finish = agents.finish;
pub const fail = agents.fail;
pub const block = agents.block;

pub const model = @import("model.zig");
pub const Chat = model.Chat;
pub const actions = model.actions;

pub const job = capabilities.job;
pub const log = capabilities.log;
pub const files = capabilities.files;
pub const store = capabilities.store;
pub const host_facts = capabilities.host_facts;
pub const http = capabilities.http;

pub const exports = @import("exports.zig");
pub const testing = @import("testing.zig");
