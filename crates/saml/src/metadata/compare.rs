//! What a newer metadata document changes, to be shown (A17).

use crate::certificate::Certificate;
use crate::connection::{Endpoint, EntityId, IdentityProvider};

/// The differences between two descriptions of an identity provider: each value before and after.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// The entity ID. Another one is another identity provider.
    pub entity_id: Option<(EntityId, EntityId)>,
    /// Where sign-ins begin.
    pub sign_in: Option<(Endpoint, Endpoint)>,
    /// Where logouts go.
    pub logout: Option<(Option<Endpoint>, Option<Endpoint>)>,
    /// Certificates that are new.
    pub added: Vec<Certificate>,
    /// Certificates that are gone.
    pub removed: Vec<Certificate>,
}

impl Differences {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares what is configured with what a document says.
pub fn differences(before: &IdentityProvider, after: &IdentityProvider) -> Differences {
    fn changed<T: Clone + PartialEq>(before: &T, after: &T) -> Option<(T, T)> {
        (before != after).then(|| (before.clone(), after.clone()))
    }
    let only = |these: &IdentityProvider, those: &IdentityProvider| {
        let known: Vec<&Certificate> = those.certificates.iter().collect();
        these.certificates.iter().filter(|certificate| !known.contains(certificate)).cloned().collect()
    };
    Differences {
        entity_id: changed(&before.entity_id, &after.entity_id),
        sign_in: changed(&before.sign_in, &after.sign_in),
        logout: changed(&before.logout, &after.logout),
        added: only(after, before),
        removed: only(before, after),
    }
}
