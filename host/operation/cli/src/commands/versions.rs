//! The versions of components as the record tells them, and `components NAME`, which lists them.
//!
//! *Invariant:* what a node would compare a new version with is what is shown here: both fold the record by the same code.
//! *Doesn't know:* how a version comes into service.
//! *Start at:* [`read`], [`list`].

use jaros_capability::Role;
use jaros_content::Content;
use jaros_decision::{Digest, Millis, Name, Seq};
use jaros_ledger::segments;
use jaros_node::{ComponentStatus, History, Slot, Versions, asks_for};
use serde::Serialize;

use super::components;
use crate::args::{self, Which};
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{Output, Paint};
use crate::problem::{Outcome, Problem, code};
use crate::record;
use crate::text;

/// What the record says of all components. A ledger that isn't there yet says nothing.
pub(crate) fn read(context: &Context) -> Result<Versions, Problem> {
    let mut versions = Versions::default();
    if !context.is_there() || segments(&context.layout.ledger())?.is_empty() {
        return Ok(versions);
    }
    let mut reader = record::open(context)?;
    while let Some(item) = reader.read()? {
        versions.take_in(&item).map_err(|error| {
            Problem::new(Exit::No, code::BROKEN, error.to_string())
                .next("jaros verify checks the whole ledger")
        })?;
    }
    record::intact(context, &reader)?;
    Ok(versions)
}

#[derive(Serialize)]
struct Listing {
    components: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    role: String,
    name: Name,
    /// Each time that a version came into service, in order.
    versions: Vec<Version>,
    /// A version that waits for an operator.
    held: Option<Waiting>,
}

#[derive(Serialize)]
struct Version {
    digest: Digest,
    /// When it came into service; `null` where the record doesn't say.
    at_ms: Option<Millis>,
    /// The entry that says so.
    entry: Seq,
    imports: Vec<String>,
    asks: Vec<String>,
    /// Whether it serves now.
    serving: bool,
    /// Whether its bytes are still in the content store.
    kept: bool,
}

#[derive(Serialize)]
struct Waiting {
    digest: Option<Digest>,
    asks: Vec<String>,
    message: String,
}

/// `components NAME`.
pub(crate) fn list(context: &Context, args: &args::Components, name: &Name) -> Outcome {
    context.existing()?;
    let versions = read(context)?;
    let content = Content::open(context.layout.content())?;
    let status = context.live_status()?.map_or_else(Vec::new, |status| status.components);
    let roles = Which { agent: args.agents, tool: args.tools }.roles();
    let mut listed = Vec::new();
    for role in roles {
        let slot = Slot { role: *role, name: name.clone() };
        let held = status.iter().find(|one| one.role == role.to_string() && one.name == *name).and_then(held);
        let history = versions.get(&slot).filter(|history| history.last().is_some());
        if history.is_some() || held.is_some() {
            listed.push(Listed {
                role: role.to_string(),
                name: name.clone(),
                versions: history.map_or_else(Vec::new, |history| of(history, &content)),
                held,
            });
        }
    }
    if listed.is_empty() {
        let known: Vec<&str> = versions.iter().map(|(slot, _)| slot.name.as_str()).collect();
        let text = text::suggestion(name.as_str(), &known, "component");
        return Err(Problem::unknown(format!("no version of {name} is on the record; {text}"))
            .next("jaros components lists what there is"));
    }
    if context.out.is_json() {
        context.out.document(&Listing { components: listed })?;
    } else {
        listed.iter().try_for_each(|one| print(&context.out, one))?;
    }
    Ok(Exit::Ok)
}

fn held(component: &ComponentStatus) -> Option<Waiting> {
    let refused = component.refused.as_ref().filter(|refused| !refused.asks.is_empty())?;
    Some(Waiting {
        digest: refused.digest,
        asks: refused.asks.clone(),
        message: refused.failure.message.clone(),
    })
}

fn of(history: &History, content: &Content) -> Vec<Version> {
    let last = history.served().len();
    let each = history.served().iter().enumerate();
    each.map(|(n, served)| Version {
        digest: served.digest,
        at_ms: served.at,
        entry: served.entry,
        imports: served.imports.clone(),
        asks: asks_for(&served.imports).into_iter().collect(),
        serving: n + 1 == last && history.serving().is_some(),
        kept: content.has(&served.digest),
    })
    .collect()
}

fn print(out: &Output, listed: &Listed) -> Result<(), Problem> {
    let title = format!("{} {}", listed.role, listed.name);
    out.line(out.paint(Paint::Strong, title))?;
    for version in &listed.versions {
        let at = version.at_ms.map_or_else(|| format!("{:<24}", "-"), text::moment);
        let (paint, word) = if version.serving { (Paint::Good, "serving") } else { (Paint::Dim, "served") };
        let word = out.paint(paint, format_args!("{word:<7}"));
        let asks = if version.asks.is_empty() { "nothing".into() } else { version.asks.join(", ") };
        let lost = if version.kept { "" } else { "  (its bytes are gone)" };
        out.line(format_args!(
            "  {at}  entry {:<6}  {}  {word}  asks for {asks}{lost}",
            version.entry,
            version.digest.short()
        ))?;
    }
    if let Some(held) = &listed.held {
        let digest = held.digest.map_or_else(String::new, |digest| format!(" {}", digest.short()));
        out.line(format_args!(
            "  {}{digest}: {}",
            out.paint(Paint::Care, "held"),
            text::plain(&held.message)
        ))?;
        out.line(format_args!("  next: {}", out.advice(&format!("jaros approve {}", listed.name))))?;
    }
    Ok(())
}

/// The names among which a component was looked for and not found.
pub(crate) fn unknown(context: &Context, roles: &[Role], name: &Name) -> Problem {
    let folder = |role: &Role| match role {
        Role::Agent => context.layout.agents(),
        Role::Tool => context.layout.tools(),
    };
    let names: Vec<Name> = roles.iter().flat_map(|role| components::names(&folder(role))).collect();
    let known: Vec<&str> = names.iter().map(Name::as_str).collect();
    let noun = if let [role] = roles { role.to_string() } else { "component".into() };
    Problem::unknown(format!("there is no {noun} {name}; {}", text::suggestion(name.as_str(), &known, &noun)))
        .next("jaros components lists them")
}
