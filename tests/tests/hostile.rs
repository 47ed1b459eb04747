//! The hostile guests before a real node: each has its own named end, on the ledger, and the neighbours are served.

use jaros_tests::hostile::{Attack, Verdict};

#[test]
fn every_hostile_guest_has_a_named_end_on_the_ledger_and_harms_no_neighbour() {
    let attack = Attack::default();
    assert!(attack.len() >= 60, "only {} guests", attack.len());
    let place = attack.place();
    let node = place.serve();
    attack.put(&place);
    attack.settle(&place);
    let struck = attack.strike(&place);
    let verdicts = attack.judge(&place, &struck);
    assert_eq!(place.ask("greeter", &serde_json::json!({"name": "Ada"}))["state"], "DONE", "the node is alive");
    node.stop();
    let report = place.replays_clean();
    show(&verdicts);
    println!("{} hostile guests, {} jobs, all replayed", verdicts.len(), report.jobs);
}

fn show(verdicts: &[Verdict]) {
    for verdict in verdicts {
        println!("{verdict}");
    }
}
