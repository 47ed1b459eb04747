//! Which interfaces a role's components can be linked with.
//!
//! *Invariant:* a linker holds what the registry offers to its role, no more.
//! *Doesn't know:* what one component was granted: the audit decides that, and each answer checks it again.
//! *Start at:* [`tools`], [`agents`].

use wasmtime::component::{HasSelf, Linker};
use wasmtime::{Engine, Result};

use super::{State, wasi};
use crate::bindings::imports::jaros::plugin::{
    actions, files_read, files_write, host_facts, http, job, log, model, panic, store, types,
};

type Own = HasSelf<State>;

/// For tools: nothing that waits without holding its thread.
pub(crate) fn tools(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = both(engine)?;
    files_write::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    store::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    host_facts::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    http::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    Ok(linker)
}

/// For agents.
pub(crate) fn agents(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = both(engine)?;
    model::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    actions::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    Ok(linker)
}

fn both(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    types::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    job::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    log::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    panic::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    files_read::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    wasi::link(&mut linker)?;
    Ok(linker)
}
