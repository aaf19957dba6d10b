//! What Enroll decides, without a database and without a clock.
//!
//! Ids, names and roles are types; the enrollment function is pure: the same users, groups, mappings and grants always give
//! the same effective roles. Time and randomness come in as arguments.
//!
//! ```
//! use enroll_domain::enrollment::{GroupFacts, Mapping, State, UserFacts, enroll};
//! use enroll_domain::*;
//! # let time = jiff::Timestamp::UNIX_EPOCH;
//! # let (directory, user, group) = (DirectoryId::new(time, &[1; 10]), UserId::new(time, &[1; 10]), GroupId::new(time, &[1; 10]));
//! # let (organization, mapping) = (OrganizationId::new(time, &[1; 10]), MappingId::new(time, &[1; 10]));
//!
//! let web = GroupName::new("Web team")?;
//! let mut state = State::default();
//! state.users.insert(user, UserFacts { directory: Some(directory), active: true });
//! state.groups.insert(group, GroupFacts { name: web.clone(), members: vec![user], nested: vec![] });
//! let mapped = MappedGroup::new(web, Some(group));
//! let gives = RoleOn::Organization(organization, Role::Writer);
//! state.mappings.push(Mapping { id: mapping, directory, group: mapped, gives, paused: false });
//!
//! assert_eq!(enroll(&state).effective_role(organization, user), Some(Role::Writer));
//! # Ok::<(), group_name::BlankGroupName>(())
//! ```

pub mod allow_list;
pub mod audit;
pub mod binding;
pub mod client;
pub mod delivery;
pub mod directory_state;
pub mod enrollment;
pub mod event;
pub mod group_name;
pub mod handle;
pub mod id;
pub mod idp;
pub mod look;
pub mod name;
pub mod privilege;
pub mod reserved;
pub mod resource;
pub mod role;
pub mod scope;
pub mod secret;
pub mod sign_in;
pub mod target;
pub mod time;
pub mod token;
pub mod word;

pub use allow_list::{AllowList, InvalidAllowList};
pub use binding::{MappedGroup, MappingBinding, RebindPolicy};
pub use client::{ClientKind, ClientScope, ClientUri, SigningAlgorithm};
pub use directory_state::{DirectoryState, Traffic};
pub use group_name::{GroupName, GroupNameKey};
pub use handle::{Handle, HandleBase};
pub use id::{
    AuthorizationId, ClientId, CustomResourceId, DirectoryId, GrantId, GroupId, LogoutId, MappingId,
    OrganizationId, ResourceId, SessionId, SigningKeyId, TokenId, UserId, WebhookId,
};
pub use idp::Idp;
pub use name::{DirectoryName, OrganizationName};
pub use resource::{KindName, ResourceName, Visibility};
pub use role::{ResourceRole, Role, RoleWord};
pub use scope::Scope;
pub use secret::{OpaqueSecret, SecretHash};
pub use target::{RoleOn, Target};
pub use token::{PresentedToken, TokenHash, TokenKind, TokenSecret};
