//! One section of the file, changed in place.
//!
//! *Invariant:* whole lines of comment are never lost: those above a line that goes stay where it stood.
//! *Doesn't know:* what keys mean. `None` is a file written in a way that isn't changed here, such as an array of tables.
//! *Start at:* [`File::open`].

use jaros_decision::Name;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::Target;

/// The file, and whose section is changed.
pub(super) struct File<'a> {
    document: DocumentMut,
    target: &'a Target<'a>,
    crlf: bool,
    mark: bool,
}

const MARK: char = '\u{feff}';

impl<'a> File<'a> {
    /// Reads a text that [`Grants::parse`](crate::Grants::parse) took before.
    pub(super) fn open(text: &str, target: &'a Target<'a>) -> Self {
        let crlf = text.contains("\r\n");
        let plain = text.trim_start_matches(MARK).replace("\r\n", "\n");
        let document = plain.parse().expect("both readers of TOML take the same texts");
        Self { document, target, crlf, mark: text.starts_with(MARK) }
    }

    pub(super) fn finish(self) -> String {
        let mut text = self.document.to_string();
        if self.crlf {
            text = text.replace('\n', "\r\n");
        }
        if self.mark {
            text.insert(0, MARK);
        }
        text
    }

    pub(super) fn section(&self) -> String {
        super::section(self.target)
    }

    /// `KEY = true`.
    pub(super) fn set_flag(&mut self, key: &str) -> Option<()> {
        self.set(key, true.into(), |item| item.as_bool() == Some(true))
    }

    /// `KEY = "WORD"`.
    pub(super) fn set_word(&mut self, key: &str, word: &str) -> Option<()> {
        self.set(key, word.into(), |item| item.as_str() == Some(word))
    }

    fn set(&mut self, key: &str, value: Value, already: impl Fn(&Item) -> bool) -> Option<()> {
        let section = self.made()?;
        match section.get_mut(key) {
            Some(item) if already(item) => {}
            Some(item) => replace(item, value),
            None => put(section, key, value),
        }
        self.tidied()
    }

    /// `[….KEY."ORIGIN"]` with its methods; those that are there stay. Without any named a new one has `GET`.
    pub(super) fn set_origin(&mut self, key: &str, origin: &str, methods: &[String]) -> Option<()> {
        let fresh = self.item().is_none();
        self.made()?;
        let section = self.item()?;
        // A section that holds nothing but the origin's has no header of its own.
        let place = section.as_table_mut().filter(|_| fresh).map(|section| {
            section.set_implicit(true);
            (section.position(), section.decor().clone())
        });
        let origins = child(section, key)?;
        let new = origins.as_table_like()?.get(origin).is_none();
        let rule = child(origins, origin)?;
        if let Some(rule) = rule.as_table_mut() {
            rule.set_implicit(false);
            if let Some((position, decor)) = place {
                rule.set_position(position);
                *rule.decor_mut() = decor;
            }
        }
        let table = rule.as_table_like_mut()?;
        if table.get("methods").is_none() && (new || !methods.is_empty()) {
            put(table, "methods", Array::new().into());
        }
        if let Some(list) = table.get_mut("methods").and_then(Item::as_array_mut) {
            let get = [String::from("GET")];
            let wanted = if new && methods.is_empty() { &get } else { methods };
            for method in wanted {
                if !list.iter().any(|item| item.as_str() == Some(method)) {
                    append(list, method);
                }
            }
        }
        tidy(rule);
        tidy(origins);
        self.tidied()
    }

    /// Adds to a list what isn't there.
    pub(super) fn add_names(&mut self, key: &str, names: &[Name]) -> Option<()> {
        let section = self.made()?;
        if section.get(key).is_none() {
            put(section, key, Array::new().into());
        }
        let list = section.get_mut(key)?.as_array_mut()?;
        for name in names {
            if !list.iter().any(|item| item.as_str() == Some(name.as_str())) {
                append(list, name.as_str());
            }
        }
        self.tidied()
    }

