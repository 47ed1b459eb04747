//! Counts the words of a text.

const std = @import("std");
const jaros = @import("jaros");

pub const description = "Counts the words of a text.";
pub const schema =
    \\{"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
;

pub const Payload = struct { text: []const u8 };

pub fn execute(payload: Payload) !jaros.Json {
    var words: u32 = 0;
    var inside = false;
    var characters = (try std.unicode.Utf8View.init(payload.text)).iterator();
    while (characters.nextCodepoint()) |character| {
        const word = !jaros.isSpace(character);
        if (word and !inside) words += 1;
        inside = word;
    }
    return jaros.json(.{ .words = words });
}
