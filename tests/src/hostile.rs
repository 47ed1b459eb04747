//! Hostile guests: what each does, where it strikes, and the named end that it has to come to.
//!
//! *Invariant:* a row says one thing that a guest does and one end; every row is put before a real node as a file, and is
//! called twice, so that an end that varies is found.
//! *Doesn't know:* whether the node is in this process.
//! *Start at:* [`rows`], [`Attack::put`], [`Attack::judge`].

mod agents;
mod files;
mod tools;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use jaros_decision::JobId;
use jaros_guests::{Agent, Tool};
use serde_json::{Value, json};

use crate::Place;
use crate::record::{Entries, Said};

/// Where a guest strikes, which decides what its end looks like on the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strikes {
    /// While its file is read, audited or compiled.
    Load,
    /// While it starts, or says what it is.
    Describe,
    /// When its tool is asked whether it could.
    Validate,
    /// When its tool carries out.
    Execute,
    /// When its agent reasons.
    Decide,
    /// With what its agent proposes.
    Propose,
}

impl fmt::Display for Strikes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Load => "load",
            Self::Describe => "describe",
            Self::Validate => "validate",
            Self::Execute => "execute",
            Self::Decide => "decide",
            Self::Propose => "propose",
        })
    }
}

/// What lies in a component folder.
pub enum Guest {
    /// A file in `tools/`.
    Tool(Vec<u8>),
    /// A file in `agents/`.
    Agent(Vec<u8>),
    /// Something in `tools/` that is no regular file.
    Thing(Thing),
}

/// What isn't a regular file with content.
#[derive(Clone, Copy)]
pub enum Thing {
    /// A link to a component that is fine.
    Link,
    /// A pipe that nobody writes into.
    Pipe,
    /// A folder.
    Folder,
    /// A file of so many bytes, none of them written.
    Sparse(u64),
}

/// What has to become of a guest.
#[derive(Clone, Debug)]
pub enum Ends {
    /// It doesn't come into service: a code, and a part of the sentence.
    Refused(&'static str, &'static str),
    /// Its job fails: a code, and a part of the sentence.
    Fails(&'static str, &'static str),
    /// It does no harm, and its job's result is this JSON.
    Answers(&'static str),
}

/// One row of the table.
pub struct Row {
    /// What the guest does.
    pub does: &'static str,
    /// Where it strikes.
    pub strikes: Strikes,
    /// The guest.
    pub guest: Guest,
    /// What its agent proposes to it; a tool's alone.
    pub payload: &'static str,
    /// Lines of its grant, if it has one.
    pub grant: &'static str,
    /// Its name, where it has to know it; otherwise it gets a number.
    pub named: &'static str,
    /// Its end.
    pub ends: Ends,
}

impl Row {
    fn new(does: &'static str, strikes: Strikes, guest: Guest, ends: Ends) -> Self {
        Self { does, strikes, guest, payload: "[1]", grant: "", named: "", ends }
    }

    fn name(&self, n: usize) -> String {
        if self.named.is_empty() { format!("h{n:03}") } else { self.named.to_owned() }
    }

    fn tool(does: &'static str, strikes: Strikes, tool: &Tool, ends: Ends) -> Self {
        Self::new(does, strikes, Guest::Tool(tool.bytes()), ends)
    }

