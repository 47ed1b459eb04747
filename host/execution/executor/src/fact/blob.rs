//! Bytes that a component wrote, as a datum: text as it is, so that `grep` finds it, anything else in base64.
//!
//! *Invariant:* every sequence of bytes has one form, and reads back as itself.
//! *Doesn't know:* what the bytes are.
//! *Start at:* [`Blob`].

use jaros_capability::Bytes;
use jaros_decision::Json;
use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Blob {
    Text(String),
    Bytes(Bytes),
}

impl Blob {
    pub(crate) fn json(bytes: &[u8]) -> Json {
        let text = std::str::from_utf8(bytes).ok().map(Json::string);
        text.unwrap_or_else(|| Json::of(&Bytes(bytes.to_vec())).expect("base64 is JSON"))
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.into_bytes(),
            Self::Bytes(Bytes(bytes)) => bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Blob;

    #[test]
    fn bytes_read_back_as_themselves() {
        for (bytes, json) in [
            (&b""[..], "\"\""),
            (b"a\"b\n", "\"a\\\"b\\n\""),
            ("ü\u{ffff}".as_bytes(), "\"ü\u{ffff}\""),
            (b"\x00\xff\x80", "{\"base64\":\"AP+A\"}"),
        ] {
            let written = Blob::json(bytes);
            assert_eq!(written.as_str(), json);
            assert_eq!(written.to::<Blob>().unwrap().into_bytes(), bytes);
        }
    }
}
