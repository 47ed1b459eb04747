//! The client: from an allowed request to its answer.
//!
//! *Invariant:* a call ends by its deadline, whatever the name's servers and the other end do, and in an answer or a failure
//! whose words are ours.
//! *Doesn't know:* HTTP on the wire (`exchange.rs`).
//! *Start at:* [`Client::send`].

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use jaros_capability::http::{Allowed, Response};
use jaros_decision::{Code, Failure};
use ureq::tls::{Certificate, RootCerts};

use crate::exchange::Exchange;
use crate::lookup::Lookup;
use crate::secret::Fillings;
use crate::surroundings::{Machine, Surroundings};

/// Sends requests, one connection each: nothing is kept from one to the next, no cookie and no open connection.
pub struct Client {
    surroundings: Arc<dyn Surroundings>,
    lookup: Lookup,
    authorities: OnceLock<Arc<Vec<Certificate<'static>>>>,
}

impl Default for Client {
    fn default() -> Self {
        Self::with(Arc::new(Machine))
    }
}

impl Client {
    /// A client of this machine.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A client that asks these surroundings for names, variables and authorities.
    #[must_use]
    pub fn with(surroundings: Arc<dyn Surroundings>) -> Self {
        let lookup = Lookup::new(Arc::clone(&surroundings));
        Self { surroundings, lookup, authorities: OnceLock::new() }
    }

    /// Sends the request under this `Idempotency-Key` and holds the calling thread until its answer or its deadline.
    ///
    /// A redirect is an answer like any other.
    /// # Errors
    /// `refused`: an address or a certificate that won't do; `unavailable`: a secret is missing, or nobody answered;
    /// `timeout`, `limit`. The words hold no address, path or secret.
    pub fn send(&self, request: &Allowed, key: &str) -> Result<Response, Failure> {
        // What a server sends must not end the node, nor a call without its answer, by way of an error in a library.
        catch_unwind(AssertUnwindSafe(|| self.try_send(request, key))).unwrap_or_else(|_| {
            let text = format!("the client met an error of its own with `{}`", request.origin());
            Err(Failure::new(Code::UNAVAILABLE, text))
        })
    }

    fn try_send(&self, request: &Allowed, key: &str) -> Result<Response, Failure> {
        let deadline = Instant::now() + Duration::from_millis(request.bounds().timeout_ms);
        let fillings = Fillings::of(request, &*self.surroundings)?;
        let authorities = self.authorities(request)?;
        let addresses = self.lookup.addresses(request, deadline)?;
        Exchange { request, key, fillings: &fillings, addresses, authorities, deadline }.run()
    }

    /// The authorities are read at the first call that needs them, and again until there are any.
    fn authorities(&self, request: &Allowed) -> Result<RootCerts, Failure> {
        if !request.origin().is_secure() {
            return Ok(RootCerts::Specific(Arc::default()));
        }
        if let Some(known) = self.authorities.get() {
            return Ok(RootCerts::Specific(Arc::clone(known)));
        }
        let found = self.surroundings.authorities();
        if found.is_empty() {
            let origin = request.origin();
            let text = format!("this machine has no certificate authorities to judge `{origin}` by");
            return Err(Failure::new(Code::UNAVAILABLE, text));
        }
        let found = found.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
        Ok(RootCerts::Specific(Arc::clone(self.authorities.get_or_init(|| Arc::new(found)))))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}
