//! What people type: every command and its arguments.
//!
//! *Invariant:* what is read here is well formed; whether it exists is the command's business.
//! *Doesn't know:* what commands do.
//! *Start at:* [`Cli`].

mod eval;
mod project;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jaros_capability::Role;
use jaros_decision::{JobId, Name, Source};

pub(crate) use self::eval::Eval;
pub(crate) use self::project::{Build, Dev, New};
use crate::when::{Since, since};

/// Runs agents that can be reproduced, blamed and contained: an agent only proposes, a deterministic executor decides,
/// and one hash-chained ledger remembers it
#[derive(Debug, Parser)]
#[command(name = "jaros", version, propagate_version = false, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes, before or after its name.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// The data directory [default: $JAROS_DATA_DIR, else ./.jaros-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Print JSON instead of text, errors included
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a data directory and say what is next
    Init(Init),
    /// Show in half a minute what this is about
    Demo(Demo),
    /// Run the node until SIGINT or SIGTERM
    Serve(Serve),
    /// Run one job with components from files, in a folder that goes away
    Run(Run),
    /// Write a new agent or tool, in the language that you know
    New(New),
    /// Build the component of a project, and say what it will have to be granted
    Build(Build),
    /// Build a project at each save, and run it in a node
    Dev(Dev),
    /// Check agents and tools by cases, each in a folder that goes away
    Eval(Eval),
    /// Give a job to an agent
    Submit(Submit),
    /// Let a job go on that waits for an operator
    Unblock(Unblock),
    /// End a job as failed
    Cancel(Cancel),
    /// What the node does and how it is
    Status(Status),
    /// The status again and again
    Watch(Watch),
    /// Jobs and how they stand
    Jobs(Jobs),
    /// One job, turn by turn
    Show(Show),
    /// What components and the node said beside the record
    Logs(Logs),
    /// The record, entry by entry
    Ledger(Ledger),
    /// Everything that was refused, held or stopped, and by which component
    Audit(Audit),
    /// Check every byte of the ledger: hashes, signatures, data
    Verify(Verify),
    /// Sign the ledger's head, so that a cut-off end is noticed
    Checkpoint,
    /// Run everything again from the record and compare, without a model
    Replay(Replay),
    /// The states of a job and what leads from one to the next
    Machine,
    /// The limits and the model that hold, and where each comes from
    Config(Config),
    /// Agents and tools, and how they stand
    Components(Components),
    /// Put an agent into service
    AddAgent(Add),
    /// Put a tool into service
    AddTool(Add),
    /// Take an agent or a tool out of service
    Remove(Remove),
    /// Let a version go into service that asks for more than the one before
    Approve(Approve),
    /// Put the version back that served before
    Rollback(Rollback),
    /// What a component is, asks for, and whether it would be taken
    Inspect(Inspect),
    /// Who can reach what, and why
    Grants(Grants),
    /// Let a component reach something, or an agent propose something
    Grant(Grant),
    /// Take that away again
    Revoke(Revoke),
    /// Print a script that completes commands in a shell
    Completions(Completions),
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Put the bundled agents and tools into it, with the grants that they need
    #[arg(long)]
    pub(crate) with_examples: bool,
    /// Write over what is there; a settings file that differs is kept as NAME.before
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Leave the folder there to look at
    #[arg(long)]
    pub(crate) keep: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The node's name on the record
    #[arg(long, value_name = "NAME")]
    pub(crate) node: Option<Name>,
    /// Threads that run agents and tools [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = workers)]
    pub(crate) workers: Option<usize>,
    /// Jobs that run at once; more stay in the inbox [default: 256]
    #[arg(long, value_name = "N", value_parser = running)]
    pub(crate) running: Option<usize>,
    /// End when no job is left that can go on
    #[arg(long)]
    pub(crate) once: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// An agent, and the tools that it needs
    #[arg(required = true, value_name = "FILE.wasm")]
    pub(crate) files: Vec<PathBuf>,
    /// The job's input [default: null]
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) input: Option<String>,
    /// Only ask the agent what it would propose, and judge that; carry nothing out
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// A folder with grants.toml, limits.toml and llm.json to run under
    #[arg(long, value_name = "DIR")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Submit {
    /// The agent; with --batch, the agent of every line
    #[arg(required_unless_present = "batch")]
    pub(crate) agent: Option<String>,
    /// Read the input from standard input
    #[arg(value_name = "-", conflicts_with_all = ["input", "input_file", "batch"], value_parser = ["-"], hide_possible_values = true)]
    pub(crate) stdin: Option<String>,
    /// The job's input [default: null]
    #[arg(long, value_name = "JSON", allow_hyphen_values = true, conflicts_with_all = ["input_file", "batch"])]
    pub(crate) input: Option<String>,
    /// A file with the job's input; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "batch")]
    pub(crate) input_file: Option<PathBuf>,
    /// Many jobs: {"agent":…,"input":…,"id":…} a line, or with AGENT an input a line; `-` is standard input
    #[arg(long, value_name = "FILE.ndjson")]
    pub(crate) batch: Option<PathBuf>,
    /// The job's id [default: a new one that sorts by time]
    #[arg(long, value_name = "ID", conflicts_with = "batch")]
    pub(crate) id: Option<JobId>,
    /// Wait for the result and print it
    #[arg(long)]
    pub(crate) wait: bool,
    /// Seconds to wait at most [default: as long as it takes]
    #[arg(long, value_name = "S", value_parser = seconds, requires = "wait")]
    pub(crate) timeout: Option<Duration>,
}

