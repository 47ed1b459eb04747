//! Every guardrail on the real workspace. Each test says how much it looked at, and fails where that is too little.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use expect_test::expect_file;
use jaros_arch::graph::{self, Resolved, Workspace};
use jaros_arch::{
    Report, commands, container, drivers, headers, hygiene, licences, links, one_build, owners, planes,
    reach, sizes, sockets, source, wit, wit_page,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn workspace() -> Workspace {
    graph::workspace(&root()).expect("cargo reads the workspace")
}

fn resolved() -> &'static Resolved {
    static GRAPH: OnceLock<Resolved> = OnceLock::new();
    GRAPH.get_or_init(|| graph::resolved(&root()).expect("cargo resolves the workspace"))
}

fn sources() -> BTreeMap<String, String> {
    let (files, _) = source::tracked(&root()).expect("the folders can be read");
    source::rust(&root(), &files).expect("every Rust file is UTF-8")
}

/// Fails where something is wrong, or where less than `at_least` was looked at.
#[expect(clippy::print_stdout, reason = "how much was looked at is part of the answer")]
fn holds(what: &str, report: &Report, at_least: usize) {
    println!("{what}: looked at {}", report.looked_at);
    assert!(report.wrong.is_empty(), "{what}:\n  {}", report.wrong.join("\n  "));
    assert!(report.looked_at >= at_least, "{what}: looked at {}, expected {at_least}", report.looked_at);
}

#[test]
fn planes_hold_for_every_edge() {
    let workspace = workspace();
    assert!(workspace.crates.len() >= 19, "saw only {} crates", workspace.crates.len());
    holds("edges between crates", &planes::check(&workspace), 50);
}

#[test]
fn nothing_that_replays_or_executes_reaches_a_model() {
    holds(resolved().platforms, &reach::check(resolved(), reach::RULES), 200);
}

#[test]
fn nothing_but_the_console_may_listen() {
    holds("sources that ship", &sockets::check_sources(&sources()), 30);
    let workspace = workspace();
    holds("declared edges", &sockets::check_declared(&workspace), 100);
    let members: Vec<String> =
        sockets::without_console(&workspace).iter().map(|name| format!("--package={name}")).collect();
    assert!(members.len() >= 15, "saw only {members:?}");
    let mut arguments = vec!["--edges=normal,build", "--all-features", "--target=all"];
    arguments.extend(members.iter().map(String::as_str));
    let built = graph::built(&root(), &arguments).expect("cargo lists the build");
    assert!(
        built.iter().any(|package| package.name() == "tokio" && !package.features.is_empty()),
        "features are seen"
    );
    holds("packages built without the console", &sockets::check_features(&built), 150);
}

#[test]
fn no_database_driver_and_no_broker_client() {
    let lock = read("Cargo.lock");
    let packages = drivers::packages(&lock);
    for known in ["wasmtime", "tokio", "serde_json"] {
        assert!(packages.contains(&known), "{known} is not seen");
    }
    holds("locked packages", &drivers::check(&packages), 200);
}

#[test]
fn no_component_calls_another() {
    let versions = fs::read_dir(root().join("wit")).expect("the contract is there");
    let versions = versions.map(|entry| entry.expect("it is readable").path()).filter(|path| path.is_dir());
    let contracts: Vec<_> = versions.map(|version| version.join("jaros.wit")).collect();
    assert!(!contracts.is_empty(), "no version of the contract");
    for contract in contracts {
        let text =
            fs::read_to_string(&contract).unwrap_or_else(|error| panic!("{}: {error}", contract.display()));
        holds("interfaces, worlds and functions", &wit::check(&text), 30);
    }
}

#[test]
fn every_module_has_its_header() {
    holds("module files", &headers::check(&sources()), 30);
}

#[test]
fn sizes_do_not_grow() {
    let sources = sources();
    for (lines, file) in sizes::over(&sources) {
        println!("{lines} {file}");
    }
    let mut lengths: Vec<usize> = sources.values().map(|text| text.lines().count()).collect();
    lengths.sort_unstable();
    println!("median {} lines", lengths[lengths.len() / 2]);
    holds("Rust files", &sizes::check(&sources, &read("host/operation/arch/sizes.txt")), 40);
}

#[test]
fn each_owned_dependency_is_named_by_its_owner_alone() {
    holds("owned edges", &owners::check(&workspace(), owners::OWNERS), 7);
}

#[test]
fn tests_and_product_are_one_build() {
    let built = |arguments: &[&str]| graph::built(&root(), arguments).expect("cargo lists the build");
    let product = built(&["--edges=normal,build"]);
    let tests = built(&["--edges=normal,build,dev", "--workspace"]);
    holds("packages of the product", &one_build::check(&product, &tests, one_build::TOLERATED), 150);
}

#[test]
fn every_licence_is_allowed() {
    let deny = read("deny.toml");
    let allowed = licences::allowed(&deny);
    assert!(allowed.contains(&"MIT"), "the list is not read: {allowed:?}");
    holds(resolved().platforms, &licences::check(resolved(), &allowed), 150);
}

#[test]
fn the_repository_speaks_of_the_product_alone() {
    let (files, how) = source::tracked(&root()).expect("the folders can be read");
    let bytes: Vec<(String, Vec<u8>)> = files
        .into_iter()
        .map(|file| (fs::read(root().join(&file)).expect("it was listed"), file))
        .map(|(b, f)| (f, b))
        .collect();
    let files = bytes.iter().map(|(file, bytes)| (file.as_str(), bytes.as_slice()));
    holds(how, &hygiene::check(files), 60);
}

#[test]
fn the_image_can_be_built_from_what_is_there() {
    let toolchain = read("rust-toolchain.toml");
    let channel =
        toolchain.lines().find_map(|line| line.strip_prefix("channel = ")).expect("a channel is pinned");
    let exists = |path: &str| root().join(path).exists();
    holds("instructions", &container::check(&read("Dockerfile"), channel.trim_matches('"'), &exists), 10);
}

#[test]
fn what_people_are_told_to_run_is_what_runs() {
    let texts = ["README.md", "CONTRIBUTING.md"].map(|file| (file, read(file)));
    let texts = texts.each_ref().map(|(file, text)| (*file, text.as_str()));
    holds("commands in texts", &commands::check(&read("justfile"), &["test", "demo"], &texts), 4);
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let (files, _) = source::tracked(&root()).expect("the folders can be read");
    // A template's page is read in the project that is made of it.
    let pages = files.into_iter().filter(|file| file.ends_with(".md") && !file.contains("/templates/"));
    let pages = pages.map(|page| (page.clone(), read(&page))).collect();
    holds("links between pages", &links::check(&pages, &|path| root().join(path).exists()), 100);
}

#[test]
fn the_page_about_the_contract_is_what_the_contract_says() {
    let page = wit_page::render(&read("wit/1.0.0/jaros.wit")).unwrap_or_else(|unknown| panic!("{unknown}"));
    expect_file!["../../../../docs/reference/wit.md"].assert_eq(&page);
}
