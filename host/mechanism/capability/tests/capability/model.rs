//! `model`, `actions`, `job` and `log`: those whose answers aren't observations only ask whether they work now.

use jaros_capability::{Capability, Phase};

use crate::harness::{live, refused};

/// What works, by phase, of the capabilities that every component of a role has.
const TABLE: [(Phase, &[Capability]); 4] = [
    (Phase::Describe, &[Capability::Log]),
    (Phase::Validate, &[Capability::Job, Capability::Log]),
    (Phase::Execute, &[Capability::Job, Capability::Log]),
    (Phase::Decide, &[Capability::Model, Capability::Actions, Capability::Job, Capability::Log]),
];

#[test]
fn each_works_in_its_phases_and_is_refused_in_the_others() {
    for (phase, working) in TABLE {
        for capability in Capability::all().filter(|capability| capability.is_given()) {
            let answer = live(phase).permit(capability);
            if working.contains(&capability) {
                answer.expect("it works");
            } else {
                refused(answer, &format!("`{capability}` doesn't work in `{phase}`"));
            }
        }
    }
}
