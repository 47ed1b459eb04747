//! What of WASI can't be reached: files, which nobody is given one of, and all that is done with a socket.
//!
//! *Invariant:* each takes a handle that no guest can have, so none is ever called; they are here for a component to link.
//! *Doesn't know:* types: a function that is never called needs none.
//! *Start at:* [`link`].

use wasmtime::Result;
use wasmtime::component::{Linker, Resource};

use super::interface::Interface;
use super::sockets::{Tcp, Udp};
use crate::host::State;

enum Descriptor {}
enum DirectoryEntryStream {}
enum IncomingDatagramStream {}
enum OutgoingDatagramStream {}

const FILES: [&str; 29] = [
    "[method]descriptor.advise",
    "[method]descriptor.append-via-stream",
    "[method]descriptor.create-directory-at",
    "[method]descriptor.get-flags",
    "[method]descriptor.get-type",
    "[method]descriptor.is-same-object",
    "[method]descriptor.link-at",
    "[method]descriptor.metadata-hash",
    "[method]descriptor.metadata-hash-at",
    "[method]descriptor.open-at",
    "[method]descriptor.read",
    "[method]descriptor.read-directory",
    "[method]descriptor.read-via-stream",
    "[method]descriptor.readlink-at",
    "[method]descriptor.remove-directory-at",
    "[method]descriptor.rename-at",
    "[method]descriptor.set-size",
    "[method]descriptor.set-times",
    "[method]descriptor.set-times-at",
    "[method]descriptor.stat",
    "[method]descriptor.stat-at",
    "[method]descriptor.symlink-at",
    "[method]descriptor.sync",
    "[method]descriptor.sync-data",
    "[method]descriptor.unlink-file-at",
    "[method]descriptor.write",
    "[method]descriptor.write-via-stream",
    "[method]directory-entry-stream.read-directory-entry",
    // Of an error of a stream, and no stream has one.
    "filesystem-error-code",
];

const TCP: [&str; 28] = [
    "[method]tcp-socket.accept",
    "[method]tcp-socket.address-family",
    "[method]tcp-socket.finish-bind",
    "[method]tcp-socket.finish-connect",
    "[method]tcp-socket.finish-listen",
    "[method]tcp-socket.hop-limit",
    "[method]tcp-socket.is-listening",
    "[method]tcp-socket.keep-alive-count",
    "[method]tcp-socket.keep-alive-enabled",
    "[method]tcp-socket.keep-alive-idle-time",
    "[method]tcp-socket.keep-alive-interval",
    "[method]tcp-socket.local-address",
    "[method]tcp-socket.receive-buffer-size",
    "[method]tcp-socket.remote-address",
    "[method]tcp-socket.send-buffer-size",
    "[method]tcp-socket.set-hop-limit",
    "[method]tcp-socket.set-keep-alive-count",
    "[method]tcp-socket.set-keep-alive-enabled",
    "[method]tcp-socket.set-keep-alive-idle-time",
    "[method]tcp-socket.set-keep-alive-interval",
    "[method]tcp-socket.set-listen-backlog-size",
    "[method]tcp-socket.set-receive-buffer-size",
    "[method]tcp-socket.set-send-buffer-size",
    "[method]tcp-socket.shutdown",
    "[method]tcp-socket.start-bind",
    "[method]tcp-socket.start-connect",
    "[method]tcp-socket.start-listen",
    "[method]tcp-socket.subscribe",
];

const UDP: [&str; 18] = [
    "[method]incoming-datagram-stream.receive",
    "[method]incoming-datagram-stream.subscribe",
    "[method]outgoing-datagram-stream.check-send",
    "[method]outgoing-datagram-stream.send",
    "[method]outgoing-datagram-stream.subscribe",
    "[method]udp-socket.address-family",
    "[method]udp-socket.finish-bind",
    "[method]udp-socket.local-address",
    "[method]udp-socket.receive-buffer-size",
    "[method]udp-socket.remote-address",
    "[method]udp-socket.send-buffer-size",
    "[method]udp-socket.set-receive-buffer-size",
    "[method]udp-socket.set-send-buffer-size",
    "[method]udp-socket.set-unicast-hop-limit",
    "[method]udp-socket.start-bind",
    "[method]udp-socket.stream",
    "[method]udp-socket.subscribe",
    "[method]udp-socket.unicast-hop-limit",
];

pub(super) fn link(linker: &mut Linker<State>) -> Result<()> {
    let mut files = Interface::new(linker, "filesystem/types")?;
    files.resource::<Descriptor>("descriptor", |_, _| {})?;
    files.resource::<DirectoryEntryStream>("directory-entry-stream", |_, _| {})?;
    files.absent(&FILES)?;
    Interface::new(linker, "filesystem/preopens")?
        .func("get-directories", |_, (): ()| Ok((Vec::<(Resource<Descriptor>, String)>::new(),)))?;
    let mut tcp = Interface::new(linker, "sockets/tcp")?;
    tcp.resource::<Tcp>("tcp-socket", |_, _| {})?;
    tcp.absent(&TCP)?;
    let mut udp = Interface::new(linker, "sockets/udp")?;
    udp.resource::<Udp>("udp-socket", |_, _| {})?;
    udp.resource::<IncomingDatagramStream>("incoming-datagram-stream", |_, _| {})?;
    udp.resource::<OutgoingDatagramStream>("outgoing-datagram-stream", |_, _| {})?;
    udp.absent(&UDP)?;
    Interface::new(linker, "sockets/network")?.absent(&["network-error-code"])?;
    Interface::new(linker, "sockets/ip-name-lookup")?.absent(&[
        "[method]resolve-address-stream.resolve-next-address",
        "[method]resolve-address-stream.subscribe",
    ])
}
