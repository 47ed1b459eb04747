//! Guests that strike before any code of theirs runs: files that are none, and components that may not be.
//!
//! *Invariant:* each is refused on its bytes, or by the compiler, and never comes into service.
//! *Doesn't know:* what runs.
//! *Start at:* [`rows`].

use jaros_guests::{Tool, component, raw};

use super::{Ends, Guest, Row, Strikes, Thing};

pub(super) fn rows() -> Vec<Row> {
    [no_components(), things(), imports(), exports(), features(), sizes()].into_iter().flatten().collect()
}

fn row(does: &'static str, bytes: impl Into<Vec<u8>>, code: &'static str, part: &'static str) -> Row {
    Row::new(does, Strikes::Load, Guest::Tool(bytes.into()), Ends::Refused(code, part))
}

fn no_components() -> Vec<Row> {
    let whole = Tool::default().bytes();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 0xff;
    let elf = std::fs::read("/proc/self/exe").expect("this program");
    vec![
        row("an empty file", [], "invalid", "the file is empty"),
        row("garbage", [0xa5; 4_096], "invalid", "this is not WebAssembly"),
        row("WebAssembly text", *b"\n (component)", "invalid", "this is WebAssembly text"),
        row("a core module", raw::module(1, &[]), "invalid", "a core module, not a component"),
        row("an ELF program, and compiled code is one", &elf[..4_096], "invalid", "compiled machine code"),
        row("a component cut short", &whole[..whole.len() - 700], "invalid", "damaged or cut off"),
        row("a component with a byte flipped", flipped, "invalid", "damaged or cut off"),
    ]
}

fn things() -> Vec<Row> {
    let row = |does, thing, code, part| {
        Row::new(does, Strikes::Load, Guest::Thing(thing), Ends::Refused(code, part))
    };
    vec![
        row("a link to a component", Thing::Link, "refused", "it is a link"),
        row("a pipe that nobody writes into", Thing::Pipe, "refused", "no regular file"),
        row("a folder with a component's name", Thing::Folder, "refused", "no regular file"),
        row("a file over component_bytes", Thing::Sparse(25 << 20), "limit", "component_bytes"),
    ]
}

/// What asks for `wasi:*`, as toolchains add it.
const WASI: &[&str] = &[
    "wasi:cli/environment@0.2.6",
    "wasi:cli/exit@0.2.6",
    "wasi:cli/stdin@0.2.6",
    "wasi:cli/stdout@0.2.6",
    "wasi:cli/stderr@0.2.6",
    "wasi:cli/terminal-input@0.2.6",
    "wasi:cli/terminal-output@0.2.6",
    "wasi:cli/terminal-stdin@0.2.6",
    "wasi:cli/terminal-stdout@0.2.6",
    "wasi:cli/terminal-stderr@0.2.6",
    "wasi:clocks/monotonic-clock@0.2.6",
    "wasi:clocks/wall-clock@0.2.6",
    "wasi:filesystem/preopens@0.2.6",
    "wasi:filesystem/types@0.2.6",
    "wasi:http/outgoing-handler@0.2.6",
    "wasi:http/types@0.2.6",
    "wasi:io/error@0.2.6",
    "wasi:io/poll@0.2.6",
    "wasi:io/streams@0.2.6",
    "wasi:random/insecure-seed@0.2.6",
    "wasi:random/insecure@0.2.6",
    "wasi:random/random@0.2.6",
    "wasi:sockets/instance-network@0.2.6",
    "wasi:sockets/ip-name-lookup@0.2.6",
    "wasi:sockets/network@0.2.6",
    "wasi:sockets/tcp-create-socket@0.2.6",
    "wasi:sockets/tcp@0.2.6",
    "wasi:sockets/udp-create-socket@0.2.6",
    "wasi:sockets/udp@0.2.6",
];

