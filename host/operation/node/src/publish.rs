//! Making visible what stands on the record.
//!
//! *Invariant:* called only with facts that are durable; doing it twice changes nothing.
//! *Doesn't know:* why anything was decided.
//! *Start at:* [`facts`] and [`end`].

use std::sync::Arc;

use jaros_decision::{JobId, Json, Name};
use jaros_engine::Level;
use jaros_executor::{Chronicle, Fact, Staged, result_document};
use jaros_fabric::{ArtifactPath, Ending as Leave, FabricError};
use jaros_machine::{Ending, State};

use crate::tenant::{Stop, Tenant};

/// Whether any of these facts has something to make visible, apart from a job's end.
pub(crate) fn anything(facts: &[Fact]) -> bool {
    staged(facts)
        .any(|staged| matches!(staged, Staged::Artifact { .. } | Staged::Submit { .. } | Staged::File { .. }))
}

fn staged(facts: &[Fact]) -> impl Iterator<Item = &Staged> {
    let effects = facts.iter().filter_map(|fact| match fact {
        Fact::Outcome { effect, .. } => Some(effect),
        _ => None,
    });
    effects.flat_map(|effect| &effect.staged)
}

/// Publishes artifacts, tools' files and child jobs, in order.
pub(crate) fn facts(tenant: &Tenant, facts: &[Fact]) -> Result<(), Stop> {
    for staged in staged(facts) {
        match staged {
            Staged::Artifact { path, data } => artifact(tenant, path, data)?,
            Staged::Submit { job, agent, input, .. } => child(tenant, job, agent, input)?,
            Staged::File { tool, path, data } => file(tenant, tool, path, data.as_deref())?,
            Staged::Entry { .. } | Staged::Moved { .. } => {}
        }
    }
    Ok(())
}

/// Puts a tool's file into its granted folder, or takes it away. One that can't be is reported; the record keeps it.
pub(crate) fn file(tenant: &Tenant, tool: &Name, path: &str, data: Option<&[u8]>) -> Result<(), Stop> {
    let grant = tenant.library.in_force().setting.grants.for_tool(tool);
    let spot = match grant.writable().and_then(|writable| writable.spot(path)) {
        Ok(spot) => spot,
        Err(failure) => {
            let text = format!("a file of tool {tool} is on the record and can't be shown: {failure}");
            tenant.logbook.node(Level::Error, &text);
            return Ok(());
        }
    };
    report(
        tenant,
        match data {
            Some(data) => {
                let staged = tenant.hold.stage(data)?;
                tenant.hold.publish_file(spot.folder(), spot.name(), staged)
            }
            None => tenant.hold.remove_file(spot.folder(), spot.name()),
        },
    )
}

/// Publishes one artifact. One that can't be (a folder stands there) is reported; the record keeps it.
pub(crate) fn artifact(tenant: &Tenant, path: &str, data: &str) -> Result<(), Stop> {
    let path = ArtifactPath::new(path).map_err(|error| Stop::Broken(error.to_string()))?;
    let staged = tenant.hold.stage(data.as_bytes())?;
    match tenant.hold.publish_artifact(&path, staged) {
        Err(error @ FabricError::Blocked { .. }) => {
            tenant
                .logbook
                .node(Level::Error, &format!("an artifact is on the record and can't be shown: {error}"));
            Ok(())
        }
        other => Ok(other?),
    }
}

/// Puts a child job into the inbox.
pub(crate) fn child(tenant: &Tenant, job: &JobId, agent: &Name, input: &Json) -> Result<(), Stop> {
    let file = format!(r#"{{"agent":"{agent}","id":"{job}","input":{input}}}"#);
    tenant.hold.publish_job(job, file.as_bytes())?;
    tenant.work_came();
    Ok(())
}

/// Publishes a job's result and lets its token go.
pub(crate) async fn end(tenant: &Arc<Tenant>, chronicle: &Chronicle, ending: &Ending) -> Result<(), Stop> {
    let document = result_document(&chronicle.job, chronicle.agent.as_ref(), ending);
    let (own, job, ending) = (tenant.clone(), chronicle.job.clone(), ending.clone());
    let publishing = tenant.publisher.work(move || result(&own, &job, &document, &ending, false));
    publishing.await.map_err(|error| Stop::Broken(format!("publishing: {error}")))?
}

/// The result's file, then the token. With `again`, most likely both are done already.
pub(crate) fn result(
    tenant: &Tenant,
    job: &JobId,
    document: &Json,
    ending: &Ending,
    again: bool,
) -> Result<(), Stop> {
    let mut text = document.as_str().to_owned();
    text.push('\n');
    let published = if again {
        tenant.hold.republish_result(job, text.as_bytes())
    } else {
        tenant.hold.publish_result(job, text.as_bytes())
    };
    report(tenant, published.map(drop))?;
    leave(tenant, job, ending)
}

/// Moves the job's token to where ended jobs lie.
pub(crate) fn leave(tenant: &Tenant, job: &JobId, ending: &Ending) -> Result<(), Stop> {
    let reason = match &ending.outcome {
        Err(failure) => format!("{}: {}\nnext: jaros show {job}\n", failure.code, failure.message),
        Ok(_) => String::new(),
    };
    let leave =
        if ending.state == State::Failed { Leave::Failed { reason: &reason } } else { Leave::Processed };
    match tenant.hold.finish(job, leave) {
        // A former attempt came this far.
        Err(FabricError::NotHeld { .. }) => Ok(()),
        other => report(tenant, other),
    }
}

/// What stands in the way of one file is that file's matter; anything else stops the node.
fn report(tenant: &Tenant, done: Result<(), FabricError>) -> Result<(), Stop> {
    match done {
        Err(error @ FabricError::Blocked { .. }) => {
            tenant.logbook.node(Level::Error, &error.to_string());
            Ok(())
        }
        other => Ok(other?),
    }
}
