//! What every command begins with: which folder, who asks, how to print.
//!
//! *Invariant:* finding out changes nothing on disk and starts nothing; a command that only looks stays quick.
//! *Doesn't know:* commands.
//! *Start at:* [`Context::new`].

use std::fs;
use std::path::{Path, PathBuf};

use jaros_capability::{Ceilings, LimitSet, Role};
use jaros_decision::{JsonLimits, Name};
use jaros_engine::{Compiler, Engine, Settings, SetupError};
use jaros_fabric::{Layout, LiveNode};
use jaros_node::Status;

use crate::args::Global;
use crate::exit::Exit;
use crate::input;
use crate::output::Output;
use crate::problem::{Problem, code};

/// Where the data are when nobody says so.
const DEFAULT_DIR: &str = ".jaros-data";
/// Bytes of `.env` and of a settings file.
const SETTINGS_BYTES: u64 = 1 << 20;

/// What commands share.
pub(crate) struct Context {
    /// The data directory's paths.
    pub(crate) layout: Layout,
    /// Where words go.
    pub(crate) out: Output,
    /// The data directory as it was named on the command line, if it was.
    pub(crate) named: Option<PathBuf>,
}

impl Context {
    /// Reads `./.env`, then finds the data directory: `--data-dir`, else `$JAROS_DATA_DIR`, else `./.jaros-data`.
    pub(crate) fn new(global: &Global) -> Result<Self, Problem> {
        read_env(Path::new(".env"))?;
        let from_env = std::env::var_os("JAROS_DATA_DIR").filter(|dir| !dir.is_empty()).map(PathBuf::from);
        let root = global.data_dir.clone().or(from_env).unwrap_or_else(|| DEFAULT_DIR.into());
        let out = Output::new(global.json).named(global.data_dir.as_deref());
        Ok(Self { layout: Layout::new(root), out, named: global.data_dir.clone() })
    }

    /// The same for another folder.
    pub(crate) fn elsewhere(&self, root: impl Into<PathBuf>) -> Self {
        Self { layout: Layout::new(root), out: Output::new(self.out.is_json()), named: None }
    }

    /// The data directory as people are told it.
    pub(crate) fn root(&self) -> std::path::Display<'_> {
        self.layout.root().display()
    }

    /// That the data directory, where it is missing, could be made.
    pub(crate) fn possible(&self) -> Result<(), Problem> {
        let root = self.layout.root();
        if root.exists() && !root.is_dir() {
            let text = format!("{} is no folder", root.display());
            return Err(Problem::input(text).next("name a folder with --data-dir"));
        }
        Ok(())
    }

    /// That there is a data directory.
    pub(crate) fn existing(&self) -> Result<(), Problem> {
        if self.is_there() {
            return Ok(());
        }
        self.possible()?;
        let text = format!("there is no data directory at {}", self.root());
        Err(Problem::new(Exit::No, code::NOTHING_YET, text)
            .next("jaros init --with-examples makes one; --data-dir names another"))
    }

    /// Whether there is a data directory.
    pub(crate) fn is_there(&self) -> bool {
        self.layout.executor().is_dir()
    }

    /// The node that runs here.
    pub(crate) fn live(&self) -> Result<Option<LiveNode>, Problem> {
        Ok(self.layout.live_node()?)
    }

    /// The node that runs here, which the command needs.
    pub(crate) fn running(&self) -> Result<LiveNode, Problem> {
        self.existing()?;
        self.live()?.ok_or_else(|| self.no_node())
    }

    /// That no node runs here.
    pub(crate) fn no_node(&self) -> Problem {
        Problem::new(Exit::Unanswered, code::NO_NODE, format!("no node is running on {}", self.root()))
            .next("jaros serve, in another terminal")
    }

    /// What the node that runs here says of itself. `None`: none runs, or it hasn't said anything yet.
    pub(crate) fn live_status(&self) -> Result<Option<Status>, Problem> {
        let Some(live) = self.live()? else { return Ok(None) };
        let status = Status::read(&self.layout).ok();
        // A file of a node before this one tells about that one.
        Ok(status.filter(|status| status.pid == live.pid && status.at_ms >= live.started))
    }

    /// An engine for what lies here, as a node would have it.
    pub(crate) fn engine(&self) -> Result<Engine, SetupError> {
        let compiled_dir = Some(self.layout.compiled());
        let limits = jaros_replay::engine_limits(&self.layout);
        Engine::new(&Settings { compiled_dir, limits, ..Settings::new(compiler()) })
    }

    /// The limits in force, as far as the file can be read; a node refuses one that can't.
    pub(crate) fn limits(&self) -> LimitSet {
        LimitSet::parse(&self.setting("limits.toml"), &Ceilings::default()).unwrap_or_default()
    }

    /// The text of a settings file; empty where there is none that can be read.
    pub(crate) fn setting(&self, file: &str) -> String {
        let text = input::file(&self.layout.config().join(file), SETTINGS_BYTES, None).unwrap_or_default();
        String::from_utf8_lossy(&text).into_owned()
    }

    /// How large JSON may be that goes to this agent, or to the one that may have the largest.
    pub(crate) fn json_limits(&self, agent: Option<&Name>) -> JsonLimits {
        let limits = self.limits();
        match agent {
            Some(agent) => limits.of(Role::Agent, agent.as_str()).json(),
            None => limits.largest().json(),
        }
    }
}

