//! The root of a tool's component: exports what src/tool.zig declares, and gives Zig's panics their last words.

const app = @import("app");
const jaros = @import("jaros");

pub const panic = jaros.panic;

const tool = jaros.exports.tool(app);

comptime {
    @export(&tool, .{ .name = "jaros_the_tool" });
}
