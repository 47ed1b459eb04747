//! `inspect --against`: what differs between a component and another version of it.
//!
//! *Invariant:* read from the bytes and from what each says about itself; nothing is put anywhere.
//! *Doesn't know:* whether either would be taken; `inspect` does.
//! *Start at:* [`Difference::of`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jaros_content::Content;
use jaros_decision::{Digest, Json, Name};
use jaros_node::{Inspection, Slot, Versions};
use serde::Serialize;

use super::install::Place;
use crate::context::Context;
use crate::input;
use crate::output::{Output, Paint};
use crate::problem::Problem;
use crate::text;

/// The other version.
pub(crate) struct Other {
    /// What it is, for people: `tool greet, in service`.
    pub(crate) what: String,
    pub(crate) bytes: Vec<u8>,
}

/// What came and what went.
#[derive(Serialize)]
struct Sets {
    gained: BTreeSet<String>,
    lost: BTreeSet<String>,
}

/// Something that was one thing and is another; `null` is a version that can't be asked, since it wouldn't be taken here.
#[derive(Serialize)]
struct Change<T> {
    was: Option<T>,
    is: Option<T>,
}

/// What differs.
#[derive(Serialize)]
pub(crate) struct Difference {
    /// What it is compared with.
    other: String,
    other_digest: Option<Digest>,
    other_bytes: u64,
    same: bool,
    /// What it asks for, in the words of grants.
    asks: Sets,
    imports: Sets,
    exports: Sets,
    role: Option<Change<String>>,
    description: Option<Change<String>>,
    schema: Option<Change<Json>>,
}

/// Finds what is named: a file, or the component of this name that serves, or else lies in its folder.
pub(crate) fn find(
    context: &Context,
    versions: &Versions,
    named: &Path,
    place: Option<Place>,
) -> Result<Other, Problem> {
    if let Some(name) = as_name(named) {
        for place in place.map_or_else(|| Place::ALL.to_vec(), |place| vec![place]) {
            if let Some(other) = of_name(context, versions, &name, place)? {
                return Ok(other);
            }
        }
        if !named.exists() {
            let text = format!("there is neither a component nor a file {name}");
            return Err(Problem::unknown(text).next("jaros components lists the components that there are"));
        }
    }
    Ok(Other { what: named.display().to_string(), bytes: input::file(named, u64::MAX - 1, None)? })
}

/// The component that is named, where it can be one's name.
pub(crate) fn as_name(named: &Path) -> Option<Name> {
    let name = named.to_str().filter(|text| !text.ends_with(".wasm"))?;
    Name::new(name).ok()
}

fn of_name(
    context: &Context,
    versions: &Versions,
    name: &Name,
    place: Place,
) -> Result<Option<Other>, Problem> {
    let slot = Slot { role: place.role(), name: name.clone() };
    if let Some(serving) = versions.get(&slot).and_then(|history| history.serving()) {
        let bytes = Content::open(context.layout.content())?.get(&serving.digest)?;
        return Ok(Some(Other { what: format!("{} {name}, in service", place.word()), bytes }));
    }
    let file = place.folder(context).join(format!("{name}.wasm"));
    if !file.exists() {
        return Ok(None);
    }
    let bytes = input::file(&file, u64::MAX - 1, None)?;
    Ok(Some(Other { what: format!("{} {name}, in its folder", place.word()), bytes }))
}

impl Sets {
    fn of(was: &[String], is: &[String]) -> Self {
        let (was, is): (BTreeSet<String>, BTreeSet<String>) =
            (was.iter().cloned().collect(), is.iter().cloned().collect());
        Self { gained: &is - &was, lost: &was - &is }
    }

    fn shown(&self, out: &Output) -> String {
        let gained = self
            .gained
            .iter()
            .map(|name| out.paint(Paint::Care, format_args!("+ {}", text::brief(name, 200))));
        let lost = self.lost.iter().map(|name| format!("- {}", text::brief(name, 200)));
        let all: Vec<String> = gained.chain(lost).collect();
        if all.is_empty() { "the same".into() } else { all.join("\n             ") }
    }
}

impl<T: PartialEq> Change<T> {
    fn of(was: Option<T>, is: Option<T>) -> Option<Self> {
        (was != is).then_some(Self { was, is })
    }
}

