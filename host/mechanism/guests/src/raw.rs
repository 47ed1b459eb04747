//! Bytes that the text format can't say, or would take too long to.
//!
//! *Invariant:* each is well formed as far as its sentence says.
//! *Doesn't know:* which of them a host refuses, or why.
//! *Start at:* [`section`].

/// The eight bytes that a component begins with.
pub const COMPONENT: [u8; 8] = *b"\0asm\x0d\0\x01\0";
const MODULE: [u8; 8] = *b"\0asm\x01\0\0\0";

/// Appends a section.
pub fn section(bytes: &mut Vec<u8>, id: u8, content: &[u8]) {
    bytes.push(id);
    sized(bytes, content);
}

/// Appends `content` after its length.
pub fn sized(bytes: &mut Vec<u8>, content: &[u8]) {
    number(bytes, content.len());
    bytes.extend_from_slice(content);
}

pub(crate) fn number(bytes: &mut Vec<u8>, mut left: usize) {
    while left >= 0x80 {
        bytes.push(low_seven(left) | 0x80);
        left >>= 7;
    }
    bytes.push(low_seven(left));
}

fn low_seven(number: usize) -> u8 {
    u8::try_from(number & 0x7f).expect("seven bits are a byte")
}

/// A component of nothing but this core module.
#[must_use]
pub fn around(module: &[u8]) -> Vec<u8> {
    let mut component = COMPONENT.to_vec();
    section(&mut component, 1, module);
    component
}

/// A core module of `functions` functions `() -> ()`, each with this body (`0x0b`, the end, is added).
#[must_use]
pub fn module(functions: usize, body: &[u8]) -> Vec<u8> {
    let mut types = Vec::new();
    number(&mut types, functions);
    types.resize(types.len() + functions, 0);
    let mut one = Vec::new();
    sized(&mut one, &[&[0], body, &[0x0b]].concat());
    let mut code = Vec::new();
    number(&mut code, functions);
    code.extend(one.repeat(functions));
    let mut module = MODULE.to_vec();
    section(&mut module, 1, &[1, 0x60, 0, 0]);
    section(&mut module, 3, &types);
    section(&mut module, 10, &code);
    module
}

/// The body of a function that nests `depth` blocks.
#[must_use]
pub fn nested_blocks(depth: usize) -> Vec<u8> {
    let mut body = [0x02, 0x40].repeat(depth);
    body.resize(body.len() + depth, 0x0b);
    body
}

/// `depth` components inside one another.
#[must_use]
pub fn nested_components(depth: usize) -> Vec<u8> {
    let mut inner = COMPONENT.to_vec();
    for _ in 0..depth {
        let mut outer = COMPONENT.to_vec();
        section(&mut outer, 4, &inner);
        inner = outer;
    }
    inner
}

/// `component` with a custom section of so many zeros behind it.
#[must_use]
pub fn with_custom_section(mut component: Vec<u8>, bytes: usize) -> Vec<u8> {
    // The first zero is the length of the section's name.
    section(&mut component, 0, &vec![0; bytes]);
    component
}

/// `component` with this core module in place of its first section, which must be a core module too.
///
/// # Panics
/// Where `component` doesn't begin so.
#[must_use]
pub fn with_first_module(component: &[u8], module: &[u8]) -> Vec<u8> {
    let rest = component.strip_prefix(&COMPONENT).and_then(|rest| rest.strip_prefix(&[1]));
    let rest = rest.expect("a component that begins with a core module");
    let end = rest.iter().position(|byte| byte & 0x80 == 0).expect("a length ends");
    let length = rest[..=end].iter().rev().fold(0, |length, byte| length << 7 | usize::from(byte & 0x7f));
    let mut whole = around(module);
    whole.extend_from_slice(&rest[end + 1 + length..]);
    whole
}
