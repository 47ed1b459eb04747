//! The operator's settings files, read into values.
//!
//! *Invariant:* a file that can't be used leaves the last good settings in force, and says so.
//! *Doesn't know:* how they are put into force.
//! *Start at:* [`Settings::read`].

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jaros_capability::{Ceilings, Grants, LimitSet};
use jaros_decision::{Json, Model, Name};
use jaros_fabric::Layout;
use jaros_ledger::{Data, Draft, record};

use crate::library::Config;

/// Bytes of a settings file.
const FILE_BYTES: u64 = 1 << 20;

/// What the settings files say.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) grants: Arc<Grants>,
    pub(crate) limits: LimitSet,
    pub(crate) model: Arc<dyn Model>,
    /// Each file's text as it goes on the record.
    texts: BTreeMap<&'static str, Json>,
}

impl Settings {
    /// Reads `config/grants.toml`, `config/limits.toml` and `config/llm.json`; a missing file means the defaults. The ceilings
    /// of the root tenant bound every tenant's limits.
    ///
    /// # Errors
    /// Every problem in a sentence, with the file, line and column.
    pub(crate) fn read(layout: &Layout, root: &Layout) -> Result<Self, String> {
        let config = layout.config();
        let file = |name| text(&config.join(name));
        let above = ceilings(layout, root)?;
        Self::parse(layout, &above, &file("grants.toml")?, &file("limits.toml")?, &file("llm.json")?)
    }

    /// The settings that the record had in force, for a start with files that can't be used.
    ///
    /// # Errors
    /// The record has none.
    pub(crate) fn recorded_before(
        layout: &Layout,
        recorded: &BTreeMap<String, Json>,
    ) -> Result<Self, String> {
        let string =
            |file: &str| recorded.get(file).and_then(|text| text.to::<String>().ok()).ok_or("no record");
        let llm = recorded.get("llm").ok_or("no record")?;
        // They were within the ceilings of then.
        Self::parse(layout, &Ceilings::default(), &string("grants")?, &string("limits")?, llm.as_str())
    }

    fn parse(
        layout: &Layout,
        above: &Ceilings,
        grants: &str,
        limits: &str,
        llm: &str,
    ) -> Result<Self, String> {
        let settings = model_settings(llm)?;
        let model = settings.open(layout.root()).map_err(|error| error.to_string())?;
        // The settings in force, the environment's part included, are what the record keeps.
        let llm = Json::of(&settings).map_err(|error| error.to_string())?;
        let texts = [("grants", Json::string(grants)), ("limits", Json::string(limits)), ("llm", llm)];
        Ok(Self {
            grants: Arc::new(Grants::parse(grants, layout.root()).map_err(|error| error.to_string())?),
            limits: LimitSet::parse(limits, above).map_err(|error| error.to_string())?,
            model,
            texts: texts.into(),
        })
    }

    /// As what comes into force, with the entries for what `recorded` doesn't say yet.
    pub(crate) fn to_config(&self, recorded: &BTreeMap<String, Json>) -> Config {
        let fresh = self.texts.iter().filter(|(file, text)| recorded.get(**file) != Some(text));
        let drafts = fresh.map(|(file, text)| {
            let mut data = Data::new();
            let file = Name::new(file).expect("a settings file's name is a name");
            let body = record::Config { data: data.add(text), file };
            Draft::of(&body, data).expect("a settings entry is small")
        });
        Config {
            grants: self.grants.clone(),
            limits: self.limits.clone(),
            model: self.model.clone(),
            drafts: drafts.collect(),
        }
    }

    /// What the record says once they are in force.
    pub(crate) fn recorded(&self) -> BTreeMap<String, Json> {
        self.texts.iter().map(|(file, text)| ((*file).to_owned(), text.clone())).collect()
    }
}

/// A tenant's limits, as its file says.
///
/// # Errors
/// Every problem in a sentence, with the file, line and column.
pub(crate) fn limits(layout: &Layout, root: &Layout) -> Result<LimitSet, String> {
    let text = text(&layout.config().join("limits.toml"))?;
    LimitSet::parse(&text, &ceilings(layout, root)?).map_err(|error| error.to_string())
}

/// What bounds a tenant's limits from outside: the ceilings of the root tenant's file. The root's own need no others.
fn ceilings(layout: &Layout, root: &Layout) -> Result<Ceilings, String> {
    if layout.root() == root.root() {
        return Ok(Ceilings::default());
    }
    let set = limits(root, root).map_err(|problem| format!("the root tenant's {problem}"))?;
    Ok(set.ceilings().for_tenants())
}

/// What `config/llm.json` says, with the environment's part.
fn model_settings(llm: &str) -> Result<jaros_model::Settings, String> {
    let settings = jaros_model::Settings::parse(llm).map_err(|error| error.to_string())?;
    let set = |name| std::env::var(name).ok();
    Ok(settings.overridden(set("JAROS_LLM_PROVIDER"), set("JAROS_LLM_MODEL")))
}

/// Whether what agents ask their model leaves the node; settings that can't be read count as such that it does.
pub(crate) fn model_leaves(layout: &Layout) -> bool {
    let settings = text(&layout.config().join("llm.json")).and_then(|llm| model_settings(&llm));
    settings.map_or(true, |settings| settings.leaves_node())
}

/// A file's text; empty where there is none.
fn text(path: &Path) -> Result<String, String> {
    let name = path.file_name().map_or_else(String::new, |name| format!("config/{}", name.to_string_lossy()));
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => return Err(format!("{name} can't be read: {error}")),
        Ok(metadata) if !metadata.is_file() => return Err(format!("{name} is no regular file")),
        Ok(metadata) if metadata.len() > FILE_BYTES => {
            return Err(format!("{name} has {} bytes, over {FILE_BYTES}", metadata.len()));
        }
        Ok(_) => {}
    }
    std::fs::read_to_string(path).map_err(|error| format!("{name} can't be read: {error}"))
}
