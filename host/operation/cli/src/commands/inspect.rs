//! `inspect`: what a component is, asks for, and whether it would be taken here.
//!
//! *Invariant:* the component is asked for its profile and for nothing else; it isn't put anywhere.
//! *Doesn't know:* how it is audited.
//! *Start at:* [`inspect`].

use std::path::{Path, PathBuf};

use jaros_decision::{Code, Digest, Failure, Name};
use jaros_fabric::{Layout, write_atomic};
use jaros_node::{Inspection, Slot, Versions};
use serde::Serialize;
use serde_json::Value;

use super::against::{self, Difference};
use super::install::Place;
use super::run::temporary;
use super::serve::not_opened;
use super::versions;
use crate::args;
use crate::context::{Context, compiler};
use crate::exit::Exit;
use crate::input;
use crate::output::{Output, Paint};
use crate::problem::{Outcome, Problem, mended};
use crate::text;

/// `inspect`.
pub(crate) fn inspect(context: &Context, args: &args::Inspect) -> Outcome {
    // What can't be read is no component, and no reason to start an engine.
    let bytes = input::file(&args.file, u64::MAX - 1, None)?;
    let aside = temporary()?;
    let versions = versions::read(context).unwrap_or_default();
    // Compared with a component that is here, it is looked at as a version of that.
    let as_other = args.against.as_deref().and_then(against::as_name);
    let name = args.name.clone().or(as_other);
    let file = match &name {
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
    let difference = match &args.against {
        Some(named) => Some(compare(context, &layout, &versions, named, aside.path(), &found)?),
        None => None,
    };
    let looked = Looked::of(found, &versions, difference);
    if context.out.is_json() {
        context.out.document(&looked)?;
    } else {
        print(&context.out, &looked)?;
    }
    Ok(looked.exit())
}

/// What `inspect` says.
#[derive(Serialize)]
struct Looked {
    #[serde(flatten)]
    found: Inspection,
    /// The version of this name that serves here.
    in_service: Option<Digest>,
    /// What it asks for beyond the version that served last.
    asks: Vec<String>,
    against: Option<Difference>,
}

impl Looked {
    /// What would come into service as it stands, and isn't held.
    fn of(mut found: Inspection, versions: &Versions, against: Option<Difference>) -> Self {
        let place = found.role.as_deref().and_then(Place::named);
        let slot = place.zip(found.name.clone()).map(|(place, name)| Slot { role: place.role(), name });
        let history = slot.and_then(|slot| versions.get(&slot));
        let growth = history.zip(found.digest).and_then(|(h, digest)| h.growth(digest, &found.imports));
        if let Some(growth) = growth.as_ref().filter(|_| found.accepted && !found.pinned) {
            found.accepted = false;
            found.refusal = Some(Failure::new(Code::HELD, growth.to_string()));
        }
        Self {
            found,
            in_service: history.and_then(|history| history.serving()).map(|now| now.digest),
            asks: growth.into_iter().flat_map(|growth| growth.asks).collect(),
            against,
        }
    }

    fn is_held(&self) -> bool {
        self.found.refusal.as_ref().is_some_and(|failure| failure.code == Code::HELD)
    }

    fn exit(&self) -> Exit {
        match &self.against {
            Some(_) if !self.found.accepted && !self.is_held() => Exit::Refused,
            Some(difference) if difference.asks_more() => Exit::No,
            Some(_) => Exit::Ok,
            None if self.found.accepted => Exit::Ok,
            None => Exit::Refused,
        }
    }
}

/// Looks at the other version under the same name, so that both are asked with the same grants.
fn compare(
    context: &Context,
    layout: &Layout,
    versions: &Versions,
    against: &Path,
    aside: &Path,
    found: &Inspection,
) -> Result<Difference, Problem> {
    let place = found.role.as_deref().and_then(Place::named);
    let other = against::find(context, versions, against, place)?;
    let name = found.name.clone().unwrap_or_else(|| Name::new("other").expect("a name"));
    let folder = aside.join("other");
    std::fs::create_dir_all(&folder).map_err(|error| {
        Problem::machine(format!("a temporary folder can't be made: {error}")).next(mended(&error))
    })?;
    let old = jaros_node::inspect(layout, &compiler(), &named(&folder, &name, &other.bytes)?);
    let old = old.map_err(|error| not_opened(&error))?;
    Ok(Difference::of(&other.what, old, found))
}

/// The same file under another name.
fn named(folder: &Path, name: &Name, bytes: &[u8]) -> Result<PathBuf, Problem> {
    let path = folder.join(format!("{name}.wasm"));
    write_atomic(&path, bytes)?;
    Ok(path)
}

fn print(out: &Output, looked: &Looked) -> Result<(), Problem> {
    let found = &looked.found;
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
    if let Some(difference) = &looked.against {
        difference.print(out, found)?;
    }
    if let Some(digest) = looked.in_service.filter(|digest| Some(*digest) != found.digest) {
        let asks = if looked.asks.is_empty() { "nothing".into() } else { looked.asks.join(", ") };
        row("in service", format!("{}; this one asks for {asks} in addition", digest.short()))?;
    }
    match &found.refusal {
        Some(failure) if looked.is_held() => {
            let name = or_dash(found.name.as_ref().map(ToString::to_string));
            let next = out.advice(&format!("jaros approve {name}"));
            let why = text::plain(&failure.message);
            row("here", out.paint(Paint::Care, format_args!("it would be held, since {why}; then: {next}")))
        }
        None => row("here", out.paint(Paint::Good, "it would be taken")),
        Some(failure) => {
            let why = text::lines(&failure.message).replace('\n', "\n             ");
            row("here", out.paint(Paint::Bad, format_args!("it would be refused, {}: {why}", failure.code)))
        }
    }
}
