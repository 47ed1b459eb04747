//! `host-facts = true`: a capability that is had or not.

use toml::Spanned;
use toml::de::DeValue;

use super::Reader;
use super::section::Section;

pub(super) fn host_facts(
    reader: &mut Reader<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    section: &mut Section,
) {
    section.permission.host_facts = reader.yes(key, value);
}

pub(super) fn store(reader: &mut Reader<'_>, key: &str, value: &Spanned<DeValue<'_>>, section: &mut Section) {
    section.permission.store = reader.yes(key, value);
}

impl Reader<'_> {
    fn yes(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> bool {
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.document.mistyped(key, value, "`true` or `false`");
            false
        })
    }
}