fn importing(names: &[&str]) -> Vec<u8> {
    let imports = names.iter().map(|name| format!(r#"(import "{name}" (instance))"#)).collect();
    Tool { component: imports, ..Tool::default() }.bytes()
}

fn imports() -> Vec<Row> {
    let one = |does, name: &str, code, part| row(does, importing(&[name]), code, part);
    vec![
        row("importing everything of WASI", importing(WASI), "refused", "wasi:http/outgoing-handler@0.2.6"),
        one("importing WASI's files", WASI[13], "refused", WASI[13]),
        one("importing WASI's sockets", WASI[26], "refused", WASI[26]),
        one("importing WASI's clock", WASI[10], "refused", WASI[10]),
        one("importing a foreign interface", "evil:corp/shell@1.0.0", "refused", "evil:corp/shell@1.0.0"),
        one("importing a plain name", "shell", "refused", "`shell`"),
        one("importing an interface that isn't there", "jaros:plugin/shell@1.0.0", "refused", "no interface"),
        one("importing another version", "jaros:plugin/log@0.2.0", "refused", "has a version"),
        one("a tool that imports the model", "jaros:plugin/model@1.0.0", "refused", "which no tool gets"),
        one("importing http without a grant", "jaros:plugin/http@1.0.0", "refused", "http"),
        one(
            "importing files-write without a grant",
            "jaros:plugin/files-write@1.0.0",
            "refused",
            "files-write",
        ),
        one("importing store without a grant", "jaros:plugin/store@1.0.0", "refused", "store"),
        row(
            "importing files-read without a grant",
            Tool::default().reading().bytes(),
            "refused",
            "it imports `files-read`, which isn't granted",
        ),
        row(
            "importing a function of another type",
            shouting("(param \"x\" u32)", "i32"),
            "invalid",
            "doesn't fit jaros.wit",
        ),
        row("importing a function that isn't there", renamed(), "invalid", "doesn't fit jaros.wit"),
    ]
}

/// A tool whose `log.write` has one more parameter.
fn shouting(parameter: &str, core: &str) -> Vec<u8> {
    let mut tool = Tool::default().logging();
    let level = r#"(param "level" string)"#;
    tool.imports = tool.imports.replace(level, &format!("{level} {parameter}"));
    tool.core_imports = tool.core_imports.replace("i32 i32 i32 i32", &format!("i32 i32 i32 i32 {core}"));
    tool.bytes()
}

fn renamed() -> Vec<u8> {
    let mut tool = Tool::default().logging();
    tool.imports = tool.imports.replace(r#""write""#, r#""shout""#);
    tool.bytes()
}

fn exports() -> Vec<Row> {
    let exporting = |names: &[&str]| {
        let exports =
            names.iter().map(|name| format!(r#"(export "{name}" (instance $i))"#)).collect::<String>();
        component(&format!("(instance $i) {exports}"))
    };
    let (reasoning, action) = ("jaros:plugin/reasoning@1.0.0", "jaros:plugin/action@1.0.0");
    let mistyped = Tool { result: "(result char (error string))".to_owned(), ..Tool::default() };
    vec![
        row("exporting nothing", component(""), "invalid", "exports neither"),
        row("exporting both roles", exporting(&[reasoning, action]), "invalid", "exports both"),
        row("exporting an empty role", exporting(&[action]), "invalid", "doesn't fit jaros.wit"),
        row(
            "an agent among the tools",
            jaros_guests::Agent::default().bytes(),
            "refused",
            "this is an agent",
        ),
        row(
            "exporting execute with another type",
            mistyped.bytes(),
            "invalid",
            "of another type than jaros.wit says",
        ),
    ]
}

fn features() -> Vec<Row> {
    let core = |does, text: &str| {
        let bytes = Tool { component: format!("(core module {text})"), ..Tool::default() }.bytes();
        row(does, bytes, "invalid", "uses a feature of WebAssembly")
    };
    vec![
        core("a 64-bit memory", "(memory i64 1)"),
        core("threads: a shared memory", "(memory 1 1 shared)"),
        core("relaxed SIMD", "(func (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (local.get 0)))"),
        core("garbage collection", "(type (struct (field i32)))"),
        core("exceptions", "(tag)"),
        core("function references", "(func (param (ref func)))"),
        core("small memory pages", "(memory 1 (pagesize 1))"),
        row(
            "the asynchronous component model",
            Tool { component: "(type $f (future))".to_owned(), ..Tool::default() }.bytes(),
            "invalid",
            "uses a feature of WebAssembly",
        ),
    ]
}

fn sizes() -> Vec<Row> {
    let core = |text: &str| Tool { core: text.to_owned(), ..Tool::default() }.bytes();
    let instances =
        (0..250).map(|n| format!("(core instance $i{n} (instantiate $empty))")).collect::<String>();
    let instances = Tool { component: format!("(core module $empty) {instances}"), ..Tool::default() };
    let mut bomb = Tool::default().bytes();
    raw::section(&mut bomb, 1, &raw::module(1, &raw::nested_blocks(50_000)));
    let custom = raw::with_custom_section(component(""), 22 << 20);
    vec![
        row(
            "a memory over the limit from the start",
            core("(memory 513)"),
            "limit",
            "memory of 33619968 bytes",
        ),
        row(
            "a table over the limit from the start",
            core("(table 60001 funcref)"),
            "limit",
            "table of 60001 elements",
        ),
        row("1,000 memories", core(&"(memory 1)".repeat(1_000)), "invalid", "memor"),
        row("51 tables", core(&"(table 1 funcref)".repeat(51)), "invalid", "tables"),
        row("250 instances", instances.bytes(), "invalid", "instance"),
        row("a compile bomb of 50,000 nested blocks", bomb, "limit", "more than 10000 blocks"),
        row("1,000 components in one another", raw::nested_components(1_000), "invalid", "exports neither"),
        row("a custom section of 22 MB", custom, "invalid", "exports neither"),
    ]
}
