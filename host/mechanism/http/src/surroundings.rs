//! What the client asks of the machine it runs on.

use std::ffi::OsString;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};

/// Names, variables and trusted authorities; a test brings its own.
pub trait Surroundings: Send + Sync {
    /// Every address of a name. May block for as long as it likes: the caller doesn't wait longer than its deadline.
    /// # Errors
    /// The name can't be resolved just now.
    fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;

    /// A variable of the environment.
    fn variable(&self, name: &str) -> Option<OsString>;

    /// The certificates (DER) of the authorities that are trusted with `https`.
    fn authorities(&self) -> Vec<Vec<u8>>;
}

/// The machine itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Machine;

impl Surroundings for Machine {
    fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        (host, port).to_socket_addrs().map(Iterator::collect)
    }

    fn variable(&self, name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }

    /// Those of the system, so that an operator's own authority counts where it was installed.
    fn authorities(&self) -> Vec<Vec<u8>> {
        let loaded = rustls_native_certs::load_native_certs();
        loaded.certs.into_iter().map(|certificate| certificate.to_vec()).collect()
    }
}
