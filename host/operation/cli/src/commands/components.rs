//! `components`: agents and tools, and how they stand; with a name, its versions.
//!
//! *Invariant:* while a node runs, this is what it says; else the files that it would find, with an audit of their bytes.
//! *Doesn't know:* how components get there.
//! *Start at:* [`components`].

use std::ffi::OsStr;
use std::path::Path;

use jaros_capability::{Grants, Role};
use jaros_decision::{Code, Digest, Failure, Json, Name};
use jaros_node::{ComponentStatus, Slot};
use serde::Serialize;

use super::{grants, versions};
use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::input;
use crate::output::{Output, Paint};
use crate::problem::{Outcome, Problem};
use crate::text;

/// One component's file.
#[derive(Serialize)]
struct Row {
    role: String,
    name: String,
    /// `serving`, `loading`, `refused`, `held`; without a node `installed`, `unfit` or `held`.
    state: String,
    digest: Option<Digest>,
    description: Option<String>,
    imports: Vec<String>,
    schema: Option<Json>,
    refused: Option<Failure>,
    /// What a held version asks for beyond the one before.
    asks: Vec<String>,
}

#[derive(Serialize)]
struct Listing {
    /// Whether a node told, or the files were looked at.
    running: bool,
    components: Vec<Row>,
}

/// `components`.
pub(crate) fn components(context: &Context, args: &args::Components) -> Outcome {
    if let Some(name) = &args.name {
        return versions::list(context, args, name);
    }
    context.existing()?;
    let status = context.live_status()?;
    let running = status.is_some();
    let mut rows: Vec<Row> = match status {
        Some(status) => status.components.into_iter().map(Row::from).collect(),
        None => installed(context),
    };
    rows.retain(|row| match (args.agents, args.tools) {
        (true, _) => row.role == "agent",
        (_, true) => row.role == "tool",
        _ => true,
    });
    if context.out.is_json() {
        context.out.document(&Listing { running, components: rows })?;
    } else {
        print(&context.out, &rows)?;
        if !running {
            context.out.remark("No node is running; these are the files that one would find.");
        }
    }
    Ok(Exit::Ok)
}

impl From<ComponentStatus> for Row {
    fn from(status: ComponentStatus) -> Self {
        Self {
            role: status.role,
            name: status.name.to_string(),
            state: status.state,
            digest: status.digest,
            description: status.description,
            imports: status.imports,
            schema: status.schema,
            asks: status.refused.iter().flat_map(|refused| refused.asks.iter().cloned()).collect(),
            refused: status.refused.map(|refused| refused.failure),
        }
    }
}

/// The components whose files lie in the folders.
fn installed(context: &Context) -> Vec<Row> {
    let limits = context.limits();
    // What the record says of versions is a help here; a broken one is `verify`'s to tell about.
    let recorded = versions::read(context).unwrap_or_default();
    let granted =
        grants::read(context).ok().and_then(|text| Grants::parse(&text, context.layout.root()).ok());
    let granted = granted.unwrap_or_default();
    let mut rows = Vec::new();
    for (role, folder) in [(Role::Agent, context.layout.agents()), (Role::Tool, context.layout.tools())] {
        for name in names(&folder) {
            let read = input::file(
                &folder.join(format!("{name}.wasm")),
                limits.all().component_bytes,
                Some("component_bytes"),
            );
            let Ok(bytes) = read else { continue };
            let audited = jaros_engine::glance(&bytes, limits.of(role, name.as_str()));
            let digest = Digest::of(&bytes);
            let history = recorded.get(&Slot { role, name: name.clone() });
            let growth = history.zip(audited.as_ref().ok()).and_then(|(h, a)| h.growth(digest, &a.imports));
            let growth = growth.filter(|_| !granted.of(role, &name).names_version(digest));
            let state = match (&audited, &growth) {
                (Err(_), _) => "unfit",
                (Ok(_), Some(_)) => "held",
                (Ok(_), None) => "installed",
            };
            let held = growth.as_ref().map(|growth| Failure::new(Code::HELD, growth.to_string()));
            rows.push(Row {
                role: role.to_string(),
                name: name.to_string(),
                state: state.into(),
                digest: Some(digest),
                description: None,
                imports: audited.as_ref().map(|audit| audit.imports.clone()).unwrap_or_default(),
                schema: None,
                refused: audited.err().or(held),
                asks: growth.into_iter().flat_map(|growth| growth.asks).collect(),
            });
        }
    }
    rows
}

/// The names of the components in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<Name> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<Name> = entries.filter_map(|entry| component_name(&entry.file_name())).collect();
    names.sort();
    names
}

/// The component that a file of this name is: `greeter.wasm` is `greeter`.
pub(crate) fn component_name(file: &OsStr) -> Option<Name> {
    Name::new(file.to_str()?.strip_suffix(".wasm")?).ok()
}

fn print(out: &Output, rows: &[Row]) -> Result<(), Problem> {
    if rows.is_empty() {
        out.remark(
            "There are no components.\nnext: jaros init --with-examples, or jaros add-agent FILE.wasm",
        );
    }
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    for row in rows {
        let digest = row.digest.map_or_else(|| "-".repeat(12), |digest| digest.short());
        let paint = match row.state.as_str() {
            "serving" | "installed" => Paint::Good,
            "loading" | "held" => Paint::Care,
            _ => Paint::Bad,
        };
        let state = out.paint(paint, format_args!("{:<9}", row.state));
        let about = row.description.as_deref().map(|text| text::brief(text, 70)).unwrap_or_default();
        let line = format!("{:<5}  {:<width$}  {state}  {digest}  {about}", row.role, row.name);
        out.line(line.trim_end())?;
        if let Some(failure) = &row.refused {
            let why = text::lines(&failure.message).replace('\n', "\n         ");
            out.line(format_args!("         {}: {why}", failure.code))?;
            if row.state == "held" {
                out.line(format_args!(
                    "         next: {}",
                    out.advice(&format!("jaros approve {}", row.name))
                ))?;
            }
        }
    }
    Ok(())
}
