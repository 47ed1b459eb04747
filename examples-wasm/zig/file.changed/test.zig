const jaros = @import("jaros");
const testing = jaros.testing;

comptime {
    testing.tool(@import("app"));
}

fn look(path: []const u8) testing.Outcome {
    return testing.execute(.{ .path = path });
}

test "a file is new, then the same, then changed" {
    testing.begin();
    testing.giveStore();
    testing.giveFile("data/a.txt", "two words");
    const path = "data/a.txt";
    try testing.expectJson(.{ .path = path, .words = 2, .changed = false, .first = true }, look(path).result);
    try testing.expectJson(.{ .path = path, .words = 2, .changed = false, .first = false }, look(path).result);
    testing.giveFile("data/a.txt", "three words now");
    try testing.expectJson(.{ .path = path, .words = 3, .changed = true, .first = false }, look(path).result);
}

test "what it may not read is refused" {
    testing.begin();
    testing.giveStore();
    testing.giveReadable("data");
    try testing.expectText("refused: there is no granted folder `etc`; granted: `data`", look("etc/passwd").message());
}
