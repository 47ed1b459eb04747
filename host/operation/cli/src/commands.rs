//! The commands, a module each or a few that belong together.
//!
//! *Invariant:* a command that only looks changes nothing, takes no lock, and starts no engine.
//! *Doesn't know:* exit codes' meaning; each gives its own.
//! *Start at:* [`run()`].

mod against;
mod agree;
mod audit;
mod build;
mod components;
mod config;
mod dev;
mod eval;
mod grant;
mod grants;
mod init;
mod inspect;
mod install;
mod jobs;
mod ledger;
mod logs;
mod machine;
mod new;
mod operate;
mod prove;
mod replay;
mod run;
mod serve;
mod show;
mod status;
mod submit;
mod versions;

use crate::args::Command;
use crate::context::Context;
use crate::problem::Outcome;

/// Does what was asked for.
pub(crate) fn run(context: &Context, command: Command) -> Outcome {
    match command {
        Command::Init(args) => init::init(context, &args),
        Command::Demo(args) => crate::demo::run(context, args.keep),
        Command::Serve(args) => serve::serve(context, &args),
        Command::Run(args) => run::run(context, &args),
        Command::New(args) => new::new(context, &args),
        Command::Build(args) => build::build(context, &args),
        Command::Dev(args) => dev::dev(context, &args),
        Command::Submit(args) => submit::submit(context, &args),
        Command::Unblock(args) => operate::unblock(context, &args),
        Command::Cancel(args) => operate::cancel(context, &args),
        Command::Status(args) => status::status(context, &args),
        Command::Watch(args) => status::watch(context, &args),
        Command::Jobs(args) => jobs::jobs(context, &args),
        Command::Show(args) => show::show(context, &args),
        Command::Logs(args) => logs::logs(context, &args),
        Command::Ledger(args) => ledger::ledger(context, &args),
        Command::Audit(args) => audit::audit(context, &args),
        Command::Verify(args) => prove::verify(context, &args),
        Command::Checkpoint => prove::checkpoint(context),
        Command::Replay(args) => replay::replay(context, &args),
        Command::Eval(args) => eval::eval(context, &args),
        Command::Machine => machine::machine(context),
        Command::Config(args) => config::config(context, &args),
        Command::Components(args) => components::components(context, &args),
        Command::AddAgent(args) => install::add(context, install::Place::Agent, &args),
        Command::AddTool(args) => install::add(context, install::Place::Tool, &args),
        Command::Remove(args) => install::remove(context, &args),
        Command::Approve(args) => agree::approve(context, &args),
        Command::Rollback(args) => agree::rollback(context, &args),
        Command::Inspect(args) => inspect::inspect(context, &args),
        Command::Grants(args) => grants::grants(context, &args),
        Command::Grant(args) => grant::grant(context, &args),
        Command::Revoke(args) => grant::revoke(context, &args),
        Command::Completions(args) => machine::completions(context, &args),
    }
}
