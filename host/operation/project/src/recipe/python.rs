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
    step.env.push(("VIRTUAL_ENV", ".venv".into()));
    // Else a failed build tells thirty lines of the tool's own.
    step.env.push(("RUST_BACKTRACE", "0".into()));
    Ok(Recipe { needs: vec![need], steps: vec![step], made: Made::Component(made) })
}

/// What the tool said, as its author needs it: the program's own traceback, without the tool's and the SDK's part.
pub(super) fn told(said: &str) -> String {
    let own = said.split_once("AssertionError: ").map_or(said, |(_, rest)| rest);
    let own = own.split_once("\nCaused by:").map_or(own, |(own, _)| own);
    let mut kept = String::new();
    let mut lines = own.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("warning: site-packages directory not found") {
            continue;
        }
        if line.trim_start().starts_with("File ") && line.contains("/jaros_guest/component.py") {
            // The line of the source that follows it.
            lines.next();
            continue;
        }
        kept.push_str(&line.replace("File \"/0/", "File \""));
        kept.push('\n');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn an_author_sees_his_own_part_of_a_traceback() {
        let said = "warning: site-packages directory not found under .venv/lib\nAssertionError: Traceback (most recent call last):\n  \
            File \"/1/jaros_guest/component.py\", line 20, in <module>\n    import app\n  File \"/0/app.py\", line 2, in <module>\n    \
            from jaros_guest import store\nImportError: no store\n\nCaused by:\n    0: rust\n";
        assert_eq!(
            told(said),
            "Traceback (most recent call last):\n  File \"app.py\", line 2, in <module>\n    from jaros_guest import \
             store\nImportError: no store\n"
        );
        assert_eq!(told("warning: site-packages directory not found under .venv/lib\n"), "");
        assert_eq!(told("plain\n"), "plain\n");
    }
}
