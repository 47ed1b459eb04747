//! No component calls another: agents hand work over by proposing it, and the contract gives them no other way.
//!
//! *Invariant:* the interfaces are exactly those known here, none passes a handle, none has a function that runs another
//! component, and a world imports no more than the least.
//! *Doesn't know:* WIT's grammar beyond blocks, `func`, `import` and `export`: bindings' generators read the rest.
//! *Start at:* [`check`].

use crate::Report;

/// Every interface of the contract. A new one is a capability, and is looked at here before it is one.
pub const INTERFACES: &[&str] = &[
    "types",
    "reasoning",
    "action",
    "model",
    "actions",
    "job",
    "log",
    "panic",
    "files-read",
    "files-write",
    "store",
    "host-facts",
    "http",
];

/// What each world imports and exports.
pub const WORLDS: &[(&str, &[&str], &[&str])] = &[
    ("agent", &["model", "actions", "job", "log", "panic"], &["reasoning"]),
    ("tool", &["job", "log", "panic"], &["action"]),
];

/// Parts of names that would run another component.
const CALLING: &[&str] =
    &["call", "invoke", "spawn", "delegate", "dispatch", "run", "agent", "component", "instance"];

/// A `world` or `interface` with the statements of its body.
struct Block<'a> {
    kind: &'a str,
    name: &'a str,
    statements: Vec<&'a str>,
}

/// Judges the text of the contract. `looked_at` counts interfaces, worlds and functions.
#[must_use]
pub fn check(text: &str) -> Report {
    let mut report = Report::default();
    let text = without_comments(text);
    let blocks = blocks(&text);
    names_match(&mut report, "interface", INTERFACES.iter().copied(), &blocks);
    names_match(&mut report, "world", WORLDS.iter().map(|(name, ..)| *name), &blocks);
    for block in &blocks {
        report.saw();
        match block.kind {
            "world" => judge_world(&mut report, block),
            _ => judge_interface(&mut report, block),
        }
    }
    report
}

fn names_match<'a>(
    report: &mut Report,
    kind: &str,
    known: impl Iterator<Item = &'a str>,
    blocks: &[Block<'_>],
) {
    let known: Vec<_> = known.collect();
    let found: Vec<_> = blocks.iter().filter(|block| block.kind == kind).map(|block| block.name).collect();
    for name in found.iter().filter(|name| !known.contains(name)) {
        report.found(format!("{kind} {name} is not known: what could a component do with it?"));
    }
    for name in known.iter().filter(|name| !found.contains(name)) {
        report.found(format!("{kind} {name} is gone from the contract"));
    }
}

fn judge_interface(report: &mut Report, block: &Block<'_>) {
    for statement in &block.statements {
        let words: Vec<_> = statement.split_whitespace().collect();
        if words.first() == Some(&"resource") || statement.contains("own<") || statement.contains("borrow<") {
            report.found(format!("{} passes a handle: `{statement}`", block.name));
        }
        let Some((name, _)) = statement.split_once(':').filter(|(_, rest)| is_function(rest)) else {
            continue;
        };
        report.saw();
        let name = name.trim().trim_start_matches('%');
        if name.split('-').any(|part| CALLING.contains(&part)) {
            report.found(format!("{}.{name} would let a component run another", block.name));
        }
    }
}

fn is_function(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.starts_with("func(") || rest.starts_with("async func(")
}

fn judge_world(report: &mut Report, block: &Block<'_>) {
    let Some((_, imports, exports)) = WORLDS.iter().find(|(name, ..)| *name == block.name) else { return };
    for (word, least) in [("import ", imports), ("export ", exports)] {
        let named: Vec<_> = block
            .statements
            .iter()
            .filter_map(|statement| statement.strip_prefix(word))
            .map(str::trim)
            .collect();
        if named != **least {
            report.found(format!("world {} has {word}{named:?}; the least is {least:?}", block.name));
        }
    }
    if block.statements.iter().any(|statement| statement.starts_with("include ")) {
        report.found(format!("world {} includes another; the least is written out", block.name));
    }
}

fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The top blocks, each body cut into statements at `;`, `,` or a brace of its own depth.
fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let close = closing(rest, open);
        let head: Vec<_> = rest[..open].rsplit(';').next().unwrap_or_default().split_whitespace().collect();
        if let [kind @ ("interface" | "world"), name] = head[..] {
            let body = &rest[(open + 1).min(close)..close];
            let statements = body.split([';', '{', '}']).map(str::trim);
            blocks.push(Block {
                kind,
                name,
                statements: statements.filter(|part| !part.is_empty()).collect(),
            });
        }
        rest = rest.get(close + 1..).unwrap_or_default();
    }
    blocks
}

fn closing(text: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return at,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract() -> String {
        let interfaces = INTERFACES.iter().map(|name| format!("interface {name} {{ f: func(); }}\n"));
        let worlds = WORLDS.iter().map(|(name, imports, exports)| {
            let imports: String = imports.iter().map(|import| format!("import {import}; ")).collect();
            let exports: String = exports.iter().map(|export| format!("export {export}; ")).collect();
            format!("/// What `call: func()` says.\nworld {name} {{ {imports}{exports} }}\n")
        });
        format!("package jaros:plugin@1.0.0;\n{}", interfaces.chain(worlds).collect::<String>())
    }

    #[test]
    fn the_least_passes() {
        let report = check(&contract());
        assert!(report.wrong.is_empty(), "{:?}", report.wrong);
        assert_eq!(report.looked_at, 2 * INTERFACES.len() + WORLDS.len());
    }

    #[test]
    fn every_planted_way_to_another_component_is_found() {
        let good = contract();
        for bad in [
            format!("{good}interface peers {{ ask: func() -> string; }}"),
            good.replace("interface job { f", "interface job { call-agent"),
            good.replace("interface http { f", "interface http { f: func(); %spawn"),
            good.replace("interface store {", "interface store { resource bucket { get: func(); }"),
            good.replace("interface log { f: func();", "interface log { f: func(to: borrow<x>);"),
            good.replace("import job;", "import job; import http;"),
            good.replace("export action;", "export action; export reasoning;"),
            good.replace("world tool {", "world tool { include agent;"),
            good.replace("interface http { f: func(); }", ""),
            String::new(),
        ] {
            assert_ne!(bad, good);
            assert!(!check(&bad).wrong.is_empty(), "{bad}");
        }
    }
}
