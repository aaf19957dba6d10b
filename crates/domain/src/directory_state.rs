//! How a directory's identity provider is doing, from the requests it sends (enrollment.md §7.2).

use jiff::Timestamp;

use crate::Idp;
use crate::word::words;

words! {
    /// The state of a directory.
    DirectoryState: "a state of a directory" {
        /// No request with a token of the directory has come yet.
        NeverConnected = "never-connected",
        /// Requests come and are carried out.
        Healthy = "healthy",
        /// None has come for a while, which is normal for this identity provider.
        Quiet = "quiet",
        /// None has come for longer than this identity provider is ever quiet.
        Silent = "silent",
        /// Its token is refused, or its changes are.
        Failing = "failing",
        /// Its brake holds a request by which too many people would lose access.
        Held = "held",
        /// An administrator has paused it: it takes no changes.
        Paused = "paused",
    }
}

/// Writes that are refused in a row before a directory counts as failing: one or two are about a person, more are about the set-up.
pub const FAILED_WRITES: u32 = 3;

/// What is known of the requests of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traffic {
    /// When the last one came.
    pub last_request: Timestamp,
    /// Since when its token is refused, with nothing carried out in between.
    pub refused_since: Option<Timestamp>,
    /// Writes that were refused in a row.
    pub failed_writes: u32,
}

impl DirectoryState {
    /// The state of a directory at a time, as far as its traffic tells: whether it is held or paused stands elsewhere, and comes first.
    ///
    /// ```
    /// use enroll_domain::{DirectoryState, Idp};
    /// assert_eq!(DirectoryState::of(None, Idp::Other, jiff::Timestamp::UNIX_EPOCH), DirectoryState::NeverConnected);
    /// ```
    pub fn of(traffic: Option<Traffic>, idp: Idp, now: Timestamp) -> Self {
        let Some(traffic) = traffic else { return Self::NeverConnected };
        if traffic.refused_since.is_some() || traffic.failed_writes >= FAILED_WRITES {
            return Self::Failing;
        }
        let (quiet, silent) = idp.patience();
        let since = now.duration_since(traffic.last_request);
        if since > silent {
            Self::Silent
        } else if since > quiet {
            Self::Quiet
        } else {
            Self::Healthy
        }
    }

    /// A sentence for people, about the directory of that name.
    pub fn sentence(self, idp: Idp, directory: &str) -> String {
        let idp = idp.title();
        match self {
            Self::NeverConnected => {
                "no request has come yet: enter the base URL and a token in the identity provider".to_owned()
            }
            Self::Healthy => format!("{idp} sends requests and they are carried out"),
            Self::Quiet => format!("{idp} has sent nothing for a while, which is normal"),
            Self::Silent => {
                format!(
                    "{idp} has sent nothing for longer than usual: look whether provisioning is still on there"
                )
            }
            Self::Failing => format!("requests of {idp} are refused: see the last error"),
            Self::Held => format!(
                "the brake holds a request by which too many people would lose access: if it is meant, approve it \
                 (enroll directory brake approve --directory {directory}); if not, pause the directory (enroll directory pause {directory})"
            ),
            Self::Paused => {
                format!(
                    "a server admin has paused it, and it takes no changes: enroll directory resume {directory}"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{DirectoryState, Traffic};
    use crate::Idp;

    fn after(minutes: i64, idp: Idp) -> DirectoryState {
        let traffic = Traffic { last_request: Timestamp::UNIX_EPOCH, refused_since: None, failed_writes: 0 };
        DirectoryState::of(Some(traffic), idp, Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes))
    }

    #[test]
    fn e7_2_how_long_silence_is_normal_depends_on_the_identity_provider() {
        assert_eq!(after(40, Idp::Entra), DirectoryState::Healthy);
        assert_eq!(after(90, Idp::Entra), DirectoryState::Quiet);
        assert_eq!(after(200, Idp::Entra), DirectoryState::Silent);
        assert_eq!(after(200, Idp::Okta), DirectoryState::Healthy);
        assert_eq!(after(7 * 24 * 60, Idp::Okta), DirectoryState::Quiet);
        assert_eq!(after(31 * 24 * 60, Idp::Okta), DirectoryState::Silent);
    }

    #[test]
    fn e7_2_what_is_held_or_paused_is_told_with_the_command_that_ends_it() {
        let held = DirectoryState::Held.sentence(Idp::Okta, "okta-x");
        assert!(held.contains("enroll directory brake approve --directory okta-x"), "{held}");
        let paused = DirectoryState::Paused.sentence(Idp::Okta, "okta-x");
        assert!(paused.contains("enroll directory resume okta-x"), "{paused}");
    }

    #[test]
    fn e7_2_a_refused_token_or_refused_writes_in_a_row_are_failing() {
        let now = Timestamp::UNIX_EPOCH;
        let traffic = |refused_since, failed_writes| {
            DirectoryState::of(
                Some(Traffic { last_request: now, refused_since, failed_writes }),
                Idp::Other,
                now,
            )
        };
        assert_eq!(traffic(None, 2), DirectoryState::Healthy);
        assert_eq!(traffic(None, 3), DirectoryState::Failing);
        assert_eq!(traffic(Some(now), 0), DirectoryState::Failing);
        assert_eq!(DirectoryState::of(None, Idp::Entra, now), DirectoryState::NeverConnected);
    }
}
