//! A decision's calls that leave the node: each on the record before it is made.
//!
//! *Invariant:* an intent is durable, and every successor would find it, before a byte is sent; a call that may not be made again is
//! never made again, whatever fails after it.
//! *Doesn't know:* who may call what: a request comes here judged.
//! *Start at:* [`Outbound`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jaros_capability::http::{Allowed, Broken, Outside, Response};
use jaros_decision::{DecisionId, Failure, Json};
use jaros_executor::Fact;

use crate::tenant::Tenant;

/// The way out for one decision.
pub(crate) struct Outbound {
    tenant: Arc<Tenant>,
    id: DecisionId,
    /// A call went out that may not be made again.
    gone: AtomicBool,
}

impl Outbound {
    pub(crate) fn new(tenant: Arc<Tenant>, id: DecisionId) -> Self {
        Self { tenant, id, gone: AtomicBool::new(false) }
    }

    /// Whether the decision may not be tried again, since a call of it went out.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    fn intend(&self, index: u32, request: &Allowed) -> Result<(), String> {
        let repeatable = request.is_idempotent();
        let fact = Fact::Intended {
            id: self.id.clone(),
            index,
            repeatable,
            request: Json::of(&request.told()).map_err(|error| error.to_string())?,
        };
        let draft = fact.draft().map_err(|error| error.to_string())?;
        self.gone.fetch_or(!repeatable, Ordering::AcqRel);
        self.tenant.ledger.append(vec![draft]).wait().map_err(|error| error.to_string())?;
        // Only after a fenced step is the intent in every successor's chain: a holder that was taken over sends nothing.
        self.tenant.hold.confirm().map_err(|error| error.to_string())
    }
}

impl Outside for Outbound {
    fn send(&self, index: u32, request: &Allowed) -> Result<Result<Response, Failure>, Broken> {
        self.intend(index, request).map_err(Broken)?;
        Ok(self.tenant.network.send(request, &format!("{}/{index}", self.id)))
    }
}
