//! Greets whoever its input names, in two steps: it proposes a `greet`, and finishes with the answer.

const jaros = @import("jaros");

pub const description = "Greets whoever its input names.";
pub const schema =
    \\{"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
;
pub const steps = .{ .start = start, .tell = tell };

pub const Input = struct { name: []const u8 };
const Turn = jaros.Turn(Input);

fn start(turn: Turn) !jaros.Plan {
    return jaros.propose("greet", .{ .name = turn.input.name }).note("the input names someone").goOn("tell", null);
}

fn tell(turn: Turn) !jaros.Plan {
    const answer = try turn.answers[0].result(struct { greeting: []const u8 });
    jaros.log.info("{s} was greeted", .{turn.input.name});
    return jaros.finish(.{ .told = answer.greeting });
}
