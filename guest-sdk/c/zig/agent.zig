//! The root of an agent's component: exports what src/agent.zig declares, and gives Zig's panics their last words.

const app = @import("app");
const jaros = @import("jaros");

pub const panic = jaros.panic;

const agent = jaros.exports.agent(app);

comptime {
    @export(&agent, .{ .name = "jaros_the_agent" });
}
