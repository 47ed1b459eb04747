//! A component's outline: its outermost imports and exports, and how much it holds from the start.
//!
//! *Invariant:* reads section headers only, never code, in time and memory that the bytes' number bounds, valid or not; nested
//! components' imports and exports don't count as the component's own.
//! *Doesn't know:* which names are allowed.
//! *Start at:* [`outline`].

use jaros_decision::{Code, Failure};
use wasmparser::{Parser, Payload};

use crate::validity::damaged;

/// Imports, and exports, of a component. The contract has a handful; a list without end would take the host's memory, since
/// nothing has been validated yet.
const NAMES_MAX: usize = 1_000;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
    /// Of the largest memory.
    pub(crate) memory_bytes: u64,
    /// Of the largest table.
    pub(crate) table_elements: u64,
}

pub(crate) fn outline(bytes: &[u8]) -> Result<Outline, Failure> {
    let mut outline = Outline::default();
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| damaged(&error))? {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(imports) if depth == 1 => {
                names(
                    "imports",
                    imports.into_iter().map(|import| import.map(|i| i.name.name)),
                    &mut outline.imports,
                )?;
            }
            Payload::ComponentExportSection(exports) if depth == 1 => {
                names(
                    "exports",
                    exports.into_iter().map(|export| export.map(|e| e.name.name)),
                    &mut outline.exports,
                )?;
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    let memory = memory.map_err(|error| damaged(&error))?;
                    let page = 1_u64 << memory.page_size_log2.unwrap_or(16).min(16);
                    outline.memory_bytes = outline.memory_bytes.max(memory.initial.saturating_mul(page));
                }
            }
            Payload::TableSection(tables) => {
                for table in tables {
                    let table = table.map_err(|error| damaged(&error))?;
                    outline.table_elements = outline.table_elements.max(table.ty.initial);
                }
            }
            _ => {}
        }
    }
    Ok(outline)
}

fn names<'a>(
    what: &str,
    found: impl Iterator<Item = wasmparser::Result<&'a str>>,
    names: &mut Vec<String>,
) -> Result<(), Failure> {
    for name in found {
        names.push(name.map_err(|error| damaged(&error))?.to_owned());
        if names.len() > NAMES_MAX {
            let text =
                format!("the component has more than {NAMES_MAX} {what}; leave out what it doesn't need");
            return Err(Failure::new(Code::LIMIT, text));
        }
    }
    Ok(())
}
