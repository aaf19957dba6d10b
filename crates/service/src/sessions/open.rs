//! Opening a session: the last step of every sign-in.

use enroll_domain::audit::{Action, Actor, SubjectKind};
use enroll_domain::{DirectoryId, OpaqueSecret, SecretHash, SessionId, UserId};
use enroll_store::oidc::authorization;
use enroll_store::session::{self, SessionRow};
use enroll_store::user;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use super::{LONGEST, SessionInfo};
use crate::audit::{Changes, Scribe};
use crate::{Error, Service};

/// Longest text of a browser's name that is kept, in characters.
const USER_AGENT_CHARACTERS: usize = 256;

/// What is known of a sign-in besides who it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionDetails {
    /// From which address.
    pub address: Option<String>,
    /// With which browser, as it says of itself.
    pub user_agent: Option<String>,
    /// When the identity provider ends the session (SAML `SessionNotOnOrAfter`, threat A12); ours ends with it.
    pub not_on_or_after: Option<Timestamp>,
    /// How the identity provider names the user in this session, for its logout requests.
    pub name_id: Option<String>,
    /// How the identity provider names the session.
    pub session_index: Option<String>,
}

/// A session that was just opened.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// What is kept of it.
    pub info: SessionInfo,
    cookie: SecretString,
}

impl NewSession {
    /// The value of the cookie: the only time that it is known.
    pub fn reveal(&self) -> &str {
        self.cookie.expose_secret()
    }
}

/// What came of a sign-in, as far as its transaction is concerned: a refusal is committed too, for it is told to the audit trail.
enum Opened {
    Yes(SessionRow),
    Deactivated(String),
}

impl Service {
    /// Opens a session for a user of a directory who has proved who she is. The caller has checked that; nothing here does.
    ///
    /// The session ends after 12 hours, or when the identity provider says so, whichever comes first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a deactivated user (enrollment.md 4.4), for a bot, and when the identity provider's session has ended;
    /// [`Error::NotFound`] when the directory has no such user.
    pub async fn open_session(
        &self,
        user: UserId,
        directory: DirectoryId,
        details: SessionDetails,
    ) -> Result<NewSession, Error> {
        if directory == DirectoryId::BOTS {
            return Err(Error::Forbidden("a bot does not sign in: give it an API token".to_owned()));
        }
        let now = self.clock().now();
        let longest = now.checked_add(LONGEST).unwrap_or(Timestamp::MAX);
        let expires = details.not_on_or_after.map_or(longest, |theirs| theirs.min(longest));
        if expires <= now {
            return Err(Error::Forbidden(
                "your session at the identity provider has ended: sign in there again".to_owned(),
            ));
        }
        let cookie = OpaqueSecret::from_random(self.random()?);
        let hash = SecretHash::of(&cookie);
        let id = SessionId::new(now, &self.entropy().id());
        let cut =
            |text: String| text.chars().filter(|c| !c.is_control()).take(USER_AGENT_CHARACTERS).collect();
        let row = SessionRow {
            id,
            user,
            directory,
            created: now,
            expires,
            last_used: now,
            address: details.address,
            user_agent: details.user_agent.map(cut),
            name_id: details.name_id,
            session_index: details.session_index,
        };
        let opened = self
            .db()
            .write(move |tx| {
                let missing = || Error::NotFound("the directory has no such user".to_owned());
                let found = user::find(tx, directory, user)?.ok_or_else(missing)?;
                let scribe = Scribe::of_actor(Actor::user(user, &found.user_name), now);
                let (user_id, name) = (user.to_string(), found.user_name.as_str());
                let subject = (SubjectKind::User, user_id.as_str(), name);
                let mut changes = Changes::default();
                changes.note("address", row.address.as_deref());
                if !found.active {
                    changes.note("reason", "deactivated");
                    scribe.write(tx, Action::SignInRefused, directory, subject, &changes)?;
                    return Ok(Opened::Deactivated(found.user_name));
                }
                session::forget_ended(tx, now)?;
                authorization::forget_ended(tx, now)?;
                session::insert(tx, hash, &row)?;
                changes.note("session", row.id);
                scribe.write(tx, Action::UserSignedIn, directory, subject, &changes)?;
                Ok::<_, Error>(Opened::Yes(row.clone()))
            })
            .await?;
        match opened {
            Opened::Yes(row) => {
                Ok(NewSession { info: SessionInfo::of(row, Some(id)), cookie: cookie.reveal() })
            }
            Opened::Deactivated(name) => Err(Error::Forbidden(format!(
                "the account {name} is deactivated: ask the administrators of your identity provider"
            ))),
        }
    }

    /// 256 random bits for a secret.
    pub(crate) fn random(&self) -> Result<[u8; 32], Error> {
        self.entropy().secret().map_err(|error| Error::Internal(format!("no randomness: {error}")))
    }
}
