//! The two sides: how each is called and what its files look like.
//!
//! *Invariant:* both run an agent `greeter` that proposes `greet` for the name in its input, and a tool `greet` that
//! answers with a greeting; whatever differs between the sides is in this file.
//! *Doesn't know:* what is measured.
//! *Start at:* [`Subject`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::trouble::{Trouble, doing};

/// A component's file.
struct File {
    folder: &'static str,
    name: &'static str,
    bytes: Vec<u8>,
}

/// One side.
pub(crate) struct Subject {
    program: PathBuf,
    /// The member of a job's file that names the agent.
    names_agent: &'static str,
    agent: File,
    tool: File,
    /// Makes a record of many decisions without running them, where running them would take too long.
    pub(crate) recorder: Option<(PathBuf, PathBuf)>,
}

/// What a job asks for, and what its result must hold.
pub(crate) const INPUT: &str = r#"{"name":"Ada"}"#;
/// See [`INPUT`].
pub(crate) const ANSWER: &str = "Hello, Ada!";

impl Subject {
    /// This build.
    pub(crate) fn ours(program: &Path) -> Result<Self, Trouble> {
        if !program.exists() {
            let text = format!(
                "{} isn't there; `cargo build --release --package jaros` makes it",
                program.display()
            );
            return Err(Trouble::Wrong(text));
        }
        let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples-wasm/built");
        let file = |folder: &'static str, name: &'static str| {
            let path = built.join(folder).join(name);
            let bytes = fs::read(&path).map_err(doing(format!("read {}", path.display())))?;
            Ok::<_, Trouble>(File { folder, name, bytes })
        };
        Ok(Self {
            program: program.to_owned(),
            names_agent: "agent",
            agent: file("agents", "greeter.wasm")?,
            tool: file("tools", "greet.wasm")?,
            recorder: None,
        })
    }

    /// The reference in its own Python environment, which has `python` and `jaros` in this folder.
    pub(crate) fn reference(programs: &Path, recorder: PathBuf) -> Self {
        let file = |folder, name, text: &str| File { folder, name, bytes: text.into() };
        Self {
            program: programs.join("jaros"),
            names_agent: "kind",
            agent: file("agents", "greeter_agent.py", include_str!("../reference/greeter_agent.py")),
            tool: file("tools", "greet_tool.py", include_str!("../reference/greet_tool.py")),
            recorder: Some((programs.join("python"), recorder)),
        }
    }

    /// The word for messages.
    pub(crate) fn name(&self) -> &'static str {
        if self.recorder.is_some() { "reference" } else { "jaros" }
    }

    /// Bytes of the tool that is dropped in.
    pub(crate) fn tool_bytes(&self) -> usize {
        self.tool.bytes.len()
    }

    /// The command line on this data directory, and on nothing else that is set around here.
    pub(crate) fn command(&self, root: &Path, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"JAROS_"))
        {
            command.env_remove(name);
        }
        command.current_dir(root.parent().unwrap_or(root)).arg("--data-dir").arg(root).args(words);
        command
    }

    /// A job's file.
    pub(crate) fn job(&self, id: &str) -> String {
        format!(r#"{{"id":"{id}","{}":"greeter","input":{INPUT}}}"#, self.names_agent)
    }

    pub(crate) fn put_agent(&self, root: &Path) -> Result<(), Trouble> {
        put(root, &self.agent)
    }

    pub(crate) fn put_tool(&self, root: &Path) -> Result<(), Trouble> {
        put(root, &self.tool)
    }
}

/// Puts a file into its folder with one rename, as every careful program does.
fn put(root: &Path, file: &File) -> Result<(), Trouble> {
    let (aside, place) = (root.with_extension(file.name), root.join(file.folder).join(file.name));
    fs::write(&aside, &file.bytes)
        .and_then(|()| fs::rename(&aside, &place))
        .map_err(doing(format!("put {}", place.display())))
}
