//! The registry: every capability there is, its interface, who may have it, and how it is granted.
//!
//! *Invariant:* an interface that isn't in the registry can't be imported, and can't be granted.
//! *Doesn't know:* how a capability works (its own module does) or who was granted it.
//! *Start at:* [`Capability`]; a new one is a variant, a row here, and a module.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::wasi;
use crate::words::{hint, listed, shown};

/// What a component may import besides plain types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// The interchangeable model.
    Model,
    /// What this agent may propose just now.
    Actions,
    /// The job at hand: its id, its time, its random stream.
    Job,
    /// Diagnostics.
    Log,
    /// Reading inside granted folders.
    FilesRead,
    /// Writing inside granted folders.
    FilesWrite,
    /// A map that outlives the job.
    Store,
    /// Facts about the machine.
    HostFacts,
    /// Calls that leave the node.
    Http,
    /// The virtual WASI: `wasi:*` in a world of its own that reaches nothing.
    Wasi,
}

/// What a component is for: it proposes, or it carries out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Exports `reasoning`.
    Agent,
    /// Exports `action`.
    Tool,
}

/// How a component comes by a capability.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Every component whose role may have it has it.
    Given,
    /// The operator's grant names it; the TOML line that would.
    Granted(&'static str),
}

struct Row {
    capability: Capability,
    interface: &'static str,
    roles: &'static [Role],
    standing: Standing,
}

const BOTH: &[Role] = &[Role::Agent, Role::Tool];
const AGENTS: &[Role] = &[Role::Agent];
const TOOLS: &[Role] = &[Role::Tool];

const fn row(
    capability: Capability,
    interface: &'static str,
    roles: &'static [Role],
    standing: Standing,
) -> Row {
    Row { capability, interface, roles, standing }
}

/// In the order of the variants, so that a variant finds its row by its number; a test holds it to that.
const REGISTRY: [Row; 10] = [
    row(Capability::Model, "model", AGENTS, Standing::Given),
    row(Capability::Actions, "actions", AGENTS, Standing::Given),
    row(Capability::Job, "job", BOTH, Standing::Given),
    row(Capability::Log, "log", BOTH, Standing::Given),
    row(
        Capability::FilesRead,
        "files-read",
        BOTH,
        Standing::Granted("files-read = { data = \"/path/to/a/folder\" }"),
    ),
    row(
        Capability::FilesWrite,
        "files-write",
        TOOLS,
        Standing::Granted("files-write = { out = \"/path/to/a/folder\" }"),
    ),
    row(Capability::Store, "store", TOOLS, Standing::Granted("store = true")),
    row(Capability::HostFacts, "host-facts", TOOLS, Standing::Granted("host-facts = true")),
    row(
        Capability::Http,
        "http",
        TOOLS,
        Standing::Granted("http.\"https://api.example.com\" = { methods = [\"GET\"] }"),
    ),
    row(
        Capability::Wasi,
        "wasi",
        BOTH,
        Standing::Granted("wasi = \"virtual\" # no files, no sockets, no real clock"),
    ),
];

/// The contract's package.
const PACKAGE: &str = "jaros:plugin/";

/// The contract's version that this host speaks, and with it all from `1.0` on: a version with the same first number only adds.
const VERSION: (u64, u64) = (1, 0);

/// The interface of the contract that a component names, of a version that this host speaks: `reasoning` for
/// `jaros:plugin/reasoning@1.0.0`.
/// # Errors
/// Another package, or another version.
pub fn interface_of(name: &str) -> Result<&str, ImportError> {
    let (path, version) = name.split_once('@').unwrap_or((name, ""));
    let Some(interface) = path.strip_prefix(PACKAGE) else {
        return Err(ImportError::Foreign { import: shown(name) });
    };
    match minor(version) {
        Some(minor) if minor <= VERSION.1 => Ok(interface),
        Some(_) => Err(ImportError::Newer { import: shown(name) }),
        None => Err(ImportError::Version { import: shown(name) }),
    }
}

