//! Running cases: a node for each, on a data directory that goes away, until nothing is left to do.
//!
//! *Invariant:* cases can't see each other, however many run at once; what is wrong with one case is its own report and never
//! keeps others from running.
//! *Doesn't know:* what cases expect; `check` does.
//! *Start at:* [`evaluate`].

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{io, thread};

use jaros_capability::{Ceilings, Grants, LimitSet};
use jaros_decision::{JobId, Json};
use jaros_engine::Compiler;
use jaros_fabric::{Fabric, Folder, Layout};
use jaros_node::{Node, NodeError, Options};
use serde_json::json;

use crate::case::{Case, Work};
use crate::check;
use crate::grants::Granted;
use crate::report::{CaseReport, Report};
use crate::seen::Seen;
use crate::stage::{self, PROPOSER, Stage};
use crate::subject::Subject;

/// Why cases can't be run at all.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// `grants.toml` or `limits.toml` can't be used: for their author.
    #[error("{0}")]
    Settings(String),
    /// There is no room for a folder.
    #[error("a folder for the cases can't be made: {0}")]
    Folder(#[from] io::Error),
    /// A node can't run here.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// What a node wrote a moment ago can't be read.
    #[error("the record of a case can't be read: {0}")]
    Record(String),
}

/// Runs the cases, several at once, and reports on them in their order. `done` hears of each as it ends. Holds the thread; call
/// it outside of a runtime.
///
/// # Errors
/// See [`Trouble`]. A case that fails is none.
pub fn evaluate(
    subject: &Subject,
    cases: &[Case],
    compiler: &Compiler,
    done: &(dyn Fn(&CaseReport) + Sync),
) -> Result<Report, Trouble> {
    let settings = |error: jaros_capability::SettingsError| Trouble::Settings(error.to_string());
    Grants::parse(&subject.grants, &subject.folder).map_err(settings)?;
    let limits = LimitSet::parse(&subject.limits, &Ceilings::default()).map_err(settings)?;
    let stage = Stage::new(subject)?;
    let runner = Runner { subject, stage: &stage, compiler, job_bytes: limits.all().job_bytes };
    let reports = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    let one = || -> Result<bool, Trouble> {
        let place = next.fetch_add(1, Ordering::Relaxed);
        let Some(case) = cases.get(place) else { return Ok(false) };
        let report = runner.case(case)?;
        done(&report);
        reports.lock().expect("nothing panics while it holds the reports").push((place, report));
        Ok(true)
    };
    // The first alone: it compiles what the others then have.
    if one()? {
        let hands = thread::available_parallelism().map_or(2, NonZeroUsize::get).min(cases.len());
        let worked: Vec<Result<(), Trouble>> = thread::scope(|scope| {
            let work = || {
                while one()? {}
                Ok(())
            };
            let hands: Vec<_> = (0..hands).map(|_| scope.spawn(work)).collect();
            hands.into_iter().map(|hand| hand.join().expect("a case's thread doesn't panic")).collect()
        });
        worked.into_iter().collect::<Result<(), Trouble>>()?;
    }
    stage.keep(subject);
    let mut reports = reports.into_inner().expect("nothing panics while it holds the reports");
    reports.sort_by_key(|(place, _)| *place);
    Ok(Report { cases: reports.into_iter().map(|(_, report)| report).collect() })
}

struct Runner<'a> {
    subject: &'a Subject,
    stage: &'a Stage,
    compiler: &'a Compiler,
    job_bytes: u64,
}

