//! Opening a session: the last step of every sign-in.

use enroll_domain::audit::{Action, Actor, SubjectKind};
use enroll_domain::{DirectoryId, GrantId, OpaqueSecret, SecretHash, SessionId, UserId};
use enroll_saml::{Authenticated, NameId};
use enroll_store::Tx;
use enroll_store::oidc::authorization;
use enroll_store::session::{self, SessionRow};
use enroll_store::user::{self, UserRow};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use super::SessionInfo;
use crate::admin::enroll_at_sign_in;
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
    /// How the identity provider names the user in this session, for its logout requests and ours.
    pub name_id: Option<NameId>,
    /// How the identity provider names the session.
    pub session_index: Option<String>,
    /// When she has proved who she is; `None` when she has just now, for this session.
    pub authenticated: Option<Authenticated>,
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

/// A session that is about to be opened, for a transaction that may run more than once.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    id: SessionId,
    /// The grant that a first sign-in gives.
    grant: GrantId,
    hash: SecretHash,
    now: Timestamp,
    expires: Timestamp,
    details: SessionDetails,
}

impl Opening {
    /// Opens the session and enrolls the user where her directory enrolls everybody, unless she is deactivated: then the refusal is
    /// committed instead, for it is told to the audit trail.
    pub(crate) fn insert(&self, tx: &Tx<'_>, found: &UserRow, scribe: &Scribe) -> Result<bool, Error> {
        let (user_id, name) = (found.id.to_string(), found.user_name.as_str());
        let subject = (SubjectKind::User, user_id.as_str(), name);
        let mut changes = Changes::default();
        changes.note("address", self.details.address.as_deref());
        if !found.active {
            changes.note("reason", "deactivated");
            scribe.write(tx, Action::SignInRefused, found.directory, subject, &changes)?;
            return Ok(false);
        }
        session::forget_ended(tx, self.now)?;
        authorization::forget_ended(tx, self.now)?;
        session::insert(tx, self.hash, &self.row(found.id, found.directory))?;
        changes.note("session", self.id);
        scribe.write(tx, Action::UserSignedIn, found.directory, subject, &changes)?;
        enroll_at_sign_in(tx, scribe, found, self.grant)?;
        Ok(true)
    }

    /// The session as its user is given it, when it is opened.
    pub(crate) fn opened(&self, user: UserId, directory: DirectoryId, cookie: &OpaqueSecret) -> NewSession {
        let info = SessionInfo::of(self.row(user, directory), Some(self.id));
        NewSession { info, cookie: cookie.reveal() }
    }

    fn row(&self, user: UserId, directory: DirectoryId) -> SessionRow {
        let name_id = self.details.name_id.clone();
        let just_now = Authenticated { at: self.now, anew: true };
        let authenticated = self.details.authenticated.unwrap_or(just_now);
        SessionRow {
            id: self.id,
            user,
            directory,
            created: self.now,
            expires: self.expires,
            last_used: self.now,
            address: self.details.address.clone(),
            user_agent: self.details.user_agent.clone(),
            session_index: self.details.session_index.clone(),
            name_id_format: name_id.as_ref().and_then(|name| name.format.clone()),
            name_qualifier: name_id.as_ref().and_then(|name| name.name_qualifier.clone()),
            sp_name_qualifier: name_id.as_ref().and_then(|name| name.sp_name_qualifier.clone()),
            name_id: name_id.map(|name| name.value),
            authenticated: authenticated.at,
            anew: authenticated.anew,
        }
    }
}

impl Service {
    /// Opens a session for a user of a directory who has proved who she is. The caller has checked that; nothing here does.
    ///
    /// The session ends when the limits say so ([`crate::SessionLimits`]), or when the identity provider says so, whichever comes first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a deactivated user (enrollment.md 4.4), and when the identity provider's session has ended;
    /// [`Error::NotFound`] when the directory has no such user.
    pub async fn open_session(
        &self,
        user: UserId,
        directory: DirectoryId,
        details: SessionDetails,
    ) -> Result<NewSession, Error> {
        let (opening, cookie) = self.opening(details)?;
        let (write, origin) = (opening.clone(), self.actor().origin.clone());
        let (opened, name) = self
            .db()
            .write(move |tx| {
                let missing = || Error::NotFound("the directory has no such user".to_owned());
                let found = user::find(tx, directory, user)?.ok_or_else(missing)?;
                let actor = Actor::user(user, &found.user_name).by(origin.clone());
                let scribe = Scribe::of_actor(actor, write.now);
                let opened = write.insert(tx, &found, &scribe)?;
                Ok::<_, Error>((opened, found.user_name))
            })
            .await?;
        if !opened {
            return Err(Error::Forbidden(format!(
                "the account {name} is deactivated: ask the administrators of your identity provider"
            )));
        }
        Ok(opening.opened(user, directory, &cookie))
    }

    /// Prepares a session, with its cookie.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when the identity provider's session has ended.
    pub(crate) fn opening(&self, details: SessionDetails) -> Result<(Opening, OpaqueSecret), Error> {
        let now = self.clock().now();
        let longest = self.session_limits().end(now);
        let expires = details.not_on_or_after.map_or(longest, |theirs| theirs.min(longest));
        if expires <= now {
            return Err(Error::Forbidden(
                "your session at the identity provider has ended: sign in there again".to_owned(),
            ));
        }
        let cookie = OpaqueSecret::from_random(self.random()?);
        let cut =
            |text: String| text.chars().filter(|c| !c.is_control()).take(USER_AGENT_CHARACTERS).collect();
        let details = SessionDetails { user_agent: details.user_agent.map(cut), ..details };
        let (id, grant) =
            (SessionId::new(now, &self.entropy().id()), GrantId::new(now, &self.entropy().id()));
        Ok((Opening { id, grant, hash: SecretHash::of(&cookie), now, expires, details }, cookie))
    }

    /// 256 random bits for a secret.
    pub(crate) fn random(&self) -> Result<[u8; 32], Error> {
        self.entropy().secret().map_err(|error| Error::Internal(format!("no randomness: {error}")))
    }
}