    fn agent(does: &'static str, strikes: Strikes, agent: &Agent, ends: Ends) -> Self {
        Self::new(does, strikes, Guest::Agent(agent.bytes()), ends)
    }
}

/// The whole table.
#[must_use]
pub fn rows() -> Vec<Row> {
    [files::rows(), tools::rows(), agents::rows()].into_iter().flatten().collect()
}

/// A tool that reads the path that is its payload and returns what it read.
#[must_use]
pub fn reader() -> Tool {
    tools::reader()
}

/// Limits under which an attack is over soon, so that the table is no matter of minutes.
pub const LIMITS: &str = "\
execute_fuel = 20_000_000
validate_fuel = 10_000_000
decide_fuel = 20_000_000
start_fuel = 50_000_000
memory_bytes = 33_554_432
component_bytes = 25_165_824
turns = 6
submit_depth = 4
";

/// An honest agent's job, to see whether the neighbours are served.
pub const NEIGHBOUR: (&str, &str) = ("greeter", r#"{"name":"Ada"}"#);

/// Every guest of the table in one data directory.
pub struct Attack {
    rows: Vec<Row>,
}

/// What became of one row.
pub struct Verdict {
    /// What the guest did.
    pub does: &'static str,
    /// Where.
    pub strikes: Strikes,
    /// The end, as the ledger has it.
    pub outcome: String,
    /// The entry: kind and number.
    pub entry: String,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { does, strikes, outcome, entry } = self;
        let short: String = outcome.chars().take(96).collect();
        write!(f, "{does:48.48} | {strikes:8} | {short:96} | {entry}")
    }
}

/// The agent that proposes whatever tool its input names.
const POKE: &str = "poke";

impl Default for Attack {
    fn default() -> Self {
        Self { rows: rows() }
    }
}

impl Attack {
    /// A data directory with an honest agent and tool, the settings for the attack, and no attacker yet.
    #[must_use]
    pub fn place(&self) -> Place {
        let place = Place::empty();
        place.add("agents/greeter");
        place.add("tools/greet");
        place.write("config/limits.toml", LIMITS);
        place.write("config/grants.toml", &self.grants());
        std::fs::create_dir_all(place.path("shared/sub")).expect("a folder");
        std::fs::write(place.path("shared/a.txt"), "\"hello\"").expect("a file");
        for (link, target) in [("shared/link", "a.txt"), ("shared/sub/up", "..")] {
            std::os::unix::fs::symlink(target, place.path(link)).expect("a link");
        }
        place
    }

    fn grants(&self) -> String {
        let mut kinds = vec!["greet".to_owned()];
        let mut text = String::new();
        for (n, row) in self.rows.iter().enumerate() {
            if let Guest::Tool(_) | Guest::Thing(_) = row.guest {
                kinds.push(row.name(n));
                if !row.grant.is_empty() {
                    text += &format!("[tool.{}]\n{}\n", row.name(n), row.grant);
                }
                if row.payload != "[1]" {
                    text += &format!("[agent.p-{0}]\npropose = [{0:?}]\n", row.name(n));
                }
            }
        }
        format!("[agent.{POKE}]\npropose = {kinds:?}\n{text}")
    }

    /// How many guests there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Puts every guest into its folder.
    pub fn put(&self, place: &Place) {
        place.drop_in(&format!("agents/{POKE}.wasm"), &Agent::poking().bytes());
        for (n, row) in self.rows.iter().enumerate() {
            let name = row.name(n);
            match &row.guest {
                Guest::Tool(bytes) => place.drop_in(&format!("tools/{name}.wasm"), bytes),
                Guest::Agent(bytes) => place.drop_in(&format!("agents/{name}.wasm"), bytes),
                Guest::Thing(thing) => thing.put(place, &format!("tools/{name}.wasm")),
            }
            if row.payload != "[1]" {
                let agent = Agent::proposing(&name, row.payload, "").bytes();
                place.drop_in(&format!("agents/p-{name}.wasm"), &agent);
            }
        }
    }

    /// Waits until the node has judged every file.
    pub fn settle(&self, place: &Place) {
        let mut wanted = BTreeSet::from([POKE.to_owned()]);
        for (n, row) in self.rows.iter().enumerate() {
            wanted.insert(row.name(n));
            if row.payload != "[1]" {
                wanted.insert(format!("p-{}", row.name(n)));
            }
        }
        // Each of them is compiled in a process of its own.
        crate::until_within(Duration::from_secs(300), "the guests' loading", || {
            let status = jaros_node::Status::read(&place.layout()).ok()?;
            let settled = status.components.iter().filter(|component| component.state != "loading");
            let ours = settled.filter(|component| wanted.contains(component.name.as_str()));
            (ours.count() == wanted.len()).then_some(())
        });
    }

    /// Submits two jobs for each guest that may have come into service, and one for the neighbour after every ten.
    #[must_use]
    pub fn strike(&self, place: &Place) -> Struck {
        let mut struck = Struck::default();
        for (n, row) in self.rows.iter().enumerate() {
            if n % 10 == 0 {
                struck.neighbours.push(neighbour(place));
            }
            if matches!(row.ends, Ends::Refused(..)) {
                continue;
            }
            let (agent, input) = match row.guest {
                Guest::Agent(_) => (row.name(n), Value::Null),
                _ if row.payload == "[1]" => (POKE.to_owned(), json!(row.name(n))),
                _ => (format!("p-{}", row.name(n)), Value::Null),
            };
            let jobs = [(); 2].map(|()| place.submit(&agent, &input));
            struck.jobs.insert(n, jobs);
        }
        struck
    }