impl Runner<'_> {
    fn case(&self, case: &Case) -> Result<CaseReport, Trouble> {
        let mut report = CaseReport::of(case);
        if case.expect.is_nothing() {
            report.problem = Some("it checks nothing: say in `expect` what has to come of it".into());
            return Ok(report);
        }
        report.problem = self.subject.lacks(case);
        if report.problem.is_some() {
            return Ok(report);
        }
        let granted = match Granted::of(&self.subject.grants, &self.subject.folder, case) {
            Ok(granted) => granted,
            Err(why) => {
                report.problem = Some(why);
                return Ok(report);
            }
        };
        match self.once(case, &granted)? {
            Err(why) => report.problem = Some(why),
            Ok(first) => {
                report.checks = check::checks(&case.expect, &first);
                if case.expect.deterministic {
                    match self.once(case, &granted)? {
                        Ok(second) => report.checks.push(check::same_twice(&first, &second)),
                        Err(why) => report.problem = Some(format!("in a second run: {why}")),
                    }
                }
                report.took_ms = first.took_ms;
                report.remarks = remarks(case, &first);
                if first.out_of_answers {
                    report.problem = Some(out_of_answers(case, &first));
                }
            }
        }
        report.passed = report.problem.is_none() && report.checks.iter().all(|check| check.ok);
        Ok(report)
    }

    /// One run of a case, with what happened before it; or why it can't be told how it went.
    fn once(&self, case: &Case, granted: &Granted) -> Result<Result<Seen, String>, Trouble> {
        let layout = self.stage.set(self.subject, granted)?;
        let mut seen = Err(String::new());
        for (place, work) in case.before.iter().chain([&case.work]).enumerate() {
            let is_last = place == case.before.len();
            stage::model(&layout, is_last.then_some(case))?;
            let id = if is_last { "eval".to_owned() } else { format!("before-{}", place + 1) };
            seen = self.work(&layout, &JobId::new(&id).expect("an id"), work)?;
            let failed = match &seen {
                Err(why) => Some(why.clone()),
                Ok(seen) if seen.state == "DONE" => None,
                Ok(seen) => Some(match &seen.outcome {
                    Some(Err(failure)) => format!("{}: {}", failure.code, failure.message),
                    _ => format!("it came to {}", seen.state),
                }),
            };
            if let Some(why) = failed.filter(|_| !is_last) {
                seen = Err(format!("`before` {} failed: {why}", place + 1));
                break;
            }
        }
        self.stage.clear(&layout)?;
        Ok(seen)
    }

    fn work(&self, layout: &Layout, id: &JobId, work: &Work) -> Result<Result<Seen, String>, Trouble> {
        let (agent, input) = match work {
            Work::Agent { name, input } => (name.as_str(), input.to_value()),
            Work::Tool { name, payload } => {
                (PROPOSER, json!({ "kind": name.as_str(), "payload": payload.to_value() }))
            }
        };
        let input = Json::from_value(&input).expect("its parts were JSON");
        let job = format!("{{\"agent\":\"{agent}\",\"by\":\"evals\",\"input\":{input}}}\n");
        let fabric = Folder::open(layout.clone(), self.job_bytes).map_err(io::Error::other)?;
        if let Err(error) = fabric.submit(id, job.as_bytes()) {
            return Ok(Err(format!("it can't be submitted: {error}")));
        }
        let mut options = Options::new(layout.root(), self.compiler.clone());
        (options.once, options.workers) = (true, 2);
        let node = Node::open(options)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        runtime.block_on(node.run())?;
        let seen = Seen::read(layout, id).map_err(Trouble::Record)?;
        let seen = match work {
            Work::Agent { .. } => seen,
            Work::Tool { .. } => seen.map(Seen::of_tool),
        };
        Ok(seen.ok_or_else(|| "it left no trace on the record".to_owned()))
    }
}

fn out_of_answers(case: &Case, seen: &Seen) -> String {
    let answers = case.model.iter().flatten().filter(|answer| answer.when.is_none()).count();
    format!(
        "the model ran out of answers: `model` has {answers} to be given in order, and {} asked {} times; add answers, or \
         give one a `when`",
        case.work.name(),
        seen.model_calls
    )
}

/// Components that the case needed and that weren't taken into service: what is wrong with them explains what didn't hold.
fn remarks(case: &Case, seen: &Seen) -> Vec<String> {
    let needed = |name: &str| {
        case.work.name().as_str() == name || seen.decisions.iter().any(|decision| decision.kind == name)
    };
    let refused = seen.refused.iter().filter(|(name, _)| needed(name));
    refused.map(|(name, why)| format!("{name} isn't in service: {why}")).collect()
}
