const jaros = @import("jaros");
const testing = jaros.testing;

comptime {
    testing.agent(@import("app"));
}

fn echo(input: jaros.Json) jaros.Json {
    return input;
}

fn runWith(words: u32) testing.Run {
    testing.begin();
    testing.giveModel("a summary");
    testing.giveModel("a shorter one");
    testing.giveTool("word.count", .{ .words = words });
    testing.giveAgentDoes("echo", echo);
    return testing.run(.{ .text = "A long story." });
}

fn asked(call: usize) ![]const u8 {
    return testing.asked().at(call).get("messages").at(0).get("content").text();
}

test "a short summary is handed on as it is" {
    const run = runWith(20);
    try testing.expectJson(.{ .brief = .{ .summary = "a summary", .words = 20 } }, run.outcome.result);
    try testing.expectText("Summarise in one sentence: A long story.", try asked(0));
}

test "a long summary is shortened once" {
    const run = runWith(21);
    try testing.expectJson(.{ .brief = .{ .summary = "a shorter one", .words = 21 } }, run.outcome.result);
    try testing.expectText("Shorten to at most 20 words: a summary", try asked(1));
}
