//! Hostile guests: each has its own named end, and the next call of the same engine is unharmed.

use std::sync::Arc;

use jaros_decision::{Code, Limits};
use jaros_engine::{EngineError, Level, LoadError, LogSink, NoLog};
use jaros_guests::{FOREVER, returns};

use crate::guests::{Circumstances, Tool, digest, engine, json};

/// Lets a guest be judged by its `execute`: `code: message`, or the result.
fn executed(tool: &Tool) -> String {
    executed_in(tool, &Circumstances::default())
}

fn executed_in(tool: &Tool, around: &Circumstances) -> String {
    let engine = engine();
    let bytes = tool.bytes();
    let component = match engine.compile_tool(&bytes, digest(&bytes)) {
        Ok(component) => component,
        Err(LoadError::Refused(failure)) => {
            return format!("not loaded: {}: {}", failure.code, failure.message);
        }
        Err(LoadError::Engine(error)) => panic!("{error}"),
    };
    let end = match component.execute(around.call(), &json("[1]")).expect("the machine is fine").result {
        Ok(json) => json.as_str().to_owned(),
        Err(failure) => format!("{}: {}", failure.code, failure.message),
    };
    let neighbour = Tool::default().bytes();
    let neighbour = engine.compile_tool(&neighbour, digest(&neighbour)).unwrap();
    let called = neighbour.execute(Circumstances::default().call(), &json("[2]")).unwrap();
    assert_eq!(called.result.unwrap().as_str(), "[2]", "a neighbour was harmed");
    end
}

#[track_caller]
fn check(tool: &Tool, expected: &str) {
    assert_eq!(executed(tool), expected);
}

#[test]
fn a_trap() {
    check(
        &Tool::executing("unreachable"),
        "trap: execute trapped: it gave up (`unreachable`: a panic or a failed assertion)",
    );
    check(
        &Tool::executing("(i32.load (i32.const 0x7fffffff))"),
        "trap: execute trapped: it reached outside its memory",
    );
    check(
        &Tool::executing("(i32.div_u (i32.const 1) (i32.const 0))"),
        "trap: execute trapped: it divided by zero",
    );
    check(
        &Tool::with_core("(call_indirect (result i32) (i32.const 0))", "(table 1 funcref)"),
        "trap: execute trapped: it called an empty table element",
    );
}

#[test]
fn endless_recursion() {
    check(
        &Tool::with_core("(call $deep)", "(func $deep (result i32) (i32.add (call $deep) (i32.const 1)))"),
        "limit: stack: execute nested its calls deeper than 524288 bytes (stack_bytes)",
    );
}

