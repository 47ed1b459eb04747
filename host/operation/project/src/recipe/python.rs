//! Python: componentize-py, which brings an interpreter and takes a snapshot of it with the program loaded.

use super::{Facts, Made, Need, NoSource, Recipe, Step, Way, text};

/// What the SDK was made with.
const PACKAGE: &str = "componentize-py==0.25.0";

pub(super) fn recipe(facts: &Facts<'_>) -> Result<Recipe, NoSource> {
    facts.needs("app.py")?;
    let need = Need {
        tool: "componentize-py",
        ways: vec![Way::new(&[".venv/bin/componentize-py"]), Way::new(&["componentize-py"])],
        missing: "componentize-py isn't here (looked in .venv/bin and $PATH)".into(),
        install: format!("python3 -m venv .venv && .venv/bin/pip install {PACKAGE}"),
    };
    let (wit, sdk, made) = (facts.wit(), facts.sdk(), facts.unchecked());
    let out = text(&made);
    let args = [
        "-q",
        "-d",
        &wit,
        "-w",
        facts.world,
        "componentize",
        "-s",
        "-p",
        ".",
        "-p",
        &sdk,
        "jaros_guest.component",
        "-o",
        &out,
    ];
    let mut step = Step::new("componentize-py", &args);
    // Else it would take in whatever the machine's own Python has installed.
    step.env.push(("VIRTUAL_ENV", text(&facts.project.folder.join(".venv"))));
    Ok(Recipe { needs: vec![need], steps: vec![step], made: Made::Component(made) })
}
