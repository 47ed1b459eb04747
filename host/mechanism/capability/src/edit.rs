//! Changing `config/grants.toml` as a text: what a person would have typed, in the place where they would have typed it.
//!
//! *Invariant:* a text goes in, a text comes out; what isn't concerned stays as it was, comments and order included. The
//! result is a file that [`Grants::parse`] takes, and what [`revoke`] leaves permits nothing that wasn't permitted before.
//! *Doesn't know:* where the file lies, which components there are.
//! *Start at:* [`grant`], [`revoke`].

mod file;

use std::path::Path;

use jaros_decision::Name;
use jaros_gate::Kinds;

use crate::grants::{KEYS, Key, Kind, Shape};
use crate::words::{hint, listed, shown};
use crate::{Capability, Grant, Grants, Role, SettingsError, Via};
use file::File;

/// Whose section is changed.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// What the component is for.
    pub role: Role,
    /// Its name.
    pub name: &'a Name,
}

/// Why the text stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text as it is can't be used; it is mended by hand first.
    #[error("config/grants.toml can't be used as it is")]
    Bad(SettingsError),
    /// It couldn't be used any more.
    #[error("config/grants.toml couldn't be used with that")]
    Would(SettingsError),
    /// No such key.
    #[error("there is no capability {word}{hint}; {role}s can be granted {known}")]
    Unknown {
        /// As it was named.
        word: String,
        /// What it may have meant.
        hint: String,
        /// Whose section it is.
        role: Role,
        /// What there is.
        known: String,
    },
    /// A key that such a component doesn't have.
    #[error("`{key}` isn't for {role}s; they can be granted {known}")]
    Misfit {
        /// The key.
        key: &'static str,
        /// Whose section it is.
        role: Role,
        /// What there is.
        known: String,
    },
    /// Too rich for a command.
    #[error("`{key}` is written by hand, in config/grants.toml under {section}")]
    ByHand {
        /// The key.
        key: &'static str,
        /// Where.
        section: String,
    },
    /// A scope that doesn't fit the key.
    #[error("{0}")]
    Scope(String),
    /// It has it by a role, so nothing in its own section would take it away.
    #[error("{role} `{name}` has that by its role `{by}`, which others may have too")]
    ByRole {
        /// What it is for.
        role: Role,
        /// Its name.
        name: Name,
        /// The role.
        by: Name,
    },
    /// Less in the file would be more for the component.
    #[error("without that, {role} `{name}` could do more than before: {how}")]
    More {
        /// What it is for.
        role: Role,
        /// Its name.
        name: Name,
        /// What it could do.
        how: &'static str,
    },
    /// The section is written in a way that this can't change.
    #[error("{section} is written in a way that only a person can change")]
    Unusual {
        /// Which.
        section: String,
    },
}

/// Whether components of this role have such a key; `None` where there is no such key at all.
#[must_use]
pub fn fits(word: &str, role: Role) -> Option<bool> {
    KEYS.iter().find(|key| key.name == word).map(|key| key.fits(Kind::Of(role)))
}

/// What a command can grant to components of this role.
pub fn grantable(role: Role) -> impl Iterator<Item = &'static str> {
    let by_command = move |key: &&Key| key.fits(Kind::Of(role)) && key.shape != Shape::ByHand;
    KEYS.iter().filter(by_command).map(|key| key.name)
}

/// The command that would grant this to the component of this name.
#[must_use]
pub fn command(capability: Capability, name: &Name) -> Option<String> {
    let key = KEYS.iter().find(|key| key.name == capability.interface())?;
    let scope = match key.shape {
        Shape::Flag | Shape::Word(_) => "",
        Shape::Folders => " data=/path/to/a/folder",
        Shape::Origins => " https://api.example.com",
        Shape::Names | Shape::ByHand => return None,
    };
    Some(format!("jaros grant {name} {}{scope}", key.name))
}

