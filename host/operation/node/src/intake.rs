//! Jobs out of the inbox: claimed in batches, checked, and given to a driver.
//!
//! *Invariant:* no more is claimed than has a place; every file that is claimed ends as a job on the record or lies in
//! `failed/` with its reason.
//! *Doesn't know:* what a job does.
//! *Start at:* [`run`].

use std::sync::Arc;
use std::time::Duration;

use jaros_capability::{LimitSet, Role};
use jaros_decision::{Code, DecisionId, Failure, JobId, Json, JsonError, JsonLimits, Name, Source};
use jaros_engine::Level;
use jaros_executor::{Chronicle, Fact};
use jaros_fabric::{Claim, Ending as Leave};
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinSet;

use crate::claims::Claimed;
use crate::clock::now;
use crate::driver::Driver;
use crate::tenant::{Stop, Tenant};

/// Jobs claimed at once, at most.
const BATCH: usize = 64;

/// A job's file as people and other programs write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JobFile {
    /// Must be the file's own name, where it is given.
    id: Option<String>,
    agent: Option<String>,
    /// What `agent` was called in earlier job files.
    kind: Option<String>,
    #[serde(default = "Json::null")]
    input: Json,
    /// Who submitted it, by the command line's word.
    by: Option<String>,
}

/// What a job's file says.
pub(crate) struct Order {
    pub(crate) agent: Name,
    pub(crate) input: Json,
    pub(crate) source: Source,
}

