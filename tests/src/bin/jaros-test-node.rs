//! A node as a process of its own, so that a test can kill it. `jaros-test-node DIR [--once]`.

use std::process::ExitCode;

use jaros_engine::{Compiler, compile_in_child};
use jaros_node::{Node, NodeError, Options};

/// What it calls itself with to compile, as `jaros` does.
const COMPILE: &str = "compile-component";

fn main() -> Result<ExitCode, NodeError> {
    let mut args = std::env::args_os().skip(1).peekable();
    if args.next_if(|arg| arg == COMPILE).is_some() {
        return Ok(compile_in_child(args));
    }
    let root = args.next().expect("a data directory");
    let once = args.next().is_some_and(|arg| arg == "--once");
    let node = Node::open(Options { once, ..Options::new(root, Compiler::own(COMPILE)) })?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(node.run()).map(|()| ExitCode::SUCCESS)
}
