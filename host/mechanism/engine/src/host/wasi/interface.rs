//! Linking one interface of WASI.
//!
//! *Invariant:* every function, and every handle that a guest drops, counts as a host call before anything else happens.
//! *Doesn't know:* what the functions do.
//! *Start at:* [`Interface`].

use jaros_capability::Capability;
use jaros_decision::Code;
use wasmtime::component::{ComponentNamedList, Lift, Linker, LinkerInstance, Lower, ResourceType};
use wasmtime::{Result, StoreContextMut};

use crate::host::State;
use crate::stop::stop;

/// The linker takes this for any version 0.2.x that a component asks for.
const VERSION: &str = "0.2.0";

/// An interface while it is linked.
pub(super) struct Interface<'l> {
    linker: LinkerInstance<'l, State>,
    name: &'static str,
}

impl<'l> Interface<'l> {
    /// The interface `wasi:NAME`.
    pub(super) fn new(linker: &'l mut Linker<State>, name: &'static str) -> Result<Self> {
        Ok(Self { linker: linker.instance(&format!("wasi:{name}@{VERSION}"))?, name })
    }

    /// A function of the state alone.
    pub(super) fn func<P, R>(
        &mut self,
        name: &str,
        call: impl Fn(&mut State, P) -> Result<R> + Send + Sync + 'static,
    ) -> Result<()>
    where
        P: ComponentNamedList + Lift + 'static,
        R: ComponentNamedList + Lower + 'static,
    {
        self.costing(name, |_| 0, call)
    }

    /// A function whose work depends on its arguments and is paid for in fuel, so that it can't be had for nothing.
    pub(super) fn costing<P, R>(
        &mut self,
        name: &str,
        cost: impl Fn(&P) -> u64 + Send + Sync + 'static,
        call: impl Fn(&mut State, P) -> Result<R> + Send + Sync + 'static,
    ) -> Result<()>
    where
        P: ComponentNamedList + Lift + 'static,
        R: ComponentNamedList + Lower + 'static,
    {
        self.linker.func_wrap(name, move |mut store: StoreContextMut<'_, State>, arguments: P| {
            store.data_mut().enter(Capability::Wasi, 0)?;
            let cost = cost(&arguments);
            if cost > 0 {
                let left = store.get_fuel()?.saturating_sub(cost);
                store.set_fuel(left)?;
            }
            call(store.data_mut(), arguments)
        })
    }

    /// A kind of handle; `drop` is told which one a guest let go of.
    pub(super) fn resource<T: 'static>(
        &mut self,
        name: &str,
        drop: impl Fn(&mut State, u32) + Send + Sync + 'static,
    ) -> Result<()> {
        self.linker.resource(name, ResourceType::host::<T>(), move |mut store, handle| {
            let state = store.data_mut();
            state.enter(Capability::Wasi, 0)?;
            drop(state, handle);
            Ok(())
        })
    }

    /// Functions that take a handle that no guest is ever given. They are there so that a component can be linked; one that
    /// is called after all ends the call.
    pub(super) fn absent(&mut self, names: &[&'static str]) -> Result<()> {
        let interface = self.name;
        names.iter().try_for_each(|&name| {
            self.linker.func_new(name, move |mut store, _, _, _| {
                store.data_mut().enter(Capability::Wasi, 0)?;
                let text =
                    format!("it called `wasi:{interface}` {name}, which the virtual WASI doesn't have");
                Err(stop(Code::REFUSED, text))
            })
        })
    }
}
