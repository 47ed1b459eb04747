//! What a component is and asks for, read from its bytes before anything is compiled.
//!
//! *Invariant:* only a component of one role, whose every import the host knows and offers, passes; every refusal names what is
//! wrong and ends with what to do.
//! *Doesn't know:* what the operator granted: it says which capabilities are asked for, others compare.
//! *Start at:* [`audit`].

use std::collections::BTreeSet;

use crate::outline::{Outline, outline};
use crate::validity;
use jaros_capability::{Capability, ImportError, Role, interface_of};
use jaros_decision::{Code, Failure, Limits};

/// What an audit found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// What it does.
    pub role: Role,
    /// What it asks for, to be compared with its grant.
    pub capabilities: BTreeSet<Capability>,
    /// Every import as it stands in the component; all of them are host-known names.
    pub imports: Vec<String>,
    /// Every export as it stands in the component; others than its role's are ignored, and their names are a guest's text.
    pub exports: Vec<String>,
    /// Initial bytes of the largest memory.
    pub memory_bytes: u64,
    /// Initial elements of the largest table.
    pub table_elements: u64,
}

impl Audit {
    /// That the component is what its folder is for.
    /// # Errors
    /// `refused`, with the folder where it belongs.
    pub fn expect(&self, role: Role) -> Result<(), Failure> {
        if self.role == role {
            return Ok(());
        }
        Err(refused(match self.role {
            Role::Agent => "this is an agent, not a tool; put it into `agents/`",
            Role::Tool => "this is a tool, not an agent; put it into `tools/`",
        }))
    }
}

/// Reads what the component of these bytes is and asks for, and checks every byte of it. A hostile component decides how
/// long that takes: for one that somebody looks at. A node has the bytes checked where they are compiled, under limits.
///
/// # Errors
/// `limit`: too large, in bytes or in what it would hold from the start. `invalid`: no component that this host runs.
/// `refused`: it imports what no component, or none of its role, gets.
pub fn audit(bytes: &[u8], limits: &Limits) -> Result<Audit, Failure> {
    first_look(bytes, limits)?;
    validity::validate(bytes).map_err(|unfit| unfit.failure())?;
    examine(bytes, limits)
}

/// As [`audit`], but only by what the component says of itself, in time that its size bounds. Whoever compiles it finds out
/// whether it is valid.
///
/// # Errors
/// As [`audit`].
pub fn glance(bytes: &[u8], limits: &Limits) -> Result<Audit, Failure> {
    first_look(bytes, limits)?;
    examine(bytes, limits)
}

fn invalid(text: impl Into<String>) -> Failure {
    Failure::new(Code::INVALID, text)
}

fn refused(text: impl Into<String>) -> Failure {
    Failure::new(Code::REFUSED, text)
}

/// What the first bytes tell: the mistakes that people make when they copy a file.
fn first_look(bytes: &[u8], limits: &Limits) -> Result<(), Failure> {
    if bytes.len() as u64 > limits.component_bytes {
        return Err(Failure::new(
            Code::LIMIT,
            format!(
                "the component has {} bytes, more than {} (component_bytes); strip it, or raise the limit",
                bytes.len(),
                limits.component_bytes
            ),
        ));
    }
    if bytes.is_empty() {
        return Err(invalid("the file is empty; copy it aside and rename it into place"));
    }
    if bytes.starts_with(b"\x7fELF") {
        return Err(invalid(
            "this is compiled machine code, which is never loaded; put the .wasm component here",
        ));
    }
    if bytes.trim_ascii_start().starts_with(b"(") {
        return Err(invalid("this is WebAssembly text; turn it into a component with `wasm-tools parse`"));
    }
    match bytes.get(..8) {
        Some([0, b'a', b's', b'm', _, _, 1, 0]) => Ok(()),
        Some([0, b'a', b's', b'm', _, _, 0, 0]) => Err(invalid(
            "this is a core module, not a component; link it with `wasm-component-ld`, or wrap it with `wasm-tools \
             component new`",
        )),
        _ => Err(invalid("this is not WebAssembly; put a .wasm component here")),
    }
}

