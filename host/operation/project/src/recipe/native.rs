//! C and Zig: a compiler that makes a core module, which becomes a component in this program.
//!
//! *Invariant:* only what the author's code calls is in the module, so that a component asks for nothing by accident.
//! *Doesn't know:* components.
//! *Start at:* [`c`], [`zig`].

use std::path::Path;

use super::{Facts, Made, Need, NoSource, Probe, Recipe, Step, Way, owned, text};

/// What the SDK was made with.
const ZIG: &str = "ziglang==0.17.1";
/// Bytes of stack.
const STACK: &str = "1048576";
const CHECKS: &str = "-fsanitize=bounds,null,signed-integer-overflow,integer-divide-by-zero,shift,unreachable,return,vla-bound";
/// Clang by its versions, the newest first.
const CLANGS: [&str; 10] = [
    "clang", "clang-22", "clang-21", "clang-20", "clang-19", "clang-18", "clang-17", "clang-16", "clang-15",
    "clang-14",
];

/// C: clang with its linker, or Zig's copy of it.
pub(super) fn c(facts: &Facts<'_>) -> Result<Recipe, NoSource> {
    let ours = |path: &&std::path::PathBuf| {
        path.parent() == Some(Path::new("src")) && path.extension().is_some_and(|end| end == "c")
    };
    let sources: Vec<String> = facts.sources.iter().filter(ours).map(|path| text(path)).collect();
    if sources.is_empty() {
        return Err(NoSource("src/*.c".into()));
    }
    let (sdk, core) = (facts.sdk(), core(facts));
    let includes = [format!("-I{sdk}"), "-isystem".into(), format!("{sdk}/libc")];
    let stack = format!("-Wl,-z,stack-size={STACK}");
    let mut args = owned(&[
        "-std=c11",
        "-Os",
        "-ffreestanding",
        "-fno-ident",
        "-Wall",
        "-Wextra",
        CHECKS,
        "-mbulk-memory",
        "-msign-ext",
        "-mnontrapping-fptoint",
        "-ffunction-sections",
        "-fdata-sections",
        "-nostdlib",
    ]);
    args.extend(includes);
    args.extend(owned(&["-Wl,--no-entry", "-Wl,--gc-sections", "-Wl,--strip-all", &stack]));
    args.extend(sources);
    args.extend([format!("{sdk}/{}.c", facts.project.kind), "-o".into(), text(&core)]);
    let need = Need {
        tool: "compiler",
        ways: compilers((facts.env)("CC")),
        missing: "no C compiler for WebAssembly is here (looked for clang with wasm-ld, and for ziglang)"
            .into(),
        install: format!("{}, or on Debian apt-get install clang lld", install()),
    };
    let step = Step { tool: "compiler", args, env: Vec::new() };
    Ok(Recipe { needs: vec![need], steps: vec![step], made: Made::Core(core) })
}

fn compilers(own: Option<String>) -> Vec<Way> {
    let clang = |name: &str| Way {
        words: owned(&[name]),
        probes: vec![
            Probe::Says(owned(&["--print-targets"]), "wasm32 "),
            // Where it has no linker, it prints the bare word.
            Probe::Names(owned(&["--print-prog-name=wasm-ld"])),
        ],
        then: owned(&["--target=wasm32-unknown-unknown", "-Wl,--stack-first"]),
    };
    let mut ways: Vec<Way> = own.filter(|own| own.contains("clang")).iter().map(|own| clang(own)).collect();
    ways.extend(CLANGS.map(clang));
    let zigs = [&[".venv/bin/python", "-m", "ziglang"][..], &["python3", "-m", "ziglang"], &["zig"]];
    ways.extend(zigs.map(|words| Way {
        words: owned(words),
        probes: vec![Probe::Ends(owned(&["version"]))],
        then: owned(&["cc", "--target=wasm32-freestanding", "-fno-sanitize-trap=all"]),
    }));
    ways
}

/// Zig over the SDK of C. The root module is the SDK's; it exports what the author's declares.
pub(super) fn zig(facts: &Facts<'_>) -> Result<Recipe, NoSource> {
    let (sdk, core, kind) = (facts.sdk(), core(facts), facts.project.kind);
    let source = format!("src/{kind}.zig");
    facts.needs(&source)?;
    let name = format!("{}.core", facts.project.name);
    let mut args = owned(&[
        "build-exe",
        "-target",
        "wasm32-freestanding",
        "-O",
        "ReleaseSafe",
        "-fno-entry",
        "-fstrip",
        "-fsingle-threaded",
        "--stack",
        STACK,
        "--cache-dir",
        "build/.zig-cache",
        "--name",
        &name,
    ]);
    args.extend([format!("-femit-bin={}", text(&core)), format!("-I{sdk}"), "-isystem".into()]);
    args.push(format!("{sdk}/libc"));
    args.extend(owned(&[
        "-cflags",
        "-std=c11",
        "-Os",
        "-ffreestanding",
        CHECKS,
        "-fno-sanitize-trap=all",
        "--",
    ]));
    args.push(format!("{sdk}/{kind}.c"));
    args.extend(owned(&["--dep", "app", "--dep", "jaros"]));
    args.push(format!("-Mroot={sdk}/zig/{kind}.zig"));
    args.extend(owned(&["--dep", "jaros"]));
    args.extend([format!("-Mapp={source}"), format!("-Mjaros={sdk}/zig/jaros.zig")]);
    let ways = [&[".venv/bin/python", "-m", "ziglang"][..], &["zig"], &["python3", "-m", "ziglang"]];
    let version = || vec![Probe::Says(owned(&["version"]), "0.17.")];
    let need = Need {
        tool: "zig",
        ways: ways.map(|words| Way { probes: version(), ..Way::new(words) }).into(),
        missing: "Zig 0.17 isn't here (looked for ziglang in .venv, zig in $PATH, and python3 -m ziglang)"
            .into(),
        install: install(),
    };
    let step = Step { tool: "zig", args, env: Vec::new() };
    Ok(Recipe { needs: vec![need], steps: vec![step], made: Made::Core(core) })
}

fn core(facts: &Facts<'_>) -> std::path::PathBuf {
    format!("build/{}.core.wasm", facts.project.name).into()
}

fn install() -> String {
    format!("python3 -m venv .venv && .venv/bin/pip install {ZIG}")
}
