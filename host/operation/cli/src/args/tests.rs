//! Lines that are taken, and lines that are refused.

use clap::CommandFactory;

use super::*;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("jaros").chain(line.split_whitespace()))
}

#[test]
fn the_definition_holds_together() {
    Cli::command().debug_assert();
}

#[test]
fn the_data_directory_stands_before_or_after() {
    for line in ["--data-dir x status", "status --data-dir x"] {
        assert_eq!(parse(line).unwrap().global.data_dir, Some("x".into()), "{line}");
    }
}

#[test]
fn lines_that_are_taken() {
    for line in [
        "submit greeter",
        "submit greeter -",
        "submit greeter --input -5",
        "submit greeter --input-file -",
        "submit --batch jobs.ndjson --wait --timeout 0.5",
        "submit greeter --batch -",
        "jobs --state done --limit 0",
        "jobs --state DONE",
        "replay j1 --until 5 --json",
        "serve --once --workers 2 --running 8 --node a.b",
        "completions bash",
        "config --changed text.count",
        "add-agent a.wasm --name b",
        "components greet",
        "approve greet --tool --digest 0dc0",
        "rollback greet --to 0dc0 --timeout 3",
        "inspect a.wasm --against greet --name b",
        "audit --component greet --reason held --since 30m --limit 0",
        "audit --since 2026-11-22 --summary",
        "grants",
        "grants fs.stat",
        "grant fs.stat files-read data=/srv/data docs=/srv/docs --tool",
        "revoke fs.stat",
        "revoke planner propose submit --agent --timeout 3",
        "new agent poet --lang rust",
        "eval",
        "eval a.json b --filter x --junit out.xml",
        "new tool text.count --lang js --dir tools/count",
        "build",
        "build here --verbose --json",
        "dev here --input -5 --data-dir d",
    ] {
        parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
}

#[test]
fn lines_that_are_refused() {
    for line in [
        "",
        "levitate",
        "status --chek",
        "status --check --check",
        "submit",
        "submit greeter x",
        "submit greeter - --input 1",
        "submit greeter --input 1 --input-file f",
        "submit greeter --timeout 3",
        "submit greeter --id ../x",
        "submit greeter --id a.b",
        "watch --interval 0",
        "watch --interval -1",
        "watch --interval nan",
        "watch --interval inf",
        "serve --workers 0",
        "serve --running 0",
        "serve --node ../x",
        "jobs --limit -1",
        "show",
        "show a/b",
        "ledger --source greeter",
        "remove x --agent --tool",
        "approve",
        "approve x --agent --tool",
        "rollback x --agent --tool",
        "audit --since yesterday",
        "audit --summary --follow",
        "grant",
        "grant fs.stat",
        "grant ../x host-facts",
        "grant x host-facts --agent --tool",
        "revoke",
        "--data-dir",
        "machine extra",
        "config ../x",
        "new",
        "new agent poet",
        "new swarm poet --lang rust",
        "new agent ../poet --lang rust",
        "new agent poet --lang cobol",
        "build a b",
    ] {
        let refused = parse(line).err().unwrap_or_else(|| panic!("{line} was taken"));
        assert_eq!(refused.exit_code(), 2, "{line}");
    }
}
