//! What operators ask of a running node, by files in `state/control/`.
//!
//! *Invariant:* an answer goes back only when what was done stands on the record.
//! *Doesn't know:* the command line.
//! *Start at:* [`Request`].

use std::sync::Arc;
use std::time::Duration;

use jaros_decision::{Code, Failure, JobId, Json, Name, Source};
use jaros_executor::Operation;
use jaros_fabric::{Control, ControlError, Layout};
use jaros_ledger::record;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::agree;
use crate::driver::{Message, operated};
use crate::tenant::{Stop, Tenant};

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "lowercase")]
pub enum Request {
    /// Let a blocked job go on, with a word for the agent.
    Unblock {
        /// Which.
        job: JobId,
        /// The word. `null` is one; left out is none.
        #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
        input: Option<Json>,
        /// Who asks.
        by: Name,
    },
    /// End a job as failed.
    Cancel {
        /// Which.
        job: JobId,
        /// Who asks.
        by: Name,
    },
    /// Sign the ledger's head.
    Checkpoint,
    /// Let a held version of a component go into service.
    Approve {
        /// Which.
        version: record::Version,
        /// Who asks.
        by: Name,
    },
    /// Put a version of a component that served before back into its folder.
    Rollback {
        /// Which.
        version: record::Version,
        /// Who asks.
        by: Name,
    },
}

/// Tells a `null` that was given from a word that was left out.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "lowercase")]
pub enum Reply {
    /// It is done and stands on the record.
    Done,
    /// The signed head.
    Checkpoint {
        /// The signed note.
        note: String,
    },
    /// It can't be done.
    Refused(Failure),
}

/// Asks the node that runs on this folder and waits for its answer.
///
/// # Errors
/// No answer in time.
pub fn ask(layout: &Layout, request: &Request, timeout: Duration) -> Result<Reply, ControlError> {
    let control = Control::open(layout)?;
    let bytes = serde_json::to_vec(request).expect("a request is JSON");
    let id = control.request(&bytes)?;
    let reply = control.wait_reply(&id, timeout)?;
    Ok(serde_json::from_slice(&reply).unwrap_or_else(|error| {
        Reply::Refused(Failure::new(Code::FAILED, format!("the node's answer can't be read: {error}")))
    }))
}

/// Answers whatever waits in the folder.
pub(crate) async fn serve(tenant: &Arc<Tenant>, control: &Arc<Control>) -> Result<(), Stop> {
    let taking = control.clone();
    let pending = tokio::task::spawn_blocking(move || taking.pending())
        .await
        .map_err(|error| Stop::Broken(error.to_string()))?
        .map_err(|error| Stop::Folder(error.to_string()))?;
    for asked in pending {
        let (tenant, control) = (tenant.clone(), control.clone());
        tokio::spawn(async move {
            let reply = match serde_json::from_slice(&asked.bytes) {
                Ok(request) => answer(&tenant, request).await,
                Err(error) => {
                    Reply::Refused(Failure::new(Code::INVALID, format!("this is no request: {error}")))
                }
            };
            let bytes = serde_json::to_vec(&reply).expect("a reply is JSON");
            if let Err(error) = control.answer(&asked.id, &bytes) {
                tenant.logbook.node(jaros_engine::Level::Error, &error.to_string());
            }
        });
    }
    Ok(())
}

async fn answer(tenant: &Arc<Tenant>, request: Request) -> Reply {
    match request {
        Request::Checkpoint => {
            let tenant = tenant.clone();
            let signed = tokio::task::spawn_blocking(move || checkpoint(&tenant)).await;
            match signed {
                Ok(Ok(note)) => Reply::Checkpoint { note },
                Ok(Err(stop)) => Reply::Refused(Failure::new(Code::FAILED, stop.to_string())),
                Err(error) => Reply::Refused(Failure::new(Code::FAILED, error.to_string())),
            }
        }
        Request::Unblock { job, input, by } => operate(tenant, Operation::Unblock, job, input, by).await,
        Request::Cancel { job, by } => operate(tenant, Operation::Cancel, job, None, by).await,
        Request::Approve { version, by } => agree::approve(tenant, version, by).await,
        Request::Rollback { version, by } => agree::rollback(tenant, version, by).await,
    }
}

/// Makes what is published survive a power cut, then signs the head.
pub(crate) fn checkpoint(tenant: &Tenant) -> Result<String, Stop> {
    let head = tenant.ledger.head().seq;
    let published = tenant.unpublished.published(head);
    tenant.layout.sync().map_err(|error| Stop::Folder(error.to_string()))?;
    tenant.hold.confirm()?;
    tenant.ledger.checkpoint(published).map_err(|error| Stop::Ledger(error.to_string()))
}

async fn operate(
    tenant: &Arc<Tenant>,
    operation: Operation,
    job: JobId,
    input: Option<Json>,
    by: Name,
) -> Reply {
    let fact = operated(operation, job.clone(), input, Source::Operator(by));
    let (answer, answered) = oneshot::channel();
    if !tenant.jobs.send(&job, Message::Operate(fact, answer)) {
        let text = if tenant.jobs.has_ended(&job) {
            format!("job {job} has ended already; jaros show {job} tells how")
        } else {
            format!("job {job} isn't under way; jaros jobs lists those that are")
        };
        return Reply::Refused(Failure::new(Code::NOT_FOUND, text));
    }
    match answered.await {
        Ok(Ok(())) => Reply::Done,
        Ok(Err(failure)) => Reply::Refused(failure),
        Err(_) => Reply::Refused(Failure::new(Code::NOT_FOUND, format!("job {job} ended meanwhile"))),
    }
}
