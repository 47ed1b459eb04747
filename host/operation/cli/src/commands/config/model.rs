//! The model's settings as `config` shows them: which provider and model, and whether a file or the environment says so.
//!
//! *Invariant:* no variable is read but the two that name a provider and a model, so no key can be shown.
//! *Doesn't know:* what a provider does with its settings.
//! *Start at:* [`model`].

use jaros_decision::Json;
use jaros_model::Settings;
use serde::Serialize;

use crate::context::Context;

/// The model's settings. Only names of things: a key stands in the environment and is never read here.
#[derive(Serialize)]
pub(super) struct Model {
    pub(super) settings: Vec<Setting>,
    /// What a running node has in force, where it isn't the same.
    pub(super) in_force: Option<Json>,
}

/// One of them.
#[derive(Serialize)]
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) value: String,
    /// `default`, `config/llm.json`, or the variable.
    pub(super) from: &'static str,
}

impl Model {
    pub(super) fn only_changed(&mut self) {
        self.settings.retain(|setting| setting.from != "default");
    }
}

const FILE: &str = "config/llm.json";

/// What holds here, and what keeps the file from coming into force.
pub(super) fn model(context: &Context, live: Option<&Json>) -> (Model, Option<String>) {
    let text = context.setting("llm.json");
    let (written, problem) = match Settings::parse(&text) {
        Ok(settings) => (settings, None),
        Err(error) => (Settings::default(), Some(error.to_string())),
    };
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (provider, model) = (variable("JAROS_LLM_PROVIDER"), variable("JAROS_LLM_MODEL"));
    let names_provider = serde_json::from_str::<serde_json::Value>(&text)
        .is_ok_and(|written| written.get("provider").is_some());
    let effective = written.clone().overridden(provider.clone(), model.clone());
    let from = |variable: Option<&'static str>, written: bool| match (variable, written) {
        (Some(variable), _) => variable,
        (None, true) => FILE,
        (None, false) => "default",
    };
    let mut settings = vec![Setting {
        name: "provider",
        from: from(provider.map(|_| "JAROS_LLM_PROVIDER"), names_provider),
        value: effective.provider.clone(),
    }];
    let named = [
        ("model", &effective.options.model, from(model.map(|_| "JAROS_LLM_MODEL"), true)),
        ("file", &effective.options.file, FILE),
    ];
    for (name, value, from) in named {
        let setting = |value: &String| Setting { name, value: value.clone(), from };
        settings.extend(value.as_ref().map(setting));
    }
    let problem =
        problem.or_else(|| effective.open(context.layout.root()).err().map(|error| error.to_string()));
    let in_force = live.filter(|live| Json::of(&effective).ok().as_ref() != Some(*live)).cloned();
    (Model { settings, in_force }, problem)
}
