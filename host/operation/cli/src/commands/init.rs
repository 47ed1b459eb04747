//! `init`: a data directory with its settings, and the examples when asked for.
//!
//! *Invariant:* doing it again changes nothing; what is there is written over only with `--force`, and a settings file that
//! differs is kept beside it then.
//! *Doesn't know:* whether a node runs; one that does takes the files in as it would anybody's.
//! *Start at:* [`init`].

use std::fs;
use std::path::{Path, PathBuf};

use jaros_fabric::write_atomic;
use serde::Serialize;

use crate::args;
use crate::bundle;
use crate::context::Context;
use crate::exit::Exit;
use crate::input;
use crate::output::Paint;
use crate::problem::{Outcome, Problem};
use crate::text;

/// Bytes of a file that is compared with what would be written.
const COMPARED_BYTES: u64 = 64 << 20;

/// What was done.
#[derive(Serialize)]
struct Made {
    data_dir: String,
    created: Vec<String>,
    replaced: Vec<String>,
    /// They differ from what `init` would write, and stay.
    kept: Vec<String>,
    unchanged: usize,
    /// What the examples need and the settings that are there don't say.
    missing_grants: Option<String>,
    next: Vec<String>,
}

/// `init`.
pub(crate) fn init(context: &Context, args: &args::Init) -> Outcome {
    context.possible()?;
    context.layout.create()?;
    let mut stage = Stage { context, force: args.force, made: made(context, args) };
    stage.settings(args.with_examples)?;
    if args.with_examples {
        stage.examples()?;
    }
    let made = stage.made;
    if context.out.is_json() {
        context.out.document(&made)?;
    } else {
        print(context, &made)?;
    }
    Ok(Exit::Ok)
}

fn made(context: &Context, args: &args::Init) -> Made {
    let next: &[&str] = if args.with_examples {
        &["jaros serve", "jaros submit greeter --input '{\"name\":\"Ada\"}' --wait", "jaros replay"]
    } else {
        &["jaros init --with-examples", "jaros add-agent FILE.wasm", "jaros serve"]
    };
    Made {
        data_dir: context.root().to_string(),
        created: Vec::new(),
        replaced: Vec::new(),
        kept: Vec::new(),
        unchanged: 0,
        missing_grants: None,
        next: next.iter().map(|next| context.out.advice(next)).collect(),
    }
}

struct Stage<'a> {
    context: &'a Context,
    force: bool,
    made: Made,
}

impl Stage<'_> {
    /// Settings come before the components that need them: a node may be running.
    fn settings(&mut self, examples: bool) -> Result<(), Problem> {
        let config = self.context.layout.config();
        let grants = config.join("grants.toml");
        // Nobody has touched the file of a plain `init`: the examples' may take its place.
        let untouched = examples && is_now(&grants, bundle::NO_GRANTS.as_bytes());
        if untouched {
            write_atomic(&grants, bundle::GRANTS.as_bytes())?;
            self.made.replaced.push(self.shown(&grants));
        } else {
            let wanted = if examples { bundle::GRANTS } else { bundle::NO_GRANTS };
            let plain = !examples && grants.exists();
            if !plain {
                self.setting(&grants, wanted)?;
            }
            if examples && !is_now(&grants, bundle::GRANTS.as_bytes()) {
                self.made.missing_grants = Some(bundle::GRANTS.to_owned());
            }
        }
        self.setting(&config.join("limits.toml"), bundle::LIMITS)?;
        self.setting(&config.join("llm.json"), bundle::MODEL)
    }

    fn examples(&mut self) -> Result<(), Problem> {
        let shared = self.context.layout.root().join("shared");
        fs::create_dir_all(&shared).map_err(|error| {
            Problem::machine(format!("the folder {} can't be made: {error}", shared.display()))
                .next("look at the path, and repeat")
        })?;
        self.put(&shared.join("hello.txt"), bundle::SHARED.as_bytes())?;
        let (agents, tools) = (self.context.layout.agents(), self.context.layout.tools());
        // Tools first, so that no agent serves before what it proposes does.
        for (folder, component) in
            bundle::tools().map(|tool| (&tools, tool)).chain(bundle::agents().map(|agent| (&agents, agent)))
        {
            self.put(&folder.join(format!("{}.wasm", component.name)), component.bytes)?;
        }
        for (file, text) in jaros_evals::BUNDLED {
            self.put(&self.context.layout.evals().join(file), text.as_bytes())?;
        }
        Ok(())
    }

    /// A settings file: one that differs is somebody's work, and is kept aside when it has to go.
    fn setting(&mut self, path: &Path, text: &str) -> Result<(), Problem> {
        if self.force && path.exists() && !is_now(path, text.as_bytes()) {
            let before = PathBuf::from(format!("{}.before", path.display()));
            fs::rename(path, &before).map_err(|error| {
                Problem::machine(format!("{} can't be kept aside: {error}", path.display()))
                    .next("look at the path, and repeat")
            })?;
            write_atomic(path, text.as_bytes())?;
            self.made.replaced.push(self.shown(path));
            return Ok(());
        }
        self.put(path, text.as_bytes())
    }

    fn put(&mut self, path: &Path, bytes: &[u8]) -> Result<(), Problem> {
        let there = path.symlink_metadata().is_ok();
        let shown = self.shown(path);
        if there && is_now(path, bytes) {
            self.made.unchanged += 1;
        } else if there && !self.force {
            self.made.kept.push(shown);
        } else {
            write_atomic(path, bytes)?;
            if there { self.made.replaced.push(shown) } else { self.made.created.push(shown) }
        }
        Ok(())
    }

    fn shown(&self, path: &Path) -> String {
        path.strip_prefix(self.context.layout.root()).unwrap_or(path).display().to_string()
    }
}

fn is_now(path: &Path, bytes: &[u8]) -> bool {
    input::file(path, COMPARED_BYTES, None).is_ok_and(|there| there == bytes)
}

fn print(context: &Context, made: &Made) -> Result<(), Problem> {
    let out = &context.out;
    out.line(format_args!("{} {}", out.paint(Paint::Strong, "data directory"), made.data_dir))?;
    let listed = |what: &str, files: &[String]| match files {
        [] => Ok(()),
        files if files.len() > 6 => {
            out.line(format_args!("  {what} {}", text::several(files.len() as u64, "file")))
        }
        files => out.line(format_args!("  {what} {}", files.join(", "))),
    };
    listed("made", &made.created)?;
    listed("wrote over", &made.replaced)?;
    listed("kept as they are (--force writes over them):", &made.kept)?;
    if made.unchanged > 0 {
        out.line(format_args!(
            "  {} already as they should be",
            text::several(made.unchanged as u64, "file")
        ))?;
    }
    if let Some(grants) = &made.missing_grants {
        out.line("")?;
        out.line("The examples need these entries in config/grants.toml, which is yours and was kept:")?;
        for line in grants.lines().filter(|line| !line.starts_with('#')) {
            out.line(format_args!("  {line}"))?;
        }
    }
    out.line("")?;
    out.line("next:")?;
    made.next.iter().try_for_each(|next| out.line(format_args!("  {next}")))
}
