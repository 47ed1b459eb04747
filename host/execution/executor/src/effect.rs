//! What a decision did, as a value.
//!
//! *Invariant:* two effects are equal exactly when nobody could tell the two runs apart; the running state digest folds
//! over nothing else.
//! *Doesn't know:* what it cost, or how staged things become visible.
//! *Start at:* [`Effect`].

use jaros_decision::{Code, Failure, JobId, Json, Name, Observation};
use jaros_machine::{Event, State, Verdict};

/// What one decision came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Its result, or why it stopped.
    pub outcome: Result<Json, Failure>,
    /// What becomes visible once the outcome is on the record, in order. Empty after a failure.
    pub staged: Vec<Staged>,
    /// What the component learned from outside, in order.
    pub observed: Vec<Observation>,
}

/// One thing that an outcome makes visible.
#[derive(Clone, Debug, PartialEq)]
pub enum Staged {
    /// A file under `artifacts/`.
    Artifact {
        /// Relative, `/` between its parts; checked.
        path: String,
        /// The whole content.
        data: String,
    },
    /// A child job.
    Submit {
        /// The child; made from the turn's time and seed, so a replay makes the same.
        job: JobId,
        /// Who works on it.
        agent: Name,
        /// Its input.
        input: Json,
        /// Whether its result is to be the answer.
        wait: bool,
    },
    /// An entry of a tool's store.
    Entry {
        /// Whose store.
        tool: Name,
        /// Its key.
        key: String,
        /// What it holds; none where it is removed.
        value: Option<Vec<u8>>,
    },
    /// A file in a folder that a tool may write into.
    File {
        /// Whose grant names the folder.
        tool: Name,
        /// As the tool says it: `GRANT/rest`.
        path: String,
        /// What it holds; none where it is removed.
        data: Option<Vec<u8>>,
    },
    /// The job's own state moved.
    Moved {
        /// What happened, in order.
        events: Vec<Event>,
        /// Before.
        from: State,
        /// After.
        to: State,
        /// Whether the result is to be the job's.
        answers_job: bool,
    },
}

impl Effect {
    /// A built-in or a tool that did what was asked.
    #[must_use]
    pub fn answered(result: Json, staged: Vec<Staged>) -> Self {
        Self { outcome: Ok(result), staged, observed: Vec::new() }
    }

    /// One that didn't.
    #[must_use]
    pub fn failed(failure: Failure) -> Self {
        Self { outcome: Err(failure), staged: Vec::new(), observed: Vec::new() }
    }

    /// A call left the node, and the node ended before it heard the answer. The host's own decision: a replay finds it
    /// where an intent stands without an outcome, and doesn't compute it again.
    #[must_use]
    pub fn in_doubt() -> Self {
        Self::failed(Failure::new(
            Code::IN_DOUBT,
            "the node ended while a call of this decision was on its way; it isn't made again, and nobody here knows whether \
             it was carried out",
        ))
    }

    /// What the job's progress makes of it.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let result = match &self.outcome {
            Ok(result) => result.clone(),
            Err(failure) => return Verdict::Failed(failure.clone()),
        };
        let mut verdict = Verdict::Answered { result: result.clone(), is_jobs: false, moved_to: None };
        for staged in &self.staged {
            match staged {
                Staged::Submit { job, wait: true, .. } => return Verdict::Waiting(job.clone()),
                Staged::Moved { to, answers_job, .. } => {
                    verdict = Verdict::Answered {
                        result: result.clone(),
                        is_jobs: *answers_job,
                        moved_to: Some(*to),
                    };
                }
                Staged::Submit { .. }
                | Staged::Artifact { .. }
                | Staged::Entry { .. }
                | Staged::File { .. } => {}
            }
        }
        verdict
    }

    /// Where the two differ, in words; `None` where they are equal.
    #[must_use]
    pub fn difference(&self, recorded: &Self) -> Option<String> {
        if self == recorded {
            return None;
        }
        Some(match (&recorded.outcome, &self.outcome) {
            (Ok(was), Ok(is)) if was != is => {
                format!("the record says {}, it gives {}", brief(was), brief(is))
            }
            (Err(was), Err(is)) if was != is => format!(
                "the record says it failed ({}: {}), it fails ({}: {})",
                was.code, was.message, is.code, is.message
            ),
            (Ok(was), Err(is)) => {
                format!("the record says {}, it fails ({}: {})", brief(was), is.code, is.message)
            }
            (Err(was), Ok(is)) => {
                format!("the record says it failed ({}: {}), it gives {}", was.code, was.message, brief(is))
            }
            _ if self.staged != recorded.staged => self.staged_difference(recorded),
            _ => "what it observed differs from the record".into(),
        })
    }
}

impl Effect {
    fn staged_difference(&self, recorded: &Self) -> String {
        let pairs = self.staged.iter().map(Some).chain(std::iter::repeat(None));
        let pairs = pairs.zip(recorded.staged.iter().map(Some).chain(std::iter::repeat(None)));
        let first = pairs.take(self.staged.len().max(recorded.staged.len())).find(|(is, was)| is != was);
        let what = |staged: Option<&Staged>| staged.map_or_else(|| "nothing".into(), Staged::place);
        match first {
            Some((is, was)) if what(is) == what(was) => format!("what it stages for {} differs", what(is)),
            Some((is, was)) => format!("the record says it stages {}, it stages {}", what(was), what(is)),
            None => "what it stages differs from the record".into(),
        }
    }
}

impl Staged {
    /// What it is about, in a few words.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Artifact { path, .. } => format!("artifacts/{path}"),
            Self::Submit { job, .. } => format!("the job {job}"),
            Self::Entry { tool, key, .. } => format!("the entry {} of {tool}", Json::string(key)),
            Self::File { path, .. } => format!("the file {}", Json::string(path)),
            Self::Moved { from, to, .. } => format!("a move from {from} to {to}"),
        }
    }
}

/// The beginning of a text, for people.
fn brief(json: &Json) -> String {
    const SHOWN: usize = 120;
    let text = json.as_str();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}

/// The file that a job ends in, `outbox/ID.json`, as canonical JSON.
///
/// Shape: `{"agent":…,"id":…,"result":…,"state":"DONE"}`, or with `"error":{"code":…,"decision":…,"message":…}` in
/// place of the result.
#[must_use]
pub fn result_document(job: &JobId, agent: Option<&Name>, ending: &jaros_machine::Ending) -> Json {
    let agent = agent.map_or_else(|| "null".to_owned(), |agent| format!("\"{agent}\""));
    Json::trusted(match &ending.outcome {
        Ok(result) => {
            format!(r#"{{"agent":{agent},"id":"{job}","result":{result},"state":"{}"}}"#, ending.state)
        }
        Err(failure) => {
            let decision =
                ending.decision.as_ref().map_or_else(|| "null".to_owned(), |id| format!("\"{id}\""));
            let message = Json::string(&failure.message);
            format!(
                r#"{{"agent":{agent},"error":{{"code":"{}","decision":{decision},"message":{message}}},"id":"{job}","state":"{}"}}"#,
                failure.code, ending.state
            )
        }
    })
}
