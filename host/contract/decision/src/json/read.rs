//! From a text, or any other self-describing format, to a canonical text in one pass.
//!
//! *Invariant:* no tree is built, and nothing is entered before its depth was checked.
//! *Doesn't know:* how a canonical text is written.
//! *Start at:* [`text`].

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::canon::Canon;
use super::{JsonError, JsonLimits};

/// The canonical form of `text`.
pub(super) fn text(text: &str, limits: JsonLimits) -> Result<String, JsonError> {
    if text.starts_with('\u{feff}') {
        return Err(JsonError::Mark);
    }
    if text.trim_ascii().is_empty() {
        return Err(JsonError::Syntax { message: String::from("the text is empty") });
    }
    let mut canon = Canon::new(limits);
    canon.reserve(text.len());
    let mut reader = serde_json::Deserializer::from_str(text);
    match Any(&mut canon).deserialize(&mut reader).and_then(|()| reader.end()) {
        Ok(()) => canon.finish(),
        Err(error) => Err(match canon.fault.take() {
            Some(fault) => fault.at(error.line(), error.column()),
            None => JsonError::Syntax { message: error.to_string() },
        }),
    }
}

/// The next value, whatever it is.
pub(super) struct Any<'c, 'de>(pub(super) &'c mut Canon<'de>);

impl<'de> Any<'_, 'de> {
    /// A reader's error can only carry a sentence; the typed one waits in the canon.
    fn keep<T, E: Error>(&mut self, result: Result<T, JsonError>) -> Result<T, E> {
        result.map_err(|fault| {
            let error = E::custom(&fault);
            self.0.fault = Some(fault);
            error
        })
    }
}

impl<'de> DeserializeSeed<'de> for Any<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.null();
        Ok(())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.0.bool(value);
        Ok(())
    }

    fn visit_u64<E: Error>(mut self, value: u64) -> Result<(), E> {
        let written = self.0.integer(false, u128::from(value));
        self.keep(written)
    }

    fn visit_i64<E: Error>(mut self, value: i64) -> Result<(), E> {
        let written = self.0.integer(value < 0, u128::from(value.unsigned_abs()));
        self.keep(written)
    }

    fn visit_f64<E: Error>(mut self, value: f64) -> Result<(), E> {
        let written = self.0.float(value);
        self.keep(written)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.string(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        let entered = self.0.array();
        let mut array = self.keep(entered)?;
        while items.next_element_seed(Item(&mut *self.0, &mut array))?.is_some() {}
        self.0.end_array();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        let entered = self.0.object();
        let mut object = self.keep(entered)?;
        while let Some(name) = members.next_key_seed(MemberName)? {
            let begun = self.0.name(&mut object, name);
            self.keep(begun)?;
            members.next_value_seed(Any(&mut *self.0))?;
            self.0.end_member();
        }
        let ended = self.0.end_object(&object);
        self.keep(ended)
    }
}

/// The next item of an array, with the comma before it.
struct Item<'c, 'de>(&'c mut Canon<'de>, &'c mut super::canon::Array);

impl<'de> DeserializeSeed<'de> for Item<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.item(self.1);
        Any(self.0).deserialize(deserializer)
    }
}

/// A member's name, borrowed from the text where it holds no escapes.
struct MemberName;

impl<'de> DeserializeSeed<'de> for MemberName {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for MemberName {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(String::from(name)))
    }

    fn visit_string<E: Error>(self, name: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name))
    }
}
