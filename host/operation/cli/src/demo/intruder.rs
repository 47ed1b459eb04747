//! Step 5: a tool that wants the network is dropped into the running node's folder.
//!
//! *Invariant:* the component is fit in every other respect; nothing but its import is in its way.
//! *Doesn't know:* how components are judged; the node does it.
//! *Start at:* [`drop_in`].

use std::time::Instant;

use jaros_decision::{Code, Digest, Name, Seq};
use jaros_fabric::write_atomic;
use jaros_ledger::EntryKind;
use jaros_ledger::record::{Change, Component};
use jaros_node::ComponentStatus;
use serde::Serialize;

use super::say::{Say, holds};
use super::stage::{AGENTS, Stage, TOOLS, unmade};
use super::swarm::millis;
use crate::problem::Problem;
use crate::record;
use crate::text;

/// The tool, made from the text beside it.
const TOOL: &[u8] = include_bytes!("phone.home.wasm");
/// Its name in the folder.
const NAME: &str = "phone.home";
/// What it asks for.
const IMPORT: &str = "wasi:sockets/tcp@0.2.0";

/// What was seen.
#[derive(Serialize)]
pub(super) struct Intruder {
    component: &'static str,
    digest: Digest,
    bytes: usize,
    imports: &'static str,
    code: Code,
    message: String,
    refused_after_ms: u64,
    /// The entry that says so.
    entry: Seq,
    /// Components that serve on.
    serving: usize,
}

/// Drops the tool in and waits for the node's word.
pub(super) fn drop_in(say: &Say<'_>, stage: &Stage) -> Result<Intruder, Problem> {
    say.step(5, "A tool that wants the network")?;
    let digest = Digest::of(TOOL);
    let begin = Instant::now();
    write_atomic(&stage.place.layout.tools().join(format!("{NAME}.wasm")), TOOL)?;
    let (tool, serving) = stage.until("the node's word on the tool", || {
        let status = stage.place.live_status()?;
        let components = status.map(|status| status.components).unwrap_or_default();
        let serving = components.iter().filter(|component| component.state == "serving").count();
        let settled =
            |component: &ComponentStatus| component.name.as_str() == NAME && component.state != "loading";
        Ok(components.into_iter().find(settled).map(|tool| (tool, serving)))
    })?;
    let after = begin.elapsed();
    let refused = tool.refused.filter(|refused| refused.digest == Some(digest) && tool.digest.is_none());
    holds(refused.is_some(), format_args!("{NAME} is {}", tool.state))?;
    let failure = refused.map(|refused| refused.failure).expect("it was refused");
    let named = failure.code.as_str() == Code::REFUSED.as_str() && failure.message.contains(IMPORT);
    holds(named, format_args!("the refusal doesn't name {IMPORT}: {}", failure.message))?;
    holds(serving == AGENTS.len() + TOOLS.len(), format_args!("only {serving} components serve on"))?;
    let entry = entry(stage, digest)?;
    let compiled = compiled(stage, digest)?;
    holds(!compiled, "it was compiled before it was refused")?;
    say.row(
        "dropped in",
        format_args!("tools/{NAME}.wasm, {}, while the node serves", text::bytes(TOOL.len() as u64)),
    )?;
    say.point(
        "refused",
        format_args!("after {}, nothing of it was compiled or run; the node says:", text::duration(after)),
    )?;
    text::lines(&failure.message).lines().try_for_each(|line| say.quote(line))?;
    say.row("on the record", format_args!("as entry {entry}; the other {serving} components serve on"))?;
    Ok(Intruder {
        component: NAME,
        digest,
        bytes: TOOL.len(),
        imports: IMPORT,
        code: failure.code,
        message: failure.message,
        refused_after_ms: millis(after),
        entry,
        serving,
    })
}

/// Whether there is machine code of it.
fn compiled(stage: &Stage, digest: Digest) -> Result<bool, Problem> {
    let folder = stage.place.layout.compiled();
    let entries = std::fs::read_dir(&folder).map_err(|error| unmade(&folder, &error))?;
    let digest = digest.to_hex();
    Ok(entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with(&digest)))
}

/// The entry of the refusal.
fn entry(stage: &Stage, digest: Digest) -> Result<Seq, Problem> {
    stage.until("the refusal's entry", || {
        let mut reader = record::open(&stage.place)?;
        while let Some(item) = reader.read()? {
            if item.entry.kind != EntryKind::Component {
                continue;
            }
            let Ok(body) = item.entry.parse::<Component>() else { continue };
            if body.event == Change::Refused && body.digest == Some(digest) && body.name == name() {
                return Ok(Some(item.entry.seq));
            }
        }
        Ok(None)
    })
}

fn name() -> Name {
    Name::new(NAME).expect("a name")
}

#[cfg(test)]
mod tests {
    use jaros_capability::Grants;
    use jaros_decision::Limits;

    use super::*;

    const TEXT: &str = include_str!("phone.home.wat");

    #[test]
    fn the_bytes_are_those_of_the_text() {
        assert!(wat::parse_str(TEXT).unwrap() == TOOL, "make phone.home.wasm anew, as its text says");
    }

    #[test]
    fn its_import_alone_is_in_its_way() {
        let audit = |text: &str| jaros_engine::audit(&wat::parse_str(text).unwrap(), &Limits::default());
        let asked = audit(TEXT).unwrap();
        let grant = Grants::default().for_tool(&name());
        let failure = grant.admit(&asked.capabilities, &asked.imports).unwrap_err();
        assert_eq!(failure.code, Code::REFUSED);
        assert!(failure.message.contains(IMPORT), "{failure:?}");
        let without: String =
            TEXT.lines().filter(|line| !line.contains(IMPORT)).collect::<Vec<_>>().join("\n");
        assert!(without.len() < TEXT.len());
        assert!(audit(&without).unwrap().imports.is_empty());
    }
}
