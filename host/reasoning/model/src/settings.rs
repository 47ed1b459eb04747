//! Which model answers: `config/llm.json`, overridden by the environment.
//!
//! *Invariant:* an unknown provider or key is an error that names what there is; nothing falls back silently.
//! *Doesn't know:* where the data directory lies; paths in it are given relative to a folder that the caller names.
//! *Start at:* [`Settings`].

use std::path::Path;
use std::sync::Arc;

use jaros_decision::Model;
use serde::{Deserialize, Serialize};

use crate::{Echo, Script, Uppercase};

/// `config/llm.json`: `{"provider":"default"|"uppercase"|"script","options":{}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who answers.
    #[serde(default = "default_provider")]
    pub provider: String,
    /// What the provider needs: `script` takes `{"file":"config/script.json"}`.
    #[serde(default)]
    pub options: Options,
}

/// A provider's options.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// `script`: the file with the answers, relative to the data directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The model's name, where a provider has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// These settings hold as they stand: the environment doesn't override them.
    #[serde(default, skip_serializing_if = "is_false")]
    pub fixed: bool,
}

/// Why no model can be had. Each is for the operator to mend.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The settings aren't what they should be.
    #[error("config/llm.json: {0}; it should look like {{\"provider\":\"default\",\"options\":{{}}}}")]
    Invalid(serde_json::Error),
    /// No such provider.
    #[error(
        "there is no model provider {0:?}; set `provider` in config/llm.json to default, uppercase or script"
    )]
    UnknownProvider(String),
    /// `script` without a file.
    #[error(
        "the script provider needs a file: {{\"provider\":\"script\",\"options\":{{\"file\":\"config/script.json\"}}}}"
    )]
    NoScript,
    /// The script can't be read.
    #[error("the model's script {path} can't be read: {error}")]
    Unreadable {
        /// As the settings name it.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// The script isn't one.
    #[error(
        "the model's script {path} isn't one: {error}; it should look like {{\"answers\":[{{\"when\":\"…\",\"text\":\"…\"}}]}}"
    )]
    BadScript {
        /// As the settings name it.
        path: String,
        /// Where it breaks off.
        error: serde_json::Error,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

fn default_provider() -> String {
    "default".into()
}

impl Default for Settings {
    fn default() -> Self {
        Self { provider: default_provider(), options: Options::default() }
    }
}

impl Settings {
    /// Parses `config/llm.json`; an empty text means the defaults.
    ///
    /// # Errors
    /// `Invalid`, with the line and column.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_str(text).map_err(SettingsError::Invalid)
    }

    /// Lets `JAROS_LLM_PROVIDER` and `JAROS_LLM_MODEL` (as `provider` and `model`) override the file, unless it is `fixed`.
    #[must_use]
    pub fn overridden(mut self, provider: Option<String>, model: Option<String>) -> Self {
        if self.options.fixed {
            return self;
        }
        if let Some(provider) = provider.filter(|provider| !provider.is_empty()) {
            self.provider = provider;
        }
        self.options.model = model.filter(|model| !model.is_empty()).or(self.options.model);
        self
    }

    /// Whether what is asked of this model leaves the node. A provider that isn't known here counts as one that does.
    #[must_use]
    pub fn leaves_node(&self) -> bool {
        !matches!(self.provider.as_str(), "default" | "uppercase" | "script")
    }

    /// The model that these settings name. `base` is what relative paths are relative to.
    ///
    /// # Errors
    /// An unknown provider, or a script that can't be used.
    pub fn open(&self, base: &Path) -> Result<Arc<dyn Model>, SettingsError> {
        match self.provider.as_str() {
            "default" => Ok(Arc::new(Echo)),
            "uppercase" => Ok(Arc::new(Uppercase)),
            "script" => {
                let path = self.options.file.clone().ok_or(SettingsError::NoScript)?;
                let text = std::fs::read_to_string(base.join(&path))
                    .map_err(|error| SettingsError::Unreadable { path: path.clone(), error })?;
                let script =
                    Script::parse(&text).map_err(|error| SettingsError::BadScript { path, error })?;
                Ok(Arc::new(script))
            }
            other => Err(SettingsError::UnknownProvider(other.into())),
        }
    }
}
