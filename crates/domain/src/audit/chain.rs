//! The chain: the hash of an entry covers the hash of the entry before it.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::Entry;

/// Says what is hashed and how. Another form of entries gets another text.
const FORM: &[u8] = b"enroll-audit-1";

/// The SHA-256 of an entry and everything before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHash([u8; 32]);

/// The text is not the hash of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash has 64 digits of 0-9 and a-f")]
pub struct NoHash;

impl ChainHash {
    /// What the first entry has before it.
    pub const START: Self = Self([0; 32]);

    /// The hash of the entry that follows on this one: SHA-256 over the form's name, this hash, the sequence and the time
    /// in milliseconds (8 bytes each, most significant first), then each text: a byte 1, its length in 8 bytes, and its UTF-8;
    /// or a byte 0 where there is none. Lengths go before texts, so that no two entries have the same bytes.
    #[must_use]
    pub fn next(&self, entry: &Entry) -> Self {
        let mut hash = Sha256::new();
        hash.update(FORM);
        hash.update(self.0);
        hash.update(entry.sequence.to_be_bytes());
        hash.update(entry.time.as_millisecond().to_be_bytes());
        let texts = [
            Some(&entry.actor_kind),
            entry.actor_id.as_ref(),
            Some(&entry.actor),
            Some(&entry.action),
            Some(&entry.subject_kind),
            Some(&entry.subject_id),
            Some(&entry.subject),
            entry.directory.as_ref(),
            Some(&entry.changes),
        ];
        for text in texts {
            match text {
                None => hash.update([0]),
                Some(text) => {
                    hash.update([1]);
                    hash.update((text.len() as u64).to_be_bytes());
                    hash.update(text.as_bytes());
                }
            }
        }
        Self(hash.finalize().into())
    }

    /// The bytes, for the store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A hash from the store.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&HEXLOWER.encode(&self.0))
    }
}

impl FromStr for ChainHash {
    type Err = NoHash;

    fn from_str(text: &str) -> Result<Self, NoHash> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| NoHash)?;
        bytes.try_into().map(Self).map_err(|_| NoHash)
    }
}

impl serde::Serialize for ChainHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::ChainHash;
    use crate::audit::Entry;

    fn entry() -> Entry {
        Entry {
            sequence: 1,
            time: Timestamp::from_millisecond(1_772_366_400_123).unwrap(),
            actor_kind: "scim-token".to_owned(),
            actor_id: Some("018f0000-0000-7000-8000-000000000001".to_owned()),
            actor: "Okta".to_owned(),
            action: "user.created".to_owned(),
            subject_kind: "user".to_owned(),
            subject_id: "018f0000-0000-7000-8000-000000000002".to_owned(),
            subject: "jürgen".to_owned(),
            directory: None,
            changes: "{}".to_owned(),
        }
    }

    /// Computed by another program, so that a change of the form does not go unseen: trails that exist would be broken.
    #[test]
    fn e6_4_the_form_of_the_chain_stays_as_it_is() {
        let first = ChainHash::START.next(&entry());
        assert_eq!(first.to_string(), "5e09f70840a4fd66d22fcd24590332e055c4064c7bb32470f5bbedf6e6a01402");
        assert_eq!(
            first.next(&Entry { sequence: 2, ..entry() }).to_string(),
            "e9945b4ed28f40a74d971225ffd1ebb50101c155bdbfe8cef0e5dbe07b82d89c"
        );
        assert_eq!(first.to_string().parse(), Ok(first));
        assert!("00".parse::<ChainHash>().is_err());
    }

    #[test]
    fn e6_4_text_that_moves_from_one_field_to_the_next_gives_another_hash() {
        let moved = Entry { actor: "Okt".to_owned(), action: "auser.created".to_owned(), ..entry() };
        assert_ne!(ChainHash::START.next(&moved), ChainHash::START.next(&entry()));
        let empty = Entry { directory: Some(String::new()), ..entry() };
        assert_ne!(ChainHash::START.next(&empty), ChainHash::START.next(&entry()));
    }
}
