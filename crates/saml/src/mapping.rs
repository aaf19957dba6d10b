//! Which attributes of an assertion mean what: names, e-mail address, groups, and what joins it to a user.

/// What a sign-in is matched to a user by (enrollment.md 4.1). There is no fall-back to anything else (S9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinBy {
    /// The NameID, which must not be transient.
    NameId,
    /// The one value of a named attribute.
    Attribute(String),
}

/// The attributes of an identity provider. Each is a `Name`, compared character by character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeMapping {
    /// What finds the user.
    pub join_by: JoinBy,
    /// The e-mail address.
    pub email: Option<String>,
    /// The first name.
    pub given_name: Option<String>,
    /// The last name.
    pub family_name: Option<String>,
    /// The name to be shown.
    pub display_name: Option<String>,
    /// The names of the groups.
    pub groups: Option<String>,
}

/// An identity provider whose attribute names are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Okta: the names that its documentation has administrators type in.
    Okta,
    /// Entra ID: the claims that it sends by itself, and the groups claim that it can add.
    Entra,
}

/// Where Entra ID says that a user has more groups than fit into an assertion, instead of sending any.
pub(crate) const ENTRA_GROUPS_LINK: &str = "http://schemas.microsoft.com/claims/groups.link";

impl AttributeMapping {
    /// The mapping of a known identity provider, joined by the NameID.
    pub fn preset(preset: Preset) -> Self {
        let [email, given_name, family_name, display_name, groups] = match preset {
            Preset::Okta => ["email", "firstName", "lastName", "displayName", "groups"],
            Preset::Entra => [
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
                "http://schemas.microsoft.com/identity/claims/displayname",
                "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
            ],
        };
        Self {
            join_by: JoinBy::NameId,
            email: Some(email.to_owned()),
            given_name: Some(given_name.to_owned()),
            family_name: Some(family_name.to_owned()),
            display_name: Some(display_name.to_owned()),
            groups: Some(groups.to_owned()),
        }
    }
}