/// Where this program compiles: in a child of itself, always.
pub(crate) fn compiler() -> Compiler {
    Compiler::own(crate::COMPILE)
}

/// Sets what a file of `NAME=value` lines says and the environment doesn't.
fn read_env(path: &Path) -> Result<(), Problem> {
    let Ok(metadata) = fs::metadata(path) else { return Ok(()) };
    // Opening a FIFO would wait for whoever writes into it.
    if !metadata.is_file() {
        return Ok(());
    }
    let mend = "mend that line, or run jaros in another folder";
    if metadata.len() > SETTINGS_BYTES {
        return Err(Problem::input(format!("./.env has over {SETTINGS_BYTES} bytes")).next(mend));
    }
    dotenvy::from_path(path).map_err(|error| Problem::input(unread(path, &error)).next(mend))
}

/// Names the line and doesn't show it: it may hold a key.
fn unread(path: &Path, error: &dotenvy::Error) -> String {
    let dotenvy::Error::LineParse(wrong, _) = error else { return format!("./.env can't be read: {error}") };
    let text = fs::read_to_string(path).unwrap_or_default();
    let number = text.lines().position(|line| line.trim_end().ends_with(wrong.trim_end()));
    let line = number.map_or_else(|| "a line".to_owned(), |number| format!("line {}", number + 1));
    format!("{line} of ./.env isn't NAME=value; a value with spaces stands in quotes")
}

/// The person at the command line: `$USER`, else the account's name, else `operator`.
pub(crate) fn operator() -> Name {
    let user = std::env::var("USER").ok().filter(|user| !user.is_empty());
    let name = user.or_else(account).unwrap_or_default();
    as_name(&name).unwrap_or_else(|| Name::new("operator").expect("a name"))
}

/// The account's name by `/etc/passwd`.
fn account() -> Option<String> {
    let uid = rustix::process::getuid().as_raw().to_string();
    let passwd = fs::read_to_string("/etc/passwd").ok()?;
    let line = passwd.lines().find(|line| line.split(':').nth(2) == Some(&uid))?;
    line.split(':').next().map(ToOwned::to_owned)
}

/// The nearest text that is a name: `MAIL\jo.doe` becomes `MAIL-jo.doe`.
fn as_name(text: &str) -> Option<Name> {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let mut text: String = text.chars().map(allowed).take(64).collect();
    while text.contains("..") {
        text = text.replace("..", ".");
    }
    let text = text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric()).trim_end_matches('.');
    Name::new(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_become_names() {
        for (account, want) in [
            ("ann", Some("ann")),
            ("MAIL\\jo.doe", Some("MAIL-jo.doe")),
            ("jörg", Some("j-rg")),
            ("..x..y..", Some("x.y")),
            ("_svc", Some("svc")),
            ("", None),
            ("---", None),
        ] {
            assert_eq!(as_name(account).as_ref().map(Name::as_str), want, "{account}");
        }
        assert!(as_name(&"x".repeat(300)).is_some());
    }

    #[test]
    fn an_env_file_that_is_none_holds_nobody_up() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".env");
        assert!(read_env(&path).is_ok(), "none");
        fs::create_dir(&path).unwrap();
        assert!(read_env(&path).is_ok(), "a folder");
        fs::remove_dir(&path).unwrap();
        fs::write(&path, "JAROS_TEST_ONE=1\n# remark\n\n").unwrap();
        assert!(read_env(&path).is_ok());
        for wrong in ["secret key", "SECRET=a key"] {
            fs::write(&path, format!("# remark\n{wrong}\n")).unwrap();
            let problem = read_env(&path).unwrap_err();
            assert_eq!(problem.exit, Exit::Input);
            assert!(problem.message.starts_with("line 2 of ./.env isn't"), "{problem}");
        }
    }
}