    /// Holds every row against its end and against the ledger, and the neighbours against theirs.
    ///
    /// # Panics
    /// With everything that isn't as it has to be.
    #[must_use]
    pub fn judge(&self, place: &Place, struck: &Struck) -> Vec<Verdict> {
        for job in &struck.neighbours {
            assert_eq!(place.result(job)["state"], "DONE", "a neighbour was harmed");
        }
        let results: BTreeMap<usize, [Value; 2]> =
            struck.jobs.iter().map(|(n, jobs)| (*n, jobs.each_ref().map(|job| place.result(job)))).collect();
        let entries = Entries::read(place);
        let mut wrong = Vec::new();
        let mut verdicts = Vec::new();
        for (n, row) in self.rows.iter().enumerate() {
            let said = match results.get(&n) {
                None => entries.refused(role(row), &row.name(n)),
                Some(results) => same_twice(results).and_then(|_| {
                    let [first, second] = &struck.jobs[&n];
                    let (first, second) =
                        (entries.end_of(first, row.strikes), entries.end_of(second, row.strikes));
                    first.filter(|first| second.is_some_and(|second| second.says == first.says))
                }),
            };
            match said {
                Some(said) if row.is_met(said) => verdicts.push(row.verdict(said)),
                said => wrong.push(format!(
                    "{} ({}, {}):\n    wanted {:?}\n    on the ledger {said:?}\n    results {:?}",
                    row.does,
                    row.strikes,
                    row.name(n),
                    row.ends,
                    results.get(&n),
                )),
            }
        }
        assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), self.rows.len(), wrong.join("\n"));
        verdicts
    }
}

/// The jobs of an attack.
#[derive(Default)]
pub struct Struck {
    jobs: BTreeMap<usize, [JobId; 2]>,
    neighbours: Vec<JobId>,
}

impl Row {
    fn is_met(&self, said: &Said) -> bool {
        match (&self.ends, &said.says) {
            (Ends::Refused(code, part) | Ends::Fails(code, part), Err((said, message))) => {
                said == code && message.contains(part)
            }
            (Ends::Answers(result), Ok(said)) => said == result,
            _ => false,
        }
    }

    fn verdict(&self, said: &Said) -> Verdict {
        Verdict {
            does: self.does,
            strikes: self.strikes,
            outcome: match &said.says {
                Ok(result) => format!("answers {result}"),
                Err((code, message)) => format!("{code}: {message}"),
            },
            entry: format!("{} {}", said.kind, said.seq),
        }
    }
}

impl Thing {
    fn put(self, place: &Place, at: &str) {
        let path = place.path(at);
        match self {
            Self::Link => std::os::unix::fs::symlink("greet.wasm", path).expect("a link"),
            Self::Pipe => {
                let mode = rustix::fs::Mode::RWXU;
                rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0)
                    .expect("a pipe");
            }
            Self::Folder => std::fs::create_dir(path).expect("a folder"),
            Self::Sparse(bytes) => {
                let aside = place.path("state/aside/sparse");
                std::fs::File::create(&aside).and_then(|file| file.set_len(bytes)).expect("a file");
                std::fs::rename(aside, path).expect("a rename");
            }
        }
    }
}

/// Submits an honest job.
#[must_use]
pub fn neighbour(place: &Place) -> JobId {
    place.submit(NEIGHBOUR.0, &serde_json::from_str(NEIGHBOUR.1).expect("JSON"))
}

/// The result, where both jobs have the same but for their ids.
fn same_twice(results: &[Value; 2]) -> Option<Value> {
    let [first, second] = results.each_ref().map(|result| {
        let mut result = result.clone();
        result.as_object_mut().expect("an object").remove("id");
        // It begins with the job's id.
        result["error"]["decision"].take();
        result
    });
    (first == second).then_some(first)
}

fn role(row: &Row) -> &'static str {
    if matches!(row.guest, Guest::Agent(_)) { "agent" } else { "tool" }
}
