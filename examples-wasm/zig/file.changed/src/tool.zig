//! Tells whether a file has changed since it was last asked about: what it looked like then lies in the tool's store.

const std = @import("std");
const jaros = @import("jaros");

pub const description = "Tells whether a text file has changed since the last time.";
pub const schema =
    \\{"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
;

pub const Payload = struct { path: []const u8 };
const Look = struct { bytes: usize, words: usize };

pub fn execute(payload: Payload) !jaros.Json {
    const text = try jaros.files.readText(payload.path);
    const now: Look = .{ .bytes = text.len, .words = try wordsOf(text) };
    const before = try jaros.store.getJson(Look, payload.path);
    try jaros.store.putJson(payload.path, now);
    const changed = if (before) |look| !std.meta.eql(look, now) else false;
    return jaros.json(.{ .path = payload.path, .words = now.words, .changed = changed, .first = before == null });
}

fn wordsOf(text: []const u8) !usize {
    var words: usize = 0;
    var inside = false;
    var characters = (try std.unicode.Utf8View.init(text)).iterator();
    while (characters.nextCodepoint()) |character| {
        const word = !jaros.isSpace(character);
        if (word and !inside) words += 1;
        inside = word;
    }
    return words;
}
