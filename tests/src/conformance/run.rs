//! Runs the table against guests in one node.
//!
//! *Invariant:* all languages stand in the same node under names of their own, get the same grants and the same model; every job
//! is on one ledger, which has to replay.
//! *Doesn't know:* what the ends should be.
//! *Start at:* [`run`].

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jaros_decision::JobId;
use jaros_node::{Reply, Request, Status, ask};
use serde_json::{Value, json};

use super::rows::{Asked, Row};
use crate::{Place, until, until_within};

/// What the model says: in the order of the calls of a job where several fit.
const MODEL: &str = r#"{"answers":[
    {"when":"say hello","text":"hello, says the model"},
    {"when":"be away","error":{"code":"unavailable","message":"the model is away"}},
    {"when":"how many words?","calls":[{"name":"text.count","arguments":{"text":"one two"}}]},
    {"when":"\"words\":2","calls":[{"name":"text.count","arguments":{"text":"one two three"}}]},
    {"when":"\"words\":3","text":"three words"}
]}"#;

/// An interpreter of 18 MB takes a while to compile, once.
const COMPILING: Duration = Duration::from_secs(300);

/// How one row ended in one language.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// With this result.
    Done(Value),
    /// With this code and message.
    Failed(String, String),
    /// It waits for an operator.
    Waits,
}

/// Where each language's guests lie.
#[derive(Clone, Debug)]
pub struct Guests(BTreeMap<String, PathBuf>);

impl Guests {
    /// Those that are kept, by version of the contract, and those that `JAROS_GUESTS` names.
    ///
    /// # Panics
    /// Where a folder can't be read, or holds no guests.
    #[must_use]
    pub fn all() -> Self {
        let mut all = BTreeMap::new();
        let frozen = Path::new(env!("CARGO_MANIFEST_DIR")).join("frozen");
        for version in folders(&frozen) {
            for language in folders(&version) {
                all.insert(format!("{}-{}", name(&language), name(&version)), language);
            }
        }
        if let Some(fresh) = std::env::var_os("JAROS_GUESTS") {
            // Tests run in their own crate's folder; people name a folder of the repository.
            let languages = folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(fresh));
            assert!(!languages.is_empty(), "JAROS_GUESTS names a folder without guests");
            all.extend(languages.into_iter().map(|language| (name(&language), language)));
        }
        Self(all)
    }

    /// Each language's name and folder.
    pub fn folders(&self) -> impl Iterator<Item = (&str, &Path)> {
        self.0.iter().map(|(name, folder)| (name.as_str(), folder.as_path()))
    }

    /// `rust-1.0.0` for one that is kept, `rust` for one that was built just now.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

fn name(path: &Path) -> String {
    path.file_name().expect("a folder has a name").to_string_lossy().into_owned()
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut folders: Vec<_> =
        entries.map(|entry| entry.expect("it can be read").path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Every row in every language: outcomes by language, in the order of the rows.
///
/// # Panics
/// Where a guest doesn't come into service, a job never ends, or the ledger doesn't replay.
#[must_use]
pub fn run(guests: &Guests, rows: &[Row]) -> BTreeMap<String, Vec<Outcome>> {
    let place = Place::new();
    place.write("config/model.json", MODEL);
    place.write("config/llm.json", r#"{"provider":"script","options":{"file":"config/model.json"}}"#);
    place.write("config/grants.toml", &grants(guests));
    fs::write(place.path("secret"), "secret").expect("a file");
    for (language, folder) in &guests.0 {
        for (role, guest) in [("agents", "conform"), ("tools", "conform.tool")] {
            let bytes = fs::read(folder.join(format!("{guest}.wasm"))).expect("a guest");
            place.drop_in(&format!("{role}/{guest}-{language}.wasm"), &bytes);
        }
    }
    let node = place.serve();
    for language in guests.names() {
        for guest in ["conform", "conform.tool"] {
            in_service(&place, &format!("{guest}-{language}"));
        }
    }
    let jobs: Vec<Vec<JobId>> = guests
        .names()
        .map(|language| rows.iter().map(|row| submit(&place, language, &row.asked)).collect())
        .collect();
    let outcomes = guests
        .names()
        .zip(jobs)
        .map(|(language, jobs)| {
            let ends = jobs.iter().zip(rows).map(|(job, row)| end(&place, job, &row.asked)).collect();
            (language.to_owned(), ends)
        })
        .collect();
    node.stop();
    place.replays_clean();
    outcomes
}

fn grants(guests: &Guests) -> String {
    let each = |language: &str| {
        format!(
            "[tool.\"conform.tool-{language}\"]\nfiles-read = {{ data = \"shared\" }}\nstore = true\n\
             [agent.\"conform-{language}\"]\npropose = [\"advance\", \"submit\", \"text.count\", \"conform.tool-{language}\"]\n"
        )
    };
    // One that serves and that no agent here may propose.
    let other = "[tool.\"fs.stat\"]\nfiles-read = { data = \"shared\" }\n".to_owned();
    std::iter::once(other).chain(guests.names().map(each)).collect()
}

fn in_service(place: &Place, component: &str) {
    until_within(COMPILING, component, || {
        let status = Status::read(&place.layout()).ok()?;
        let found = status.components.into_iter().find(|one| one.name.as_str() == component)?;
        assert!(found.refused.is_none(), "{component}: {:?}", found.refused);
        (found.state == "serving").then_some(())
    });
}

fn submit(place: &Place, language: &str, asked: &Asked) -> JobId {
    let input = match asked {
        Asked::Agent(input) => input.clone(),
        Asked::Tool(payloads) => {
            let kind = format!("conform.tool-{language}");
            let decisions: Vec<_> =
                payloads.iter().map(|payload| json!({"kind": kind, "payload": payload})).collect();
            json!({"do": "propose", "decisions": decisions})
        }
    };
    place.submit(&format!("conform-{language}"), &input)
}

/// How a job ended. One that waits for an operator is let go on, so that it ends too.
fn end(place: &Place, job: &JobId, asked: &Asked) -> Outcome {
    let path = place.path(&format!("outbox/{job}.json"));
    let mut waited = false;
    let result = until(&format!("the end of {job} ({asked:?})"), || {
        if let Ok(text) = fs::read_to_string(&path) {
            return Some(serde_json::from_str::<Value>(&text).expect("a result is JSON"));
        }
        if !waited && Status::read(&place.layout()).is_ok_and(|status| status.jobs.blocked.contains(job)) {
            waited = unblocked(place, job);
        }
        None
    });
    match (&result["error"], asked) {
        _ if waited => Outcome::Waits,
        (Value::Null, Asked::Agent(_)) => Outcome::Done(result["result"].clone()),
        (Value::Null, Asked::Tool(_)) => answers(&result["result"]["answers"]),
        (error, _) => failed(error),
    }
}

fn unblocked(place: &Place, job: &JobId) -> bool {
    let request = Request::Unblock { job: job.clone(), input: None, by: "ann".parse().expect("a name") };
    matches!(ask(&place.layout(), &request, Duration::from_secs(30)), Ok(Reply::Done))
}

/// The answers of a tool: all their results, or the first error.
fn answers(answers: &Value) -> Outcome {
    let answers = answers.as_array().expect("the agent gives a list of answers");
    match answers.iter().find(|answer| !answer["code"].is_null()) {
        Some(error) => failed(error),
        None => Outcome::Done(answers.iter().map(|answer| answer["ok"].clone()).collect()),
    }
}

fn failed(error: &Value) -> Outcome {
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    Outcome::Failed(text("code"), text("message"))
}
