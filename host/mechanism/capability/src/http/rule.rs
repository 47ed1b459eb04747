//! What the operator writes for one origin of a tool's `http` grant.
//!
//! *Invariant:* a rule names where secrets come from and never holds one, so that it can be compared, shown and recorded.
//! *Doesn't know:* its origin, TOML.
//! *Start at:* [`Rule`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The rule for one origin. It names secrets and holds none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What may be asked for; `GET` unless the grant says so.
    pub methods: BTreeSet<String>,
    /// What the host puts in, by the name in lower case. A guest can't set these itself.
    pub headers: BTreeMap<String, Filled>,
    /// A call that may or may not have been carried out may be made again, under the same key.
    pub idempotent: bool,
    /// The name may have addresses that aren't public. An origin whose host *is* an address is granted as that address.
    pub local: bool,
    /// At most the limit `http_ms`.
    pub timeout_ms: Option<u64>,
    /// At most the limit `http_request_bytes`.
    pub request_bytes: Option<u64>,
    /// At most the limit `http_response_bytes`.
    pub response_bytes: Option<u64>,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            methods: BTreeSet::from([String::from("GET")]),
            headers: BTreeMap::new(),
            idempotent: false,
            local: false,
            timeout_ms: None,
            request_bytes: None,
            response_bytes: None,
        }
    }
}

/// A header that the host puts in at the edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// As the operator wrote it: `Authorization`.
    pub name: String,
    /// Stands before the value: `Bearer `. No secret.
    pub before: String,
    /// Where the value comes from.
    pub source: Source,
}

/// Where a header's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The grant itself: no secret.
    Text(String),
    /// A variable of the node's environment, by its name: a secret.
    Variable(String),
    /// A file, its ends trimmed: a secret. The path never goes to a guest or the record.
    File(PathBuf),
}

impl Source {
    /// Whether nobody but the origin may see the value.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        !matches!(self, Self::Text(_))
    }
}
