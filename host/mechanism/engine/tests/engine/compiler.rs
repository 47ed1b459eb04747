//! The child of a program that does nothing but compile, for the tests: `jaros` without its commands.

fn main() -> std::process::ExitCode {
    jaros_engine::compile_in_child(std::env::args_os().skip(1))
}
