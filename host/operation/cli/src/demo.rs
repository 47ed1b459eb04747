//! `demo`: what this is about, in half a minute.

use crate::context::Context;
use crate::problem::{Outcome, Problem};

/// Shows it.
pub(crate) fn run(_: &Context, _keep: bool) -> Outcome {
    Err(Problem::machine("the demo isn't part of this build").next("jaros init --with-examples"))
}