    /// Sets members of a table of folders.
    pub(super) fn set_folders(&mut self, key: &str, folders: &[(Name, &str)]) -> Option<()> {
        let section = self.made()?;
        if section.get(key).is_none() {
            put(section, key, InlineTable::new().into());
        }
        let item = section.get_mut(key)?;
        for (name, path) in folders {
            let table = item.as_table_like_mut()?;
            match table.get_mut(name.as_str()) {
                Some(item) if item.as_str() == Some(*path) => {}
                Some(item) => replace(item, (*path).into()),
                None => {
                    put(table, name.as_str(), (*path).into());
                    tidy(item);
                }
            }
        }
        self.tidied()
    }

    /// `KEY = []`.
    pub(super) fn empty_list(&mut self, key: &str) -> Option<()> {
        let section = self.made()?;
        match section.get_mut(key) {
            Some(item) => {
                if !item.as_array()?.is_empty() {
                    replace(item, Array::new().into());
                }
            }
            None => put(section, key, Array::new().into()),
        }
        self.tidied()
    }

    /// Takes names out of a list, and an empty list out of the section, unless it is to be kept.
    pub(super) fn remove_names(&mut self, key: &str, names: &[Name], keep: bool) -> Option<()> {
        let Some(section) = self.there()? else { return Some(()) };
        let Some(item) = section.get_mut(key) else { return Some(()) };
        let list = item.as_array_mut()?;
        for at in (0..list.len()).rev() {
            if names.iter().any(|name| list.get(at).and_then(Value::as_str) == Some(name.as_str())) {
                drop_item(list, at);
            }
        }
        if list.is_empty() && !keep { self.remove(key) } else { Some(()) }
    }

    /// Takes members out of a table, and an empty table out of the section.
    pub(super) fn remove_members(&mut self, key: &str, members: &[&str]) -> Option<()> {
        let Some(section) = self.there()? else { return Some(()) };
        let Some(item) = section.get_mut(key) else { return Some(()) };
        let mut comments = String::new();
        let table = item.as_table_like_mut()?;
        let place = |member: &&&str| table.get(member).and_then(Item::as_table).and_then(written_at);
        let at = members.iter().filter_map(|member| place(&member)).min();
        for member in members {
            comments += &take(table, member);
        }
        if !comments.is_empty() {
            // The table was a section of its own, or dotted keys: both are lines.
            let next = table.iter().next().map(|(name, _)| name.to_owned());
            if let Some(mut next) = next.as_deref().and_then(|next| table.key_mut(next)) {
                prepend(next.leaf_decor_mut(), &comments);
                comments.clear();
            }
        }
        let empty = table.is_empty();
        tidy(item);
        self.leave(&comments, at);
        if empty { self.remove(key) } else { Some(()) }
    }

    /// Takes a key out of the section, if it is there.
    pub(super) fn remove(&mut self, key: &str) -> Option<()> {
        let Some(section) = self.there()? else { return Some(()) };
        if section.get(key).is_none() {
            return Some(());
        }
        let follows = section.iter().skip_while(|(name, _)| *name != key).nth(1);
        let follows = follows.filter(|(_, item)| item.is_value()).map(|(name, _)| name.to_owned());
        let at = section.get(key).and_then(Item::as_table).and_then(written_at);
        let mut comments = take(section, key);
        if let Some(mut next) = follows.as_deref().and_then(|next| section.key_mut(next)) {
            prepend(next.leaf_decor_mut(), &comments);
            comments.clear();
        }
        let section = self.item()?;
        let at = at.or_else(|| section.as_table().and_then(written_at));
        tidy(section);
        self.leave(&comments, at);
        Some(())
    }

