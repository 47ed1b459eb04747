//! From a name to the addresses that may be connected to.
//!
//! *Invariant:* what is connected to is what was judged: a name is looked up once a call, and one address that won't do
//! refuses them all, since whoever answers for the name could put it first the next time.
//! *Doesn't know:* the protocol spoken afterwards.
//! *Start at:* [`Lookup::addresses`].

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use jaros_capability::http::{Allowed, Host, special};
use jaros_decision::{Code, Failure};

use crate::surroundings::Surroundings;
use crate::trouble;

/// The system's resolver can't be told to stop, so a lookup that is given up goes on in its thread; so many may.
const RUNNING_MAX: usize = 32;

/// Looks names up, each in a thread of its own.
pub(crate) struct Lookup {
    surroundings: Arc<dyn Surroundings>,
    running: Arc<AtomicUsize>,
}

/// A lookup under way; counted until it ends.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(running: &Arc<AtomicUsize>) -> Option<Self> {
        let taken = running.fetch_add(1, Ordering::Relaxed);
        let place = Self(Arc::clone(running));
        (taken < RUNNING_MAX).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Lookup {
    pub(crate) fn new(surroundings: Arc<dyn Surroundings>) -> Self {
        Self { surroundings, running: Arc::default() }
    }

    /// The addresses of the request's host, every one judged. A host that is an address was granted as that address.
    pub(crate) fn addresses(&self, request: &Allowed, deadline: Instant) -> Result<Vec<SocketAddr>, Failure> {
        let origin = request.origin();
        let name = match origin.host() {
            Host::Address(address) => return Ok(vec![SocketAddr::new(*address, origin.port())]),
            Host::Name(name) => name,
        };
        let found = self.resolve(request, name.clone(), deadline)?;
        let found = found.map_err(|_| unresolved(request, "can't be looked up just now"))?;
        if found.is_empty() {
            return Err(unresolved(request, "has no address"));
        }
        let judged = |address: &SocketAddr| special(address.ip()).is_none();
        if !request.rule().local && !found.iter().all(judged) {
            let text = format!(
                "the name of `{origin}` has an address that isn't public; if that is meant, the operator says \
                 `local = true` in its grant"
            );
            return Err(Failure::new(Code::REFUSED, text));
        }
        // The port is the origin's, whatever a resolver says.
        let with_port = |mut address: SocketAddr| {
            address.set_port(origin.port());
            address
        };
        Ok(found.into_iter().map(with_port).collect())
    }

    fn resolve(
        &self,
        request: &Allowed,
        name: String,
        deadline: Instant,
    ) -> Result<io::Result<Vec<SocketAddr>>, Failure> {
        let port = request.origin().port();
        let busy = || unresolved(request, "can't be looked up: too many lookups are under way");
        let place = Place::take(&self.running).ok_or_else(busy)?;
        let (answer, answered) = mpsc::sync_channel(1);
        let surroundings = Arc::clone(&self.surroundings);
        let look = move || {
            let _place = place;
            // Nobody may be waiting any more.
            let _ = answer.send(surroundings.resolve(&name, port));
        };
        thread::Builder::new().name("jaros-lookup".into()).spawn(look).map_err(|_| busy())?;
        let left = deadline.saturating_duration_since(Instant::now());
        answered.recv_timeout(left).map_err(|error| match error {
            mpsc::RecvTimeoutError::Timeout => trouble::timeout(request),
            mpsc::RecvTimeoutError::Disconnected => unresolved(request, "can't be looked up just now"),
        })
    }
}

fn unresolved(request: &Allowed, why: &str) -> Failure {
    Failure::new(Code::UNAVAILABLE, format!("the name of `{}` {why}", request.origin()))
}
