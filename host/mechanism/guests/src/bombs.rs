//! Components that cost a compiler, or a validator, far more than their size says.
//!
//! *Invariant:* each is valid, small, and within every limit that is checked on its bytes.
//! *Doesn't know:* budgets.
//! *Start at:* [`blocks`].

use crate::raw::{around, number, section, sized};

/// Functions that nest blocks as deep as may be; every block is a jump's target.
pub fn blocks(functions: usize) -> Vec<u8> {
    let depth = 9_000;
    let mut body = vec![0];
    body.extend([0x02, 0x40].repeat(depth));
    // (br_if 4500 (i32.const 0)), at every end.
    body.extend([0x41, 0, 0x0d, 0, 0x0b].repeat(depth));
    body.push(0x0b);
    component(&vec![body; functions])
}

/// Functions of loops inside loops that change thousands of locals, each of which lives through all of them.
pub fn locals(functions: usize) -> Vec<u8> {
    let (locals, depth) = (2_000, 100);
    let mut body = vec![1];
    number(&mut body, locals + 1);
    body.push(0x7e);
    body.extend([0x03, 0x40].repeat(depth));
    for local in 0..locals {
        // (local.set N (local.get N + 1))
        body.push(0x20);
        number(&mut body, local + 1);
        body.push(0x21);
        number(&mut body, local);
    }
    // (br_if 0 (i32.const 1)) at every loop's end.
    body.extend([0x41, 1, 0x0d, 0, 0x0b].repeat(depth));
    body.push(0x0b);
    component(&vec![body; functions])
}

/// A great many small functions.
pub fn functions(functions: usize) -> Vec<u8> {
    // Two rounds of (drop (i64.div_u (i64.const 7) (i64.const 3)))
    let mut body = vec![0];
    body.extend([0x42, 7, 0x42, 3, 0x80, 0x1a].repeat(2));
    body.push(0x0b);
    component(&vec![body; functions])
}

/// Types that are small to write and large to compare, compared again and again.
pub fn types(comparisons: usize) -> Vec<u8> {
    let mut text = String::from("(component (type $t0 (tuple u8 u8))");
    for level in 0..17 {
        text.push_str(&format!("(type $t{} (tuple $t{level} $t{level}))", level + 1));
    }
    text.push_str(
        r#"(component $c (import "f" (func (param "x" $t17))))
           (import "f" (func $f (param "x" $t17)))"#,
    );
    text.push_str(&r#"(instance (instantiate $c (with "f" (func $f))))"#.repeat(comparisons));
    text.push(')');
    crate::parse(&text)
}

/// A component around a module of functions without parameters and results.
fn component(bodies: &[Vec<u8>]) -> Vec<u8> {
    let mut declared = Vec::new();
    number(&mut declared, bodies.len());
    let mut code = declared.clone();
    declared.extend(vec![0; bodies.len()]);
    for body in bodies {
        sized(&mut code, body);
    }
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    section(&mut module, 1, &[1, 0x60, 0, 0]);
    section(&mut module, 3, &declared);
    section(&mut module, 10, &code);
    around(&module)
}
