//! `host-facts`: what it answers, and when it refuses.

use jaros_capability::Phase;

use crate::harness::{Machine, live, refused, word};

#[test]
fn it_tells_about_the_machine_and_the_volumes_of_granted_folders() {
    let machine = Machine::new();
    machine.write("shelf/sub/a", b"x");
    machine.link("shelf/out", "/");
    let handles = machine.shelf();
    let mut observer = live(Phase::Execute);
    let system = handles.host_facts_system(&mut observer).expect("facts").to_value();
    assert_eq!(system["system"], "Linux");
    assert!(system["cpu_count"].as_u64().expect("a number") >= 1, "{system}");
    assert!(system["release"].is_string() && system["machine"].is_string(), "{system}");
    for path in ["data", "data/sub"] {
        let disk = handles.host_facts_disk(&mut observer, path).expect("facts").to_value();
        let bytes = |key: &str| disk[key].as_u64().expect("a number");
        assert!(bytes("total_bytes") > 0 && bytes("total_bytes") >= bytes("free_bytes"), "{disk}");
        assert!(bytes("used_bytes") <= bytes("total_bytes"), "{disk}");
    }
    let table = [
        ("data/sub/a", "invalid"),
        ("data/missing", "not-found"),
        ("data/out", "refused"),
        ("other", "refused"),
        ("/", "invalid"),
    ];
    for (path, code) in table {
        assert_eq!(word(&handles.host_facts_disk(&mut observer, path), ToString::to_string), code, "{path}");
    }
}

#[test]
fn it_is_refused_without_a_grant_to_agents_and_outside_execute() {
    let machine = Machine::new();
    let reader = machine.handles("files-read = { data = \"../shelf\" }");
    refused(reader.host_facts_system(&mut live(Phase::Execute)), "`host-facts` isn't granted");
    refused(reader.host_facts_disk(&mut live(Phase::Execute), "data"), "`host-facts` isn't granted");
    let granted = machine.shelf();
    refused(granted.host_facts_system(&mut live(Phase::Describe)), "only `log` does");
    refused(granted.host_facts_system(&mut live(Phase::Validate)), "only `job` and `log` do");
    refused(granted.host_facts_system(&mut live(Phase::Decide)), "only tools have it");
    let folderless = machine.handles("host-facts = true");
    refused(folderless.host_facts_disk(&mut live(Phase::Execute), "data"), "granted: nothing");
}
