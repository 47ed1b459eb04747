//! Tools that strike while they describe themselves, validate or carry out.
//!
//! *Invariant:* whatever the tool does, its call ends as a value or as a named failure.
//! *Doesn't know:* which agent proposed the call.
//! *Start at:* [`rows`].

use jaros_guests::{FOREVER, Tool, component, returns};

use super::{Ends, Guest, Row, Strikes};

const UNREADABLE: &str = "gave the host something unreadable";
const TRAPPED: &str = "execute trapped: ";

pub(super) fn rows() -> Vec<Row> {
    [
        describing(),
        validating(),
        endless(),
        trapping(),
        greedy(),
        unreadable(),
        no_json(),
        odd(),
        calling(),
        reading(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn describe(does: &'static str, body: &str, code: &'static str, part: &'static str) -> Row {
    let tool = Tool { describe: body.to_owned(), ..Tool::default() };
    Row::tool(does, Strikes::Describe, &tool, Ends::Refused(code, part))
}

fn execute(does: &'static str, body: &str, code: &'static str, part: &'static str) -> Row {
    Row::tool(does, Strikes::Execute, &Tool::executing(body), Ends::Fails(code, part))
}

fn execute_with(does: &'static str, tool: &Tool, code: &'static str, part: &'static str) -> Row {
    Row::tool(does, Strikes::Execute, tool, Ends::Fails(code, part))
}

fn answers(does: &'static str, tool: &Tool, result: &'static str) -> Row {
    Row::tool(does, Strikes::Execute, tool, Ends::Answers(result))
}

/// The profile's schema is this text.
fn schema(does: &'static str, schema: &str, code: &'static str, part: &'static str) -> Row {
    let text = schema.replace('"', "\\22");
    let tool = Tool {
        core: format!(r#"(data (i32.const 3000) "{text}")"#),
        describe: format!(
            "(i32.store (i32.const 1032) (i32.const 3000)) (i32.store (i32.const 1036) (i32.const {})) (i32.const 1024)",
            schema.len()
        ),
        ..Tool::default()
    };
    Row::tool(does, Strikes::Describe, &tool, Ends::Refused(code, part))
}

fn describing() -> Vec<Row> {
    let start = |core: &str| Tool { core: core.to_owned(), ..Tool::default() };
    let started = |does, core: String, code, part| {
        Row::tool(does, Strikes::Describe, &start(&core), Ends::Refused(code, part))
    };
    let asking =
        Tool { describe: "(call $id (i32.const 1500)) (i32.const 1024)".to_owned(), ..Tool::default() };
    vec![
        describe(
            "an endless loop in describe",
            FOREVER,
            "limit",
            "fuel: describe used all 50000000 (start_fuel)",
        ),
        describe("a trap in describe", "unreachable", "trap", "describe trapped"),
        describe(
            "a description of 5,000 bytes",
            "(i32.store (i32.const 1024) (i32.const 2000)) (i32.store (i32.const 1028) (i32.const 5000)) (i32.const 1024)",
            "limit",
            "the description is longer than 4096 bytes",
        ),
        describe(
            "a description of 12 MB",
            "(drop (memory.grow (i32.const 200))) (i32.store (i32.const 1024) (i32.const 2000))
             (i32.store (i32.const 1028) (i32.const 12000000)) (i32.const 1024)",
            "limit",
            "lift_bytes",
        ),
        describe(
            "a schema that is no JSON",
            "(i32.store (i32.const 1036) (i32.const 1)) (i32.const 1024)",
            "invalid",
            "the profile's schema: not JSON",
        ),
        schema(
            "a schema that refers to the network",
            r#"{"$ref":"http://example.org/x"}"#,
            "invalid",
            "$ref",
        ),
        schema("a schema that refers to itself", r##"{"$ref":"#"}"##, "invalid", "schema"),
        schema(
            "a schema with a pattern that blows up",
            r#"{"pattern":"(a{1,1000}){1,1000}"}"#,
            "limit",
            "a pattern grows",
        ),
        Row::tool(
            "asking for the job in describe",
            Strikes::Describe,
            &asking.with_job(),
            Ends::Refused("refused", "doesn't work in `describe`"),
        ),
        started(
            "an endless loop in the start function",
            format!("(func $forever {FOREVER}) (start $forever)"),
            "limit",
            "fuel: the component's start used all 50000000 (start_fuel)",
        ),
        started(
            "a trap in the start function",
            "(func $s unreachable) (start $s)".into(),
            "trap",
            "start trapped",
        ),
        started(
            "data outside its memory",
            r#"(data (i32.const 65535) "xx")"#.into(),
            "trap",
            "start trapped: it reached outside its memory",
        ),
        started(
            "several memories, together over the limit",
            "(memory $a 300) (memory $b 300)".into(),
            "limit",
            "memory: the component's start needed more than 33554432 bytes",
        ),
    ]
}

fn validating() -> Vec<Row> {
    let validate = |does, tool: Tool, body: &str, code, part| {
        let tool = Tool { validate: body.to_owned(), ..tool };
        Row::tool(does, Strikes::Validate, &tool, Ends::Fails(code, part))
    };
    let read = "(call $read (i32.const 1000) (i32.const 4) (i32.const 1500))
                (i32.store (i32.const 1100) (i32.const 1)) (i32.store (i32.const 1104) (i32.load (i32.const 1512)))
                (i32.store (i32.const 1108) (i32.load (i32.const 1516))) (i32.const 1100)";
    let mut files = validate(
        "reading a file in validate",
        Tool::default().reading(),
        read,
        "refused",
        "`files-read` doesn't work in `validate`",
    );
    files.grant = FILES;
    vec![
        validate(
            "an endless loop in validate",
            Tool::default(),
            FOREVER,
            "limit",
            "validate used all 10000000",
        ),
        validate("a trap in validate", Tool::default(), "unreachable", "trap", "validate trapped"),
        validate(
            "an answer of validate out of bounds",
            Tool::default(),
            "(i32.const 0x7ffffff0)",
            "invalid",
            "validate gave the host something unreadable",
        ),
        files,
    ]
}

fn endless() -> Vec<Row> {
    const FUEL: &str = "fuel: execute used all 20000000 (execute_fuel)";
    let realloc = Tool {
        realloc: r#"(core func $main "realloc")"#.to_owned(),
        ..Tool::with_core(
            "(i32.const 0)",
            &format!(r#"(func (export "realloc") (param i32 i32 i32 i32) (result i32) {FOREVER})"#),
        )
    };
    let post = Tool { post_return: "(loop $l (br $l))".to_owned(), ..Tool::default() };
    let fill = "(loop $l (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br $l)) (unreachable)";
    let tail = Tool::with_core("(return_call $f)", "(func $f (result i32) (return_call $f))");
    let grow = "(loop $l (drop (memory.grow (i32.const 0))) (br $l)) (unreachable)";
    vec![
        execute("an endless loop", FOREVER, "limit", FUEL),
        execute_with("an endless loop in realloc", &realloc, "limit", FUEL),
        execute_with("an endless loop in post-return", &post, "limit", FUEL),
        execute("filling memory without end", fill, "limit", FUEL),
        execute_with("endless tail calls", &tail, "limit", FUEL),
        execute("growing memory by nothing without end", grow, "limit", FUEL),
    ]
}

fn trapping() -> Vec<Row> {
    let other = taking("char");
    let inner = calling_with(
        format!(r#"{other} (instance $o (instantiate $other)) (alias export $o "f" (func $g))"#),
        "65",
    );
    let deep = Tool::with_core("(call $f)", "(func $f (result i32) (i32.add (call $f) (i32.const 1)))");
    let wide = Tool::with_core(
        "(call $f)",
        &format!("(func $f (result i32) (local {}) (i32.add (call $f) (i32.const 1)))", "i64 ".repeat(2_000)),
    );
    let null = Tool::with_core("(call_indirect (result i32) (i32.const 0))", "(table 1 funcref)");
    let signature = Tool::with_core(
        "(call_indirect (result i32) (i32.const 0))",
        "(func $g) (table 1 funcref) (elem (i32.const 0) $g)",
    );
    vec![
        execute("giving up", "unreachable", "trap", "execute trapped: it gave up"),
        execute(
            "reaching outside its memory",
            "(i32.load (i32.const 0x7fffffff))",
            "trap",
            "outside its memory",
        ),
        execute("dividing by zero", "(i32.div_u (i32.const 1) (i32.const 0))", "trap", "it divided by zero"),
        execute("a number without an integer", "(i32.trunc_f64_s (f64.const nan))", "trap", TRAPPED),
        execute_with("calling an empty table element", &null, "trap", "an empty table element"),
        execute_with("calling a function of another type", &signature, "trap", "a function of another type"),
        execute_with("endless recursion", &deep, "limit", "nested its calls deeper than"),
        execute_with("endless recursion with large frames", &wide, "limit", "nested its calls deeper than"),
        told("a character that is none, to a component of its own", "char", "0x110000"),
        told("a case that is none, to a component of its own", "(enum \"a\" \"b\")", "7"),
        execute_with(
            "calling a component inside itself",
            &inner,
            "trap",
            "it was called back while it was calling",
        ),
    ]
}

/// A component with one function, `f`, that takes a `kind`.
fn taking(kind: &str) -> String {
    format!(
        r#"(component $other
             (core module $m (func (export "f") (param i32)))
             (core instance $i (instantiate $m))
             (type $kind' {kind})
             (export $kind "kind" (type $kind'))
             (func (export "f") (param "x" $kind) (canon lift (core func $i "f"))))"#
    )
}

/// A tool that calls `$f` with this number, which it is given as the component's `$g`.
fn calling_with(component: String, value: &str) -> Tool {
    Tool {
        component: format!(r#"{component} (core func $f (canon lower (func $g)))"#),
        with: r#"(with "other" (instance (export "f" (func $f))))"#.to_owned(),
        core_imports: r#"(import "other" "f" (func $f (param i32)))"#.to_owned(),
        ..Tool::executing(&format!("(call $f (i32.const {value})) (i32.const 0)"))
    }
}

/// A tool that stands beside another component in a third, and calls that with `value` as the core form of a `kind`.
fn told(does: &'static str, kind: &str, value: &str) -> Row {
    let imports = format!(
        r#"(type $shape {kind}) (import "kind" (type $kind (eq $shape))) (import "f" (func $g (param "x" $kind)))"#
    );
    let tool = calling_with(imports, value).text().replacen("(component", "(component $tool", 1);
    let export = "jaros:plugin/action@1.0.0";
    let whole = component(&format!(
        r#"{} {tool}
           (instance $o (instantiate $other))
           (instance $t (instantiate $tool (with "kind" (type $o "kind")) (with "f" (func $o "f"))))
           (export "{export}" (instance $t "{export}"))"#,
        taking(kind)
    ));
    Row::new(does, Strikes::Execute, Guest::Tool(whole), Ends::Fails("trap", TRAPPED))
}

fn greedy() -> Vec<Row> {
    let more = "(loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))";
    let tables =
        "(loop $more (br_if $more (i32.ne (table.grow (ref.null func) (i32.const 999)) (i32.const -1))))";
    let big = |len: u64| {
        format!(
            "(drop (memory.grow (i32.const 200))) (memory.fill (i32.const 65536) (i32.const 0x31) (i32.const {len})) {}",
            returns(65_536, len)
        )
    };
    let text = "(i32.store (i32.const 1200) (i32.const 1)) (i32.store (i32.const 1204) (i32.const 2000))
                (i32.store (i32.const 1208) (i32.const 60000)) (memory.fill (i32.const 2000) (i32.const 0x78)
                (i32.const 60000)) (i32.const 1200)";
    vec![
        execute(
            "growing memory until it can't",
            &format!("{more} unreachable"),
            "limit",
            "memory: execute needed more",
        ),
        answers(
            "growing memory, and going on without",
            &Tool::executing(&format!("{more} {}", returns(1_013, 4))),
            "null",
        ),
        execute_with(
            "growing a table until it can't",
            &Tool::with_core(&format!("{tables} unreachable"), "(table 0 funcref)"),
            "limit",
            "tables: execute needed more than 60000 elements",
        ),
        execute("a result of 12 MB", &big(12 << 20), "limit", "more than 4194304 bytes (lift_bytes)"),
        execute("a result a byte too long", &big((1 << 20) + 1), "limit", "longer than 1048576 bytes"),
        execute("an error text of 60,000 bytes", text, "failed", "xxx…"),
    ]
}

fn unreadable() -> Vec<Row> {
    let utf8 = Tool::with_core(&returns(1_400, 2), r#"(data (i32.const 1400) "\ff\fe")"#);
    let surrogate = Tool {
        lifted: "string-encoding=utf16".to_owned(),
        ..Tool::with_core(&returns(1_400, 1), r#"(data (i32.const 1400) "\00\d8")"#)
    };
    let lying = |address: &str| Tool {
        realloc: r#"(core func $main "realloc")"#.to_owned(),
        ..Tool::with_core(
            &returns(1_000, 0),
            &format!(
                r#"(func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const {address}))"#
            ),
        )
    };
    let case = "(i32.store (i32.const 1200) (i32.const 7)) (i32.const 1200)";
    vec![
        execute_with("a result that isn't UTF-8", &utf8, "invalid", UNREADABLE),
        execute_with("a result of half a UTF-16 pair", &surrogate, "invalid", UNREADABLE),
        execute("a text out of bounds", &returns(65_530, 100), "invalid", UNREADABLE),
        execute("a text at the end of the address space", &returns(0xffff_fff0, 100), "invalid", UNREADABLE),
        execute("a text of 4 GiB", &returns(0, 0xffff_ffff), "invalid", UNREADABLE),
        execute("a result out of bounds", "(i32.const 0x7ffffff0)", "invalid", UNREADABLE),
        execute("a misaligned result", "(i32.const 1201)", "invalid", UNREADABLE),
        execute("a case that isn't there", case, "invalid", UNREADABLE),
        execute_with("a realloc that gives a place outside", &lying("0x7ffffff0"), "invalid", UNREADABLE),
        execute_with("a realloc that gives −1", &lying("-1"), "invalid", UNREADABLE),
    ]
}

fn no_json() -> Vec<Row> {
    let text = |does, text: &str, code, part| {
        let len = text.len() - 2 * text.matches('\\').count();
        let tool =
            Tool::with_core(&returns(1_400, len as u64), &format!(r#"(data (i32.const 1400) "{text}")"#));
        execute_with(does, &tool, code, part)
    };
    let deep = "(drop (memory.grow (i32.const 2))) (memory.fill (i32.const 65536) (i32.const 0x5b) (i32.const 100000))";
    vec![
        text("a result of nothing", "", "invalid", "not JSON"),
        text("a result of NaN", "NaN", "invalid", "not JSON"),
        text("a number beyond all", "1e999", "invalid", "the result of execute: "),
        text("a repeated member", r"{\22a\22:1,\22a\22:2}", "invalid", "the member \"a\" is repeated"),
        text("an integer that no double holds", "9007199254740993", "invalid", "an integer is beyond"),
        text("half a surrogate pair", r"\22\5cud800\22", "invalid", "the result of execute: "),
        text("a byte order mark", r"\ef\bb\bf1", "invalid", "begins with a byte-order mark"),
        execute(
            "JSON nested 100,000 deep",
            &format!("{deep} {}", returns(65_536, 100_000)),
            "limit",
            "nested deeper than 64 levels",
        ),
    ]
}

/// What is no failure: it must have the same end each time.
fn odd() -> Vec<Row> {
    let digit = |value: &str| {
        format!("(i32.store8 (i32.const 1400) (i32.add (i32.const 48) {value})) {}", returns(1_400, 1))
    };
    let counting = Tool::with_core(
        &format!(
            "(global.set $n (i32.add (global.get $n) (i32.const 1)))
             (i32.store (i32.const 3000) (i32.add (i32.load (i32.const 3000)) (i32.const 1))) {}",
            digit("(i32.add (global.get $n) (i32.load (i32.const 3000)))")
        ),
        "(global $n (mut i32) (i32.const 0))",
    );
    let sign = "(i32.wrap_i64 (i64.shr_u (i64.reinterpret_f64 (f64.div (f64.const 0) (f64.const 0))) (i64.const 63)))";
    let wide = Tool {
        lifted: "string-encoding=utf16".to_owned(),
        ..Tool::with_core(&returns(1_400, 4), r#"(data (i32.const 1400) "\22\00\fc\00\e5\65\22\00")"#)
    };
    vec![
        answers("keeping state from call to call", &counting, "2"),
        answers("looking at the bits of a NaN", &Tool::executing(&digit(sign)), "0"),
        answers("a result in UTF-16", &wide, "\"ü日\""),
    ]
}

fn calling() -> Vec<Row> {
    let write = |level: u32, text: u32, len: u32| {
        format!("(call $write (i32.const {level}) (i32.const 4) (i32.const {text}) (i32.const {len}))")
    };
    let flood = format!(
        "(memory.fill (i32.const 2000) (i32.const 0x78) (i32.const 1000)) (loop $l {} (br $l)) unreachable",
        write(1_400, 2_000, 1_000)
    );
    let random = "(loop $l (call $random (i32.const 1) (i32.const 1500)) (br $l)) unreachable";
    let message =
        "(i32.store (i32.const 1200) (i32.const 1)) (i32.store (i32.const 1204) (i32.load (i32.const 1512)))
                   (i32.store (i32.const 1208) (i32.load (i32.const 1516))) (i32.const 1200)";
    let much = format!("(call $random (i32.const 5000) (i32.const 1500)) {message}");
    let forged = Tool::with_core(
        &format!("{} {}", write(1_400, 2_000, 46), returns(1_013, 4)),
        r#"(data (i32.const 2000) "\0a{\22level\22:\22error\22,\22source\22:\22node\22}\1b[2J\e2\80\ae")"#,
    );
    vec![
        execute_with(
            "a flood of diagnostics",
            &Tool::executing(&flood).logging(),
            "limit",
            "100000 times (host_calls)",
        ),
        answers("a line of the log that imitates another", &forged.logging(), "null"),
        execute_with(
            "a line of the log from outside its memory",
            &Tool::executing(&format!("{} unreachable", write(1_400, 0x7fff_fff0, 1_000))).logging(),
            "invalid",
            UNREADABLE,
        ),
        execute_with(
            "a host call made a million times",
            &Tool::executing(random).with_job(),
            "limit",
            "(host_calls)",
        ),
        execute_with(
            "5,000 random bytes at once",
            &Tool::executing(&much).with_job(),
            "failed",
            "more than 4096",
        ),
        execute_with(
            "random bytes into nowhere",
            &Tool::executing("(call $random (i32.const 8) (i32.const 0x7ffffff0)) unreachable").with_job(),
            "invalid",
            UNREADABLE,
        ),
    ]
}

const FILES: &str = "files-read = { data = \"shared\", all = \".\" }";

/// A tool that reads the path that is its payload, and fails with the host's words where it can't. What it read it returns,
/// if it is a JSON text.
pub(super) fn reader() -> Tool {
    let message =
        "(i32.store (i32.const 1200) (i32.const 1)) (i32.store (i32.const 1204) (i32.load (i32.const 1512)))
                   (i32.store (i32.const 1208) (i32.load (i32.const 1516))) (i32.const 1200)";
    let bytes =
        "(i32.store (i32.const 1200) (i32.const 0)) (i32.store (i32.const 1204) (i32.load (i32.const 1504)))
                 (i32.store (i32.const 1208) (i32.load (i32.const 1508))) (i32.const 1200)";
    Tool::executing(&format!(
        "(call $read (i32.add (local.get $p) (i32.const 1)) (i32.sub (local.get $n) (i32.const 2)) (i32.const 1500))
         (if (result i32) (i32.load8_u (i32.const 1500)) (then {message}) (else {bytes}))"
    ))
    .reading()
}

fn reading() -> Vec<Row> {
    let tool = reader();
    let row = |does, path, ends| Row {
        payload: path,
        grant: FILES,
        ..Row::tool(does, Strikes::Execute, &tool, ends)
    };
    let fails = |does, path, part| row(does, path, Ends::Fails("failed", part));
    vec![
        row("reading what was granted", r#""data/a.txt""#, Ends::Answers("\"hello\"")),
        fails(
            "reading above a granted folder",
            r#""data/../config/llm.json""#,
            "it has the part `.` or `..`",
        ),
        fails("reading an absolute path", r#""/etc/passwd""#, "it begins with `/`"),
        fails("reading through a link", r#""data/link""#, "links are never followed"),
        fails("reading through a link to a folder", r#""data/sub/up/a.txt""#, "links are never followed"),
        fails("reading a folder that wasn't granted", r#""home/a.txt""#, "there is no granted folder"),
        fails("reading the node's own state", r#""all/state/keys/x""#, "belongs to the node itself"),
    ]
}
