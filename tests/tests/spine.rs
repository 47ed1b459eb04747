//! From a dropped component to a replayed ledger.

use std::time::Duration;

use jaros_tests::{Place, built, until};
use serde_json::{Value, json};

/// Every bundled agent with an input, and what its result must say.
#[test]
fn every_example_answers_as_described_and_replays() {
    let place = Place::new();
    place.write("config/llm.json", r#"{"provider":"uppercase"}"#);
    let node = place.serve();
    let check = |agent: &str, input: Value, want: Value| {
        let got = place.ask(agent, &input);
        assert_eq!(got["state"], "DONE", "{agent}: {got}");
        for (member, want) in want.as_object().expect("an object") {
            assert_eq!(&got["result"][member], want, "{agent}: {got}");
        }
    };
    check("greeter", json!({"name": "Ada"}), json!({"greeting": "Hello, Ada!"}));
    check("echo", json!({"ü": [1, "x"]}), json!({"ü": [1, "x"]}));
    check("text-metrics", json!({"text": "two words"}), json!({"characters": 9, "words": 2, "lines": 1}));
    check("system-health", json!({}), json!({"system": "Linux"}));
    check("disk-monitor", json!({"path": "data"}), json!({"path": "data", "entries": 1}));
    check("inventory", json!({"path": "data/a.txt"}), json!({"kind": "file", "size_bytes": 5}));
    check("advance", json!({"prompt": "hi"}), json!({"answer": "HI"}));
    check(
        "js-greeter",
        json!({"names": ["Ada", "Grace"]}),
        json!({"asked": 2, "greeting": "Hello, Ada! Hello, Grace!"}),
    );
    check("worker", json!({}), json!({}));
    check("reviewer", json!({}), json!({}));
    node.stop();
    let report = place.replays_clean();
    assert_eq!(report.by_agent.len(), 10, "{report:?}");
    assert_eq!(report.recorded_model_calls, 1);
    assert_eq!(report.final_state, "DONE");
}

#[test]
fn an_agent_repairs_its_own_refused_decision_in_three_turns() {
    let place = Place::new();
    let node = place.serve();
    let job = place.submit("repairer", &json!({"text": "one two"}));
    let result = place.result(&job);
    assert_eq!(result["result"]["repaired"], "invalid", "{result}");
    assert_eq!(result["result"]["count"]["words"], 2, "{result}");
    node.stop();
    let report = place.replays_clean();
    assert_eq!((report.refusals, report.decisions), (1, 2));
}

#[test]
fn an_agent_fans_out_to_five_children_and_joins_their_results() {
    let place = Place::new();
    let node = place.serve();
    let texts = ["a", "b c", "d e f", "g h i j", "k l m n o"];
    let result = place.ask("fan-out", &json!({"texts": texts}));
    let words: Vec<i64> = result["result"]["counts"]
        .as_array()
        .expect("five counts")
        .iter()
        .map(|c| c["words"].as_i64().unwrap())
        .collect();
    assert_eq!(words, [1, 2, 3, 4, 5], "{result}");
    assert_eq!(result["result"]["total"]["words"], 15, "{result}");
    node.stop();
    assert_eq!(place.replays_clean().jobs, 6);
}

#[test]
fn more_parents_wait_than_may_run_at_once() {
    let place = Place::new();
    let options = jaros_node::Options { running: 2, ..place.options() };
    let node = place.try_serve(options).expect("the node starts");
    let parents: Vec<_> = (0..8).map(|_| place.submit("fan-out", &Value::Null)).collect();
    for parent in &parents {
        assert_eq!(place.result(parent)["state"], "DONE");
    }
    node.stop();
    place.replays_clean();
}

#[test]
fn a_failed_worker_is_blamed() {
    let place = Place::new();
    let node = place.serve();
    let job = place.submit("worker", &json!({"bad": true}));
    let result = place.result(&job);
    assert_eq!(result["state"], "FAILED", "{result}");
    let reason = until("the reason", || {
        std::fs::read_to_string(place.path(&format!("failed/{job}.json.reason"))).ok()
    });
    assert!(reason.contains("jaros show"), "{reason}");
    node.stop();
    let report = place.replays_clean();
    let blamed = report.attribution.expect("somebody is blamed");
    assert_eq!(blamed.source.expect("an agent").as_str(), "worker");
    assert_eq!(blamed.id, format!("{job}/1/1"));
    assert!(blamed.component.is_some());
}

#[test]
fn a_swarm_fails_for_its_planner_and_the_cause_leads_back_to_the_models_answer() {
    let place = Place::new();
    place.write("config/llm.json", r#"{"provider":"script","options":{"file":"config/script.json"}}"#);
    let wrong = json!({"answers": [{"text": "{\"queue\":\"shipping\",\"severity\":\"high\"}"}]});
    place.write("config/script.json", &wrong.to_string());
    let node = place.serve();
    let planner = place.submit("planner", &json!({"ticket": "I was charged twice, please refund"}));
    let result = place.result(&planner);
    assert_eq!(result["error"]["message"], "the plan routed a billing ticket to shipping", "{result}");
    node.stop();
    place.replays_clean();
    let outbox = std::fs::read_dir(place.path("outbox")).expect("an outbox");
    let reviewer = outbox
        .map(|entry| {
            serde_json::from_str::<Value>(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap()
        })
        .find(|result| result["agent"] == "reviewer")
        .expect("the reviewer has a result");
    let job = reviewer["id"].as_str().unwrap().parse().unwrap();
    let cause = jaros_replay::cause(&place.layout(), &job).expect("a cause");
    let agents: Vec<_> = cause.links.iter().map(|link| link.agent.as_str()).collect();
    assert_eq!(agents, ["reviewer", "worker", "planner"]);
    let said = cause.links[2].model[0].answer.as_ref().unwrap();
    assert!(said.contains("shipping"), "{said}");
    assert_eq!(cause.links[1].proposal.as_ref().unwrap().kind, "submit");
}

#[test]
fn a_tool_is_replaced_while_jobs_run_and_both_versions_replay() {
    let place = Place::new();
    let node = place.serve();
    let first: Vec<_> = (0..40).map(|n| place.submit("greeter", &json!({"name": format!("n{n}")}))).collect();
    // Another component under the same name: it takes the same payloads and answers otherwise.
    let replaced = jaros_tests::greet_in_text("Moin");
    let aside = place.path("state/aside/greet.new");
    std::fs::write(&aside, replaced).expect("a file");
    std::fs::rename(&aside, place.path("tools/greet.wasm")).expect("a rename");
    until("the new version", || {
        let result = place.ask("greeter", &json!({"name": "Ada"}));
        (result["result"]["greeting"] == "Moin").then_some(())
    });
    for job in &first {
        assert_eq!(place.result(job)["state"], "DONE");
    }
    std::fs::remove_file(place.path("tools/greet.wasm")).expect("it was there");
    let gone = until("its end", || {
        let result = place.ask("greeter", &json!({"name": "Ada"}));
        (result["state"] == "FAILED").then_some(result)
    });
    assert_eq!(gone["error"]["code"], "not-found", "{gone}");
    node.stop();
    place.replays_clean();
}

#[test]
fn a_broken_component_is_refused_by_name_and_the_old_version_serves_on() {
    let place = Place::new();
    let node = place.serve();
    assert_eq!(place.ask("greeter", &json!({"name": "A"}))["state"], "DONE");
    std::fs::write(place.path("tools/greet.wasm"), b"\0asm garbage").expect("a file");
    std::fs::copy(built().join("tools/text.count.wasm"), place.path("agents/misplaced.wasm"))
        .expect("a file");
    std::fs::write(place.path("tools/no good name!.wasm"), b"x").expect("a file");
    let status = until("the refusals", || {
        let status = jaros_node::Status::read(&place.layout()).ok()?;
        let refused = status.components.iter().filter(|component| component.refused.is_some()).count();
        (refused == 2 && status.problems.len() == 1).then_some(status)
    });
    let greet =
        status.components.iter().find(|c| c.role == "tool" && c.name.as_str() == "greet").expect("greet");
    assert!(greet.digest.is_some(), "the old version serves");
    assert_eq!(place.ask("greeter", &json!({"name": "B"}))["state"], "DONE");
    node.stop();
    place.replays_clean();
}

#[test]
fn a_blocked_job_goes_on_with_an_operators_word_also_after_a_restart() {
    let place = Place::new();
    let node = place.serve();
    let job = place.submit("reviewer", &json!({"uncertain": true}));
    let blocked = |place: &Place| {
        until("the blocked job", || {
            let status = jaros_node::Status::read(&place.layout()).ok()?;
            status.jobs.blocked.contains(&job).then_some(())
        });
    };
    blocked(&place);
    node.stop();
    let node = place.serve();
    blocked(&place);
    let by = "ann".parse().unwrap();
    let input = Some(jaros_decision::Json::string("go ahead"));
    let request = jaros_node::Request::Unblock { job: job.clone(), input, by };
    let reply = jaros_node::ask(&place.layout(), &request, Duration::from_secs(20)).expect("an answer");
    assert_eq!(reply, jaros_node::Reply::Done);
    let result = place.result(&job);
    assert_eq!(result["result"]["approved_by"]["operator"], "go ahead", "{result}");
    let again = jaros_node::ask(&place.layout(), &request, Duration::from_secs(20)).expect("an answer");
    assert!(matches!(again, jaros_node::Reply::Refused(failure) if failure.message.contains("has ended")));
    node.stop();
    place.replays_clean();
}

#[test]
fn a_cancelled_job_fails_and_replays_as_cancelled() {
    let place = Place::new();
    let node = place.serve();
    let job = place.submit("reviewer", &json!({"uncertain": true}));
    let request = jaros_node::Request::Cancel { job: job.clone(), by: "ann".parse().unwrap() };
    until("the cancelling", || {
        let reply = jaros_node::ask(&place.layout(), &request, Duration::from_secs(20)).expect("an answer");
        (reply == jaros_node::Reply::Done).then_some(())
    });
    assert_eq!(place.result(&job)["error"]["code"], "cancelled");
    node.stop();
    place.replays_clean();
}

#[test]
fn bad_job_files_end_in_failed_with_a_reason_and_the_node_lives() {
    let place = Place::new();
    let node = place.serve();
    let files: [(&str, &[u8], &str); 7] = [
        ("bom", b"\xef\xbb\xbf{\"agent\":\"echo\"}", "invalid"),
        ("twice", br#"{"agent":"echo","agent":"greeter"}"#, "invalid"),
        ("unknown", br#"{"agent":"echo","imput":1}"#, "invalid"),
        ("nobody", br#"{"agent":"nobody"}"#, "not-found"),
        ("huge-number", br#"{"agent":"echo","input":1e999}"#, "invalid"),
        ("wrong-input", br#"{"agent":"greeter","input":{"nam":1}}"#, ""),
        ("binary", b"\xff\x00\xfe", "invalid"),
    ];
    for (id, bytes, _) in files {
        let aside = place.path("state/aside").join(id);
        std::fs::write(&aside, bytes).expect("a file");
        std::fs::rename(aside, place.path(&format!("inbox/{id}.json"))).expect("a rename");
    }
    for (id, _, code) in files {
        let result = place.result(&id.parse().expect("an id"));
        assert_eq!(result["state"], "FAILED", "{id}: {result}");
        assert!(code.is_empty() || result["error"]["code"] == code, "{id}: {result}");
        until(id, || place.path(&format!("failed/{id}.json.reason")).exists().then_some(()));
    }
    assert_eq!(place.ask("greeter", &json!({"name": "B"}))["state"], "DONE");
    node.stop();
    place.replays_clean();
}

#[test]
fn the_same_id_submitted_twice_runs_once() {
    let place = Place::new();
    let node = place.serve();
    let job: jaros_decision::JobId = "order-7".parse().unwrap();
    let put = || {
        let aside = place.path("state/aside/again");
        std::fs::write(&aside, br#"{"agent":"greeter","input":{"name":"A"}}"#).expect("a file");
        std::fs::rename(aside, place.path("inbox/order-7.json")).expect("a rename");
    };
    put();
    let first = place.result(&job);
    until("the token", || place.path("processed/order-7.json").exists().then_some(()));
    put();
    until("the second token", || (!place.path("inbox/order-7.json").exists()).then_some(()));
    assert_eq!(place.result(&job), first);
    node.stop();
    assert_eq!(place.replays_clean().jobs, 1);
}

#[test]
fn two_tenants_side_by_side_see_nothing_of_each_other() {
    let place = Place::new();
    let other = place.layout().tenant(&"acme".parse().unwrap());
    other.create().expect("a layout");
    std::fs::copy(built().join("agents/echo.wasm"), other.agents().join("echo.wasm")).expect("an agent");
    let options = jaros_node::Options { tenants: vec!["acme".parse().unwrap()], ..place.options() };
    let node = place.try_serve(options).expect("the node starts");
    let put = |name: &str, text: &str| {
        let aside = other.aside().join(name);
        std::fs::write(&aside, text).expect("a file");
        std::fs::rename(aside, other.inbox().join(format!("{name}.json"))).expect("a rename");
    };
    put("mine", r#"{"agent":"echo","input":"acme's secret"}"#);
    put("theirs", r#"{"agent":"greeter","input":{"name":"A"}}"#);
    let read = |name: &str| {
        until(name, || {
            let text = std::fs::read_to_string(other.outbox().join(format!("{name}.json"))).ok()?;
            Some(serde_json::from_str::<Value>(&text).expect("JSON"))
        })
    };
    assert_eq!(read("mine")["result"], "acme's secret");
    assert_eq!(read("theirs")["error"]["code"], "not-found", "the root's agents are not acme's");
    assert_eq!(place.ask("greeter", &json!({"name": "A"}))["state"], "DONE");
    assert!(!place.path("outbox/mine.json").exists());
    node.stop();
    let roots = std::fs::read_dir(place.path("state/ledger")).expect("a ledger");
    for segment in roots {
        let path = segment.expect("a segment").path();
        if path.is_file() {
            let bytes = std::fs::read(path).expect("bytes");
            assert!(
                !bytes.windows(13).any(|part| part == b"acme's secret"),
                "the root's ledger holds acme's data"
            );
        }
    }
    place.replays_clean();
}

#[test]
fn once_ends_when_the_inbox_is_empty() {
    let place = Place::new();
    let jobs: Vec<_> = (0..20).map(|_| place.submit("fan-out", &Value::Null)).collect();
    place.serve_once();
    for job in &jobs {
        assert!(place.path(&format!("outbox/{job}.json")).exists());
    }
    place.replays_clean();
}
