//! Ids: one type per kind of object, all UUIDv7, all made by the server.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

/// The text is not an id of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct InvalidId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        #[schemars(inline)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id from the present time and ten random bytes (UUIDv7, RFC 9562 §5.7).
            pub fn new(now: Timestamp, random: &[u8; 10]) -> Self {
                let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
                Self(Builder::from_unix_timestamp_millis(millis, random).into_uuid())
            }

            /// The id behind a UUID read from the store.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID.
            pub const fn as_uuid(&self) -> &Uuid {
                &self.0
            }

            /// When it was made, by its own account: the time of a UUIDv7. That of another version has none.
            pub fn made(&self) -> Option<Timestamp> {
                let (seconds, nanoseconds) = self.0.get_timestamp()?.to_unix();
                Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanoseconds).ok()?).ok()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Reads the hyphenated lower-case form only: an id is case-exact (RFC 7643 §3.1).
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let uuid = Uuid::try_parse(text).map_err(|_| InvalidId)?;
                if uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text { Ok(Self(uuid)) } else { Err(InvalidId) }
            }
        }
    )+};
}

impl DirectoryId {
    /// The home of local people, who come from no identity provider (enrollment.md 1.3, 2.9; `docs/decisions/0008`).
    pub const LOCAL: Self = Self::from_uuid(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001));
    /// The home of bots.
    pub const BOTS: Self = Self::from_uuid(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0002));

    /// Whether it is a home of local people or bots, and no identity provider's.
    pub fn is_built_in(self) -> bool {
        self == Self::LOCAL || self == Self::BOTS
    }
}

ids! {
    /// A directory: one connection to an identity provider.
    DirectoryId
    /// A user.
    UserId
    /// A group.
    GroupId
    /// A SCIM resource of a custom type.
    CustomResourceId
    /// A resource of an organization.
    ResourceId
    /// An organization.
    OrganizationId
    /// A mapping of a group to an organization or a resource.
    MappingId
    /// A SCIM token or an API token.
    TokenId
    /// A direct grant.
    GrantId
    /// A webhook.
    WebhookId
    /// A session of a user who has signed in.
    SessionId
    /// A client: an application that lets Enroll sign users in.
    ClientId
    /// What a client was given when a user signed in to it.
    AuthorizationId
    /// A message to a client that a session has ended.
    LogoutId
    /// A key that signs ID tokens.
    SigningKeyId
}
