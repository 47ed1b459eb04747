//! `wasi = "virtual"`: a capability of which there are kinds, by their word.

use toml::Spanned;
use toml::de::DeValue;

use super::Reader;
use super::section::Section;
use crate::words::shown;

/// There is one kind of WASI; a word in place of `true` leaves room for others and says what one gets.
pub(super) fn wasi(reader: &mut Reader<'_>, key: &str, value: &Spanned<DeValue<'_>>, section: &mut Section) {
    match value.get_ref().as_str() {
        Some("virtual") => section.permission.wasi = true,
        Some(other) => {
            let what = format!("`wasi` is \"virtual\", not {}; leave it out for none", shown(other));
            reader.document.complain(value.span(), what);
        }
        None => reader.document.mistyped(key, value, "\"virtual\""),
    }
}
