//! A project: the folder in which somebody writes one agent or tool. It is made from templates, read, built, and looked at.
//!
//! *Invariant:* a project needs nothing outside its folder but the tools of its language, and nothing that a build makes
//! leaves it unchecked. The heavy part of wrapping modules (`wit-component`) is named here alone.
//! *Doesn't know:* terminals, arguments, nodes.
//! *Start at:* [`Project`], [`build`], [`tree`].

mod case;
mod component;
mod grants;
mod ident;
mod lang;
mod make;
mod manifest;
mod process;
mod recipe;
mod scaffold;
mod sources;
mod template;
mod tools;
mod words;
mod world;

pub use case::{Case, first};
pub use component::{Asks, UnfitError};
pub use grants::{PROPOSER, folders, merged};
pub use ident::ident;
pub use lang::{Lang, UnknownLang};
pub use make::{BuildError, Built, build, ready};
pub use manifest::{MANIFEST, ManifestError, Project};
pub use process::Runner;
pub use recipe::NoSource;
pub use scaffold::{WriteError, write};
pub use sources::Sources;
pub use template::{CONTRACT, File, available, tree};
pub use tools::Missing;
pub use world::{World, WorldError};
