//! A component's outline: its outermost imports and exports, and how much it holds from the start.
//!
//! *Invariant:* reads section headers only, never code; nested components' imports and exports don't count as the
//! component's own.
//! *Doesn't know:* which names are allowed.
//! *Start at:* [`outline`].

use wasmparser::{Parser, Payload, Result};

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

pub(crate) fn outline(bytes: &[u8]) -> Result<Outline> {
    let mut outline = Outline::default();
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(imports) if depth == 1 => {
                for import in imports {
                    outline.imports.push(import?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(exports) if depth == 1 => {
                for export in exports {
                    outline.exports.push(export?.name.name.to_owned());
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    let memory = memory?;
                    let page = 1_u64 << memory.page_size_log2.unwrap_or(16).min(16);
                    outline.memory_bytes = outline.memory_bytes.max(memory.initial.saturating_mul(page));
                }
            }
            Payload::TableSection(tables) => {
                for table in tables {
                    outline.table_elements = outline.table_elements.max(table?.ty.initial);
                }
            }
            _ => {}
        }
    }
    Ok(outline)
}
