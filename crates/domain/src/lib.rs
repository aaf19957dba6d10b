//! What Enroll decides, without a database and without a clock.
//!
//! Ids, names and roles are types; the enrollment function is pure: the same users, groups, mappings and grants always give
//! the same effective roles. Time and randomness come in as arguments.

pub mod binding;
pub mod group_name;
pub mod handle;
pub mod id;
pub mod name;
pub mod privilege;
pub mod reserved;
pub mod role;
pub mod scope;
pub mod time;
pub mod token;
pub mod word;

pub use binding::{MappedGroup, MappingBinding, RebindPolicy};
pub use group_name::{GroupName, GroupNameKey};
pub use handle::{Handle, HandleBase};
pub use id::{DirectoryId, GrantId, GroupId, MappingId, OrganizationId, TokenId, UserId};
pub use name::{DirectoryName, OrganizationName};
pub use role::{ResourceRole, Role};
pub use scope::Scope;
pub use token::{PresentedToken, TokenHash, TokenKind, TokenSecret};
