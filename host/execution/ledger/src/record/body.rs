//! What all bodies have in common, and which kind each belongs to.
//!
//! *Invariant:* every body is of one kind, and every kind but the unknown has one body.
//! *Doesn't know:* what the bodies say.
//! *Start at:* [`Body`].

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{
    Checkpoint, Component, Config, Decision, Done, Erase, Intent, Job, Key, Open, Operator, Outcome,
    Reasoned, Refusal, Snapshot,
};
use crate::EntryKind;

/// The number of the disk format that this version writes; it reads this one and those before.
pub const FORMAT: u32 = 1;

/// What an entry of one kind says.
pub trait Body: DeserializeOwned {
    /// The kind.
    const KIND: EntryKind;
}

/// A body that its author knows whole. All but [`Outcome`], whose state digest only the writer knows, and those that
/// the ledger writes by itself: [`Open`], [`Key`] and [`Checkpoint`].
pub trait Whole: Body + Serialize {}

macro_rules! body {
    ($($name:ident),* ; $($own:ident),*) => {
        $(impl Body for $name {
            const KIND: EntryKind = EntryKind::$name;
        }
        impl Whole for $name {})*
        $(impl Body for $own {
            const KIND: EntryKind = EntryKind::$own;
        })*
    };
}

body!(
    Config, Component, Job, Reasoned, Decision, Refusal, Intent, Done, Operator, Snapshot, Erase;
    Open, Key, Checkpoint, Outcome
);
