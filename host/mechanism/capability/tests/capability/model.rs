//! `model`, `actions`, `job`, `log` and WASI: those whose answers aren't observations only ask whether they work now.

use jaros_capability::{Capability, Phase};

use crate::harness::{live, refused};

/// What works, by phase, of the capabilities that reach nothing.
const TABLE: [(Phase, &[Capability]); 4] = [
    (Phase::Describe, &[Capability::Log, Capability::Wasi]),
    (Phase::Validate, &[Capability::Job, Capability::Log, Capability::Wasi]),
    (Phase::Execute, &[Capability::Job, Capability::Log, Capability::Wasi]),
    (
        Phase::Decide,
        &[Capability::Model, Capability::Actions, Capability::Job, Capability::Log, Capability::Wasi],
    ),
];

#[test]
fn each_works_in_its_phases_and_is_refused_in_the_others() {
    for (phase, working) in TABLE {
        for capability in Capability::all().filter(|capability| capability.reaches_nothing()) {
            let answer = live(phase).permit(capability);
            if working.contains(&capability) {
                answer.expect("it works");
            } else {
                refused(answer, &format!("`{capability}` doesn't work in `{phase}`"));
            }
        }
    }
}