/// The text with this granted, `methods` for origins; the same text where it is already.
/// # Errors
/// [`EditError`], each with what would be right.
pub fn grant(
    text: &str,
    target: &Target<'_>,
    word: &str,
    scope: &[String],
    methods: &[String],
) -> Result<String, EditError> {
    parse(text).map_err(EditError::Bad)?;
    let key = known(word, target)?;
    if key.shape != Shape::Origins && !methods.is_empty() {
        return Err(EditError::Scope(format!("`{}` has no methods", key.name)));
    }
    let mut file = File::open(text, target);
    let done = match key.shape {
        Shape::Flag => unscoped(key, scope).map(|()| file.set_flag(key.name))?,
        Shape::Names => {
            let names = names(key, scope)?;
            file.add_names(key.name, &names)
        }
        Shape::Folders => {
            let folders = folders(key, scope)?;
            file.set_folders(key.name, &folders)
        }
        Shape::Origins => {
            origins(key, scope)?;
            scope.iter().try_for_each(|origin| file.set_origin(key.name, origin, methods))
        }
        Shape::Word(word) => unscoped(key, scope).map(|()| file.set_word(key.name, word))?,
        Shape::ByHand => return Err(EditError::ByHand { key: key.name, section: section(target) }),
    };
    done.ok_or_else(|| EditError::Unusual { section: section(target) })?;
    let changed = file.finish();
    parse(&changed).map_err(EditError::Would)?;
    Ok(changed)
}

/// The text without this: without the scopes, the whole key, or with no key everything that was granted. What restricts
/// stays: a list of kinds becomes an empty one, rules for payloads and pinned versions are kept.
/// # Errors
/// [`EditError`], each with what would be right.
pub fn revoke(
    text: &str,
    target: &Target<'_>,
    word: Option<&str>,
    scope: &[String],
) -> Result<String, EditError> {
    let before = parse(text).map_err(EditError::Bad)?.of(target.role, target.name);
    let mut file = File::open(text, target);
    let done = match word {
        None => take_all(&mut file, &before),
        Some(word) => take(&mut file, known(word, target)?, scope)?,
    };
    done.ok_or_else(|| EditError::Unusual { section: section(target) })?;
    file.prune();
    let changed = file.finish();
    let grants = parse(&changed).map_err(EditError::Would)?;
    let after = grants.of(target.role, target.name);
    if let Some(how) = more(&before, &after) {
        return Err(EditError::More { role: target.role, name: target.name.clone(), how });
    }
    if let Some(by) = word.and_then(|word| still(&grants, target, word, scope)) {
        return Err(EditError::ByRole { role: target.role, name: target.name.clone(), by });
    }
    Ok(changed)
}

fn take(file: &mut File<'_>, key: &Key, scope: &[String]) -> Result<Option<()>, EditError> {
    Ok(match key.shape {
        Shape::Flag | Shape::Word(_) => unscoped(key, scope).map(|()| file.remove(key.name))?,
        Shape::Names if scope.is_empty() && key.name == "propose" => file.empty_list(key.name),
        Shape::Names | Shape::Folders | Shape::Origins if scope.is_empty() => file.remove(key.name),
        Shape::Names => {
            let names = names(key, scope)?;
            // An empty list of kinds isn't the same as none: without one an agent may propose whatever is open.
            file.remove_names(key.name, &names, key.name == "propose")
        }
        Shape::Folders => {
            let names =
                scope.iter().map(|scope| scope.split_once('=').map_or(scope.as_str(), |(name, _)| name));
            file.remove_members(key.name, &names.collect::<Vec<_>>())
        }
        Shape::Origins => {
            file.remove_members(key.name, &scope.iter().map(String::as_str).collect::<Vec<_>>())
        }
        Shape::ByHand => return Err(EditError::ByHand { key: key.name, section: file.section() }),
    })
}

fn take_all(file: &mut File<'_>, before: &Grant) -> Option<()> {
    for key in KEYS.iter().filter(|key| key.shape != Shape::ByHand && key.name != "propose") {
        file.remove(key.name)?;
    }
    // Whoever had a list of kinds, by a role or by itself, is left with an empty one.
    if before.may().kinds == Kinds::Open || before.role() == Role::Tool {
        return Some(());
    }
    file.empty_list("propose")
}

