//! What the audit refuses, by name, before anything is compiled.

use std::path::Path;

use jaros_capability::{Capability, Grants, Role};
use jaros_decision::Limits;
use jaros_engine::audit;
use jaros_guests::{component, raw};

use crate::guests::{Agent, Tool, audited, engine};

/// A tool that imports `name` as an empty instance.
fn importing(name: &str) -> Vec<u8> {
    Tool { component: format!(r#"(import "{name}" (instance))"#), ..Tool::default() }.bytes()
}

#[test]
fn a_tool_and_an_agent_pass() {
    let tool = audited(&Tool::default().logging().with_job().bytes()).unwrap();
    assert_eq!(tool.role, Role::Tool);
    assert_eq!(tool.capabilities, [Capability::Job, Capability::Log].into());
    assert_eq!(tool.imports, ["jaros:plugin/log@1.0.0", "jaros:plugin/job@1.0.0"]);
    assert_eq!(tool.exports, ["jaros:plugin/action@1.0.0"]);
    assert_eq!(tool.memory_bytes, 65_536);

    let agent = audited(&Agent::default().bytes()).unwrap();
    assert_eq!(agent.role, Role::Agent);
    assert_eq!(agent.capabilities, [Capability::Model, Capability::Actions].into(), "`types` is none");
}

#[test]
fn what_is_no_component_is_named() {
    let elf = std::fs::read("/proc/self/exe").unwrap()[..4_096].to_vec();
    let core = wat::parse_str("(module)").unwrap();
    let whole = Tool::default().bytes();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    let rows: [(&[u8], &str); 9] = [
        (b"", "invalid: the file is empty"),
        (b"hello", "invalid: this is not WebAssembly"),
        (b"\0asm", "invalid: this is not WebAssembly"),
        (&[0; 4096], "invalid: this is not WebAssembly"),
        (
            b"\n (component)",
            "invalid: this is WebAssembly text; turn it into a component with `wasm-tools parse`",
        ),
        (&elf, "invalid: this is compiled machine code"),
        (&core, "invalid: this is a core module, not a component; link it with `wasm-component-ld`"),
        (&whole[..whole.len() - 7], "invalid: the component is damaged or cut off"),
        (&flipped, "invalid: the component is damaged or cut off"),
    ];
    for (bytes, expected) in rows {
        let end = audited(bytes).unwrap_err();
        assert!(end.starts_with(expected), "{end}");
    }
}

#[test]
fn every_way_to_cut_a_component_is_refused() {
    let whole = Tool::default().logging().bytes();
    let sound = audited(&whole).unwrap();
    let mut passed = 0;
    for len in 0..whole.len() {
        match audited(&whole[..len]) {
            Err(end) => assert!(end.starts_with("invalid: "), "{len}: {end}"),
            // Only the names for debuggers, which stand last, can be missing.
            Ok(found) => {
                assert_eq!(found, sound);
                passed += 1;
            }
        }
    }
    assert!(passed <= 1, "{passed} cuts passed");
}

#[test]
fn code_that_was_compiled_before_is_no_component() {
    let engine = wasmtime::Engine::default();
    let compiled =
        wasmtime::component::Component::new(&engine, Tool::default().bytes()).unwrap().serialize().unwrap();
    let end = audited(&compiled).unwrap_err();
    assert!(end.starts_with("invalid: this is compiled machine code, which is never loaded"), "{end}");
}

#[test]
fn imports_are_refused_by_name() {
    let rows = [
        (
            "wasi:http/types@0.2.6",
            "refused: the component can't have its import: the virtual WASI, which can be granted, has the interfaces of \
             `wasi:cli/imports` in 0.2.x, and not `wasi:http/types@0.2.6`; build it without (Rust for",
        ),
        (
            "wasi:cli/environment@0.3.0",
            "refused: the component can't have its import: the virtual WASI, which can be granted, has the interfaces of \
             `wasi:cli/imports` in 0.2.x, and not `wasi:cli/environment@0.3.0`; build it without",
        ),
        ("jaros:plugin/wasi@1.0.0", "refused: the component can't have its import: there is no interface"),
        ("evil:corp/shell@1.0.0", "refused: the component can't have its import: `evil:corp/shell@1.0.0`"),
        ("shell", "refused: the component can't have its import: `shell`"),
        ("jaros:plugin/shell@1.0.0", "refused: the component can't have its import: there is no interface"),
        (
            "jaros:plugin/log@0.2.0",
            "refused: the component can't have its import: `jaros:plugin/log@0.2.0` has a version",
        ),
        (
            "jaros:plugin/log",
            "refused: the component can't have its import: `jaros:plugin/log` has a version",
        ),
        (
            "jaros:plugin/model@1.0.0",
            "refused: the component imports jaros:plugin/model@1.0.0, which no tool gets",
        ),
    ];
    for (name, expected) in rows {
        let end = audited(&importing(name)).unwrap_err();
        assert!(end.starts_with(expected), "{end}");
        assert!(end.contains("; "), "no next step: {end}");
    }
}

#[test]
fn wasi_needs_a_grant_and_a_refusal_names_all_of_it() {
    let (name, grants) =
        ("t".parse().unwrap(), |text: &str| Grants::parse(text, Path::new("/data")).unwrap());
    let importing = |names: &[&str]| {
        let component = names.iter().map(|name| format!(r#"(import "{name}" (instance))"#)).collect();
        Tool { component, ..Tool::default() }.bytes()
    };
    let bytes = importing(&["wasi:cli/environment@0.2.6", "wasi:sockets/tcp@0.2.0"]);
    assert_eq!(audited(&bytes).unwrap().capabilities, [Capability::Wasi].into());
    let failure = engine().admit(&bytes, &grants("").for_tool(&name), &Limits::default()).unwrap_err();
    assert!(
        failure.message.starts_with(
            "tool `t` is refused: it imports WASI (`wasi:cli/environment@0.2.6`, `wasi:sockets/tcp@0.2.0`), which isn't \
             granted; it can be built without (Rust for"
        ) && failure.message.contains("under [tool.t]:\nwasi = \"virtual\""),
        "{failure}"
    );
    let granted = grants("[tool.t]\nwasi = \"virtual\"").for_tool(&name);
    engine().admit(&bytes, &granted, &Limits::default()).unwrap();

    let bytes =
        importing(&["wasi:cli/exit@0.2.6", "wasi:http/types@0.2.6", "wasi:nn/graph@0.2.0-rc-2024-06-25"]);
    let failure = engine().admit(&bytes, &granted, &Limits::default()).unwrap_err();
    assert!(
        failure
            .message
            .contains("and not `wasi:http/types@0.2.6`, `wasi:nn/graph@0.2.0-rc-2024-06-25`; build"),
        "{failure}"
    );
}

#[test]
fn imports_of_inner_components_are_not_the_components_own() {
    let inner = Tool {
        component: r#"(component (import "evil:corp/shell@1.0.0" (instance)))"#.to_owned(),
        ..Tool::default()
    };
    assert_eq!(audited(&inner.bytes()).unwrap().imports, [""; 0]);
}

#[test]
fn a_component_has_one_role() {
    let empty = r#"(instance $i) "#;
    let reasoning = r#"(export "jaros:plugin/reasoning@1.0.0" (instance $i))"#;
    let action = r#"(export "jaros:plugin/action@1.0.0" (instance $i))"#;
    let rows = [
        (String::new(), "invalid: the component exports neither"),
        (format!("{empty} {reasoning} {action}"), "invalid: the component exports both"),
        (
            format!(r#"{empty} (export "jaros:plugin/action@0.2.0" (instance $i))"#),
            "refused: the component can't have its export: `jaros:plugin/action@0.2.0` has a version",
        ),
        (format!(r#"{empty} (export "action" (instance $i))"#), "invalid: the component exports neither"),
    ];
    for (text, expected) in rows {
        let end = audited(&component(&text)).unwrap_err();
        assert!(end.starts_with(expected), "{end}");
    }
}

#[test]
fn sizes_are_judged_before_compiling() {
    let limits =
        Limits { memory_bytes: 1 << 20, table_elements: 100, component_bytes: 100_000, ..Limits::default() };
    let check = |bytes: &[u8], expected: &str| {
        let failure = audit(bytes, &limits).unwrap_err();
        assert_eq!(failure.code.as_str(), "limit");
        assert!(failure.message.contains(expected), "{failure}");
    };
    check(
        &Tool { core: "(memory 17)".to_owned(), ..Tool::default() }.bytes(),
        "memory of 1114112 bytes, more than 1048576",
    );
    check(
        &Tool { core: "(table 101 funcref)".to_owned(), ..Tool::default() }.bytes(),
        "table of 101 elements, more than 100",
    );
    check(&vec![0; 100_001], "has 100001 bytes, more than 100000 (component_bytes)");
}

#[test]
fn features_that_vary_are_refused_as_such() {
    let rows = [
        ("64-bit memory", "(memory i64 1)"),
        ("shared memory", "(memory 1 1 shared)"),
        ("relaxed SIMD", "(func (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (local.get 0)))"),
        ("garbage collection", "(type (struct (field i32)))"),
        ("exceptions", "(tag)"),
        ("function references", "(func (param (ref func)))"),
        ("external references", "(table 1 externref)"),
        (
            "wide arithmetic",
            "(func (param i64 i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 1)))",
        ),
        ("small pages", "(memory 1 (pagesize 1))"),
    ];
    for (what, core) in rows {
        let end = audited(&component(&format!("(core module {core})"))).unwrap_err();
        assert!(end.starts_with("invalid: the component uses a feature of WebAssembly"), "{what}: {end}");
    }
    let end = audited(&component(r#"(type $f (future))"#)).unwrap_err();
    assert!(end.starts_with("invalid: the component uses a feature of WebAssembly"), "async: {end}");
}

#[test]
fn a_compile_bomb_of_nested_blocks_is_refused() {
    // By hand: the text format's own parser gives up much earlier.
    let nested = |depth| raw::around(&raw::module(1, &raw::nested_blocks(depth)));
    let end = audited(&nested(50_000)).unwrap_err();
    assert!(end.starts_with("limit: a function of the component has more than 10000 blocks"), "{end}");
    assert!(audited(&nested(5_000)).unwrap_err().starts_with("invalid: the component exports neither"));
}

#[test]
fn names_cannot_imitate_messages() {
    // The component format has no control characters in names, so such a name is no component at all.
    let mut bytes = importing("evil:corp/shell@1.0.0");
    let at = bytes.windows(4).position(|w| w == b"evil").unwrap();
    bytes[at] = b'\n';
    assert!(audited(&bytes).unwrap_err().starts_with("invalid: "));
}

#[test]
fn odd_shapes_end_quickly() {
    let mut nested = String::new();
    for _ in 0..1_000 {
        nested.push_str("(component)");
    }
    assert!(audited(&component(&nested)).unwrap_err().starts_with("invalid: the component exports neither"));
    assert!(audited(&raw::nested_components(1_000)).is_err());
    let custom = raw::with_custom_section(component(""), 22 << 20);
    assert!(audited(&custom).unwrap_err().starts_with("invalid: the component exports neither"));
}
