//! The guard on mappings that give power over others (enrollment.md 3.2, threat S17).

use crate::{ResourceRole, Role};

/// Whether whoever makes or changes a mapping says expressly that it may give `admin` or `owner`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AllowPrivileged {
    /// Not said: the default.
    #[default]
    No,
    /// Said.
    Yes,
}

/// Why a mapping may not give a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrivilegeError {
    /// The role is `admin` or `owner`, and nobody said that this is meant.
    #[error(
        "a mapping that gives `{0}` hands power to whoever administers the group at the identity provider: \
         confirm with --allow-privileged, over HTTP with `allowPrivileged`"
    )]
    NotAllowed(&'static str),
    /// The role is `owner` on a resource.
    #[error("a mapping never gives `owner` on a resource: the highest is `admin`")]
    ResourceOwner,
}

impl From<bool> for AllowPrivileged {
    /// As a switch of the command line or a member of a request says it.
    fn from(said: bool) -> Self {
        if said { Self::Yes } else { Self::No }
    }
}

impl AllowPrivileged {
    /// The role that a mapping to an organization gives: `member` when none is named.
    ///
    /// ```
    /// use enroll_domain::{Role, privilege::AllowPrivileged};
    ///
    /// assert_eq!(AllowPrivileged::No.organization_role(None), Ok(Role::Member));
    /// assert!(AllowPrivileged::No.organization_role(Some(Role::Owner)).is_err());
    /// assert_eq!(AllowPrivileged::Yes.organization_role(Some(Role::Owner)), Ok(Role::Owner));
    /// ```
    ///
    /// # Errors
    /// When the role is `admin` or `owner` and is not allowed.
    pub fn organization_role(self, role: Option<Role>) -> Result<Role, PrivilegeError> {
        let role = role.unwrap_or(Role::Member);
        if role >= Role::Admin && self == Self::No {
            return Err(PrivilegeError::NotAllowed(role.as_str()));
        }
        Ok(role)
    }

    /// The role that a mapping to a resource gives: `read` when none is named.
    ///
    /// # Errors
    /// When the role is `owner`, and when it is `admin` and is not allowed.
    pub fn resource_role(self, role: Option<ResourceRole>) -> Result<ResourceRole, PrivilegeError> {
        match role.unwrap_or(ResourceRole::Read) {
            ResourceRole::Owner => Err(PrivilegeError::ResourceOwner),
            ResourceRole::Admin if self == Self::No => {
                Err(PrivilegeError::NotAllowed(ResourceRole::Admin.as_str()))
            }
            role => Ok(role),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AllowPrivileged::{No, Yes};
    use super::PrivilegeError;
    use crate::{ResourceRole, Role};

    #[test]
    fn e3_2_mapping_without_a_role_gives_the_lowest() {
        assert_eq!(No.organization_role(None), Ok(Role::Member));
        assert_eq!(No.resource_role(None), Ok(ResourceRole::Read));
    }

    #[test]
    fn e3_2_owner_and_admin_need_the_flag() {
        for role in Role::ALL {
            assert_eq!(No.organization_role(Some(*role)).is_ok(), *role < Role::Admin, "{role}");
            assert_eq!(Yes.organization_role(Some(*role)), Ok(*role));
        }
        assert!(No.resource_role(Some(ResourceRole::Admin)).is_err());
        assert_eq!(Yes.resource_role(Some(ResourceRole::Admin)), Ok(ResourceRole::Admin));
        assert_eq!(No.resource_role(Some(ResourceRole::Write)), Ok(ResourceRole::Write));
    }

    #[test]
    fn e3_2_resource_mapping_never_gives_owner() {
        for allow in [No, Yes] {
            assert_eq!(allow.resource_role(Some(ResourceRole::Owner)), Err(PrivilegeError::ResourceOwner));
        }
    }
}
