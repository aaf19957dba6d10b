//! Users and groups as types: one handler serves both, and a route cannot leave open which one it is for.

use enroll_service::ResourceKind;

/// A kind of resource that a handler is for.
pub(crate) trait Kind: Send + Sync + 'static {
    /// The kind.
    const KIND: ResourceKind;
}

/// `/Users`
pub(crate) struct Users;

/// `/Groups`
pub(crate) struct Groups;

impl Kind for Users {
    const KIND: ResourceKind = ResourceKind::User;
}

impl Kind for Groups {
    const KIND: ResourceKind = ResourceKind::Group;
}
