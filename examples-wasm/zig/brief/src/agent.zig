//! Writes a brief of a text: the model summarises, `word.count` measures, the model shortens what is too long, and the agent `echo` gets the
//! brief handed.

const jaros = @import("jaros");

pub const description = "Has the model summarise a text in at most 20 words, and hands the summary on.";
pub const schema =
    \\{"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
;
pub const steps = .{ .start = start, .judge = judge, .done = done };

pub const Input = struct { text: []const u8 };
const Turn = jaros.Turn(Input);
const Draft = struct { summary: []const u8 };

const words_max = 20;

fn start(turn: Turn) !jaros.Plan {
    const summary = try jaros.model.ask(jaros.print("Summarise in one sentence: {s}", .{turn.input.text}));
    return jaros.propose("word.count", .{ .text = summary }).goOn("judge", Draft{ .summary = summary });
}

fn judge(turn: Turn) !jaros.Plan {
    const counted = try turn.answers[0].result(struct { words: u32 });
    var draft = try turn.data.as(Draft);
    if (counted.words > words_max)
        draft.summary = try jaros.model.ask(jaros.print("Shorten to at most {d} words: {s}", .{ words_max, draft.summary }));
    return jaros.plan().submitAndWait("echo", .{ .summary = draft.summary, .words = counted.words }).goOn("done", null);
}

fn done(turn: Turn) !jaros.Plan {
    return jaros.finish(.{ .brief = try turn.answers[0].result(jaros.Json) });
}
