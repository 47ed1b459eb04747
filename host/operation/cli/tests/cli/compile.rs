//! Compiling is attack surface: a component that would keep the compiler busy is refused, and the node serves meanwhile.

use std::fs;

use crate::place::{Place, until};

/// A tool that is fit in every other respect, with types in it whose comparison takes minutes.
fn bomb() -> Vec<u8> {
    let mut types = String::from("(component (type $t0 (tuple u8 u8))");
    for level in 0..17 {
        types += &format!("(type $t{} (tuple $t{level} $t{level}))", level + 1);
    }
    types += r#"(component $c (import "f" (func (param "x" $t17)))) (import "f" (func $f (param "x" $t17)))"#;
    types += &r#"(instance (instantiate $c (with "f" (func $f))))"#.repeat(900);
    let lines = include_str!("../../src/demo/phone.home.wat").lines();
    let without: Vec<&str> = lines.filter(|line| !line.contains("wasi:sockets")).collect();
    let text = without.join("\n").replacen("(component", &format!("(component {types})"), 1);
    wat::parse_str(text).expect("component text")
}

/// Whether a refusal is remembered beside the compiled code.
fn remembered(place: &Place) -> bool {
    let files = fs::read_dir(place.data("state/compiled")).expect("the folder").flatten();
    files.map(|entry| entry.path()).any(|path| path.extension().is_some_and(|found| found == "refused"))
}

#[test]
fn a_component_that_keeps_the_compiler_busy_is_refused_while_the_node_serves() {
    let place = Place::new();
    fs::write(place.data("config/limits.toml"), "compile_ms = 1000\ncompile_mib_ms = 0\n").expect("a file");
    let node = place.serve();
    fs::write(place.data("tools/bomb.wasm"), bomb()).expect("a file");
    let state = || {
        let components = place.json(&["components"]);
        let rows =
            components.as_array().or_else(|| components["components"].as_array()).expect("rows").clone();
        rows.into_iter().find(|row| row["name"] == "bomb")
    };
    until("the compiler at work", || state().filter(|row| row["state"] != "serving"));
    let greeted = place.ok(&["submit", "greeter", "--input", r#"{"name":"Ada"}"#, "--wait"]);
    assert!(greeted.contains("Hello, Ada!"), "{greeted}");
    let row = until("the node's word", || state().filter(|row| row["state"] == "refused"));
    let why = "compiling the component took more than 1 s of processor time (compile_ms, compile_mib_ms)";
    assert_eq!(row["refused"]["code"], "limit", "{row}");
    assert!(row["refused"]["message"].as_str().is_some_and(|message| message.starts_with(why)), "{row}");
    assert!(remembered(&place));
    node.stop();
    // It is known from then on, for whoever asks.
    let inspected = place.run(&["inspect", &place.data("tools/bomb.wasm").display().to_string()]);
    assert!(inspected.code != 0 && inspected.out.contains(why), "{inspected:?}");
    let node = place.serve();
    until("the node's word", || state().filter(|row| row["state"] == "refused"));
    node.stop();
    assert_eq!(place.json(&["replay"])["ok"], true);
}

#[test]
fn what_compiles_is_no_command() {
    let place = Place::empty();
    let said = place.run(&["compile-component"]);
    assert_eq!((said.code, &*said.out), (2, ""), "{said:?}");
    assert!(said.err.starts_with("error: this is asked only by a program"), "{said:?}");
    assert!(!place.ok(&["--help"]).contains("compile-component"));
}