    /// Takes the section away where nothing is left in it, and what held it.
    pub(super) fn prune(&mut self) {
        let (role, name) = (self.target.role.word(), self.target.name.as_str());
        let Some(sections) = self.document.get_mut(role).and_then(Item::as_table_like_mut) else { return };
        let at = sections.get(name).and_then(Item::as_table).and_then(written_at);
        let empty = sections.get(name).and_then(Item::as_table_like).is_some_and(TableLike::is_empty);
        if !empty {
            return;
        }
        let mut comments = take(sections, name);
        if sections.is_empty() {
            comments = take(self.document.as_table_mut(), role) + &comments;
        } else if let Some(item) = self.document.get_mut(role) {
            tidy(item);
        }
        self.leave(&comments, at);
    }

    /// The section, where it is there.
    fn there(&mut self) -> Option<Option<&mut dyn TableLike>> {
        let (role, name) = (self.target.role.word(), self.target.name.as_str());
        let Some(sections) = self.document.get_mut(role) else { return Some(None) };
        let Some(section) = sections.as_table_like_mut()?.get_mut(name) else { return Some(None) };
        section.as_table_like_mut().map(Some)
    }

    /// Once something was put into the section.
    fn tidied(&mut self) -> Option<()> {
        self.item().map(tidy)
    }

    fn item(&mut self) -> Option<&mut Item> {
        self.document
            .get_mut(self.target.role.word())?
            .as_table_like_mut()?
            .get_mut(self.target.name.as_str())
    }

    /// The section; a new one comes last in the file.
    fn made(&mut self) -> Option<&mut dyn TableLike> {
        let (role, name) = (self.target.role.word(), self.target.name.as_str());
        let last = last_position(self.document.as_table());
        let bare = self.document.as_table().is_empty();
        let root = self.document.as_table_mut();
        if root.get(role).is_none() {
            let mut sections = Table::new();
            sections.set_implicit(true);
            root.insert(role, Item::Table(sections));
        }
        let sections = root.get_mut(role)?;
        if sections.as_table_like()?.get(name).is_none() {
            let inline = sections.is_value();
            let section = if inline {
                Item::Value(InlineTable::new().into())
            } else {
                let mut section = Table::new();
                section.set_position(Some(last + 1));
                let trailing = self.document.trailing().as_str().unwrap_or_default().to_owned();
                // What stood at the end stays before what comes last now.
                let gap = if bare && trailing.trim().is_empty() { "" } else { "\n" };
                section.decor_mut().set_prefix(format!("{}{gap}", ended(&trailing)));
                self.document.set_trailing("");
                Item::Table(section)
            };
            let sections = self.document.get_mut(role)?;
            sections.as_table_like_mut()?.insert(name, section);
            tidy(sections);
        }
        self.there()?
    }

    /// Puts comments whose line went before the next section, or at the end of the file.
    fn leave(&mut self, comments: &str, at: Option<isize>) {
        if comments.is_empty() {
            return;
        }
        let next = at.and_then(|at| next_table(self.document.as_table_mut(), at));
        if let Some(table) = next {
            prepend(table.decor_mut(), comments);
        } else {
            let trailing = self.document.trailing().as_str().unwrap_or_default();
            let trailing = format!("{comments}{trailing}");
            self.document.set_trailing(format!("{}\n", trailing.trim_end()));
        }
    }
}

/// The table of this name below another one; made where there is none, in the other one's manner.
fn child<'i>(parent: &'i mut Item, name: &str) -> Option<&'i mut Item> {
    let lines = parent.as_table().is_some_and(|table| !table.is_dotted());
    let table = parent.as_table_like_mut()?;
    if table.get(name).is_none() {
        let new = if lines {
            let mut new = Table::new();
            new.set_implicit(true);
            Item::Table(new)
        } else {
            Item::Value(InlineTable::new().into())
        };
        table.insert(name, new);
    }
    table.get_mut(name)
}

/// Puts a new member into a table.
fn put(table: &mut dyn TableLike, key: &str, value: Value) {
    table.insert(key, Item::Value(value));
}

