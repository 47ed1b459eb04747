//! Counts the words and lines of a text.

const std = @import("std");
const jaros = @import("jaros");

pub const description = "Counts the words and lines of a text.";
pub const schema =
    \\{"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
;

pub const Payload = struct { text: []const u8 };
const Counted = struct { words: u32 = 0, lines: u32 = 0 };

pub fn execute(payload: Payload) !Counted {
    var counted: Counted = .{};
    var in_word = false;
    var in_line = false;
    var characters = (try std.unicode.Utf8View.init(payload.text)).iterator();
    while (characters.nextCodepoint()) |character| {
        const word = !jaros.isSpace(character);
        if (word and !in_word) counted.words += 1;
        if (!in_line) counted.lines += 1;
        in_word = word;
        in_line = character != '\n';
    }
    return counted;
}
