//! The words of the audit trail.

use crate::word::words;

words! {
    /// What makes changes.
    ActorKind: "a kind of actor" {
        /// The service itself, for example at its first start.
        System = "system",
        /// Somebody at the command line of the server.
        CommandLine = "cli",
        /// An application or administrator with an API token.
        ApiToken = "api-token",
        /// A user, with an API token of her own or signed in.
        User = "user",
        /// An identity provider.
        ScimToken = "scim-token",
    }
}

words! {
    /// What changes are made to.
    SubjectKind: "a kind of subject" {
        /// A user.
        User = "user",
        /// A group with its members.
        Group = "group",
        /// A SCIM resource of a type that a directory has defined.
        CustomResource = "custom-resource",
        /// An organization.
        Organization = "organization",
        /// A resource of an organization.
        Resource = "resource",
        /// A mapping of a group to a role.
        Mapping = "mapping",
        /// A role that a user holds directly.
        Grant = "grant",
        /// A SCIM token.
        ScimToken = "scim-token",
        /// An API token.
        ApiToken = "api-token",
        /// A directory.
        Directory = "directory",
        /// A schema or resource type of a directory.
        Schema = "schema",
        /// A webhook.
        Webhook = "webhook",
        /// A session of a user.
        Session = "session",
        /// An application that lets Enroll sign users in.
        Client = "client",
        /// A key that signs ID tokens.
        SigningKey = "signing-key",
    }
}

words! {
    /// What is done (enrollment.md §6.3).
    Action: "an action of the audit trail" {
        /// A user was made.
        UserCreated = "user.created",
        /// Attributes of a user have changed.
        UserUpdated = "user.updated",
        /// A user was made inactive, perhaps with other changes.
        UserDeactivated = "user.deactivated",
        /// A user was made active again, perhaps with other changes.
        UserReactivated = "user.reactivated",
        /// A user was deleted.
        UserDeleted = "user.deleted",
        /// An administrator has given a user another handle.
        UserHandleChanged = "user.handle_changed",
        /// A user was made a server admin.
        ServerAdminGranted = "server_admin.granted",
        /// A user is no server admin any more.
        ServerAdminRevoked = "server_admin.revoked",
        /// The last active server admin was to be removed over SCIM, and was not.
        ServerAdminProtected = "server_admin.protected",
        /// A user has signed in: a session was opened.
        UserSignedIn = "user.signed_in",
        /// Somebody was not let in, for example because the user is deactivated.
        SignInRefused = "sign_in.refused",
        /// A directory got a sign-in connection, or it was changed.
        SsoUpdated = "sso.updated",
        /// A directory has lost its sign-in connection.
        SsoRemoved = "sso.removed",
        /// A user has signed out.
        UserSignedOut = "user.signed_out",
        /// A session was ended by somebody else, or because its user was deactivated or deleted.
        SessionRevoked = "session.revoked",
        /// A group was made, perhaps with members.
        GroupCreated = "group.created",
        /// A group has another displayName, perhaps with other changes.
        GroupRenamed = "group.renamed",
        /// Attributes of a group other than its name have changed, perhaps members too.
        GroupUpdated = "group.updated",
        /// Members were added to a group.
        GroupMemberAdded = "group.member_added",
        /// Members were removed from a group.
        GroupMemberRemoved = "group.member_removed",
        /// Members were added to a group and others removed.
        GroupMembersChanged = "group.members_changed",
        /// A group was deleted.
        GroupDeleted = "group.deleted",
        /// A SCIM resource of a custom type was made.
        CustomResourceCreated = "custom_resource.created",
        /// A SCIM resource of a custom type has changed.
        CustomResourceUpdated = "custom_resource.updated",
        /// A SCIM resource of a custom type was deleted.
        CustomResourceDeleted = "custom_resource.deleted",
        /// An organization was made.
        OrganizationCreated = "organization.created",
        /// Texts, the base resource role or the directories of an organization have changed.
        OrganizationUpdated = "organization.updated",
        /// An organization has lost its last active owner.
        OrganizationNeedsOwner = "organization.needs_owner",
        /// An organization was deleted.
        OrganizationDeleted = "organization.deleted",
        /// A resource of an organization was made.
        ResourceCreated = "resource.created",
        /// A resource of an organization has another visibility or kind.
        ResourceUpdated = "resource.updated",
        /// A resource of an organization was deleted.
        ResourceDeleted = "resource.deleted",
        /// A mapping was made.
        MappingCreated = "mapping.created",
        /// A mapping gives another role.
        MappingUpdated = "mapping.updated",
        /// A mapping was paused.
        MappingPaused = "mapping.paused",
        /// A paused mapping has effect again.
        MappingResumed = "mapping.resumed",
        /// A mapping has found the group that it waited for.
        MappingBound = "mapping.bound",
        /// A mapping shows the new name of its group.
        MappingRenamed = "mapping.renamed",
        /// The group of a mapping was deleted.
        MappingLost = "mapping.lost",
        /// An administrator has pointed a mapping at a group.
        MappingRebound = "mapping.rebound",
        /// A mapping was removed.
        MappingRemoved = "mapping.removed",
        /// A user was given a role directly, or at first sign-in.
        GrantAdded = "grant.added",
        /// A user's direct role has changed.
        GrantChanged = "grant.changed",
        /// A role that a user held directly or from first sign-in was taken back.
        GrantRemoved = "grant.removed",
        /// A SCIM token was made.
        ScimTokenCreated = "scim_token.created",
        /// A SCIM token has another label, or may be used from elsewhere.
        ScimTokenUpdated = "scim_token.updated",
        /// A SCIM token was deleted.
        ScimTokenDeleted = "scim_token.deleted",
        /// An API token was made.
        ApiTokenCreated = "api_token.created",
        /// An API token was deleted.
        ApiTokenDeleted = "api_token.deleted",
        /// A client was registered.
        ClientCreated = "client.created",
        /// Settings of a client have changed.
        ClientUpdated = "client.updated",
        /// A client was given another secret.
        ClientSecretRotated = "client.secret_rotated",
        /// A client was deleted.
        ClientDeleted = "client.deleted",
        /// A user has signed in to a client.
        ClientSignedIn = "client.signed_in",
        /// A code or refresh token was used twice, and everything given for it was taken back.
        ClientReuseDetected = "client.reuse_detected",
        /// A key that signs ID tokens was made.
        SigningKeyCreated = "signing_key.created",
        /// A directory was made.
        DirectoryCreated = "directory.created",
        /// Settings of a directory have changed.
        DirectoryUpdated = "directory.updated",
        /// A directory takes no changes over SCIM until it is resumed.
        DirectoryPaused = "directory.paused",
        /// A paused directory takes changes again.
        DirectoryResumed = "directory.resumed",
        /// The limits of a directory's brake have changed.
        BrakeUpdated = "brake.updated",
        /// The brake has held a request.
        BrakeHeld = "brake.held",
        /// An administrator has let through what the brake held.
        BrakeApproved = "brake.approved",
        /// A directory was deleted.
        DirectoryDeleted = "directory.deleted",
        /// A schema or resource type was defined.
        SchemaRegistered = "schema.registered",
        /// The definition of a schema or resource type has grown.
        SchemaUpdated = "schema.updated",
        /// A schema or resource type was removed.
        SchemaRemoved = "schema.removed",
        /// A webhook was made.
        WebhookCreated = "webhook.created",
        /// A webhook is sent elsewhere, or other events, or was paused or resumed.
        WebhookUpdated = "webhook.updated",
        /// A webhook was removed.
        WebhookRemoved = "webhook.removed",
        /// A webhook signs with another secret.
        WebhookRotated = "webhook.rotated",
        /// A webhook sends events anew, from a place in the feed on.
        WebhookReplayed = "webhook.replayed",
    }
}

