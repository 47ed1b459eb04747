//! A secret of the node's environment, one in a file that nobody granted, and one that a grant puts into a header: none is found
//! in anything that a run leaves behind.

use std::path::Path;

use jaros_guests::Agent;
use jaros_tests::canary::{Canary, Found};
use jaros_tests::hostile::{Attack, reader};
use jaros_tests::process::Process;
use jaros_tests::server::Server;
use serde_json::{Value, json};

const NODE: &str = env!("CARGO_BIN_EXE_jaros-test-node");

#[test]
fn no_secret_is_left_behind() {
    let (environment, file, header) =
        (Canary::new("environment"), Canary::new("file"), Canary::new("header"));
    let outside = tempfile::tempdir().expect("a temporary folder");
    let secret = outside.path().join("secret.json");
    std::fs::write(&secret, json!(file.text()).to_string()).expect("a file");

    let attack = Attack::default();
    let place = attack.place();
    for example in [
        "agents/proposer",
        "tools/http.get",
        "agents/echo",
        "agents/text-metrics",
        "tools/text.count",
        "agents/js-greeter",
    ] {
        place.add(example);
    }
    // Every way to the file that a guest could be given or could make up.
    std::os::unix::fs::symlink(&secret, place.path("shared/secret")).expect("a link");
    std::os::unix::fs::symlink(outside.path(), place.path("shared/outside")).expect("a link");
    let up = "../".repeat(12);
    let paths = [
        "data/secret".to_owned(),
        "data/outside/secret.json".to_owned(),
        secret.display().to_string(),
        format!("data/{up}{}", secret.display()),
        format!("data{}", secret.display()),
        "data/../secret".to_owned(),
        "/proc/self/environ".to_owned(),
        "data/../../proc/self/environ".to_owned(),
    ];
    let mut grants = std::fs::read_to_string(place.path("config/grants.toml")).expect("grants");
    grants += "[tool.reader]\nfiles-read = { data = \"shared\" }\n";
    for n in 0..paths.len() {
        grants += &format!("[agent.reads-{n}]\npropose = [\"reader\"]\n");
    }
    let server = Server::start();
    grants += "[agent.proposer]\npropose = [\"advance\", \"http.get\"]\n";
    grants += &format!("[tool.\"http.get\".http.\"{}\"]\n", server.url(""));
    grants += "headers.Authorization = { env = \"JAROS_TEST_TOKEN\", before = \"Bearer \" }\n";
    place.write("config/grants.toml", &grants);

    let secrets = [("JAROS_TEST_SECRET", environment.text()), ("JAROS_TEST_TOKEN", header.text())];
    let node = Process::start(NODE, &place, &secrets);
    place.drop_in("tools/reader.wasm", &reader().bytes());
    for (n, path) in paths.iter().enumerate() {
        let agent = Agent::proposing("reader", &json!(path).to_string(), "");
        place.drop_in(&format!("agents/reads-{n}.wasm"), &agent.bytes());
    }
    for (n, path) in paths.iter().enumerate() {
        let result = place.ask(&format!("reads-{n}"), &Value::Null);
        assert_eq!(result["state"], "FAILED", "{path}: {result}");
    }
    for (agent, input) in [("echo", json!({"a": 1})), ("greeter", json!({"name": "Ada"}))] {
        assert_eq!(place.ask(agent, &input)["state"], "DONE");
    }
    // The server says back what it was told, the secret too.
    let call = json!({"kind": "http.get", "payload": {"url": server.url("/echo")}});
    let result = place.ask("proposer", &call);
    let answer = &result["result"]["answers"][0];
    assert_eq!(answer["status"], 200, "{result}");
    assert!(server.heads()[0].contains(header.text()), "the server got the secret: {:?}", server.heads());
    attack.put(&place);
    attack.settle(&place);
    let struck = attack.strike(&place);
    let verdicts = attack.judge(&place, &struck);
    let command_line = node.command_line();
    drop(node);
    place.replays_clean();

    let mut total = Found::default();
    for canary in [&environment, &file, &header] {
        let mut found = canary.search(place.path("").as_path());
        canary.search_bytes(Path::new("command line"), &command_line, &mut found);
        assert!(found.places.is_empty(), "{:?}", found.places);
        (total.files, total.bytes) = (total.files.max(found.files), total.bytes.max(found.bytes));
    }
    println!(
        "{} guests; {} files and {} bytes searched",
        verdicts.len() + paths.len(),
        total.files,
        total.bytes
    );
    assert!(total.files > 300 && total.bytes > 1 << 20, "that was hardly everything: {total:?}");
    assert_eq!(file.search(outside.path()).places.len(), 1, "the search finds what is there");
}
