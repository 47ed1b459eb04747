//! Planted violations that only cargo can tell: a small workspace with one bad edge of each kind, read as the real one is.

use std::fs;
use std::path::Path;

use jaros_arch::{graph, planes, reach, sockets};

/// A crate at `folder` named by its last part, with these lines of its manifest.
fn plant(root: &Path, folder: &str, manifest: &str) {
    let name = folder.rsplit('/').next().expect("a path has a last part");
    let folder = root.join(folder);
    fs::create_dir_all(folder.join("src")).expect("a fresh folder");
    fs::write(folder.join("src/lib.rs"), "").expect("a fresh file");
    let head = format!("[package]\nname = \"jaros-{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    fs::write(folder.join("Cargo.toml"), format!("{head}{manifest}")).expect("a fresh file");
}

/// `model` is what nobody below may use; `gate` is what everybody may.
fn workspace(folder: &str, manifest: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    let members = "[workspace]\nresolver = \"3\"\nmembers = [\"host/*/*\"]\n";
    let inherited = "[workspace.dependencies]\njaros-model = { path = \"host/reasoning/model\" }\n";
    fs::write(root.path().join("Cargo.toml"), format!("{members}{inherited}")).expect("a fresh file");
    plant(root.path(), "host/contract/gate", "");
    plant(root.path(), "host/reasoning/model", "[dependencies]\njaros-gate.path = \"../../contract/gate\"\n");
    plant(root.path(), folder, manifest);
    root
}

const MODEL: &str = "path = \"../../reasoning/model\"";

#[test]
fn an_edge_of_each_kind_is_caught() {
    for (kind, manifest) in [
        ("normal", format!("[dependencies]\njaros-model = {{ {MODEL} }}")),
        ("normal", "[dependencies]\njaros-model.workspace = true".to_owned()),
        ("dev", format!("[dev-dependencies]\njaros-model = {{ {MODEL} }}")),
        ("build", format!("[build-dependencies]\njaros-model = {{ {MODEL} }}")),
        ("normal, optional", format!("[dependencies]\njaros-model = {{ {MODEL}, optional = true }}")),
        ("normal, renamed m", format!("[dependencies]\nm = {{ {MODEL}, package = \"jaros-model\" }}")),
        (
            "normal, for cfg(windows)",
            format!("[target.'cfg(windows)'.dependencies]\njaros-model = {{ {MODEL} }}"),
        ),
        (
            "dev, renamed m, for cfg(any())",
            format!("[target.'cfg(any())'.dev-dependencies]\nm = {{ {MODEL}, package = \"jaros-model\" }}"),
        ),
    ] {
        for (plane, folder) in [
            ("Contract", "host/contract/x"),
            ("Mechanism", "host/mechanism/x"),
            ("Execution", "host/execution/x"),
        ] {
            let root = workspace(folder, &manifest);
            let read = graph::workspace(root.path()).expect("cargo reads it");
            let report = planes::check(&read);
            let said = format!("jaros-x ({plane}) uses jaros-model ({kind}): {plane} may not use Reasoning");
            assert_eq!(report.wrong, [said]);
            assert_eq!(report.looked_at, 2, "the good edge was judged too");
        }
    }
}

#[test]
fn good_edges_pass_and_strange_folders_do_not() {
    let gate = "[dependencies]\njaros-gate.path = \"../../contract/gate\"";
    for folder in ["host/execution/x", "host/reasoning/x", "host/operation/x"] {
        let root = workspace(folder, gate);
        assert!(
            planes::check(&graph::workspace(root.path()).expect("cargo reads it")).wrong.is_empty(),
            "{folder}"
        );
    }
    let root = workspace("host/utils/x", gate);
    let report = planes::check(&graph::workspace(root.path()).expect("cargo reads it"));
    assert_eq!(report.wrong, ["jaros-x lies in host/utils/x, which is no plane's folder"]);
}

#[test]
fn a_folder_outside_the_workspace_is_no_way_round() {
    let root = workspace("host/execution/x", "[dependencies]\njaros-y.path = \"../../../aside/y\"");
    plant(root.path(), "aside/y", "");
    let manifest = fs::read_to_string(root.path().join("Cargo.toml")).expect("it was written");
    fs::write(
        root.path().join("Cargo.toml"),
        manifest.replace("]\n[work", "]\nexclude = [\"aside\"]\n[work"),
    )
    .expect("it was written");
    let report = planes::check(&graph::workspace(root.path()).expect("cargo reads it"));
    assert_eq!(report.wrong.len(), 1, "{:?}", report.wrong);
}

#[test]
fn an_optional_path_to_a_model_is_reached_and_a_dev_one_is_not() {
    let optional = format!("[dependencies]\nm = {{ {MODEL}, package = \"jaros-model\", optional = true }}");
    let dev = format!("[dev-dependencies]\njaros-model = {{ {MODEL} }}");
    let rule = [reach::Rule { from: "jaros-x", must_exist: true, never: &["jaros-model"], no_clients: true }];
    for (manifest, found, reached) in [(optional, 1, 2), (dev, 0, 0)] {
        let root = workspace("host/execution/x", &manifest);
        // Members alone need no registry, but the lock file has to be there.
        let locked = std::process::Command::new(env!("CARGO"))
            .args(["generate-lockfile", "--offline"])
            .current_dir(root.path())
            .output()
            .expect("cargo runs");
        assert!(locked.status.success(), "{}", String::from_utf8_lossy(&locked.stderr));
        let report = reach::check(&graph::resolved(root.path()).expect("cargo reads it"), &rule);
        assert_eq!((report.wrong.len(), report.looked_at), (found, reached), "{:?}", report.wrong);
    }
}

#[test]
fn what_is_built_on_the_console_is_told_apart() {
    let root = workspace("host/operation/console", "");
    plant(root.path(), "host/operation/cli", "[dependencies]\njaros-console.path = \"../console\"");
    let read = graph::workspace(root.path()).expect("cargo reads it");
    assert_eq!(sockets::without_console(&read), ["jaros-gate", "jaros-model"]);
}