impl Action {
    /// Whether somebody's access to an organization or a resource may be another by this.
    ///
    /// Said of all that is not known to change nothing, so that a new action counts until somebody has thought about it: previews
    /// that are applied rely on it (enrollment.md 3.8).
    pub const fn may_change_access(self) -> bool {
        // Attributes of a user other than `active` decide nothing, a new user is in no group, and what a directory or a schema is set
        // to decides on what comes later.
        !matches!(
            self,
            Self::UserCreated
                | Self::UserUpdated
                | Self::UserSignedIn
                | Self::SignInRefused
                | Self::UserSignedOut
                | Self::SessionRevoked
                | Self::ClientCreated
                | Self::ClientUpdated
                | Self::ClientSecretRotated
                | Self::ClientDeleted
                | Self::ClientSignedIn
                | Self::ClientReuseDetected
                | Self::SigningKeyCreated
                | Self::CustomResourceCreated
                | Self::CustomResourceUpdated
                | Self::CustomResourceDeleted
                | Self::ScimTokenCreated
                | Self::ScimTokenUpdated
                | Self::ScimTokenDeleted
                | Self::ApiTokenCreated
                | Self::ApiTokenDeleted
                | Self::DirectoryCreated
                | Self::DirectoryUpdated
                | Self::SchemaRegistered
                | Self::SchemaUpdated
                | Self::SchemaRemoved
                | Self::WebhookCreated
                | Self::WebhookUpdated
                | Self::WebhookRotated
                | Self::WebhookReplayed
                | Self::WebhookRemoved
        )
    }
}
