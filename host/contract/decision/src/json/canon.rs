//! Builds a canonical text, value by value.
//!
//! *Invariant:* what [`Canon::finish`] gives is RFC 8785: members in the order of their UTF-16 code units, numbers as
//! ECMAScript prints them, the least escaping. Depth is checked before anything is entered.
//! *Doesn't know:* whether the values come from a text or from Rust.
//! *Start at:* [`Canon`].

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt::Write as _;

use super::{JsonError, JsonLimits, Place};

/// The largest integer that every reader of JSON keeps exactly: 2^53 − 1.
const INTEGER_MAX: u64 = (1 << 53) - 1;

/// What serde_json uses as a member's name for purposes of its own: an object of a guest that has it would be read as
/// something other than the text says.
const RESERVED: &str = "$serde_json::private::";

/// A canonical text under construction.
pub(super) struct Canon<'k> {
    out: String,
    /// The members of all objects that are still open, the innermost object's last.
    members: Vec<Member<'k>>,
    depth: u32,
    limits: JsonLimits,
    /// Why building stopped, where the reader's own error can't say so.
    pub(super) fault: Option<JsonError>,
}

struct Member<'k> {
    name: Cow<'k, str>,
    start: usize,
    end: usize,
}

/// An object that is still open.
pub(super) struct Object {
    start: usize,
    first: usize,
    sorted: bool,
}

/// An array that is still open.
pub(super) struct Array {
    empty: bool,
}

impl<'k> Canon<'k> {
    pub(super) fn new(limits: JsonLimits) -> Self {
        let depth = limits.depth.min(JsonLimits::DEPTH_MAX);
        Self {
            out: String::new(),
            members: Vec::new(),
            depth: 0,
            limits: JsonLimits { depth, ..limits },
            fault: None,
        }
    }

    pub(super) fn reserve(&mut self, bytes: usize) {
        self.out.reserve(bytes);
    }

    /// The text, unless it grew past the limit: `1e15` is shorter than what it becomes.
    pub(super) fn finish(self) -> Result<String, JsonError> {
        if self.out.len() as u64 > self.limits.bytes {
            return Err(JsonError::Bytes { limit: self.limits.bytes });
        }
        Ok(self.out)
    }

    /// Appends a value that someone else wrote as JSON.
    pub(super) fn text(&mut self, text: &str) -> Result<(), JsonError> {
        let depth = self.limits.depth - self.depth;
        let canonical = super::read::text(text, JsonLimits { depth, ..self.limits })?;
        self.out.push_str(&canonical);
        Ok(())
    }

    pub(super) fn null(&mut self) {
        self.out.push_str("null");
    }

    pub(super) fn bool(&mut self, value: bool) {
        self.out.push_str(if value { "true" } else { "false" });
    }

    pub(super) fn string(&mut self, text: &str) {
        push_string(&mut self.out, text);
    }

    pub(super) fn integer(&mut self, negative: bool, magnitude: u128) -> Result<(), JsonError> {
        if magnitude > u128::from(INTEGER_MAX) {
            // 10^21 is where ECMAScript turns to exponents, and the number is no longer printed as an integer.
            return self.float(if negative { -(magnitude as f64) } else { magnitude as f64 });
        }
        let sign = if negative && magnitude > 0 { "-" } else { "" };
        write!(self.out, "{sign}{magnitude}").expect("writing into a String never fails");
        Ok(())
    }

    pub(super) fn float(&mut self, value: f64) -> Result<(), JsonError> {
        let magnitude = value.abs();
        if !value.is_finite() {
            return Err(JsonError::NotFinite { place: Place::default() });
        }
        if magnitude > INTEGER_MAX as f64 && magnitude < 1e21 {
            return Err(JsonError::Integer { place: Place::default() });
        }
        self.out.push_str(ryu_js::Buffer::new().format_finite(value));
        Ok(())
    }

    fn enter(&mut self) -> Result<(), JsonError> {
        if self.depth == self.limits.depth {
            return Err(JsonError::Depth { limit: self.limits.depth, place: Place::default() });
        }
        self.depth += 1;
        Ok(())
    }

    pub(super) fn array(&mut self) -> Result<Array, JsonError> {
        self.enter()?;
        self.out.push('[');
        Ok(Array { empty: true })
    }

    /// Before each item.
    pub(super) fn item(&mut self, array: &mut Array) {
        if !array.empty {
            self.out.push(',');
        }
        array.empty = false;
    }

    pub(super) fn end_array(&mut self) {
        self.out.push(']');
        self.depth -= 1;
    }

    pub(super) fn object(&mut self) -> Result<Object, JsonError> {
        self.enter()?;
        self.out.push('{');
        Ok(Object { start: self.out.len(), first: self.members.len(), sorted: true })
    }

    /// Before each member's value.
    pub(super) fn name(&mut self, object: &mut Object, name: Cow<'k, str>) -> Result<(), JsonError> {
        if name.starts_with(RESERVED) {
            return Err(JsonError::Reserved { place: Place::default() });
        }
        if let Some(last) = self.members[object.first..].last() {
            object.sorted &= code_units(&last.name, &name) == Ordering::Less;
            self.out.push(',');
        }
        let start = self.out.len();
        push_string(&mut self.out, &name);
        self.out.push(':');
        self.members.push(Member { name, start, end: 0 });
        Ok(())
    }

    /// After each member's value.
    pub(super) fn end_member(&mut self) {
        let end = self.out.len();
        self.members.last_mut().expect("a member ends after it began").end = end;
    }

    pub(super) fn end_object(&mut self, object: &Object) -> Result<(), JsonError> {
        if !object.sorted {
            self.sort(object)?;
        }
        self.members.truncate(object.first);
        self.out.push('}');
        self.depth -= 1;
        Ok(())
    }

    fn sort(&mut self, object: &Object) -> Result<(), JsonError> {
        let members = &mut self.members[object.first..];
        members.sort_unstable_by(|a, b| code_units(&a.name, &b.name));
        if let Some(pair) = members.windows(2).find(|pair| pair[0].name == pair[1].name) {
            let name = pair[0].name.chars().take(64).collect();
            return Err(JsonError::Repeated { name, place: Place::default() });
        }
        let unsorted = self.out.split_off(object.start);
        for (n, member) in members.iter().enumerate() {
            if n > 0 {
                self.out.push(',');
            }
            self.out.push_str(&unsorted[member.start - object.start..member.end - object.start]);
        }
        Ok(())
    }
}

/// RFC 8785 sorts by UTF-16 code units; UTF-8 bytes sort the same way only up to U+D7FF.
fn code_units(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

/// Appends `text` as a JSON string.
pub(super) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[plain..at]);
        plain = at + 1;
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            0x08 => "\\b",
            b'\t' => "\\t",
            b'\n' => "\\n",
            0x0c => "\\f",
            b'\r' => "\\r",
            _ => "",
        };
        if short.is_empty() {
            write!(out, "\\u{byte:04x}").expect("writing into a String never fails");
        } else {
            out.push_str(short);
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
}