#[derive(Debug, Args)]
pub(crate) struct Unblock {
    /// The job's id
    pub(crate) job: JobId,
    /// A word for the agent [default: null]
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) input: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// The job's id
    pub(crate) job: JobId,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Exit with 0 only when a node serves: for health checks
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// Seconds between two looks
    #[arg(long, value_name = "S", default_value = "1", value_parser = seconds)]
    pub(crate) interval: Duration,
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Standing {
    /// In the inbox
    Queued,
    /// Under way
    Running,
    /// For the results of children
    Waiting,
    /// For an operator
    Blocked,
    /// Ended well
    Done,
    /// Ended badly
    Failed,
}

#[derive(Debug, Args)]
pub(crate) struct Jobs {
    /// Only jobs that stand like this
    #[arg(long, value_name = "STATE", ignore_case = true)]
    pub(crate) state: Option<Standing>,
    /// Only jobs of this agent
    #[arg(long, value_name = "NAME")]
    pub(crate) agent: Option<Name>,
    /// The newest N; 0 is all
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The job's id, or its beginning or end where no other has it
    pub(crate) job: JobId,
}

#[derive(Debug, Args)]
pub(crate) struct Logs {
    /// Go on with what is said from now on
    #[arg(long)]
    pub(crate) follow: bool,
    /// The newest N lines; 0 is all
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) limit: usize,
    /// Only what this source said: node, agent:NAME, tool:NAME, or a NAME
    #[arg(long, value_name = "SOURCE")]
    pub(crate) source: Option<String>,
    /// Only what was said about this job
    #[arg(long, value_name = "JOB")]
    pub(crate) job: Option<JobId>,
}