/// Another value in the same place, with what stood around the old one.
fn replace(item: &mut Item, mut value: Value) {
    if let Some(old) = item.as_value() {
        *value.decor_mut() = old.decor().clone();
    }
    *item = Item::Value(value);
}

/// One more at a list's end, on a line of its own where the others have one.
fn append(list: &mut Array, text: &str) {
    let before = list.iter().last().and_then(|last| last.decor().prefix()?.as_str()).unwrap_or_default();
    let indent = before.rfind('\n').map(|newline| before[newline..].to_owned());
    match indent {
        Some(indent) => {
            let mut value = Value::from(text);
            value.decor_mut().set_prefix(indent);
            list.push_formatted(value);
        }
        None => list.push(text),
    }
}

/// Takes one out of a list; comments above it go to the next one, or to the list's end.
fn drop_item(list: &mut Array, at: usize) {
    let gone = list.remove(at);
    let before = gone.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default().to_owned();
    let kept = if before.contains('#') { before } else { String::new() };
    if let Some(next) = list.get_mut(at) {
        let own = next.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default().to_owned();
        let own = if at == 0 && !own.contains('\n') { String::new() } else { own };
        next.decor_mut().set_prefix(format!("{}{own}", kept.trim_end()));
    } else if !kept.is_empty() {
        let own = list.trailing().as_str().unwrap_or_default().to_owned();
        list.set_trailing(format!("{}{own}", kept.trim_end()));
    } else if list.is_empty() && !list.trailing().as_str().unwrap_or_default().contains('#') {
        list.set_trailing("");
        list.set_trailing_comma(false);
    }
}

/// Takes a member out of a table and gives the whole lines of comment that stood in it or above it.
fn take(table: &mut dyn TableLike, key: &str) -> String {
    let mut comments = table.key(key).map_or_else(String::new, |key| lines(key.leaf_decor()));
    if let Some(item) = table.remove(key) {
        gather(&item, &mut comments);
    }
    comments
}

fn gather(item: &Item, comments: &mut String) {
    let Item::Table(table) = item else { return };
    *comments += &lines(table.decor());
    for (name, item) in table.iter() {
        if let Some(key) = table.key(name) {
            *comments += &lines(key.leaf_decor());
        }
        gather(item, comments);
    }
}

/// What stands before something, where there is a comment in it.
fn lines(decor: &toml_edit::Decor) -> String {
    let text = decor.prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
    if text.contains('#') { ended(text) } else { String::new() }
}

