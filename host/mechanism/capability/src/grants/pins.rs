//! `sha256 = "…"`: the versions of a component that may serve.

use std::collections::BTreeSet;

use jaros_decision::Digest;
use toml::Spanned;
use toml::de::DeValue;

use super::Reader;
use super::section::Section;
use crate::words::shown;

pub(super) fn read(reader: &mut Reader<'_>, key: &str, value: &Spanned<DeValue<'_>>, section: &mut Section) {
    let alone = std::slice::from_ref(value);
    let items: &[Spanned<DeValue<'_>>] = match value.get_ref() {
        DeValue::Array(list) => list,
        _ => alone,
    };
    let mut pins = BTreeSet::new();
    if items.is_empty() {
        let what = "`sha256` names no version, so none could serve; leave it out, or remove the component";
        reader.document.complain(value.span(), what.into());
    }
    for item in items {
        let Some(text) = item.get_ref().as_str() else {
            reader.document.mistyped(key, item, "a digest, or a list of digests, each a string");
            continue;
        };
        match text.to_ascii_lowercase().parse::<Digest>() {
            Ok(digest) if !pins.insert(digest) => {
                reader
                    .document
                    .complain(item.span(), format!("the digest {} stands here twice", shown(text)));
            }
            Ok(_) => {}
            Err(_) => {
                let what = format!(
                    "{} is no digest: SHA-256 has 64 hexadecimal digits; `jaros inspect FILE` prints a file's",
                    shown(text)
                );
                reader.document.complain(item.span(), what);
            }
        }
    }
    section.permission.pins = Some(pins);
}
