//! `inspect`: what a component is, asks for, and whether it would be taken here.
//!
//! *Invariant:* the component is asked for its profile and for nothing else; it isn't put anywhere.
//! *Doesn't know:* how it is audited.
//! *Start at:* [`inspect`].

use std::path::{Path, PathBuf};

use jaros_decision::Name;
use jaros_fabric::{Layout, write_atomic};
use jaros_node::Inspection;
use serde_json::Value;

use super::run::temporary;
use super::serve::not_opened;
use crate::args;
use crate::context::{Context, compiler};
use crate::exit::Exit;
use crate::input;
use crate::output::{Output, Paint};
use crate::problem::{Outcome, Problem};
use crate::text;

/// `inspect`.
pub(crate) fn inspect(context: &Context, args: &args::Inspect) -> Outcome {
    // What can't be read is no component, and no reason to start an engine.
    let bytes = input::file(&args.file, u64::MAX - 1, None)?;
    let aside = temporary()?;
    let file = match &args.name {
        Some(name) => named(aside.path(), name, &bytes)?,
        None => args.file.clone(),
    };
    let layout = if context.is_there() {
        context.layout.clone()
    } else {
        // A component can be looked at anywhere: the answer is a fresh data directory's.
        let layout = Layout::new(aside.path().join("data"));
        layout.create()?;
        layout
    };
    let found = jaros_node::inspect(&layout, &compiler(), &file);
    let found = found.map_err(|error| not_opened(&error))?;
    if context.out.is_json() {
        context.out.document(&found)?;
    } else {
        print(&context.out, &found)?;
    }
    Ok(if found.accepted { Exit::Ok } else { Exit::Refused })
}

/// The same file under another name.
fn named(folder: &Path, name: &Name, bytes: &[u8]) -> Result<PathBuf, Problem> {
    let path = folder.join(format!("{name}.wasm"));
    write_atomic(&path, bytes)?;
    Ok(path)
}

fn print(out: &Output, found: &Inspection) -> Result<(), Problem> {
    let row = |name: &str, what: String| {
        out.line(format_args!("{} {what}", out.paint(Paint::Dim, format_args!("{name:<12}"))))
    };
    let or_dash = |what: Option<String>| what.unwrap_or_else(|| "-".into());
    row("name", or_dash(found.name.as_ref().map(ToString::to_string)))?;
    row("role", or_dash(found.role.clone()))?;
    row("digest", or_dash(found.digest.map(|digest| digest.to_hex())))?;
    row("size", text::bytes(found.bytes))?;
    row(
        "asks for",
        if found.capabilities.is_empty() { "nothing".into() } else { found.capabilities.join(", ") },
    )?;
    found.imports.iter().try_for_each(|import| row("imports", text::brief(import, 200)))?;
    found.exports.iter().try_for_each(|export| row("exports", text::brief(export, 200)))?;
    if let Some(profile) = &found.profile {
        row("description", text::plain(&profile.description))?;
        let schema: Value = profile.schema.to_value();
        let pretty = serde_json::to_string_pretty(&schema).expect("JSON is JSON");
        row("schema", text::lines(&pretty).replace('\n', "\n             "))?;
    }
    match &found.refusal {
        None => row("here", out.paint(Paint::Good, "it would be taken")),
        Some(failure) => {
            let why = text::lines(&failure.message).replace('\n', "\n             ");
            row("here", out.paint(Paint::Bad, format_args!("it would be refused, {}: {why}", failure.code)))
        }
    }
}
