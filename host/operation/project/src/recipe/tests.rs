//! Recipes as tables: what is given, and the lines that come out.

use jaros_capability::Role;
use jaros_decision::Name;

use super::*;

fn recipe_of(lang: Lang, kind: Role, sources: &[&str], env: &[(&str, &str)]) -> Result<Recipe, NoSource> {
    let name = Name::new("text.count").unwrap();
    let project = Project { folder: "p".into(), name, kind, lang, sdk: "sdk".into(), with: Vec::new() };
    let sources: Vec<PathBuf> = sources.iter().map(PathBuf::from).collect();
    let env = |name: &str| env.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let wit = Path::new("build/wit");
    recipe(&Facts {
        project: &project,
        sdk_whole: Path::new("/p/sdk"),
        wit,
        world: "text-count",
        sources: &sources,
        env: &env,
        verbose: false,
    })
}

fn lines(recipe: &Recipe) -> Vec<String> {
    let line = |step: &Step| {
        let env = step.env.iter().map(|(name, value)| format!("{name}={value} "));
        format!("{}{} {}", env.collect::<String>(), step.tool, step.args.join(" "))
    };
    recipe.steps.iter().map(line).collect()
}

#[test]
fn rust_is_one_line_of_cargo() {
    let env = [("HOME", "/h")];
    let found = recipe_of(Lang::Rust, Role::Tool, &["Cargo.toml"], &env).unwrap();
    let line =
        "cargo build --release --target wasm32-unknown-unknown --message-format json-render-diagnostics";
    let linker = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-component-ld CARGO_TERM_QUIET=true";
    let flags = "CARGO_ENCODED_RUSTFLAGS=--remap-path-prefix=/h/.cargo/registry/src=crates\u{1f}--remap-path-prefix=/p/sdk=sdk";
    assert_eq!(lines(&found), [format!("{linker} {flags} {line}")]);
    assert_eq!(found.made, Made::Cargo);
    let own = [("HOME", "/h"), ("RUSTFLAGS", "-g"), ("RUSTC", "/r/rustc")];
    let found = recipe_of(Lang::Rust, Role::Tool, &["Cargo.toml"], &own).unwrap();
    assert_eq!(lines(&found), [format!("{linker} {line}")], "an author's flags stay");
    assert_eq!(found.needs[1].ways[0].words, ["/r/rustc"]);
}

#[test]
fn javascript_is_built_by_its_sdk() {
    for lang in [Lang::Js, Lang::Ts] {
        let source = format!("agent.{lang}");
        let found = recipe_of(lang, Role::Agent, &[&source, "package.json"], &[]).unwrap();
        assert_eq!(
            lines(&found),
            ["node node_modules/@jaros/guest/build.js --name text.count --world text-count --wit build/wit"]
        );
        assert_eq!(found.made, Made::Component("build/text.count.wasm".into()));
    }
    assert!(recipe_of(Lang::Ts, Role::Agent, &["agent.js"], &[]).is_err());
}

#[test]
fn python_takes_no_site_packages_but_the_projects() {
    let found = recipe_of(Lang::Python, Role::Agent, &["app.py"], &[]).unwrap();
    assert_eq!(
        lines(&found),
        [
            "VIRTUAL_ENV=.venv RUST_BACKTRACE=0 componentize-py -q -d build/wit -w text-count componentize -s -p . -p sdk \
          jaros_guest.component -o build/text.count.unchecked.wasm"
        ]
    );
    assert_eq!(found.made, Made::Component("build/text.count.unchecked.wasm".into()));
    assert_eq!(found.needs[0].ways[0].words, [".venv/bin/componentize-py"], "the project's own first");
}

#[test]
fn c_is_every_source_and_one_file_of_the_sdk() {
    let sources = ["src/a.c", "src/b.c", "src/b.h", "src/deep/c.c", "test.c"];
    let found = recipe_of(Lang::C, Role::Tool, &sources, &[("CC", "clang-19")]).unwrap();
    let line = lines(&found).remove(0);
    assert!(line.ends_with(" src/a.c src/b.c sdk/tool.c -o build/text.count.core.wasm"), "{line}");
    assert!(line.contains(" -Isdk -isystem sdk/libc ") && line.contains(" -nostdlib "), "{line}");
    assert_eq!(found.made, Made::Core("build/text.count.core.wasm".into()));
    let ways: Vec<_> = found.needs[0].ways.iter().map(|way| way.words.join(" ")).collect();
    assert_eq!((ways[0].as_str(), ways[1].as_str()), ("clang-19", "clang"), "an author's choice first");
    assert_eq!(ways.last().map(String::as_str), Some("zig"));
    let found = recipe_of(Lang::C, Role::Tool, &sources, &[("CC", "gcc")]).unwrap();
    assert_eq!(found.needs[0].ways[0].words, ["clang"], "a compiler that can't isn't tried");
}

#[test]
fn zig_has_the_sdks_root_and_the_authors_module() {
    let found = recipe_of(Lang::Zig, Role::Agent, &["src/agent.zig"], &[]).unwrap();
    let line = lines(&found).remove(0);
    assert!(line.starts_with("zig build-exe -target wasm32-freestanding "), "{line}");
    assert!(
        line.ends_with(
            "-- sdk/agent.c --dep app --dep jaros -Mroot=sdk/zig/agent.zig --dep jaros \
            -Mapp=src/agent.zig -Mjaros=sdk/zig/jaros.zig"
        ),
        "{line}"
    );
}

#[test]
fn what_the_language_begins_with_has_to_be_there() {
    for (lang, want) in [
        (Lang::Rust, "there is no Cargo.toml"),
        (Lang::Js, "there is no tool.js"),
        (Lang::Ts, "there is no tool.ts"),
        (Lang::Python, "there is no app.py"),
        (Lang::C, "there is no src/*.c"),
        (Lang::Zig, "there is no src/tool.zig"),
    ] {
        let why = recipe_of(lang, Role::Tool, &["README.md"], &[]).unwrap_err();
        assert_eq!(why.to_string(), want);
    }
}

#[test]
fn every_step_is_of_a_tool_that_is_needed_and_every_need_says_what_to_do() {
    let sources = ["Cargo.toml", "tool.js", "tool.ts", "app.py", "src/tool.c", "src/tool.zig"];
    for lang in Lang::ALL {
        let found = recipe_of(lang, Role::Tool, &sources, &[]).unwrap();
        assert!(!found.steps.is_empty());
        for step in &found.steps {
            assert!(found.needs.iter().any(|need| need.tool == step.tool), "{lang}: {}", step.tool);
        }
        for need in &found.needs {
            assert!(!need.ways.is_empty() && !need.install.is_empty(), "{lang}: {}", need.tool);
            assert!(need.missing.contains("isn't") || need.missing.contains("is here"), "{}", need.missing);
        }
    }
}
