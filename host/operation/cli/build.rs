//! Lists the built example components, so that the binary carries them.
//!
//! *Invariant:* what is embedded is exactly the committed bytes of `examples-wasm/built/`.
//! *Doesn't know:* what they are for.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Where the components lie, from this crate's folder.
const BUILT: &str = "../../../examples-wasm/built";

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the crate is"));
    let built = here.join(BUILT);
    let mut text = String::new();
    for role in ["agents", "tools"] {
        let folder = built.join(role);
        println!("cargo::rerun-if-changed={}", folder.display());
        let name = role.to_uppercase();
        text += &format!("pub(crate) const {name}: &[(&str, &[u8])] = &[\n");
        for (stem, path) in components(&folder)? {
            text += &format!("    ({stem:?}, include_bytes!({:?})),\n", path.display().to_string());
        }
        text += "];\n";
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to write"));
    fs::write(out.join("bundle.rs"), text)
}

fn components(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "wasm") {
            let stem = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
            found.push((stem, path));
        }
    }
    found.sort();
    Ok(found)
}
