//! What operators decide about versions of components: to let a held one go into service, to put an earlier one back.
//!
//! *Invariant:* who decided what about which bytes stands on the record before it has an effect. An operator's word is for
//! one digest in one place, and holds from then on, restarts included.
//! *Doesn't know:* the command line.
//! *Start at:* [`approve`], [`rollback`].

use std::path::PathBuf;
use std::sync::Arc;

use jaros_capability::Role;
use jaros_decision::{Code, Failure, Name, Source};
use jaros_fabric::write_atomic;
use jaros_ledger::record::{self, Op};
use jaros_ledger::{Data, Draft};

use crate::clock::now;
use crate::library::{Slot, role};
use crate::operate::Reply;
use crate::tenant::Tenant;

/// Lets a held version go into service.
pub(crate) async fn approve(tenant: &Arc<Tenant>, version: record::Version, by: Name) -> Reply {
    let slot = place(&version);
    if let Err(failure) = held(tenant, &slot, &version) {
        return Reply::Refused(failure);
    }
    match note(tenant, Op::Approve, version.clone(), by).await {
        Ok(()) => {
            tenant.library.agree(&slot, version.digest);
            Reply::Done
        }
        Err(failure) => Reply::Refused(failure),
    }
}

/// That exactly these bytes are held just now: whoever agrees agrees to what they were shown.
fn held(tenant: &Tenant, slot: &Slot, version: &record::Version) -> Result<(), Failure> {
    let shelf = tenant.library.shelf();
    let unserved = shelf.get(slot).and_then(|status| status.refused.as_ref());
    let held = unserved.filter(|unserved| unserved.growth.is_some()).and_then(|unserved| unserved.digest);
    if held == Some(version.digest) {
        return Ok(());
    }
    let text = match held {
        Some(other) => format!(
            "version {} of {} {} isn't held, but {} is",
            version.digest.short(),
            slot.role,
            slot.name,
            other.short()
        ),
        None => format!("no version of {} {} is held", slot.role, slot.name),
    };
    Err(Failure::new(Code::NOT_FOUND, text))
}

/// Writes a version that served before over the component's file. The operator names its digest, so what it asks for beyond
/// the present one is agreed to with that.
pub(crate) async fn rollback(tenant: &Arc<Tenant>, version: record::Version, by: Name) -> Reply {
    let slot = place(&version);
    let served = tenant.library.shelf().versions().get(&slot).is_some_and(|h| h.has_served(version.digest));
    if !served {
        let text =
            format!("version {} of {} {} has never served", version.digest.short(), slot.role, slot.name);
        return Reply::Refused(Failure::new(Code::NOT_FOUND, text));
    }
    let path = file(tenant, &slot);
    let (reading, digest) = (tenant.clone(), version.digest);
    let bytes = match on_a_thread(move || reading.library.bytes(digest)).await {
        Ok(bytes) => bytes,
        Err(failure) => return Reply::Refused(failure),
    };
    if let Err(failure) = note(tenant, Op::Rollback, version, by).await {
        return Reply::Refused(failure);
    }
    tenant.library.agree(&slot, digest);
    let written = on_a_thread(move || {
        write_atomic(&path, &bytes).map_err(|error| Failure::new(Code::UNAVAILABLE, error.to_string()))
    });
    match written.await {
        Ok(()) => Reply::Done,
        Err(failure) => Reply::Refused(failure),
    }
}

async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Failure::new(Code::FAILED, error.to_string())))
}

fn place(version: &record::Version) -> Slot {
    Slot { role: role(version.role), name: version.name.clone() }
}

fn file(tenant: &Tenant, slot: &Slot) -> PathBuf {
    let folder = match slot.role {
        Role::Agent => tenant.layout.agents(),
        Role::Tool => tenant.layout.tools(),
    };
    folder.join(format!("{}.wasm", slot.name))
}

/// Puts what the operator decided on the record.
async fn note(tenant: &Tenant, op: Op, version: record::Version, by: Name) -> Result<(), Failure> {
    let body = record::Operator {
        at_ms: now(),
        component: Some(version),
        input: None,
        job: None,
        op,
        source: Source::Operator(by),
    };
    let draft = Draft::of(&body, Data::new()).expect("an operator's entry is small");
    let appended = tenant.ledger.append(vec![draft]).await;
    appended.map(drop).map_err(|error| Failure::new(Code::FAILED, error.to_string()))
}
