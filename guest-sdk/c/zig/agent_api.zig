//! What an agent meets: turns and plans.
//!
//! Invariant: decisions stand in the order in which they were proposed; a plan with a memo asks for another turn.
//! Doesn't know: whether anything in a plan is allowed: the host's gate does.
//! Start at: `Turn`, `propose`.

const c = @import("c.zig");
const failing = @import("failure.zig");
const json = @import("json.zig");
const Json = json.Json;
const Error = failing.Error;

/// One turn of a job, its input typed.
pub fn Turn(comptime Input: type) type {
    return struct {
        /// The job's input, the same in every turn.
        input: Input,
        /// What the agent noted for itself in the turn before; null in the first.
        memo: Json,
        /// One for each decision of the turn before that was judged, in order; empty in the first.
        answers: []const Answer,
        /// From 1.
        number: u32,
        /// The step that runs, and what the one before left for it; `start` and null in the first turn.
        step: []const u8,
        data: Json,
        wire: *const c.Turn,
    };
}

/// What became of one decision of the turn before.
pub const Answer = struct {
    id: []const u8,
    kind: []const u8,
    outcome: union(enum) { ok: Json, failed: failing.Why },
    wire: *const c.Answer,

    /// The result as a type. Where the decision was refused or failed, that is the failure: `refused: …`.
    pub fn result(self: Answer, comptime T: type) Error!T {
        switch (self.outcome) {
            .ok => |value| return value.as(T),
            .failed => {
                c.jaros_answer_failed_(&self.wire.@"error");
                return error.Failed;
            },
        }
    }
};

/// What one turn proposes, built by chaining.
pub const Plan = struct {
    plan: *c.PlanOf,

    /// Adds a decision. The first that fails or is refused ends the list.
    pub fn then(self: Plan, kind: []const u8, payload: anytype) Plan {
        return .{ .plan = c.jaros_then_(self.plan, text(kind), json.of(payload).node) };
    }

    /// Says why the last decision was proposed, in a line for whoever reads the record.
    pub fn note(self: Plan, why: []const u8) Plan {
        return .{ .plan = c.jaros_note_(self.plan, text(why)) };
    }

    /// Adds a job for another agent; the answer names it: {"job":ID}.
    pub fn submit(self: Plan, agent: []const u8, input: anytype) Plan {
        return .{ .plan = c.jaros_submit_(self.plan, text(agent), json.of(input).node, false) };
    }

    /// Adds a job for another agent; the next turn waits for it, and the answer is its result.
    pub fn submitAndWait(self: Plan, agent: []const u8, input: anytype) Plan {
        return .{ .plan = c.jaros_submit_(self.plan, text(agent), json.of(input).node, true) };
    }

    /// Asks for another turn that runs this step; it sees the data and what became of the decisions, failures included.
    pub fn goOn(self: Plan, step: []const u8, data: anytype) Plan {
        return .{ .plan = c.jaros_go_on_(self.plan, text(step), json.of(data).node) };
    }

    /// The same without steps, for an agent that has `decide`.
    pub fn memo(self: Plan, value: anytype) Plan {
        return .{ .plan = c.jaros_memo_(self.plan, json.of(value).node) };
    }
};

/// A plan that proposes nothing yet.
pub fn plan() Plan {
    return .{ .plan = c.jaros_empty_plan() };
}

/// A plan whose first decision is this one.
pub fn propose(kind: []const u8, payload: anytype) Plan {
    return plan().then(kind, payload);
}

/// Ends the job well, with this as its result.
pub fn finish(result: anytype) Plan {
    return .{ .plan = c.jaros_finish_(json.of(result).node) };
}

/// Ends the job as failed, for this reason.
pub fn fail(reason: []const u8) Plan {
    return .{ .plan = c.jaros_fail_(text(reason)) };
}

/// Holds the job until an operator unblocks it, for this reason.
pub fn block(reason: []const u8) Plan {
    return .{ .plan = c.jaros_block_(text(reason)) };
}

/// A plan keeps its texts, so they must last.
fn text(bytes: []const u8) c.Str {
    return c.jaros_copy(bytes.ptr, bytes.len);
}

/// A turn as it came, typed.
pub fn typed(comptime Input: type, wire: *const c.Turn) Error!Turn(Input) {
    const answers = failing.allocator.alloc(Answer, wire.answer_count) catch @panic("out of memory");
    for (answers, wire.answers[0..wire.answer_count]) |*answer, *came| answer.* = .{
        .id = came.id.slice(),
        .kind = came.kind.slice(),
        .outcome = if (came.ok) .{ .ok = .{ .node = came.result.? } } else .{
            .failed = .{ .code = came.@"error".code.slice(), .message = came.@"error".message.slice() },
        },
        .wire = came,
    };
    return .{
        .input = try (Json{ .node = wire.input }).as(Input),
        .memo = .{ .node = wire.memo },
        .answers = answers,
        .number = wire.number,
        .step = wire.step.slice(),
        .data = .{ .node = wire.data },
        .wire = wire,
    };
}
