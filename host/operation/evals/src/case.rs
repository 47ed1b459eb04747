//! A case as it is written: JSON, one or a list of them.
//!
//! *Invariant:* what was read is well formed; a slip anywhere in a file is told with the file, the case and the nearest word that
//! is known.
//! *Doesn't know:* whether the agent, the tool or the folders that it names exist.
//! *Start at:* [`cases`].

use std::collections::BTreeMap;

use jaros_decision::{Json, JsonLimits, Name};
use jaros_model::ScriptedAnswer;
use serde_json::{Map, Value};

use crate::expect::Expect;
use crate::members::{Members, shown};

/// One case.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What it is called.
    pub name: String,
    /// The file that it stands in, as it was named.
    pub file: String,
    /// What is checked.
    pub work: Work,
    /// What happened in its data directory before, in order.
    pub before: Vec<Work>,
    /// What the model answers; without, it repeats what it is asked.
    pub model: Option<Vec<ScriptedAnswer>>,
    /// Texts of files in granted folders, by `GRANT/path`.
    pub files: BTreeMap<String, String>,
    /// Sections that replace those of `grants.toml`, in its shape.
    pub grants: Map<String, Value>,
    /// What has to come of it.
    pub expect: Expect,
}

/// A job for an agent, or a call of a tool.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// A job.
    Agent {
        /// Whose.
        name: Name,
        /// With what.
        input: Json,
    },
    /// A call.
    Tool {
        /// Of which.
        name: Name,
        /// With what.
        payload: Json,
    },
}

impl Work {
    /// Who does it.
    #[must_use]
    pub fn name(&self) -> &Name {
        match self {
            Self::Agent { name, .. } | Self::Tool { name, .. } => name,
        }
    }
}

const OF_AGENTS: [&str; 9] =
    ["name", "agent", "kind", "input", "model", "files", "grants", "before", "expect"];
const OF_TOOLS: [&str; 7] = ["name", "tool", "payload", "files", "grants", "before", "expect"];
const BEFORE: [&str; 4] = ["agent", "input", "tool", "payload"];

/// Reads a file of cases. `file` is how it is named in sentences.
///
/// # Errors
/// A sentence for each case that isn't one.
pub fn cases(file: &str, text: &str) -> Result<Vec<Case>, Vec<String>> {
    let json = Json::parse(text, JsonLimits::HOST).map_err(|error| vec![format!("{file}: {error}")])?;
    let list = match json.to_value() {
        Value::Array(list) => list,
        one => vec![one],
    };
    let (mut cases, mut wrong) = (Vec::new(), Vec::new());
    let many = list.len() > 1;
    for (place, value) in list.into_iter().enumerate() {
        let name = value.get("name").and_then(Value::as_str).map(|name| format!("{name:?}"));
        match case(file, value) {
            Ok(case) => cases.push(case),
            Err(why) => {
                let number = if many { format!(" {}", place + 1) } else { String::new() };
                let name = name.map_or_else(String::new, |name| format!(" {name}"));
                wrong.push(format!("{file}: case{number}{name}: {why}"));
            }
        }
    }
    if wrong.is_empty() { Ok(cases) } else { Err(wrong) }
}

fn case(file: &str, value: Value) -> Result<Case, String> {
    let is_tool = value.get("tool").is_some();
    let known: &'static [&'static str] = if is_tool { &OF_TOOLS } else { &OF_AGENTS };
    let mut members = Members::of(value, if is_tool { "a tool's case" } else { "an agent's case" }, known)?;
    let name = members.text("name")?.filter(|name| !name.is_empty());
    let name = name.ok_or("a case needs a `name`")?;
    let work = if is_tool { of_tool(&mut members)? } else { of_agent(&mut members, true)? };
    let model = if is_tool { None } else { model(&mut members)? };
    let expect = members.take("expect").unwrap_or_else(|| Value::Object(Map::new()));
    Ok(Case {
        name,
        file: file.to_owned(),
        work,
        model,
        files: files(&mut members)?,
        grants: grants(&mut members)?,
        before: before(&mut members)?,
        expect: if is_tool { Expect::of_tool(expect)? } else { Expect::of_agent(expect)? },
    })
}