fn ended(text: &str) -> String {
    let text = text.trim_end_matches([' ', '\t']);
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

fn prepend(decor: &mut toml_edit::Decor, comments: &str) {
    if !comments.is_empty() {
        let own = decor.prefix().and_then(|prefix| prefix.as_str()).unwrap_or("\n").to_owned();
        decor.set_prefix(format!("{comments}{own}"));
    }
}

/// Spaces in an inline table as one writes them; one that has lines or comments in it is left as it is.
fn tidy(item: &mut Item) {
    let Some(table) = item.as_inline_table_mut() else { return };
    let mut inside = table.clone();
    inside.decor_mut().clear();
    if !inside.to_string().contains(['\n', '#']) {
        table.fmt();
    }
}

fn last_position(table: &Table) -> isize {
    let below = table.iter().filter_map(|(_, item)| item.as_table()).map(last_position);
    below.chain(table.position()).max().unwrap_or(0)
}

/// Where a table's first header stands: its own, or that of one below it.
fn written_at(table: &Table) -> Option<isize> {
    let own = table.position().filter(|_| !table.is_implicit());
    let below = table.iter().filter_map(|(_, item)| item.as_table()).filter_map(written_at);
    below.chain(own).min()
}

/// The first section after this place.
fn next_table(table: &mut Table, at: isize) -> Option<&mut Table> {
    fn nearest(table: &Table, at: isize) -> Option<isize> {
        let below =
            table.iter().filter_map(|(_, item)| item.as_table()).filter_map(|table| nearest(table, at));
        below.chain(table.position().filter(|position| *position > at && !table.is_implicit())).min()
    }
    fn find(table: &mut Table, at: isize) -> Option<&mut Table> {
        if table.position() == Some(at) && !table.is_implicit() {
            return Some(table);
        }
        table.iter_mut().filter_map(|(_, item)| item.as_table_mut()).find_map(|table| find(table, at))
    }
    let next = nearest(table, at)?;
    find(table, next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    /// Keys that may not be offered yet are changed like any other.
    fn changed(text: &str, change: impl Fn(&mut File<'_>) -> Option<()>) -> String {
        let name: Name = "fetch".parse().unwrap();
        let target = Target { role: Role::Tool, name: &name };
        let mut file = File::open(text, &target);
        change(&mut file).unwrap();
        file.prune();
        file.finish()
    }

    fn origin(text: &str, origin: &str, methods: &[&str]) -> String {
        let methods: Vec<String> = methods.iter().map(|method| (*method).to_owned()).collect();
        changed(text, |file| file.set_origin("http", origin, &methods))
    }

    #[test]
    fn an_origin_is_a_section_with_its_methods() {
        let one = "https://a.example";
        let table = [
            ("", &[][..], "[tool.fetch.http.\"https://a.example\"]\nmethods = [\"GET\"]\n"),
            (
                "# one\n",
                &["POST"],
                "# one\n\n[tool.fetch.http.\"https://a.example\"]\nmethods = [\"POST\"]\n",
            ),
            (
                "[tool.fetch]\nstore = true\n\n[tool.x]\n",
                &["GET"],
                "[tool.fetch]\nstore = true\n\n[tool.fetch.http.\"https://a.example\"]\nmethods = [\"GET\"]\n\n[tool.x]\n",
            ),
            (
                "[tool.fetch.http.\"https://a.example\"] # it\nmethods = [\"GET\"]\ntimeout_ms = 3\n",
                &["GET", "PUT"],
                "[tool.fetch.http.\"https://a.example\"] # it\nmethods = [\"GET\", \"PUT\"]\ntimeout_ms = 3\n",
            ),
            (
                "[tool.fetch]\nhttp.\"https://b.example\" = { methods = [\"GET\"] }\n",
                &[],
                "[tool.fetch]\nhttp.\"https://b.example\" = { methods = [\"GET\"] }\nhttp.\"https://a.example\" = { methods = \
                 [\"GET\"] }\n",
            ),
            (
                "[tool]\nfetch = { http = {} }\n",
                &[],
                "[tool]\nfetch = { http = { \"https://a.example\" = { methods = [\"GET\"] } } }\n",
            ),
        ];
        for (text, methods, expected) in table {
            let after = origin(text, one, methods);
            assert_eq!(after, expected, "{text:?}");
            assert_eq!(origin(&after, one, methods), after, "again");
        }
    }

    #[test]
    fn an_origin_that_goes_takes_its_section_with_it() {
        let one = origin("# one\n", "https://a.example", &[]);
        let two = origin(&one, "https://b.example", &[]);
        assert!(two.ends_with("\n\n[tool.fetch.http.\"https://b.example\"]\nmethods = [\"GET\"]\n"), "{two}");
        let gone = |text: &str, origin: &str| changed(text, |file| file.remove_members("http", &[origin]));
        assert_eq!(gone(&two, "https://b.example"), one);
        assert_eq!(gone(&one, "https://a.example"), "# one\n");
        assert_eq!(gone(&one, "https://c.example"), one);
        assert_eq!(changed(&two, |file| file.remove("http")), "# one\n");
    }

    #[test]
    fn a_word_is_set_once() {
        let set = |text: &str| changed(text, |file| file.set_word("wasi", "virtual"));
        let there = "[tool.fetch]\nwasi = \"virtual\"\n";
        assert_eq!((set("").as_str(), set(there).as_str()), (there, there));
    }
}
