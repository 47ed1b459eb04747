//! Why something can't be measured.

use std::io;

/// One sentence for people.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The system refused something.
    #[error("failed to {what}: {source}")]
    System {
        /// A verb and its object.
        what: String,
        /// What the system said.
        source: io::Error,
    },
    /// Something took longer than it may.
    #[error("{what} took more than {seconds} s")]
    Late {
        /// What was waited for.
        what: String,
        /// How long.
        seconds: u64,
    },
    /// What was measured did something else than it should.
    #[error("{0}")]
    Wrong(String),
}

/// What was being done when the system refused it.
pub(crate) fn doing(what: impl Into<String>) -> impl FnOnce(io::Error) -> Trouble {
    |source| Trouble::System { what: what.into(), source }
}