fn of_agent(members: &mut Members, older_word: bool) -> Result<Work, String> {
    let kind = if older_word { members.text("kind")? } else { None };
    let name = match (members.text("agent")?, kind) {
        (Some(_), Some(_)) => return Err("it has both `agent` and `kind`, which mean the same".into()),
        (agent, kind) => agent.or(kind).ok_or("it names neither an `agent` nor a `tool`")?,
    };
    Ok(Work::Agent { name: named("agent", &name)?, input: given(members, "input")? })
}

fn of_tool(members: &mut Members) -> Result<Work, String> {
    let name = members.text("tool")?.ok_or("it names no `tool`")?;
    Ok(Work::Tool { name: named("tool", &name)?, payload: given(members, "payload")? })
}

fn named(what: &str, name: &str) -> Result<Name, String> {
    Name::new(name).map_err(|error| format!("`{what}` can't be {name:?}: {error}"))
}

fn given(members: &mut Members, name: &str) -> Result<Json, String> {
    let value = members.take(name).unwrap_or(Value::Null);
    Json::from_value(&value).map_err(|error| format!("`{name}`: {error}"))
}

fn model(members: &mut Members) -> Result<Option<Vec<ScriptedAnswer>>, String> {
    let Some(answers) = members.list("model")? else { return Ok(None) };
    let answer = |(place, value): (usize, Value)| {
        let answer: ScriptedAnswer = serde_json::from_value(value)
            .map_err(|error| format!("answer {} of `model`: {error}", place + 1))?;
        let says = answer.text.is_some()
            || answer.structured.is_some()
            || !answer.calls.is_empty()
            || answer.error.is_some();
        let nothing =
            || format!("answer {} of `model` has none of text, structured, calls and error", place + 1);
        says.then_some(answer).ok_or_else(nothing)
    };
    answers.into_iter().enumerate().map(answer).collect::<Result<_, _>>().map(Some)
}

fn files(members: &mut Members) -> Result<BTreeMap<String, String>, String> {
    let map = object(members, "files", "{\"data/a.txt\": \"text\"}")?;
    let file = |(path, text): (String, Value)| match text {
        Value::String(text) => Ok((path, text)),
        other => Err(format!("the file {path:?} of `files` has to be a text, not {}", shown(&other))),
    };
    map.into_iter().map(file).collect()
}

fn grants(members: &mut Members) -> Result<Map<String, Value>, String> {
    object(members, "grants", "{\"tool\": {\"notes\": {\"store\": true}}}, in the shape of grants.toml")
}

fn object(members: &mut Members, name: &str, such_as: &str) -> Result<Map<String, Value>, String> {
    match members.take(name) {
        None => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(other) => Err(format!("`{name}` has to be an object such as {such_as}, not {}", shown(&other))),
    }
}

fn before(members: &mut Members) -> Result<Vec<Work>, String> {
    let list = members.list("before")?.unwrap_or_default();
    let work = |(place, value): (usize, Value)| {
        let what = format!("`before` {}", place + 1);
        let is_tool = value.get("tool").is_some();
        let mut members = Members::of(value, &what, &BEFORE)?;
        let work = if is_tool { of_tool(&mut members) } else { of_agent(&mut members, false) };
        let work = work.map_err(|why| format!("{what}: {why}"))?;
        let alien = ["agent", "input", "payload"].into_iter().find(|name| members.take(name).is_some());
        match alien {
            None => Ok(work),
            Some(alien) => Err(format!("{what} has `{alien}`, which doesn't go with what it names")),
        }
    };
    list.into_iter().enumerate().map(work).collect()
}

#[cfg(test)]
mod tests;
