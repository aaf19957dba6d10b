//! Roles on organizations and on resources.

use crate::word::{UnknownWord, words};

words! {
    /// A role on an organization, lowest first (enrollment.md 3.1).
    ///
    /// ```
    /// use enroll_domain::Role;
    ///
    /// assert!(Role::Owner > Role::Admin && Role::Writer > Role::Member);
    /// assert_eq!("writer".parse(), Ok(Role::Writer));
    /// let error = "boss".parse::<Role>().unwrap_err();
    /// assert_eq!(error.to_string(), "this is not a role on an organization: use one of member, writer, admin, owner");
    /// ```
    Role: "a role on an organization" {
        /// Belongs to the organization and has its base resource role on each resource.
        Member = "member",
        /// May write on each resource.
        Writer = "writer",
        /// Administers the organization and its resources.
        Admin = "admin",
        /// Owns the organization and its resources.
        Owner = "owner",
    }
}

words! {
    /// A role on a resource, lowest first (enrollment.md 3.1).
    ResourceRole: "a role on a resource" {
        /// May read.
        Read = "read",
        /// May read and write within the limits that the application sets.
        LimitedWrite = "limited-write",
        /// May read and write.
        Write = "write",
        /// Administers the resource.
        Admin = "admin",
        /// Owns the resource.
        Owner = "owner",
    }
}

words! {
    /// The word for a role of either kind, where what it is on is said elsewhere; among those of one kind, lowest first.
    ///
    /// ```
    /// use enroll_domain::{ResourceRole, Role, RoleWord};
    ///
    /// assert_eq!(RoleWord::Write.on_resource(), Ok(ResourceRole::Write));
    /// assert!(RoleWord::Write.on_organization().is_err());
    /// assert_eq!(RoleWord::from(Role::Owner).on_organization(), Ok(Role::Owner));
    /// ```
    RoleWord: "a role" {
        /// [`Role::Member`]
        Member = "member",
        /// [`Role::Writer`]
        Writer = "writer",
        /// [`ResourceRole::Read`]
        Read = "read",
        /// [`ResourceRole::LimitedWrite`]
        LimitedWrite = "limited-write",
        /// [`ResourceRole::Write`]
        Write = "write",
        /// [`Role::Admin`], [`ResourceRole::Admin`]
        Admin = "admin",
        /// [`Role::Owner`], [`ResourceRole::Owner`]
        Owner = "owner",
    }
}

impl RoleWord {
    /// The role on an organization of that word.
    ///
    /// # Errors
    /// When organizations have no such role; the text names those that they have.
    pub fn on_organization(self) -> Result<Role, UnknownWord> {
        self.as_str().parse()
    }

    /// The role on a resource of that word.
    ///
    /// # Errors
    /// When resources have no such role; the text names those that they have.
    pub fn on_resource(self) -> Result<ResourceRole, UnknownWord> {
        self.as_str().parse()
    }
}

impl From<Role> for RoleWord {
    fn from(role: Role) -> Self {
        match role {
            Role::Member => Self::Member,
            Role::Writer => Self::Writer,
            Role::Admin => Self::Admin,
            Role::Owner => Self::Owner,
        }
    }
}

impl From<ResourceRole> for RoleWord {
    fn from(role: ResourceRole) -> Self {
        match role {
            ResourceRole::Read => Self::Read,
            ResourceRole::LimitedWrite => Self::LimitedWrite,
            ResourceRole::Write => Self::Write,
            ResourceRole::Admin => Self::Admin,
            ResourceRole::Owner => Self::Owner,
        }
    }
}

impl Role {
    /// What this role gives on each resource of the organization, whose base resource role is `base` (enrollment.md 3.1).
    ///
    /// A higher role never gives less than a lower one: where the base is above `write`, a writer has the base too.
    ///
    /// ```
    /// use enroll_domain::{ResourceRole, Role};
    ///
    /// assert_eq!(Role::Member.on_resources(ResourceRole::Read), ResourceRole::Read);
    /// assert_eq!(Role::Writer.on_resources(ResourceRole::Read), ResourceRole::Write);
    /// ```
    pub fn on_resources(self, base: ResourceRole) -> ResourceRole {
        let own = match self {
            Self::Member => base,
            Self::Writer => ResourceRole::Write,
            Self::Admin => ResourceRole::Admin,
            Self::Owner => ResourceRole::Owner,
        };
        own.max(base)
    }
}

#[cfg(test)]
mod tests {
    use super::{ResourceRole, Role, RoleWord};

    #[test]
    fn e3_1_words_round_trip_in_order() {
        let words: Vec<_> = Role::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(words, ["member", "writer", "admin", "owner"]);
        assert!(Role::ALL.is_sorted());
        for role in ResourceRole::ALL {
            assert_eq!(role.as_str().parse(), Ok(*role));
        }
        assert!(ResourceRole::ALL.is_sorted());
    }

    #[test]
    fn e3_1_words_of_either_kind_are_in_the_order_of_the_kind() {
        assert!(Role::ALL.iter().map(|role| RoleWord::from(*role)).is_sorted());
        assert!(ResourceRole::ALL.iter().map(|role| RoleWord::from(*role)).is_sorted());
    }

    #[test]
    fn e3_1_words_are_exact() {
        for text in ["", "Owner", " owner", "write", "owners"] {
            assert!(text.parse::<Role>().is_err(), "{text:?}");
        }
        assert!(serde_json::from_str::<Role>("\"Owner\"").is_err());
        assert_eq!(
            serde_json::from_str::<ResourceRole>("\"limited-write\"").unwrap(),
            ResourceRole::LimitedWrite
        );
    }

    #[test]
    fn e3_1_role_on_an_organization_gives_a_role_on_its_resources() {
        let on = |base| Role::ALL.iter().map(|role| role.on_resources(base).as_str()).collect::<Vec<_>>();
        assert_eq!(on(ResourceRole::Read), ["read", "write", "admin", "owner"]);
        assert_eq!(on(ResourceRole::LimitedWrite), ["limited-write", "write", "admin", "owner"]);
        assert_eq!(on(ResourceRole::Write), ["write", "write", "admin", "owner"]);
    }

    #[test]
    fn e3_1_higher_role_never_gives_less_on_resources() {
        for base in ResourceRole::ALL {
            let given: Vec<_> = Role::ALL.iter().map(|role| role.on_resources(*base)).collect();
            assert!(given.is_sorted(), "{base}: {given:?}");
        }
    }
}