/// What `after` permits that `before` didn't.
fn more(before: &Grant, after: &Grant) -> Option<&'static str> {
    let (was, is) = (before.may(), after.may());
    match (&was.kinds, &is.kinds) {
        (Kinds::Only(_), Kinds::Open) => return Some("propose whatever is open"),
        (Kinds::Only(was), Kinds::Only(is)) if !is.is_subset(was) => return Some("propose another kind"),
        _ => {}
    }
    let lost = was.rules.iter().filter(|(kind, rules)| {
        let there = is.rules.get(*kind);
        is.kinds.allow(kind, true)
            && !rules.iter().all(|rule| there.is_some_and(|there| there.contains(rule)))
    });
    if lost.count() > 0 {
        return Some("put anything into a payload that was narrowed");
    }
    match (before.pins(), after.pins()) {
        (Some(_), None) => Some("serve in any version"),
        (Some(was), Some(is)) if !is.is_subset(was) => Some("serve in another version"),
        _ => None,
    }
}

/// The role by which it still has what was taken from its own section.
fn still(grants: &Grants, target: &Target<'_>, word: &str, scope: &[String]) -> Option<Name> {
    let names = || scope.iter().map(|scope| scope.split_once('=').map_or(scope.as_str(), |(name, _)| name));
    let via = grants.via(target.role, target.name, |permission| match Capability::from_interface(word) {
        Some(capability) if scope.is_empty() => permission.grants(capability),
        Some(capability) => permission
            .names(capability)
            .iter()
            .any(|there| names().any(|name| name == there) || scope.contains(there)),
        None => match &permission.may.kinds {
            Kinds::Only(kinds) if word == "propose" => {
                if scope.is_empty() {
                    !kinds.is_empty()
                } else {
                    names().any(|name| kinds.contains(name))
                }
            }
            _ => false,
        },
    });
    via.into_iter().find_map(|via| match via {
        Via::Role(role) => Some(role),
        Via::Default | Via::Section => None,
    })
}

fn parse(text: &str) -> Result<Grants, SettingsError> {
    // Where relative folders begin changes nothing about a text's being right.
    Grants::parse(text, Path::new(""))
}

fn known(word: &str, target: &Target<'_>) -> Result<&'static Key, EditError> {
    let role = target.role;
    let by_command = || listed(grantable(role));
    match KEYS.iter().find(|key| key.name == word) {
        Some(key) if key.fits(Kind::Of(role)) => Ok(key),
        Some(key) => Err(EditError::Misfit { key: key.name, role, known: by_command() }),
        None => Err(EditError::Unknown {
            word: shown(word),
            hint: hint(word, grantable(role)),
            role,
            known: by_command(),
        }),
    }
}

fn section(target: &Target<'_>) -> String {
    Grants::default().of(target.role, target.name).section()
}

fn unscoped(key: &Key, scope: &[String]) -> Result<(), EditError> {
    match scope {
        [] => Ok(()),
        [first, ..] => {
            Err(EditError::Scope(format!("`{}` is had or not; {} can't narrow it", key.name, shown(first))))
        }
    }
}

/// Names, at least one.
fn names(key: &Key, scope: &[String]) -> Result<Vec<Name>, EditError> {
    if scope.is_empty() {
        let what = if key.name == "roles" { "reporter" } else { "submit" };
        return Err(EditError::Scope(format!("`{}` needs at least one name, such as {what}", key.name)));
    }
    let name = |text: &String| {
        Name::new(text).map_err(|error| EditError::Scope(format!("{} is no name: {error}", shown(text))))
    };
    scope.iter().map(name).collect()
}

/// At least one origin; whether it is one is the file's reader's to say.
fn origins(key: &Key, scope: &[String]) -> Result<(), EditError> {
    if scope.is_empty() {
        let text = format!("`{}` needs an origin, such as https://api.example.com", key.name);
        return Err(EditError::Scope(text));
    }
    Ok(())
}

/// Folders by the name that a component sees, at least one.
fn folders<'s>(key: &Key, scope: &'s [String]) -> Result<Vec<(Name, &'s str)>, EditError> {
    if scope.is_empty() {
        let text = format!("`{}` needs a folder and a name for it, such as data=/srv/data", key.name);
        return Err(EditError::Scope(text));
    }
    let folder = |text: &'s String| {
        let parts = text.split_once('=').filter(|(_, path)| !path.is_empty());
        let (name, path) = parts.ok_or_else(|| {
            EditError::Scope(format!(
                "{} names no folder: write NAME=FOLDER, such as data=/srv/data",
                shown(text)
            ))
        })?;
        let name = Name::new(name)
            .map_err(|error| EditError::Scope(format!("{} is no folder's name: {error}", shown(name))))?;
        Ok((name, path))
    };
    scope.iter().map(folder).collect()
}
