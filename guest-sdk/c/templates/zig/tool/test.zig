const jaros = @import("jaros");
const testing = jaros.testing;

comptime {
    testing.tool(@import("app"));
}

test "it counts words and lines" {
    testing.begin();
    try testing.expectJson(.{ .words = 5, .lines = 2 }, testing.execute(.{ .text = "two words\nand three more" }).result);
    try testing.expectJson(.{ .words = 0, .lines = 0 }, testing.execute(.{ .text = "" }).result);
}

test "a payload without text fails in words" {
    testing.begin();
    try testing.expectText("payload: text is missing", testing.execute(.{ .words = 1 }).message());
}
