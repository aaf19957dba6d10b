//! Identity providers that are known by name: how each calls itself and how often it speaks.

use jiff::SignedDuration;

use crate::word::words;

words! {
    /// An identity provider.
    Idp: "an identity provider" {
        /// Microsoft Entra ID.
        Entra = "entra",
        /// Okta.
        Okta = "okta",
        /// OneLogin.
        OneLogin = "onelogin",
        /// JumpCloud.
        JumpCloud = "jumpcloud",
        /// Ping Identity.
        Ping = "ping",
        /// Google Workspace.
        Google = "google",
        /// Keycloak with an extension for SCIM.
        Keycloak = "keycloak",
        /// authentik.
        Authentik = "authentik",
        /// Any other.
        Other = "other",
    }
}

impl Idp {
    /// Which identity provider calls itself so in `User-Agent`; `None` for a name that says nothing.
    pub fn of_user_agent(user_agent: &str) -> Option<Self> {
        let agent = user_agent.to_ascii_lowercase();
        let names = [
            ("okta", Self::Okta),
            ("azure", Self::Entra),
            ("entra", Self::Entra),
            ("microsoft", Self::Entra),
            ("onelogin", Self::OneLogin),
            ("jumpcloud", Self::JumpCloud),
            ("ping", Self::Ping),
            ("google", Self::Google),
            ("keycloak", Self::Keycloak),
            ("authentik", Self::Authentik),
            ("goauthentik", Self::Authentik),
        ];
        names.into_iter().find(|(name, _)| agent.contains(name)).map(|(_, idp)| idp)
    }

    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Entra => "Microsoft Entra ID",
            Self::Okta => "Okta",
            Self::OneLogin => "OneLogin",
            Self::JumpCloud => "JumpCloud",
            Self::Ping => "Ping Identity",
            Self::Google => "Google Workspace",
            Self::Keycloak => "Keycloak",
            Self::Authentik => "authentik",
            Self::Other => "the identity provider",
        }
    }

    /// How long silence is nothing to remark on, and after how long something is wrong.
    ///
    /// Entra ID begins a cycle every 40 minutes and asks for something in each; four cycles that did not come are no chance. It
    /// asks once a day while it holds the job in quarantine, which is worth being told of. The others send changes when there are
    /// some: a company may have none for weeks.
    pub const fn patience(self) -> (SignedDuration, SignedDuration) {
        match self {
            Self::Entra => (SignedDuration::from_mins(60), SignedDuration::from_hours(3)),
            Self::Authentik | Self::Google => (SignedDuration::from_hours(4), SignedDuration::from_hours(48)),
            Self::Okta | Self::OneLogin | Self::JumpCloud | Self::Ping | Self::Keycloak | Self::Other => {
                (SignedDuration::from_hours(24), SignedDuration::from_hours(24 * 30))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Idp;

    #[test]
    fn an_identity_provider_is_known_by_the_name_it_calls_itself() {
        assert_eq!(Idp::of_user_agent("Okta SCIM Client 1.0.0"), Some(Idp::Okta));
        assert_eq!(Idp::of_user_agent("OKTA SCIM Integration"), Some(Idp::Okta));
        assert_eq!(Idp::of_user_agent("curl/8.5.0"), None);
        assert_eq!(Idp::of_user_agent(""), None);
    }

    #[test]
    fn e7_2_entra_is_missed_after_hours_and_okta_after_weeks() {
        let (entra, okta) = (Idp::Entra.patience(), Idp::Okta.patience());
        assert!(entra.0 >= jiff::SignedDuration::from_mins(41), "one cycle has its time");
        assert!(entra.1 < okta.0);
        assert!(Idp::ALL.iter().all(|idp| idp.patience().0 < idp.patience().1));
    }
}