#[test]
fn an_endless_loop_anywhere() {
    check(&Tool::executing(FOREVER), "limit: fuel: execute used all 20000000 (execute_fuel)");
    let start = Tool::with_core("(i32.const 0)", &format!("(func $forever {FOREVER}) (start $forever)"));
    check(&start, "limit: fuel: the component's start used all 10000000 (start_fuel)");
    let realloc = Tool {
        realloc: r#"(core func $main "realloc")"#.to_owned(),
        ..Tool::with_core(
            "(i32.const 0)",
            &format!(r#"(func (export "realloc") (param i32 i32 i32 i32) (result i32) {FOREVER})"#),
        )
    };
    check(&realloc, "limit: fuel: execute used all 20000000 (execute_fuel)");
    let post = Tool { post_return: "(loop $l (br $l))".to_owned(), ..Tool::default() };
    check(&post, "limit: fuel: execute used all 20000000 (execute_fuel)");
    let fill = "(loop $l (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br $l)) (unreachable)";
    check(&Tool::executing(fill), "limit: fuel: execute used all 20000000 (execute_fuel)");
}

#[test]
fn a_realloc_that_lies() {
    let lying = |address: &str| Tool {
        realloc: r#"(core func $main "realloc")"#.to_owned(),
        ..Tool::with_core(
            &returns(1000, 0),
            &format!(
                r#"(func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const {address}))"#
            ),
        )
    };
    let unreadable = "invalid: execute gave the host something unreadable: a text that isn't UTF-8, or a pointer, length \
                      or case out of range";
    check(&lying("0x7ffffff0"), unreadable);
    check(&lying("-1"), unreadable);
}

#[test]
fn memory_grows_to_its_limit_and_no_further() {
    // The guest sees −1 and can go on: its result is the number of pages it got.
    let greedy = r"
        (local $pages i32)
        (loop $more
          (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
        (local.set $pages (memory.size))
        (i32.store8 (i32.const 1300) (i32.add (i32.const 48) (i32.div_u (local.get $pages) (i32.const 10))))
        (i32.store8 (i32.const 1301) (i32.add (i32.const 48) (i32.rem_u (local.get $pages) (i32.const 10))))";
    let around = Circumstances::default();
    let around = Circumstances { limits: Limits { memory_bytes: 40 << 16, ..around.limits }, ..around };
    let patient = Tool::executing(&format!("{greedy} {}", returns(1300, 2)));
    assert_eq!(executed_in(&patient, &around), "40");
    // One that gives up because of it has met the limit, not a trap of its own making.
    let abrupt = Tool::executing(&format!("{greedy} unreachable"));
    assert_eq!(
        executed_in(&abrupt, &around),
        "limit: memory: execute needed more than 2621440 bytes (memory_bytes)"
    );
}

#[test]
fn several_memories_count_together() {
    let around = Circumstances::default();
    let around = Circumstances { limits: Limits { memory_bytes: 3 << 16, ..around.limits }, ..around };
    let tool = Tool::with_core(&returns(1000, 0), "(memory $second 3)");
    assert_eq!(
        executed_in(&tool, &around),
        "limit: memory: the component's start needed more than 196608 bytes (memory_bytes)"
    );
}

#[test]
fn tables_grow_to_their_limit() {
    let grow =
        "(if (i32.eq (table.grow (ref.null func) (i32.const 60001)) (i32.const -1)) (then unreachable))";
    check(
        &Tool::with_core(&format!("{grow} (i32.const 0)"), "(table 0 funcref)"),
        "limit: tables: execute needed more than 60000 elements (table_elements)",
    );
}

#[test]
fn results_that_cannot_be_read() {
    let unreadable = "invalid: execute gave the host something unreadable: a text that isn't UTF-8, or a pointer, length \
                      or case out of range";
    let rows = [
        ("invalid UTF-8", Tool::with_core(&returns(1400, 2), r#"(data (i32.const 1400) "\ff\fe")"#)),
        ("a text out of bounds", Tool::executing(&returns(65_530, 100))),
        ("a text at the end of the address space", Tool::executing(&returns(0xffff_fff0, 100))),
        ("a result out of bounds", Tool::executing("(i32.const 0x7ffffff0)")),
        ("a misaligned result", Tool::executing("(i32.const 1201)")),
        (
            "a case that isn't there",
            Tool::executing("(i32.store (i32.const 1200) (i32.const 7)) (i32.const 1200)"),
        ),
    ];
    for (what, tool) in rows {
        assert_eq!(executed(&tool), unreadable, "{what}");
    }
}

#[test]
fn results_that_are_no_json() {
    let rows = [
        ("", "invalid: the result of execute: not JSON: "),
        ("{", "invalid: the result of execute: not JSON: "),
        ("NaN", "invalid: the result of execute: not JSON: "),
        (r"{\22a\22:1,\22a\22:2}", "invalid: the result of execute: the member \"a\" is repeated"),
        ("9007199254740993", "invalid: the result of execute: an integer is beyond"),
        (r"\ef\bb\bf1", "invalid: the result of execute: the JSON text begins with a byte-order mark"),
    ];
    for (text, expected) in rows {
        let len = text.len() - 2 * text.matches('\\').count();
        let tool =
            Tool::with_core(&returns(1400, len as u64), &format!(r#"(data (i32.const 1400) "{text}")"#));
        let end = executed(&tool);
        assert!(end.starts_with(expected), "{text}: {end}");
    }
    let deep = r"(memory.fill (i32.const 2000) (i32.const 0x5b) (i32.const 50000))";
    let end = executed(&Tool::executing(&format!("{deep} {}", returns(2000, 50_000))));
    assert_eq!(
        end,
        "limit: the result of execute: JSON is nested deeper than 64 levels at line 1 column 65 (json_depth)"
    );
}

#[test]
fn results_that_are_too_large() {
    let big = |len: u64| {
        let fill = format!(
            "(drop (memory.grow (i32.const 200))) (memory.fill (i32.const 65536) (i32.const 0x31) (i32.const {len}))"
        );
        Tool::executing(&format!("{fill} {}", returns(65_536, len)))
    };
    assert_eq!(
        executed(&big((1 << 20) + 1)),
        "limit: the result of execute: the JSON text is longer than 1048576 bytes (json_bytes)"
    );
    // Not even lifted: wasmtime's sentence for this has no type, and is matched by its words.
    assert_eq!(executed(&big(12 << 20)), "limit: execute gave the host more than 4194304 bytes (lift_bytes)");
}

#[test]
fn an_error_text_without_end_is_cut() {
    let text = "(i32.store (i32.const 1200) (i32.const 1)) (i32.store (i32.const 1204) (i32.const 2000))
                (i32.store (i32.const 1208) (i32.const 60000)) (memory.fill (i32.const 2000) (i32.const 0x78)
                (i32.const 60000)) (i32.const 1200)";
    let end = executed(&Tool::executing(text));
    assert_eq!(end.len(), "failed: ".len() + 4_096 + '…'.len_utf8());
}

#[test]
fn a_flood_of_diagnostics() {
    let around = Circumstances::default();
    let line = "(call $write (i32.const 1400) (i32.const 4) (i32.const 2000) (i32.const 1000))";
    let flood = format!(
        "(memory.fill (i32.const 2000) (i32.const 0x78) (i32.const 1000)) (loop $l {line} (br $l)) unreachable"
    );
    let end = executed_in(&Tool::with_core(&flood, "").logging(), &around);
    assert_eq!(end, "limit: it called the host more than 100000 times (host_calls)");
    let lines = around.log.of_guest();
    assert!(lines.iter().map(String::len).sum::<usize>() < (64 << 10) + 200, "over log_bytes");
    assert_eq!(lines.last().unwrap(), "(the rest of this call's diagnostics is dropped: log_bytes)");
    assert_eq!(lines.len(), 67, "65 whole lines, a cut one, and the last word");
}

#[test]
fn a_line_that_cannot_be_read() {
    let rows = [
        "(call $write (i32.const 1400) (i32.const 4) (i32.const 0x7ffffff0) (i32.const 1000)) unreachable",
        "(i32.store (i32.const 1400) (i32.const -1)) (call $write (i32.const 1400) (i32.const 4) (i32.const 0) (i32.const 0))
         unreachable",
    ];
    for body in rows {
        let end = executed(&Tool::executing(body).logging());
        assert!(end.starts_with("invalid: execute gave the host something unreadable"), "{end}");
    }
}

#[test]
fn a_panic_in_a_host_function() {
    struct Panics;
    impl LogSink for Panics {
        fn write(&self, level: Level, _: &str) {
            assert_eq!(level, Level::Debug, "a sink that fails on a guest's line");
        }
    }
    let engine = engine();
    let bytes = Tool::executing(
        "(call $write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 0)",
    )
    .logging()
    .bytes();
    let tool = engine.compile_tool(&bytes, digest(&bytes)).unwrap();
    let around = Circumstances::default();
    for _ in 0..20 {
        let mut call = around.call();
        call.log = Arc::new(Panics);
        let called = tool.execute(call, &json("1")).unwrap();
        let failure = called.result.unwrap_err();
        assert_eq!(
            (failure.code, &*failure.message),
            (Code::FAILED, "execute met an error of the host's own")
        );
    }
}

#[test]
fn parts_beyond_what_a_pool_holds_are_refused_by_name() {
    let rows = [
        ("(memory 1)".repeat(11), "defined memories count of 11 exceeds"),
        ("(table 1 funcref)".repeat(51), "defined tables count of 51 exceeds"),
    ];
    for (core, expected) in rows {
        let end = executed(&Tool::with_core("(i32.const 0)", &core));
        assert!(end.starts_with("not loaded: invalid: ") && end.contains(expected), "{end}");
    }
    let instances =
        (0..250).map(|n| format!("(core instance $i{n} (instantiate $empty))")).collect::<String>();
    let many = Tool { component: format!("(core module $empty) {instances}"), ..Tool::default() };
    let end = executed(&many);
    assert!(end.starts_with("not loaded: invalid: ") && end.contains("253") | end.contains("252"), "{end}");
}

#[test]
fn exports_and_imports_of_another_type() {
    let result = Tool { result: "(result string (error u32))".to_owned(), ..Tool::default() };
    check(
        &result,
        "invalid: the component exports a function of another type than jaros.wit says; build it against this host's \
         jaros.wit",
    );
    let mut import = Tool::default().logging();
    import.imports =
        import.imports.replace(r#"(param "level" string)"#, r#"(param "level" string) (param "x" u32)"#);
    import.core_imports = import.core_imports.replace("i32 i32 i32 i32", "i32 i32 i32 i32 i32");
    let end = executed(&import);
    assert!(end.starts_with("not loaded: invalid: the component doesn't fit jaros.wit: "), "{end}");
    let mut function = Tool::default().logging();
    function.imports = function.imports.replace(r#""write""#, r#""shout""#);
    let end = executed(&function);
    assert!(end.starts_with("not loaded: invalid: the component doesn't fit jaros.wit: "), "{end}");
}

#[test]
fn describe_is_bounded_too() {
    let rows = [
        (FOREVER, "fuel: describe used all 10000000 (start_fuel)"),
        ("unreachable", "describe trapped: it gave up"),
        (
            "(i32.store (i32.const 1024) (i32.const 2000)) (i32.store (i32.const 1028) (i32.const 5000)) (i32.const 1024)",
            "the description is longer than 4096 bytes (note_bytes)",
        ),
        ("(i32.store (i32.const 1036) (i32.const 1)) (i32.const 1024)", "the profile's schema: not JSON"),
    ];
    for (describe, expected) in rows {
        let bytes = Tool { describe: describe.to_owned(), ..Tool::default() }.bytes();
        let tool = engine().compile_tool(&bytes, digest(&bytes)).unwrap();
        let Err(LoadError::Refused(failure)) =
            tool.describe(&Circumstances::default().limits, Arc::new(NoLog))
        else {
            panic!("{expected}");
        };
        assert!(failure.message.starts_with(expected), "{failure}");
    }
}

#[test]
fn errors_of_the_machine_are_no_outcome() {
    // The types say it: an `EngineError` never becomes a `Failure`.
    fn machine(error: LoadError) -> Option<EngineError> {
        match error {
            LoadError::Refused(_) => None,
            LoadError::Engine(error) => Some(error),
        }
    }
    assert!(machine(LoadError::Engine(EngineError::Full)).is_some());
}
