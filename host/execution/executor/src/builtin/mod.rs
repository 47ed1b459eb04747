//! The actions that every node has without a tool.
//!
//! *Invariant:* a built-in is pure: it turns a payload that fits its schema into an [`Effect`](crate::Effect).
//! *Doesn't know:* files, other jobs' states, the ledger.
//! *Start at:* [`BUILT_INS`].

mod advance;
mod fs_write;
mod submit;

use std::sync::LazyLock;

use jaros_decision::{Json, JsonLimits, Limits, Name};
use jaros_gate::{Action, Schema};

use crate::{Context, Effect};

pub use submit::submits_to;

/// A built-in action.
pub(crate) struct BuiltIn {
    pub(crate) action: Action,
    pub(crate) carry_out: fn(&Context<'_>, &Json) -> Effect,
}

/// The kinds of the built-in actions.
pub const BUILT_INS: [&str; 3] = [advance::KIND, fs_write::KIND, submit::KIND];

static TABLE: LazyLock<[BuiltIn; 3]> = LazyLock::new(|| {
    [
        built_in(advance::KIND, advance::DESCRIPTION, advance::SCHEMA, advance::carry_out),
        built_in(fs_write::KIND, fs_write::DESCRIPTION, fs_write::SCHEMA, fs_write::carry_out),
        built_in(submit::KIND, submit::DESCRIPTION, submit::SCHEMA, submit::carry_out),
    ]
});

fn built_in(
    kind: &str,
    description: &str,
    schema: &str,
    carry_out: fn(&Context<'_>, &Json) -> Effect,
) -> BuiltIn {
    let limits = Limits::default();
    let json = Json::parse(schema, JsonLimits::HOST).expect("a built-in's schema is JSON");
    let action = Action {
        kind: Name::new(kind).expect("a built-in's kind is a name"),
        description: description.into(),
        schema: Schema::compile(&json, &limits).expect("a built-in's schema compiles"),
        component: None,
        open: true,
    };
    BuiltIn { action, carry_out }
}

/// The built-in of this kind.
pub(crate) fn find(kind: &str) -> Option<&'static BuiltIn> {
    TABLE.iter().find(|built_in| built_in.action.kind.as_str() == kind)
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static BuiltIn> {
    TABLE.iter()
}