/// The second number of a version with this host's first.
fn minor(version: &str) -> Option<u64> {
    let numbers: Vec<_> =
        version.split('.').map(|part| is_number(part).then(|| part.parse().ok())?).collect::<Option<_>>()?;
    match numbers[..] {
        [major, minor, _] if major == VERSION.0 => Some(minor),
        _ => None,
    }
}

impl Capability {
    /// Every capability that the contract names, and WASI.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        REGISTRY.iter().map(|row| row.capability)
    }

    /// What an import asks for: `jaros:plugin/files-read@1.0.0`. `None` is `types`, which only names shapes, and
    /// `panic`, which only ends the call.
    /// # Errors
    /// An import that this host doesn't have; the component is refused by it.
    pub fn from_import(import: &str) -> Result<Option<Self>, ImportError> {
        if wasi::is_wasi(import) {
            return ImportError::absent_wasi([import]).map_or(Ok(Some(Self::Wasi)), Err);
        }
        let interface = interface_of(import)?;
        if matches!(interface, "types" | "panic") {
            return Ok(None);
        }
        // WASI is a key of grants and no interface of the package.
        let known = Self::all().filter(|capability| *capability != Self::Wasi);
        known.clone().find(|capability| capability.interface() == interface).map(Some).ok_or_else(|| {
            ImportError::Unknown {
                import: shown(import),
                hint: hint(interface, known.clone().map(Self::interface)),
                known: listed(known.map(Self::interface)),
            }
        })
    }

    /// The capability of this interface, or of this key in `config/grants.toml`: `files-read`.
    #[must_use]
    pub fn from_interface(interface: &str) -> Option<Self> {
        Self::all().find(|capability| capability.interface() == interface)
    }

    /// The interface's name in the contract, which is also its key in `config/grants.toml`.
    #[must_use]
    pub fn interface(self) -> &'static str {
        self.row().interface
    }

    /// Whether components of this role may import it at all.
    #[must_use]
    pub fn open_to(self, role: Role) -> bool {
        self.row().roles.contains(&role)
    }

    /// Whether every component whose role may have it has it without a grant.
    #[must_use]
    pub fn is_given(self) -> bool {
        self.row().standing == Standing::Given
    }

    /// Whether a component that has it reaches no more than one without.
    #[must_use]
    pub fn reaches_nothing(self) -> bool {
        self.is_given() || self == Self::Wasi
    }

    /// Whether a component with these imports reaches nothing but the job at hand: an agent without a written grant may
    /// propose such a tool.
    #[must_use]
    pub fn none_reaches(imports: &BTreeSet<Self>) -> bool {
        imports.iter().all(|capability| capability.reaches_nothing())
    }

    /// `agent`, `tool` or `component`: every one that may have it.
    pub(crate) fn whose(self) -> &'static str {
        match (self.open_to(Role::Agent), self.open_to(Role::Tool)) {
            (true, false) => "agent",
            (false, true) => "tool",
            _ => "component",
        }
    }

    /// The line of a grant that would grant it, where one can.
    pub(crate) fn sample(self) -> Option<&'static str> {
        match self.row().standing {
            Standing::Granted(sample) => Some(sample),
            Standing::Given => None,
        }
    }

    fn row(self) -> &'static Row {
        &REGISTRY[self as usize]
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.interface())
    }
}

impl Role {
    /// `agent` or `tool`, as in `[agent.NAME]`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Tool => "tool",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Serialize for Capability {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.interface())
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// Why an import can't be had from this host. Whoever built the component has to change it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Not of the contract's package.
    #[error("{import} is no interface of `jaros:plugin`")]
    Foreign {
        /// As the component names it.
        import: String,
    },
    /// Of WASI, and nothing that the virtual WASI has.
    #[error(
        "the virtual WASI, which can be granted, has the interfaces of `wasi:cli/imports` in 0.2.x, and not {imports}"
    )]
    Wasi {
        /// As the component names them.
        imports: String,
    },
    /// Of the contract's package, in a version that this host doesn't speak.
    #[error("{import} has a version that this host doesn't speak; it speaks 1.x from 1.0 to 1.{}", VERSION.1)]
    Version {
        /// As the component names it.
        import: String,
    },
    /// Of the contract's package, in a version that a newer host speaks.
    #[error("{import} is newer than this host, which speaks the contract up to {}.{}", VERSION.0, VERSION.1)]
    Newer {
        /// As the component names it.
        import: String,
    },
    /// Of the contract's package and version, but there is no such interface.
    #[error("there is no interface {import}{hint}; there are {known}")]
    Unknown {
        /// As the component names it.
        import: String,
        /// What it may have meant.
        hint: String,
        /// All there are.
        known: String,
    },
}