fn examine(bytes: &[u8], limits: &Limits) -> Result<Audit, Failure> {
    let outline = outline(bytes)?;
    sizes(&outline, limits)?;
    let role = role(&outline.exports)?;
    if let Some(absent) = ImportError::absent_wasi(outline.imports.iter().map(String::as_str)) {
        return Err(unavailable("import", &absent));
    }
    let capabilities = outline
        .imports
        .iter()
        .filter_map(|import| capability(role, import).transpose())
        .collect::<Result<_, _>>()?;
    let Outline { imports, exports, memory_bytes, table_elements } = outline;
    Ok(Audit { role, capabilities, imports, exports, memory_bytes, table_elements })
}

fn sizes(outline: &Outline, limits: &Limits) -> Result<(), Failure> {
    if outline.memory_bytes > limits.memory_bytes {
        return Err(Failure::new(
            Code::LIMIT,
            format!(
                "the component starts with a memory of {} bytes, more than {} (memory_bytes); build it with a smaller one",
                outline.memory_bytes, limits.memory_bytes
            ),
        ));
    }
    if outline.table_elements > limits.table_elements {
        return Err(Failure::new(
            Code::LIMIT,
            format!(
                "the component starts with a table of {} elements, more than {} (table_elements); build it with a smaller \
                 one",
                outline.table_elements, limits.table_elements
            ),
        ));
    }
    Ok(())
}

fn role(exports: &[String]) -> Result<Role, Failure> {
    let has = |interface: &str| exports.iter().any(|export| interface_of(export) == Ok(interface));
    match (has("reasoning"), has("action")) {
        (true, false) => Ok(Role::Agent),
        (false, true) => Ok(Role::Tool),
        (true, true) => {
            Err(invalid("the component exports both reasoning and action; make it two, an agent and a tool"))
        }
        (false, false) if let Some(error) = other_version(exports) => Err(unavailable("export", &error)),
        (false, false) => Err(invalid(
            "the component exports neither jaros:plugin/reasoning@1.0.0 (an agent) nor jaros:plugin/action@1.0.0 (a \
             tool); build it for one of those worlds",
        )),
    }
}

/// That the component was built for a contract which this host doesn't speak.
fn other_version(exports: &[String]) -> Option<ImportError> {
    exports
        .iter()
        .filter_map(|export| interface_of(export).err())
        .find(|error| matches!(error, ImportError::Version { .. } | ImportError::Newer { .. }))
}

/// The capability that an import asks for; none for plain types.
fn capability(role: Role, import: &str) -> Result<Option<Capability>, Failure> {
    let capability = match Capability::from_import(import) {
        Ok(None) => return Ok(None),
        Ok(Some(capability)) => capability,
        Err(error) => {
            return Err(unavailable("import", &error));
        }
    };
    if !capability.open_to(role) {
        Err(refused(format!("the component imports {import}, which no {role} gets; leave the import out")))
    } else {
        Ok(Some(capability))
    }
}

fn unavailable(what: &str, error: &ImportError) -> Failure {
    refused(format!("the component can't have its {what}: {error}; {}", hint(error)))
}

/// What whoever built the component should do.
fn hint(error: &ImportError) -> &'static str {
    match error {
        ImportError::Wasi { .. } => {
            "build it without (Rust for wasm32-unknown-unknown, JavaScript with `--stub-wasi`, Python with `-s`)"
        }
        ImportError::Foreign { .. } => "import only interfaces of jaros:plugin@1.0.0",
        ImportError::Newer { .. } => "use a newer jaros, or build it against this host's jaros.wit",
        ImportError::Version { .. } | ImportError::Unknown { .. } => "build it against this host's jaros.wit",
    }
}
