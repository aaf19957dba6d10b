//! The chain: the hash of an entry covers the hash of the entry before it.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::{Entry, Origin};

/// Says what is hashed and how. Another form of entries gets another text.
const FORM: &[u8] = b"enroll-audit-1";

/// The form of an entry that names the request which made the change: as the first, with three more texts.
const FORM_WITH_REQUEST: &[u8] = b"enroll-audit-2";

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
    ///
    /// An entry that names a request has another form than one that names none. Which of the two an entry has is seen from the
    /// entry itself, and the form's name is hashed: to take the request out of an entry, or to put one in, gives another hash.
    #[must_use]
    pub fn next(&self, entry: &Entry) -> Self {
        let mut hash = Sha256::new();
        let Origin { request_id, address, user_agent } = &entry.origin;
        hash.update(if entry.origin.is_unknown() { FORM } else { FORM_WITH_REQUEST });
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
        let request = [request_id.as_ref(), address.as_ref(), user_agent.as_ref()];
        let request = if entry.origin.is_unknown() { &[][..] } else { &request[..] };
        for text in texts.iter().chain(request) {
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

impl<'de> serde::Deserialize<'de> for ChainHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
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
    use crate::audit::{Entry, Origin};

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
            origin: Origin::default(),
        }
    }

    fn by_request() -> Entry {
        let origin = Origin {
            request_id: Some("r-1".to_owned()),
            address: Some("192.0.2.1".to_owned()),
            user_agent: Some("Okta SCIM Client 1.0.0".to_owned()),
        };
        Entry { origin, ..entry() }
    }

    /// As the one above: computed by another program.
    #[test]
    fn e6_4_the_form_of_an_entry_with_its_request_stays_as_it_is() {
        let hash = ChainHash::START.next(&by_request()).to_string();
        assert_eq!(hash, "0597272f803e285d47b6a881c0316fffa5bb7b4c5a3e7c0e4e79a2a77ae9e0c9");
    }

    #[test]
    fn e6_4_a_request_cannot_be_taken_from_an_entry_or_put_into_one() {
        let hash = ChainHash::START.next(&by_request());
        assert_ne!(ChainHash::START.next(&entry()), hash);
        for part in 0..3 {
            let mut changed = by_request();
            let Origin { request_id, address, user_agent } = &mut changed.origin;
            *[request_id, address, user_agent][part] = None;
            assert_ne!(ChainHash::START.next(&changed), hash);
        }
        let mut moved = by_request();
        (moved.origin.request_id, moved.origin.address) = (moved.origin.address, moved.origin.request_id);
        assert_ne!(ChainHash::START.next(&moved), hash);
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