impl ImportError {
    /// All of these imports of WASI that aren't there with a grant either, so that nobody has to find out one by one.
    #[must_use]
    pub fn absent_wasi<'a>(imports: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let absent = imports.into_iter().filter(|import| wasi::is_wasi(import) && !wasi::has(import));
        let imports = wasi::named(absent);
        (!imports.is_empty()).then_some(Self::Wasi { imports })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_finds_its_row() {
        for (n, row) in REGISTRY.iter().enumerate() {
            assert_eq!(row.capability as usize, n, "{}", row.interface);
        }
    }

    #[test]
    fn imports_are_read_by_name_and_version() {
        let foreign = "is no interface of";
        let version = "it speaks 1.x from 1.0 to 1.0";
        let newer = "is newer than this host, which speaks the contract up to 1.0";
        let table: &[(&str, Result<Option<Capability>, &str>)] = &[
            ("jaros:plugin/files-read@1.0.0", Ok(Some(Capability::FilesRead))),
            ("jaros:plugin/files-read@1.0.27", Ok(Some(Capability::FilesRead))),
            ("jaros:plugin/http@1.0.0", Ok(Some(Capability::Http))),
            ("jaros:plugin/types@1.0.0", Ok(None)),
            ("jaros:plugin/panic@1.0.0", Ok(None)),
            ("jaros:plugin/types@2.0.0", Err(version)),
            ("jaros:plugin/files-read@0.1.0", Err(version)),
            ("jaros:plugin/files-read@1.1.0", Err(newer)),
            ("jaros:plugin/files-read@1.99999999999999999999.0", Err(version)),
            ("jaros:plugin/files-read@1.0.", Err(version)),
            ("jaros:plugin/files-read@1.0", Err(version)),
            ("jaros:plugin/files-read@1.+0.0", Err(version)),
            ("jaros:plugin/files-read@1.0.0-rc", Err(version)),
            ("jaros:plugin/files-read@1.0.0.0", Err(version)),
            ("jaros:plugin/files-read@10.0.0", Err(version)),
            ("jaros:plugin/files-read", Err(version)),
            ("jaros:plugin/file-read@1.0.0", Err("did you mean `files-read`?")),
            ("jaros:plugin/@1.0.0", Err("there is no interface")),
            ("jaros:plugin/Files-Read@1.0.0", Err("there is no interface")),
            ("jaros:pluginx/files-read@0.1.0", Err(foreign)),
            (
                "jaros:plugin/wasi@1.0.0",
                Err("there is no interface `jaros:plugin/wasi@1.0.0`; there are `model`"),
            ),
            ("wasi:filesystem/types@0.2.6", Ok(Some(Capability::Wasi))),
            ("wasi:filesystem/types@0.3.0", Err("`wasi:cli/imports` in 0.2.x, and not `wasi:")),
            ("wasi:http/types@0.2.6", Err("`wasi:cli/imports` in 0.2.x, and not `wasi:")),
            ("wasi", Err(foreign)),
            ("files-read", Err(foreign)),
            ("", Err(foreign)),
        ];
        for (import, expected) in table {
            match (Capability::from_import(import), expected) {
                (Ok(got), Ok(wanted)) => assert_eq!(got, *wanted, "{import}"),
                (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{import}: {error}"),
                (got, _) => panic!("{import}: {got:?}"),
            }
        }
    }

    #[test]
    fn agents_and_tools_may_have_what_the_contract_says() {
        let of = |role| {
            Capability::all()
                .filter(|c| c.open_to(role))
                .map(Capability::interface)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(of(Role::Agent), "model actions job log files-read wasi");
        assert_eq!(of(Role::Tool), "job log files-read files-write store host-facts http wasi");
    }
}
