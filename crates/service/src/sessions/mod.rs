//! Sessions of users who have signed in (enrollment.md 2.3, threat S22).
//!
//! A session is a row. Its cookie is 256 random bits, stored as their SHA-256. What ends a session deletes the row in the
//! transaction of its cause, so that nothing that happens later, such as reactivation, can bring it back.

mod authenticate;
mod list;
mod me;
mod open;
mod revoke;

use std::time::Duration;

use enroll_domain::SessionId;
use enroll_domain::time::Moment;
use enroll_store::session::SessionRow;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

pub(crate) use authenticate::KeptSessions;
pub use authenticate::SignedIn;
pub(crate) use me::organizations_of;
pub use me::{SignedInUser, UserOrganization};
pub(crate) use open::Opening;
pub use open::{NewSession, SessionDetails};
pub(crate) use revoke::{end, revoke_all};

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// A cookie that was not used for so long opens nothing any more (OWASP ASVS 7.3.1; NIST SP 800-63B-4 §2.2.3). As a use is written once
    /// a minute, less than some minutes means little.
    pub idle: Duration,
    /// No session is longer, however much it is used (OWASP ASVS 7.3.2).
    pub longest: Duration,
}

impl Default for SessionLimits {
    /// An hour and twelve hours.
    fn default() -> Self {
        Self { idle: Duration::from_secs(60 * 60), longest: Duration::from_secs(12 * 60 * 60) }
    }
}

impl SessionLimits {
    /// When a session ends at the latest that begins at `created`.
    pub(crate) fn end(&self, created: Timestamp) -> Timestamp {
        let longest = SignedDuration::try_from(self.longest).unwrap_or(SignedDuration::MAX);
        created.checked_add(longest).unwrap_or(Timestamp::MAX)
    }

    /// Whether the cookie of a session still opens it, by the clock alone. Limits that were made shorter since it began count too.
    pub(crate) fn in_time(&self, session: &SessionRow, now: Timestamp) -> bool {
        let idle = SignedDuration::try_from(self.idle).unwrap_or(SignedDuration::MAX);
        self.lasts(session, now) && now.duration_since(session.last_used) < idle
    }

    /// Whether a session has not come to its end, however long its cookie has not been used: what was given to a client in it is
    /// good for as long.
    pub(crate) fn lasts(&self, session: &SessionRow, now: Timestamp) -> bool {
        session.expires > now && self.end(session.created) > now
    }
}

/// A session as its user or an administrator sees it. Nothing of it opens anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionInfo {
    /// The id.
    pub id: SessionId,
    /// When the user has signed in.
    #[schemars(with = "Moment")]
    pub created: Timestamp,
    /// When it ends at the latest.
    #[schemars(with = "Moment")]
    pub expires: Timestamp,
    /// When it was last used, to the minute.
    #[schemars(with = "Moment")]
    pub last_used: Timestamp,
    /// From which address she has signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// With which browser, as it says of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Whether it is the session of this request.
    pub current: bool,
}

impl SessionInfo {
    pub(crate) fn of(row: SessionRow, current: Option<SessionId>) -> Self {
        Self {
            current: current == Some(row.id),
            id: row.id,
            created: row.created,
            expires: row.expires,
            last_used: row.last_used,
            address: row.address,
            user_agent: row.user_agent,
        }
    }
}
