//! The words of a directory's sign-in connection (enrollment.md §4).

use crate::word::words;

words! {
    /// What of a user the join rule looks at (enrollment.md 4.1).
    JoinTo: "what users are found by" {
        /// The userName, without regard to case.
        UserName = "userName",
        /// The externalId, exactly.
        ExternalId = "externalId",
        /// The e-mail address for work, without regard to case.
        WorkEmail = "email",
    }
}

words! {
    /// What groups that an assertion names do (enrollment.md 4.3).
    GroupsPolicy: "a policy for groups at sign-in" {
        /// Nothing.
        Ignore = "ignore",
        /// The user is added to them, and taken out of none.
        Merge = "merge",
        /// The assertion is the whole truth: the user is in these groups and in no others.
        Replace = "replace",
    }
}

words! {
    /// An identity provider whose names of attributes are known.
    SsoPreset: "a preset of attribute names" {
        /// Okta.
        Okta = "okta",
        /// Entra ID.
        Entra = "entra",
    }
}
