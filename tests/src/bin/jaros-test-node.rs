//! A node as a process of its own, so that a test can kill it. `jaros-test-node DIR [--once]`.

use jaros_node::{Node, NodeError, Options};

fn main() -> Result<(), NodeError> {
    let mut args = std::env::args().skip(1);
    let root = args.next().expect("a data directory");
    let once = args.next().is_some_and(|arg| arg == "--once");
    let node = Node::open(Options { once, ..Options::new(root) })?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(node.run())
}
