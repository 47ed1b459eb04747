//! Data that an entry names without containing them.
//!
//! *Invariant:* a reference is SHA-256(salt ‖ canonical text), and every datum has a salt of its own: it is named by
//! one entry, once, and blanking its line leaves nothing to guess it back from.
//! *Doesn't know:* where a datum will lie: in a line of its own, or in the content store.
//! *Start at:* [`Data::add`].

use std::cell::RefCell;
use std::fmt;

use jaros_decision::{Digest, Json, Ref};

/// Sixteen random bytes before a datum.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 16]);

impl Salt {
    /// A new one from the system's randomness.
    #[must_use]
    pub fn random() -> Self {
        // One system call for 256 salts: at 100,000 entries a second it would be the dearest step otherwise.
        const RESERVE: usize = 4096;
        thread_local! {
            static UNUSED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
        }
        UNUSED.with_borrow_mut(|unused| {
            if unused.is_empty() {
                unused.resize(RESERVE, 0);
                getrandom::fill(unused).expect("the system has randomness");
            }
            let rest = unused.len() - 16;
            let salt = unused[rest..].try_into().expect("sixteen bytes");
            unused.truncate(rest);
            Self(salt)
        })
    }

    pub(crate) fn from_hex(digits: &[u8]) -> Option<Self> {
        let nibble = |digit: u8| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        };
        let mut salt = [0; 16];
        if digits.len() != 32 {
            return None;
        }
        for (byte, pair) in salt.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (nibble(pair[0])? << 4) | nibble(pair[1])?;
        }
        Some(Self(salt))
    }

    pub(crate) fn to_hex(self) -> [u8; 32] {
        let mut whole = [0; 32];
        whole[..16].copy_from_slice(&self.0);
        let mut out = [0; 32];
        out.copy_from_slice(&crate::line::hex(&Digest(whole))[..32]);
        out
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.to_hex()))
    }
}

/// One datum with its salt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datum {
    salt: Salt,
    value: Json,
    reference: Ref,
}

impl Datum {
    /// A datum under a new salt.
    #[must_use]
    pub fn new(value: Json) -> Self {
        Self::with_salt(value, Salt::random())
    }

    /// A datum under a salt that is known already: a replay names what it computed as the record named it.
    #[must_use]
    pub fn with_salt(value: Json, salt: Salt) -> Self {
        let reference = Ref::of(&salt.0, value.as_str().as_bytes());
        Self { salt, value, reference }
    }

    /// What an entry's body says for it.
    #[must_use]
    pub fn reference(&self) -> Ref {
        self.reference
    }

    /// What stands before it when it is hashed.
    #[must_use]
    pub fn salt(&self) -> Salt {
        self.salt
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &Json {
        &self.value
    }
}

/// The data of one entry, collected while its body is put together.
#[derive(Clone, Debug, Default)]
pub struct Data {
    pub(crate) data: Vec<Datum>,
    pub(crate) content: Vec<Digest>,
}

impl Data {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value under a new salt and returns what the body says for it.
    #[must_use = "the body has to name it"]
    pub fn add(&mut self, value: &Json) -> Ref {
        self.add_datum(Datum::new(value.clone()))
    }

    /// As [`Data::add`], for a text that becomes a JSON string: a message, a path.
    #[must_use = "the body has to name it"]
    pub fn add_text(&mut self, text: &str) -> Ref {
        self.add_datum(Datum::new(Json::string(text)))
    }

    /// Adds a datum that was made elsewhere.
    #[must_use = "the body has to name it"]
    pub fn add_datum(&mut self, datum: Datum) -> Ref {
        let reference = datum.reference;
        self.data.push(datum);
        reference
    }

    /// Notes that the body names this content by its plain digest, so that the writer makes it durable first. The
    /// caller has put it into the store.
    pub fn content(&mut self, digest: Digest) {
        self.content.push(digest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salts_differ_and_read_back() {
        let salts: Vec<_> = (0..600).map(|_| Salt::random()).collect();
        for (n, salt) in salts.iter().enumerate() {
            assert!(!salts[..n].contains(salt));
            assert_eq!(Salt::from_hex(&salt.to_hex()), Some(*salt));
        }
        assert_eq!(Salt([0x0f; 16]).to_hex(), *b"0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f");
        assert_eq!(Salt::from_hex(b"0F0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"), None);
        assert_eq!(Salt::from_hex(b"0f"), None);
    }

    #[test]
    fn a_reference_is_the_digest_of_salt_and_canonical_text() {
        let datum = Datum::with_salt(Json::of(&["a"]).unwrap(), Salt([1; 16]));
        assert_eq!(datum.reference(), Ref(Digest::of_parts(&[&[1; 16], b"[\"a\"]"])));
        assert_ne!(Datum::new(Json::null()).reference(), Datum::new(Json::null()).reference());
    }
}