impl Difference {
    /// What `new` has that `old` hasn't, and the other way round.
    pub(crate) fn of(other: &str, old: Inspection, new: &Inspection) -> Self {
        let (was, is) = (old.profile, new.profile.clone());
        let description =
            |profile: &Option<jaros_decision::Profile>| profile.as_ref().map(|p| p.description.clone());
        let schema = |profile: &Option<jaros_decision::Profile>| profile.as_ref().map(|p| p.schema.clone());
        Self {
            other: other.into(),
            other_digest: old.digest,
            other_bytes: old.bytes,
            same: old.digest == new.digest,
            asks: Sets::of(&old.capabilities, &new.capabilities),
            imports: Sets::of(&old.imports, &new.imports),
            exports: Sets::of(&old.exports, &new.exports),
            role: Change::of(old.role, new.role.clone()),
            description: Change::of(description(&was), description(&is)),
            schema: Change::of(schema(&was), schema(&is)),
        }
    }

    /// Whether it asks for something that the other doesn't.
    pub(crate) fn asks_more(&self) -> bool {
        !self.asks.gained.is_empty()
    }

    /// For people.
    pub(crate) fn print(&self, out: &Output, new: &Inspection) -> Result<(), Problem> {
        let row = |name: &str, what: String| {
            out.line(format_args!("{} {what}", out.paint(Paint::Dim, format_args!("{name:<12}"))))
        };
        let digest = |digest: Option<Digest>| digest.map_or_else(|| "-".into(), |digest| digest.short());
        let other = text::plain(&self.other);
        row("against", out.paint(Paint::Strong, other))?;
        if self.same {
            return row("  digest", "the same: these are the same bytes".into());
        }
        row("  digest", format!("{} → {}", digest(self.other_digest), digest(new.digest)))?;
        row("  size", format!("{} → {}", text::bytes(self.other_bytes), text::bytes(new.bytes)))?;
        if let Some(role) = &self.role {
            let word = |role: &Option<String>| role.clone().unwrap_or_else(|| "-".into());
            row("  role", out.paint(Paint::Bad, format_args!("{} → {}", word(&role.was), word(&role.is))))?;
        }
        row("  asks for", self.asks.shown(out))?;
        row("  imports", self.imports.shown(out))?;
        row("  exports", self.exports.shown(out))?;
        let words = self.description.as_ref().map(|change| {
            let shown =
                |text: &Option<String>| text.as_ref().map_or_else(unasked, |text| text::brief(text, 200));
            format!("- {}\n             + {}", shown(&change.was), shown(&change.is))
        });
        row("  description", words.unwrap_or_else(|| "the same".into()))?;
        row("  schema", self.schema.as_ref().map_or_else(|| "the same".into(), schema))
    }
}

fn unasked() -> String {
    "(not asked: it wouldn't be taken here)".into()
}

/// The lines that only one of two schemas has.
fn schema(change: &Change<Json>) -> String {
    let (Some(was), Some(is)) = (&change.was, &change.is) else { return unasked() };
    let lines = |schema: &Json| {
        let pretty = serde_json::to_string_pretty(&schema.to_value()).expect("JSON is JSON");
        pretty.lines().map(|line| text::plain(line.trim_end_matches(','))).collect::<Vec<_>>()
    };
    let (was, is) = (lines(was), lines(is));
    let mut only: Vec<String> = beyond(&was, &is).into_iter().map(|line| format!("- {line}")).collect();
    only.extend(beyond(&is, &was).into_iter().map(|line| format!("+ {line}")));
    if only.is_empty() { "the same lines in another order".into() } else { only.join("\n             ") }
}

/// The lines of `these` that `those` lack, each as often as it is lacking.
fn beyond<'l>(these: &'l [String], those: &[String]) -> Vec<&'l str> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for line in those {
        *left.entry(line).or_default() += 1;
    }
    let lacking = |line: &&String| match left.get_mut(line.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    these.iter().filter(lacking).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text, jaros_decision::JsonLimits::default()).expect("JSON")
    }

    #[test]
    fn sets_tell_what_came_and_what_went() {
        let set = |text: &str| text.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
        let sets = Sets::of(&set("job log"), &set("job http"));
        assert_eq!(sets.shown(&Output::new(false)), "+ http\n             - log");
        assert_eq!(Sets::of(&set("a b"), &set("b a")).shown(&Output::new(false)), "the same");
    }

    #[test]
    fn a_schemas_difference_is_its_lines() {
        let change = |was: &str, is: &str| schema(&Change { was: Some(json(was)), is: Some(json(is)) });
        assert_eq!(
            change(r#"{"type":"object"}"#, r#"{"type":"string"}"#),
            "-   \"type\": \"object\"\n             +   \"type\": \"string\""
        );
        assert!(schema(&Change { was: None, is: Some(json("{}")) }).contains("not asked"));
    }

    #[test]
    fn names_are_told_from_files() {
        for (named, name) in
            [("greet", true), ("text.count", true), ("greet.wasm", false), ("./greet", false)]
        {
            assert_eq!(as_name(Path::new(named)).is_some(), name, "{named}");
        }
    }
}
