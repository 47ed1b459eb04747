//! JavaScript and TypeScript: the SDK's own builder, run by node; it checks types, bundles, and wraps the bundle with QuickJS.

use super::{Facts, Made, Need, NoSource, Probe, Recipe, Step, Way};

/// The builder, where `npm install` puts the SDK.
const BUILDER: &str = "node_modules/@jaros/guest/build.js";

pub(super) fn recipe(facts: &Facts<'_>) -> Result<Recipe, NoSource> {
    let (kind, name, lang) = (facts.project.kind, facts.project.name.as_str(), facts.project.lang);
    facts.needs(&format!("{kind}.{lang}"))?;
    let installed = [BUILDER, "node_modules/.bin/esbuild", "node_modules/.bin/componentize-qjs"];
    let needs = vec![
        Need {
            tool: "node",
            ways: vec![Way::new(&["node"])],
            missing: "node isn't here".into(),
            install: "install Node.js 20 or newer from https://nodejs.org".into(),
        },
        Need {
            tool: "packages",
            ways: vec![Way {
                probes: installed.map(|file| Probe::File(file.into())).into(),
                ..Way::new(&["node"])
            }],
            missing: "what package.json names isn't installed in node_modules".into(),
            install: "npm install --no-audit --no-fund".into(),
        },
    ];
    let args = [BUILDER, "--name", name, "--world", facts.world, "--wit", &facts.wit()];
    let made = Made::Component(format!("build/{name}.wasm").into());
    Ok(Recipe { needs, steps: vec![Step::new("node", &args)], made })
}