#[derive(Debug, Args)]
pub(crate) struct Ledger {
    /// Go on with what is written from now on
    #[arg(long)]
    pub(crate) follow: bool,
    /// Only entries about this job
    #[arg(long, value_name = "JOB")]
    pub(crate) job: Option<JobId>,
    /// Only entries that came from agent:NAME, operator:NAME, schedule:ID or external:NAME
    #[arg(long, value_name = "SOURCE")]
    pub(crate) source: Option<Source>,
    /// Only entries of this kind: job, reasoned, decision, refusal, outcome, done, component, …
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<String>,
    /// The newest N entries; 0 is all
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Config {
    /// What holds for the component of this name
    pub(crate) name: Option<Name>,
    /// Only what isn't the default
    #[arg(long)]
    pub(crate) changed: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Only what this agent or tool tried
    #[arg(long, value_name = "NAME")]
    pub(crate) component: Option<Name>,
    /// Only what has this code: refused, held, limit, trap, timeout, …; or approve, rollback
    #[arg(long, value_name = "CODE")]
    pub(crate) reason: Option<String>,
    /// Only what happened since a time, such as 2026-11-22 or 2026-11-22T15:09Z, or in the last 90s, 30m, 12h, 7d
    #[arg(long, value_name = "TIME|DURATION", value_parser = since)]
    pub(crate) since: Option<Since>,
    /// The newest N; 0 is all
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) limit: usize,
    /// Only the counts by component and reason
    #[arg(long, conflicts_with = "follow")]
    pub(crate) summary: bool,
    /// Go on with what happens from now on
    #[arg(long)]
    pub(crate) follow: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A checkpoint that was kept elsewhere, to notice a ledger that was rolled back as a whole
    #[arg(long, value_name = "FILE")]
    pub(crate) witness: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Only this job [default: all]
    pub(crate) job: Option<JobId>,
    /// Stop after this entry
    #[arg(long, value_name = "SEQ")]
    pub(crate) until: Option<u64>,
    /// Write what the replay made (results, artifacts) into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) into: Option<PathBuf>,
    /// Threads [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = workers)]
    pub(crate) workers: Option<usize>,
    /// A line a decision
    #[arg(long)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Components {
    /// The versions of this one that served
    pub(crate) name: Option<Name>,
    /// Only agents
    #[arg(long, conflicts_with = "tools")]
    pub(crate) agents: bool,
    /// Only tools
    #[arg(long)]
    pub(crate) tools: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The component
    pub(crate) file: PathBuf,
    /// Its name here [default: the file's own]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<Name>,
    /// Seconds to wait for the node's word at most
    #[arg(long, value_name = "S", default_value = "120", value_parser = seconds)]
    pub(crate) timeout: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The component's name
    pub(crate) name: Name,
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// The component's name
    pub(crate) name: Name,
    #[command(flatten)]
    pub(crate) which: Which,
    /// Only the version whose digest begins like this
    #[arg(long, value_name = "DIGEST")]
    pub(crate) digest: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Rollback {
    /// The component's name
    pub(crate) name: Name,
    #[command(flatten)]
    pub(crate) which: Which,
    /// The version whose digest begins like this [default: the one before]
    #[arg(long, value_name = "DIGEST")]
    pub(crate) to: Option<String>,
    /// Seconds to wait for the node's word at most
    #[arg(long, value_name = "S", default_value = "120", value_parser = seconds)]
    pub(crate) timeout: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// The component
    pub(crate) file: PathBuf,
    /// The name that it would have here [default: that of --against, else the file's own]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<Name>,
    /// What differs from the component of this name, or from another file
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) against: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Grants {
    /// Only what concerns the components of this name [default: all]
    pub(crate) name: Option<Name>,
}

#[derive(Debug, Args)]
pub(crate) struct Grant {
    /// The component's name
    pub(crate) name: Name,
    /// A key of config/grants.toml: files-read, host-facts, propose, roles, …
    pub(crate) capability: String,
    /// What of it: NAME=FOLDER for folders, kinds for propose, roles for roles, origins for http
    #[arg(value_name = "SCOPE")]
    pub(crate) scope: Vec<String>,
    /// For http: a method that is allowed; may be repeated [default: GET]
    #[arg(long = "method", value_name = "METHOD")]
    pub(crate) methods: Vec<String>,
    #[command(flatten)]
    pub(crate) which: Which,
    /// Seconds to wait for the node's word at most
    #[arg(long, value_name = "S", default_value = "120", value_parser = seconds)]
    pub(crate) timeout: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The component's name
    pub(crate) name: Name,
    /// A key of config/grants.toml [default: everything that was granted]
    pub(crate) capability: Option<String>,
    /// What of it [default: all]
    #[arg(value_name = "SCOPE")]
    pub(crate) scope: Vec<String>,
    #[command(flatten)]
    pub(crate) which: Which,
    /// Seconds to wait for the node's word at most
    #[arg(long, value_name = "S", default_value = "120", value_parser = seconds)]
    pub(crate) timeout: Duration,
}

/// Which component, where the name alone doesn't say so.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The agent of this name
    #[arg(long, conflicts_with = "tool")]
    pub(crate) agent: bool,
    /// The tool of this name
    #[arg(long)]
    pub(crate) tool: bool,
}

impl Which {
    /// The roles that the flags leave.
    pub(crate) fn roles(&self) -> &'static [Role] {
        match (self.agent, self.tool) {
            (true, _) => &[Role::Agent],
            (_, true) => &[Role::Tool],
            _ => &[Role::Agent, Role::Tool],
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: Shell,
}

/// The longest time that can be asked for: past it a sleep would overflow somewhere.
const SECONDS_MAX: f64 = 31_536_000.0;

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "a number of seconds is needed, such as 0.5".to_owned())?;
    if seconds > 0.0 && seconds <= SECONDS_MAX {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(format!("seconds go from just over 0 to {SECONDS_MAX}"))
    }
}

fn workers(text: &str) -> Result<usize, String> {
    number(text, 1024)
}

fn running(text: &str) -> Result<usize, String> {
    number(text, 65_536)
}

fn number(text: &str, most: usize) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| format!("a number from 1 to {most} is needed"))
}

#[cfg(test)]
mod tests;
