//! Lists the SDKs' files and templates and the contract, so that the binary can write a project that stands alone.
//!
//! *Invariant:* what is embedded is exactly what lies in `guest-sdk/` and `wit/`; of an SDK the files that its
//! `sdk-files.txt` names, and its templates. An SDK without either isn't in this build.
//! *Doesn't know:* languages, or what the files say.
//! *Start at:* `main`.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Where things lie, from this crate's folder.
const SDKS: &str = "../../../guest-sdk";
const CONTRACT: &str = "../../../wit/1.0.0/jaros.wit";

/// What tools leave behind beside sources.
const LEFTOVERS: [&str; 6] =
    ["target", "node_modules", "__pycache__", ".mypy_cache", ".pytest_cache", ".jaros-data"];

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the crate is"));
    let contract = here.join(CONTRACT);
    println!("cargo::rerun-if-changed={}", contract.display());
    let mut text = format!("pub(crate) const CONTRACT: &str = include_str!({});\n", quoted(&contract));
    text += "pub(crate) const SDKS: &[Sdk] = &[\n";
    let sdks = here.join(SDKS);
    let mut whole = true;
    for folder in sorted(&sdks)?.into_iter().filter(|path| path.is_dir()) {
        let (list, templates) = (folder.join("sdk-files.txt"), folder.join("templates"));
        if !list.is_file() || !templates.is_dir() {
            whole = false;
            continue;
        }
        let name = folder.file_name().expect("a folder has a name").to_string_lossy().into_owned();
        text += &format!("    Sdk {{ name: {name:?}, files: &[\n");
        println!("cargo::rerun-if-changed={}", list.display());
        for line in fs::read_to_string(&list)?.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if !folder.join(line).exists() {
                let why = format!("guest-sdk/{name}/sdk-files.txt names {line}, which isn't there");
                return Err(io::Error::new(io::ErrorKind::NotFound, why));
            }
            text += &listed(&folder, &folder.join(line))?;
        }
        text += "    ], templates: &[\n";
        text += &listed(&templates, &templates)?;
        text += "    ] },\n";
    }
    text += "];\n";
    // What isn't there yet may come, and a path that isn't there can't be watched.
    if !whole || !sdks.is_dir() {
        println!("cargo::rerun-if-changed={}", sdks.display());
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to write"));
    fs::write(out.join("embedded.rs"), text)
}

/// Every file at or below `path`, named relative to `base`.
fn listed(base: &Path, path: &Path) -> io::Result<String> {
    println!("cargo::rerun-if-changed={}", path.display());
    let mut text = String::new();
    if path.is_dir() {
        for inner in sorted(path)? {
            let name = inner.file_name().expect("a file has a name").to_string_lossy().into_owned();
            if !LEFTOVERS.contains(&name.as_str()) {
                text += &listed(base, &inner)?;
            }
        }
    } else {
        let name = path.strip_prefix(base).expect("it lies below").to_string_lossy().into_owned();
        text += &format!("        ({name:?}, include_bytes!({})),\n", quoted(path));
    }
    Ok(text)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}

fn quoted(path: &Path) -> String {
    format!("{:?}", path.display().to_string())
}
