//! What cases are about: components, and the settings that they run under.
//!
//! *Invariant:* it is a copy: what is evaluated is never touched. A name has one component of each role.
//! *Doesn't know:* whether it came from a data directory or from a project.
//! *Start at:* [`Subject`].

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use jaros_capability::{Ceilings, LimitSet, Role};
use jaros_decision::{Limits, Name};

use crate::case::{Case, Work};
use crate::members::hint;

/// An agent or a tool.
#[derive(Clone, Debug)]
pub struct Component {
    /// Which of the two.
    pub role: Role,
    /// Its name.
    pub name: Name,
    /// Its file.
    pub bytes: Cow<'static, [u8]>,
}

/// What is evaluated.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// Everything that may be proposed or submitted to.
    pub components: Vec<Component>,
    /// The text of `grants.toml`.
    pub grants: String,
    /// Where relative paths in it begin: only to tell folders apart, they aren't opened.
    pub folder: PathBuf,
    /// The text of `limits.toml`.
    pub limits: String,
    /// A folder with compiled code of these components, so that it needn't be made again.
    pub compiled: Option<PathBuf>,
    /// Whether code that was made is put there too.
    pub keep_compiled: bool,
}

impl Component {
    /// Reads one from a file; its name is the file's, and what it is stands in it.
    ///
    /// # Errors
    /// A sentence: it can't be read, or it is no component.
    pub fn read(file: &Path, limits: &str) -> Result<Self, String> {
        let shown = file.display();
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let name =
            Name::new(&stem).map_err(|error| format!("{shown}: its name can be no component's: {error}"))?;
        let largest = LimitSet::parse(limits, &Ceilings::default())
            .map_or_else(|_| Limits::default(), |set| set.largest());
        let metadata = fs::metadata(file).map_err(|error| format!("{shown} can't be read: {error}"))?;
        if !metadata.is_file() || metadata.len() > largest.component_bytes {
            return Err(format!("{shown} is no file of at most {} bytes", largest.component_bytes));
        }
        let bytes = fs::read(file).map_err(|error| format!("{shown} can't be read: {error}"))?;
        let audit = jaros_engine::glance(&bytes, &largest)
            .map_err(|failure| format!("{shown} is refused: {}", failure.message))?;
        Ok(Self { role: audit.role, name, bytes: bytes.into() })
    }

    /// Where it lies in a data directory.
    pub(crate) fn place(&self) -> String {
        format!("{}s/{}.wasm", self.role.word(), self.name)
    }
}

impl Subject {
    /// Adds a component, in place of one of the same role and name.
    pub fn add(&mut self, component: Component) {
        self.components.retain(|there| (there.role, &there.name) != (component.role, &component.name));
        self.components.push(component);
    }

    /// Why a case can't be about this, if it can't.
    pub(crate) fn lacks(&self, case: &Case) -> Option<String> {
        case.before.iter().chain([&case.work]).find_map(|work| {
            let role = match work {
                Work::Agent { .. } => Role::Agent,
                Work::Tool { .. } => Role::Tool,
            };
            let known = self.components.iter().filter(|component| component.role == role);
            let known: Vec<&str> = known.map(|component| component.name.as_str()).collect();
            let name = work.name().as_str();
            (!known.contains(&name)).then(|| format!("there is no {role} {name:?}; {}", hint(name, &known)))
        })
    }
}
