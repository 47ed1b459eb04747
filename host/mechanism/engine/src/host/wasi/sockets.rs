//! The part of `wasi:sockets` that a guest can reach: asking for a socket, or for a name's addresses. The answer is no.
//!
//! *Invariant:* no socket is ever made, so nothing that takes one can be called.
//! *Doesn't know:* networks.
//! *Start at:* [`link`].

use wasmtime::Result;
use wasmtime::component::{ComponentType, Lift, Linker, Lower, Resource};

use super::interface::Interface;
use crate::host::State;

pub(super) enum Network {}
pub(super) enum Tcp {}
pub(super) enum Udp {}
pub(super) enum ResolveAddressStream {}

#[derive(Clone, Copy, ComponentType, Lift, Lower)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "guests make them")]
enum AddressFamily {
    #[component(name = "ipv4")]
    V4,
    #[component(name = "ipv6")]
    V6,
}

/// The contract's words; only one of them is an answer here.
#[derive(Clone, Copy, ComponentType, Lift, Lower)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "the shape has all of them")]
enum ErrorCode {
    #[component(name = "unknown")]
    Unknown,
    #[component(name = "access-denied")]
    AccessDenied,
    #[component(name = "not-supported")]
    NotSupported,
    #[component(name = "invalid-argument")]
    InvalidArgument,
    #[component(name = "out-of-memory")]
    OutOfMemory,
    #[component(name = "timeout")]
    Timeout,
    #[component(name = "concurrency-conflict")]
    ConcurrencyConflict,
    #[component(name = "not-in-progress")]
    NotInProgress,
    #[component(name = "would-block")]
    WouldBlock,
    #[component(name = "invalid-state")]
    InvalidState,
    #[component(name = "new-socket-limit")]
    NewSocketLimit,
    #[component(name = "address-not-bindable")]
    AddressNotBindable,
    #[component(name = "address-in-use")]
    AddressInUse,
    #[component(name = "remote-unreachable")]
    RemoteUnreachable,
    #[component(name = "connection-refused")]
    ConnectionRefused,
    #[component(name = "connection-reset")]
    ConnectionReset,
    #[component(name = "connection-aborted")]
    ConnectionAborted,
    #[component(name = "datagram-too-large")]
    DatagramTooLarge,
    #[component(name = "name-unresolvable")]
    NameUnresolvable,
    #[component(name = "temporary-resolver-failure")]
    TemporaryResolverFailure,
    #[component(name = "permanent-resolver-failure")]
    PermanentResolverFailure,
}

type Refused<T> = Result<(Result<Resource<T>, ErrorCode>,)>;

fn refused<T>() -> Refused<T> {
    Ok((Err(ErrorCode::AccessDenied),))
}

pub(super) fn link(linker: &mut Linker<State>) -> Result<()> {
    Interface::new(linker, "sockets/network")?.resource::<Network>("network", |_, _| {})?;
    // A handle that opens nothing; whoever uses it is refused there.
    Interface::new(linker, "sockets/instance-network")?
        .func("instance-network", |_, (): ()| Ok((Resource::<Network>::new_own(0),)))?;
    Interface::new(linker, "sockets/tcp-create-socket")?
        .func("create-tcp-socket", |_, (_,): (AddressFamily,)| refused::<Tcp>())?;
    Interface::new(linker, "sockets/udp-create-socket")?
        .func("create-udp-socket", |_, (_,): (AddressFamily,)| refused::<Udp>())?;
    let mut lookup = Interface::new(linker, "sockets/ip-name-lookup")?;
    lookup.resource::<ResolveAddressStream>("resolve-address-stream", |_, _| {})?;
    lookup
        .func("resolve-addresses", |_, (_, _): (Resource<Network>, String)| refused::<ResolveAddressStream>())
}
