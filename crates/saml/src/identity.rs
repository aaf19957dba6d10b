//! What a verified response says.

use std::fmt;

use jiff::Timestamp;

/// Who signed in, by a verified assertion.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name that the identity provider gives the user.
    pub name_id: NameId,
    /// What the user is found by: the NameID or the value of the mapped attribute.
    pub join: String,
    /// The e-mail address, if it is mapped and was sent.
    pub email: Option<String>,
    /// The first name.
    pub given_name: Option<String>,
    /// The last name.
    pub family_name: Option<String>,
    /// The name to be shown.
    pub display_name: Option<String>,
    /// The groups.
    pub groups: AssertedGroups,
    /// The names of all attributes that were sent, in their order: those that are not mapped can be offered for mapping.
    pub attribute_names: Vec<String>,
    /// Which side began the sign-in.
    pub begun_by: BegunBy,
    /// The identity provider's name of the session, which a logout refers to.
    pub session_index: Option<String>,
    /// When the session here has to end at the latest (A12).
    pub session_ends: Option<Timestamp>,
    /// When the user has proved who she is (SAML core §2.7.2 `AuthnInstant`).
    pub authenticated: Authenticated,
    /// The one use of the assertion (A13).
    pub once: Once,
}

/// Says which facts there are, not what they are.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("begun_by", &self.begun_by)
            .field("once", &self.once)
            .finish_non_exhaustive()
    }
}

/// The NameID of the subject (SAML core §2.2.3).
#[derive(Clone, PartialEq, Eq)]
pub struct NameId {
    /// Its value, whole and as signed.
    pub value: String,
    /// Its format.
    pub format: Option<String>,
    /// The domain that it is unique in, as the identity provider names it.
    pub name_qualifier: Option<String>,
    /// The service provider, or the group of them, that it was made for.
    pub sp_name_qualifier: Option<String>,
}

/// Says how it is written, not whom it names.
impl fmt::Debug for NameId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NameId").field("format", &self.format).finish_non_exhaustive()
    }
}

/// When a user has proved who she is, by the clock of the identity provider, as far as that can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authenticated {
    /// When. It is not in the future; and where she was asked to prove it anew, it is not before she was asked.
    pub at: Timestamp,
    /// Whether she was asked to prove it anew, and this is the answer (SAML core §3.4.1 `ForceAuthn`). Whatever else happened at the
    /// identity provider meanwhile, such as a sign-in that was begun there, is none.
    pub anew: bool,
}

/// The groups that an assertion names. Absent and empty are not the same: a missing attribute must not take anybody's access
/// away (S18, enrollment.md 4.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssertedGroups {
    /// No groups attribute is mapped.
    NotMapped,
    /// The attribute is not in the assertion.
    Absent,
    /// Entra ID left it out because there are too many groups (it says so by a link): filter the groups claim, or use SCIM.
    TooMany,
    /// The attribute is there; without values it means no groups.
    Listed(Vec<String>),
}

/// Which side began a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BegunBy {
    /// This service, by a request that this response answers. The request is used up.
    ServiceProvider,
    /// The identity provider. A pending request, if there was one, is still pending.
    IdentityProvider,
}

/// What the caller has to write in the transaction that makes the session, under a unique key of connection and id. If the key
/// is there already, the assertion is a replay and the sign-in is refused (A13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The id of the assertion.
    pub assertion_id: String,
    /// Until when it has to be remembered: after that, it is refused as expired.
    pub remember_until: Timestamp,
}
