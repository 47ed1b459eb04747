//! `propose = ["advance", "submit"]`: which kinds an agent may propose.

use jaros_gate::Kinds;
use toml::Spanned;
use toml::de::DeValue;

use super::Reader;
use super::section::Section;

pub(super) fn read(reader: &mut Reader<'_>, key: &str, value: &Spanned<DeValue<'_>>, section: &mut Section) {
    if let Some(kinds) = reader.names(key, value, "kind", "[\"advance\", \"text.count\"]") {
        section.permission.may.kinds = Kinds::Only(kinds.into_iter().map(|(kind, _)| kind).collect());
    }
}
