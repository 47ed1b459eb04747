const jaros = @import("jaros");
const testing = jaros.testing;

comptime {
    testing.tool(@import("app"));
}

test "words are what white space parts" {
    testing.begin();
    try testing.expectJson(.{ .words = 2 }, testing.execute(.{ .text = "two words" }).result);
    try testing.expectJson(.{ .words = 0 }, testing.execute(.{ .text = " \n\t" }).result);
    try testing.expectJson(.{ .words = 3 }, testing.execute(.{ .text = "a\u{a0}b\nc" }).result);
}
