//! How many calls of an attacker a node made at once, by what its own log says.
//!
//! *Invariant:* each [attacker](jaros_guests::attackers) says `begin` before it does anything, and the node notes when its call
//! ended early, so nothing depends on time.
//! *Doesn't know:* what the attacker does.
//! *Start at:* [`most_at_once`].

use std::collections::BTreeSet;

use serde_json::Value;

use crate::Place;

/// The most calls of a tool that were under way together, and how many ended.
///
/// # Panics
/// Where the log tells of no call.
#[must_use]
pub fn most_at_once(place: &Place, tool: &str) -> (usize, usize) {
    let source = format!("tool:{tool}");
    let text = std::fs::read_to_string(place.path("state/log/node.ndjson")).expect("a log");
    let mut running = BTreeSet::new();
    let (mut ended, mut most) = (0, 0);
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).expect("a line of the log is JSON");
        if line["source"] != source.as_str() {
            continue;
        }
        let job = line["job"].as_str().expect("a tool's line names the job").to_owned();
        let message = line["message"].as_str().unwrap_or_default();
        if message == "begin" {
            running.insert(job);
            most = most.max(running.len());
        } else if message.starts_with("execute ended early") && running.remove(&job) {
            ended += 1;
        }
    }
    assert!(ended > 0, "{tool}: no call ended");
    (most, ended)
}
