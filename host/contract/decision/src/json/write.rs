//! From any serialisable Rust value to a canonical text in one pass.
//!
//! *Invariant:* enums, options and maps have the same JSON as with serde_json, so a type has one JSON everywhere.
//! *Doesn't know:* limits of bytes; what the host writes has none.
//! *Start at:* [`Canon`] as a [`Serializer`].

use alloc::borrow::Cow;
use alloc::string::String;

use serde::ser::{
    Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::canon::{Array, Canon, Object};
use super::{Json, JsonError};

/// How serde_json's `RawValue`, and so a [`Json`] inside another value, shows itself to a serialiser.
const RAW: &str = "$serde_json::private::RawValue";

type Done = Result<(), JsonError>;

/// Items under way, and how many objects around them end with them.
pub(super) struct Items<'c, 'k> {
    canon: &'c mut Canon<'k>,
    array: Array,
    variant: Option<Object>,
}

/// Members under way.
pub(super) struct Members<'c, 'k> {
    canon: &'c mut Canon<'k>,
    object: Object,
    variant: Option<Object>,
}

/// The members of a struct, or the one text that stands for a whole value.
pub(super) enum Fields<'c, 'k> {
    Members(Members<'c, 'k>),
    Raw(&'c mut Canon<'k>),
}

impl<'c, 'k> Items<'c, 'k> {
    fn begin(canon: &'c mut Canon<'k>, variant: Option<&'static str>) -> Result<Self, JsonError> {
        let variant = variant.map(|name| begin_variant(canon, name)).transpose()?;
        let array = canon.array()?;
        Ok(Self { canon, array, variant })
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.canon.item(&mut self.array);
        value.serialize(&mut *self.canon)
    }

    fn end(self) -> Done {
        self.canon.end_array();
        end_variant(self.canon, self.variant)
    }
}

impl<'c, 'k> Members<'c, 'k> {
    fn begin(canon: &'c mut Canon<'k>, variant: Option<&'static str>) -> Result<Self, JsonError> {
        let variant = variant.map(|name| begin_variant(canon, name)).transpose()?;
        let object = canon.object()?;
        Ok(Self { canon, object, variant })
    }

    fn member<T: Serialize + ?Sized>(&mut self, name: Cow<'k, str>, value: &T) -> Done {
        self.canon.name(&mut self.object, name)?;
        self.value(value)
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(&mut *self.canon)?;
        self.canon.end_member();
        Ok(())
    }

    fn end(self) -> Done {
        self.canon.end_object(&self.object)?;
        end_variant(self.canon, self.variant)
    }
}

fn begin_variant(canon: &mut Canon<'_>, name: &'static str) -> Result<Object, JsonError> {
    let mut object = canon.object()?;
    canon.name(&mut object, Cow::Borrowed(name))?;
    Ok(object)
}

fn end_variant(canon: &mut Canon<'_>, variant: Option<Object>) -> Done {
    let Some(object) = variant else { return Ok(()) };
    canon.end_member();
    canon.end_object(&object)
}

impl SerializeSeq for Items<'_, '_> {
    type Ok = ();
    type Error = JsonError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.item(value)
    }

    fn end(self) -> Done {
        Items::end(self)
    }
}

impl SerializeTuple for Items<'_, '_> {
    type Ok = ();
    type Error = JsonError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.item(value)
    }

    fn end(self) -> Done {
        Items::end(self)
    }
}

impl SerializeTupleStruct for Items<'_, '_> {
    type Ok = ();
    type Error = JsonError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.item(value)
    }

    fn end(self) -> Done {
        Items::end(self)
    }
}

impl SerializeTupleVariant for Items<'_, '_> {
    type Ok = ();
    type Error = JsonError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.item(value)
    }

    fn end(self) -> Done {
        Items::end(self)
    }
}

impl SerializeMap for Members<'_, '_> {
    type Ok = ();
    type Error = JsonError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        let name = member_name(key)?;
        self.canon.name(&mut self.object, Cow::Owned(name))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.value(value)
    }

    fn end(self) -> Done {
        Members::end(self)
    }
}

impl SerializeStructVariant for Members<'_, '_> {
    type Ok = ();
    type Error = JsonError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        self.member(Cow::Borrowed(name), value)
    }

    fn end(self) -> Done {
        Members::end(self)
    }
}

impl SerializeStruct for Fields<'_, '_> {
    type Ok = ();
    type Error = JsonError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        match self {
            Self::Members(members) => members.member(Cow::Borrowed(name), value),
            Self::Raw(canon) => canon.text(&Json::of(value)?.to::<String>()?),
        }
    }

    fn end(self) -> Done {
        match self {
            Self::Members(members) => members.end(),
            Self::Raw(_) => Ok(()),
        }
    }
}

macro_rules! integers {
    ($($method:ident $type:ty),*) => {$(
        fn $method(self, value: $type) -> Done {
            // Compared with 0 in the wide type, so that unsigned ones need no method of their own.
            self.integer(i128::from(value) < 0, i128::from(value).unsigned_abs())
        }
    )*};
}

impl<'c, 'k> Serializer for &'c mut Canon<'k> {
    type Ok = ();
    type Error = JsonError;
    type SerializeSeq = Items<'c, 'k>;
    type SerializeTuple = Items<'c, 'k>;
    type SerializeTupleStruct = Items<'c, 'k>;
    type SerializeTupleVariant = Items<'c, 'k>;
    type SerializeMap = Members<'c, 'k>;
    type SerializeStruct = Fields<'c, 'k>;
    type SerializeStructVariant = Members<'c, 'k>;

    integers! {
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_i128 i128,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64
    }

    fn serialize_u128(self, value: u128) -> Done {
        self.integer(false, value)
    }

    fn serialize_f32(self, value: f32) -> Done {
        self.float(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Done {
        self.float(value)
    }

    fn serialize_bool(self, value: bool) -> Done {
        self.bool(value);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Done {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Done {
        self.string(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Done {
        value.serialize(self)
    }

    fn serialize_none(self) -> Done {
        self.null();
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.null();
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Done {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Done {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        let object = begin_variant(self, variant)?;
        value.serialize(&mut *self)?;
        end_variant(self, Some(object))
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Items<'c, 'k>, JsonError> {
        Items::begin(self, None)
    }

    fn serialize_tuple(self, _len: usize) -> Result<Items<'c, 'k>, JsonError> {
        Items::begin(self, None)
    }

    fn serialize_tuple_struct(self, _name: &'static str, _len: usize) -> Result<Items<'c, 'k>, JsonError> {
        Items::begin(self, None)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Items<'c, 'k>, JsonError> {
        Items::begin(self, Some(variant))
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Members<'c, 'k>, JsonError> {
        Members::begin(self, None)
    }

    fn serialize_struct(self, name: &'static str, _len: usize) -> Result<Fields<'c, 'k>, JsonError> {
        if name == RAW { Ok(Fields::Raw(self)) } else { Members::begin(self, None).map(Fields::Members) }
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Members<'c, 'k>, JsonError> {
        Members::begin(self, Some(variant))
    }
}

/// A map's key as a member's name: what is written as a JSON string, or as a number.
fn member_name<T: Serialize + ?Sized>(key: &T) -> Result<String, JsonError> {
    let json = Json::of(key)?;
    match json.as_str().as_bytes()[0] {
        b'"' => json.to(),
        b'-' | b'0'..=b'9' => Ok(String::from(json.as_str())),
        _ => Err(JsonError::custom("a map's key is neither a text nor a number")),
    }
}
