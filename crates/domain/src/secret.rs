//! Opaque secrets: 256 random bits that say nothing and are looked up by their hash. Session cookies, authorization codes and the
//! tokens of applications are such (enrollment.md 2.3; OWASP ASVS 7.2.3).

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};

/// 256 random bits, written as 43 characters of base64url, never printed, erased from memory when dropped.
///
/// ```
/// use enroll_domain::{OpaqueSecret, SecretHash};
///
/// let made = OpaqueSecret::from_random([7; 32]);
/// let text = made.reveal();
/// let read = OpaqueSecret::parse(secrecy::ExposeSecret::expose_secret(&text)).unwrap();
/// assert_eq!(SecretHash::of(&read), SecretHash::of(&made));
/// ```
pub struct OpaqueSecret(SecretBox<[u8; 32]>);

/// What is stored of a secret and what it is looked up by: its SHA-256. Whoever reads the store cannot make a secret from it, and
/// how long a look-up takes tells of the hash alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash([u8; 32]);

impl OpaqueSecret {
    /// A secret of 32 bytes from the operating system's generator.
    pub fn from_random(random: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(random)))
    }

    /// Reads the one form that [`OpaqueSecret::reveal`] writes; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()?;
        Some(Self::from_random(bytes))
    }

    /// The secret as text, for the one whom it is given to.
    pub fn reveal(&self) -> SecretString {
        BASE64URL_NOPAD.encode(self.0.expose_secret()).into()
    }
}

impl fmt::Debug for OpaqueSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpaqueSecret(..)")
    }
}

impl SecretHash {
    /// The hash of a secret.
    pub fn of(secret: &OpaqueSecret) -> Self {
        Self(Sha256::digest(secret.0.expose_secret()).into())
    }

    /// What the store kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};
    use secrecy::ExposeSecret;

    use super::{OpaqueSecret, SecretHash};

    #[test]
    fn only_the_exact_form_is_read_and_nothing_is_printed() {
        let text = OpaqueSecret::from_random([0xcd; 32]).reveal().expose_secret().to_owned();
        assert_eq!(text.len(), 43);
        for bad in
            [String::new(), format!("{text}="), format!(" {text}"), text[..42].to_owned(), "!".repeat(43)]
        {
            assert!(OpaqueSecret::parse(&bad).is_none(), "{bad:?}");
        }
        let secret = OpaqueSecret::from_random([0xcd; 32]);
        assert_eq!(format!("{secret:?} {:?}", SecretHash::of(&secret)), "OpaqueSecret(..) SecretHash(..)");
    }

    proptest! {
        #[test]
        fn no_secret_has_a_second_spelling(random in any::<[u8; 32]>(), at in 0_usize..43, other in any::<char>()) {
            let secret = OpaqueSecret::from_random(random);
            let mut characters: Vec<char> = secret.reveal().expose_secret().chars().collect();
            characters[at] = other;
            let changed: String = characters.into_iter().collect();
            if let Some(read) = OpaqueSecret::parse(&changed) {
                let written = read.reveal().expose_secret().to_owned();
                prop_assert_eq!(written, changed);
            }
        }
    }
}