/// Claims and starts jobs until `stop` says so. Ends early with whatever stopped a driver.
pub(crate) async fn run(
    tenant: &Arc<Tenant>,
    drivers: &mut JoinSet<Result<(), Stop>>,
    stop: &mut tokio::sync::watch::Receiver<bool>,
    idle: &tokio::sync::Notify,
) -> Result<(), Stop> {
    loop {
        let place = tokio::select! {
            place = tenant.places.clone().acquire_owned() => place.map_err(|_| Stop::Asked)?,
            Some(ended) = drivers.join_next() => { finished(tenant, ended)?; idle.notify_one(); continue }
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        };
        let claimed = claim(tenant, place, drivers).await?;
        if claimed.more {
            continue;
        }
        idle.notify_one();
        tokio::select! {
            () = tenant.work.notified() => {}
            () = pause(claimed.again) => {}
            Some(ended) = drivers.join_next() => { finished(tenant, ended)?; idle.notify_one(); }
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

async fn pause(again: Option<Duration>) {
    match again {
        Some(again) => tokio::time::sleep(again).await,
        None => std::future::pending().await,
    }
}

/// A driver that ended well has nothing to say; one that panicked loses its job only until the next start.
pub(crate) fn finished(
    tenant: &Tenant,
    ended: Result<Result<(), Stop>, tokio::task::JoinError>,
) -> Result<(), Stop> {
    match ended {
        Ok(ended) => ended,
        Err(error) if error.is_cancelled() => Ok(()),
        Err(error) => {
            let text =
                format!("a job's driver broke off ({error}); the job goes on when the node starts again");
            tenant.logbook.node(Level::Error, &text);
            Ok(())
        }
    }
}

struct Batch {
    /// Claim again at once.
    more: bool,
    again: Option<Duration>,
}

async fn claim(
    tenant: &Arc<Tenant>,
    first: OwnedSemaphorePermit,
    drivers: &mut JoinSet<Result<(), Stop>>,
) -> Result<Batch, Stop> {
    let mut places = vec![first];
    while places.len() < BATCH
        && let Ok(place) = tenant.places.clone().try_acquire_owned()
    {
        places.push(place);
    }
    let (hold, max) = (tenant.hold.clone(), places.len());
    let claimed = tokio::task::spawn_blocking(move || hold.claim(max))
        .await
        .map_err(|error| Stop::Broken(format!("claiming ended: {error}")))??;
    for rejected in &claimed.rejected {
        tenant.logbook.node(Level::Warn, &rejected.to_string());
    }
    let more = claimed.more || !claimed.jobs.is_empty();
    for (claim, place) in claimed.jobs.into_iter().zip(places) {
        start(tenant, &claim, place, drivers)?;
    }
    Ok(Batch { more, again: claimed.again })
}

/// Gives a job that was claimed before its driver, once there is a place for it.
pub(crate) fn start_when_placed(tenant: &Arc<Tenant>, claim: Claim, drivers: &mut JoinSet<Result<(), Stop>>) {
    let Some(mut driver) = driver(tenant, &claim, None) else { return };
    drivers.spawn(async move {
        let place = driver.tenant.places.clone().acquire_owned().await;
        driver.place = Some(place.map_err(|_| Stop::Asked)?);
        driver.run().await
    });
}

/// Gives a claimed job its driver.
fn start(
    tenant: &Arc<Tenant>,
    claim: &Claim,
    place: OwnedSemaphorePermit,
    drivers: &mut JoinSet<Result<(), Stop>>,
) -> Result<(), Stop> {
    let job = &claim.id;
    if tenant.jobs.has_ended(job) {
        // Submitting an id again changes nothing: its result stands.
        match tenant.hold.finish(job, Leave::Processed) {
            Ok(()) | Err(jaros_fabric::FabricError::NotHeld { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
    if let Some(driver) = driver(tenant, claim, Some(place)) {
        drivers.spawn(driver.run());
    }
    Ok(())
}

fn driver(tenant: &Arc<Tenant>, claim: &Claim, place: Option<OwnedSemaphorePermit>) -> Option<Driver> {
    let job = &claim.id;
    let messages = tenant.jobs.begin(job)?;
    let (accepted, broken) = accept(tenant, job, &claim.bytes);
    let mut chronicle = Chronicle::begin(&accepted).expect("an acceptance begins a job");
    if let Some(failure) = broken {
        chronicle.stop(failure);
    }
    Some(Driver {
        tenant: tenant.clone(),
        chronicle,
        attempt: claim.attempt,
        unrecorded: vec![accepted],
        asked: Vec::new(),
        messages,
        place,
        claimed: Claimed::default(),
    })
}

/// What goes on the record about a job's file, and why it fails at once where it does.
fn accept(tenant: &Tenant, job: &JobId, bytes: &[u8]) -> (Fact, Option<Failure>) {
    let limits = tenant.library.in_force().setting.limits.clone();
    let fact = |agent, input, source, parent: Option<DecisionId>, depth| Fact::Accepted {
        job: job.clone(),
        agent,
        input,
        source,
        parent,
        depth,
        turns: limits.all().turns,
        at: now(),
    };
    if let Some(child) = tenant.jobs.lineage(job) {
        return (fact(Some(child.agent), child.input, child.source, Some(child.parent), child.depth), None);
    }
    match order(job, bytes, &limits) {
        Ok(order) => (fact(Some(order.agent), order.input, order.source, None, 0), None),
        Err(failure) => {
            // What was there is kept as far as it is text, so that its author finds it on the record.
            let text = String::from_utf8_lossy(bytes);
            (fact(None, Json::string(&text), inbox(), None, 0), Some(failure))
        }
    }
}

fn inbox() -> Source {
    Source::External(Name::new("inbox").expect("a name"))
}

/// Reads a job's file.
///
/// # Errors
/// `invalid`, or `limit`, with what to do.
pub(crate) fn order(job: &JobId, bytes: &[u8], limits: &LimitSet) -> Result<Order, Failure> {
    const SHAPE: &str = r#"a job looks like {"agent":"NAME","input":{…}}"#;
    let invalid = |why: String| Failure::new(Code::INVALID, format!("{why}; {SHAPE}"));
    let text = std::str::from_utf8(bytes).map_err(|_| invalid("the file is not UTF-8 text".into()))?;
    // The file may nest its input one deeper than the input itself may be. Whose input it is shows in the file.
    let JsonLimits { bytes: bytes_max, depth } = limits.largest().json();
    let around = JsonLimits { depth: depth.saturating_add(1), bytes: bytes_max.saturating_add(4 << 10) };
    let told = |error: &JsonError| format!("{}; {SHAPE}", error.told("json_bytes"));
    let json = Json::parse(text, around).map_err(|error| Failure::new(error.code(), told(&error)))?;
    let file: JobFile = json.to().map_err(|error| invalid(error.to_string()))?;
    if file.id.as_deref().is_some_and(|id| id != job.as_str()) {
        return Err(invalid(format!("the file is named {job}.json and says another id")));
    }
    let agent = match (file.agent, file.kind) {
        (Some(agent), None) | (None, Some(agent)) => agent,
        (None, None) => return Err(invalid("the file names no agent".into())),
        (Some(_), Some(_)) => return Err(invalid("the file has both `agent` and `kind`".into())),
    };
    let agent = Name::new(&agent).map_err(|error| invalid(format!("`agent`: {error}")))?;
    let input = Json::parse(file.input.as_str(), limits.of(Role::Agent, agent.as_str()).json())
        .map_err(|error| Failure::new(error.code(), format!("the input: {}", error.told("json_bytes"))))?;
    let by = file
        .by
        .map(|by| Name::new(&by).map(Source::Operator).map_err(|error| invalid(format!("`by`: {error}"))));
    Ok(Order { agent, input, source: by.transpose()?.unwrap_or_else(inbox) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &[u8], want: &str) {
        let job = JobId::new("j1").expect("an id");
        let got = match order(&job, text, &LimitSet::default()) {
            Ok(order) => format!("{} {} {}", order.agent, order.input, order.source),
            Err(failure) => format!("{}: {}", failure.code, failure.message),
        };
        assert!(got.starts_with(want), "{got}\n instead of {want}");
    }

    #[test]
    fn job_files_of_every_kind() {
        check(br#"{"agent":"a","input":{"b":1}}"#, r#"a {"b":1} external:inbox"#);
        check(br#"{"id":"j1","kind":"a","by":"ann"}"#, "a null operator:ann");
        check(b"", "invalid: ");
        check(b"\xff\xfe", "invalid: the file is not UTF-8");
        check(b"\xef\xbb\xbf{}", "invalid: ");
        check(b"{}", "invalid: the file names no agent");
        check(b"{\"agent\":\"a\"}\r\n", "a null");
        check(br#"{"agent":"a","agent":"b"}"#, "invalid: ");
        check(br#"{"agent":"a","input":1e999}"#, "invalid: ");
        check(br#"{"agent":"a","input":NaN}"#, "invalid: ");
        check(br#"{"agent":"a","imput":1}"#, "invalid: ");
        check(br#"{"agent":"../a"}"#, "invalid: `agent`: ");
        check(br#"{"agent":"a","kind":"a"}"#, "invalid: the file has both");
        check(br#"{"id":"j2","agent":"a"}"#, "invalid: the file is named j1.json");
        check(br#"{"agent":"a""#, "invalid: ");
        let deep = |n: usize| format!(r#"{{"agent":"a","input":{}{}}}"#, "[".repeat(n), "]".repeat(n));
        check(deep(64).as_bytes(), "a [[");
        check(deep(65).as_bytes(), "limit: ");
        check(deep(10_000).as_bytes(), "limit: ");
    }
}
