//! What to play and against whom.

use std::fmt;

use secrecy::SecretString;
use serde::Serialize;

/// The identity provider that is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Idp {
    /// Okta, with the calls of wizard apps and of catalog (OIN) apps.
    Okta,
    /// Microsoft Entra ID, with the calls of the default client and of the `aadOptscim062020` flag.
    Entra,
    /// OneLogin, with a template in which everything is a string.
    OneLogin,
    /// JumpCloud, whose connection test really creates a user and a group.
    JumpCloud,
    /// Ping (PingFederate), which downloads all groups instead of filtering.
    Ping,
    /// Google Workspace, which provisions users only.
    Google,
    /// Keycloak with the plug-in keycloak-scim, which looks nobody up before it creates.
    Keycloak,
    /// authentik, which reads the ServiceProviderConfig first.
    Authentik,
}

impl Idp {
    /// Every identity provider that can be played.
    pub const ALL: [Self; 8] = [
        Self::Okta,
        Self::Entra,
        Self::OneLogin,
        Self::JumpCloud,
        Self::Ping,
        Self::Google,
        Self::Keycloak,
        Self::Authentik,
    ];

    /// Whether answers must have SCIM's own media type.
    pub(crate) fn wants_scim_json(self) -> bool {
        matches!(self, Self::Okta | Self::Entra)
    }
}

impl fmt::Display for Idp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Okta => "Okta",
            Self::Entra => "Microsoft Entra ID",
            Self::OneLogin => "OneLogin",
            Self::JumpCloud => "JumpCloud",
            Self::Ping => "Ping",
            Self::Google => "Google Workspace",
            Self::Keycloak => "Keycloak",
            Self::Authentik => "authentik",
        })
    }
}

/// One simulation: which identity provider, against which server, and how much.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The identity provider that is played.
    pub idp: Idp,
    /// The SCIM base URL, such as `https://scim.example.com/scim/v2`.
    pub base_url: String,
    /// The SCIM token; it is sent as `Authorization: Bearer ...` and never recorded.
    pub token: SecretString,
    /// How many users to create.
    pub users: usize,
    /// How many groups to create.
    pub groups: usize,
    /// The same seed gives the same people, groups and memberships.
    pub seed: u64,
    /// How many requests may be under way at once (at least 1).
    pub parallel: usize,
}

impl Plan {
    /// A plan of 25 users and 5 groups with 8 requests at once, as Entra does.
    ///
    /// ```
    /// use enroll_simulate::{Idp, Plan};
    ///
    /// let mut plan = Plan::new(Idp::Okta, "http://127.0.0.1:8080/scim/v2", "the-token");
    /// plan.users = 100;
    /// assert_eq!(plan.parallel, 8);
    /// ```
    pub fn new(idp: Idp, base_url: impl Into<String>, token: impl Into<SecretString>) -> Self {
        Self {
            idp,
            base_url: base_url.into(),
            token: token.into(),
            users: 25,
            groups: 5,
            seed: 1,
            parallel: 8,
        }
    }
}
