const jaros = @import("jaros");
const testing = jaros.testing;

comptime {
    testing.agent(@import("app"));
}

test "it greets and tells" {
    testing.begin();
    testing.giveTool("greet", .{ .greeting = "Hello, Ada!" });
    const run = testing.run(.{ .name = "Ada" });
    try testing.expectJson(.{ .name = "Ada" }, run.decisions.?[0].payload);
    try testing.expectJson(.{ .told = "Hello, Ada!" }, run.outcome.result);
}

test "a greeting that fails fails the job" {
    testing.begin();
    testing.giveToolNo("greet", "refused", "not today");
    const run = testing.run(.{ .name = "Ada" });
    try testing.expectText("refused: not today", run.outcome.message());
}
