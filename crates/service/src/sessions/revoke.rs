//! Ending sessions.

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::{SessionId, UserId};
use enroll_store::session::{self, SessionRow};
use enroll_store::{Tx, user};

use super::SignedIn;
use crate::access::find_user;
use crate::audit::{Changes, Scribe};
use crate::{Error, Service, oidc};

/// Why a session ends that an administrator, or its user in another one, has asked to end.
const ASKED: &str = "asked";

/// Ends every session of a user, in the transaction of the cause: when its answer is sent, no cookie of hers opens anything
/// (threat S22).
///
/// # Errors
/// The store fails.
pub(crate) fn revoke_all(tx: &Tx<'_>, scribe: &Scribe, user: UserId, reason: &str) -> Result<(), Error> {
    for row in session::list_of_user(tx, user)? {
        let user = user::find(tx, row.directory, row.user)?;
        let user_name = user.map(|user| user.user_name).unwrap_or_default();
        end(tx, scribe, &row, &user_name, (Action::SessionRevoked, Some(reason)))?;
    }
    Ok(())
}

/// Ends one session and tells the audit trail.
pub(crate) fn end(
    tx: &Tx<'_>,
    scribe: &Scribe,
    row: &SessionRow,
    user_name: &str,
    (action, why): (Action, Option<&str>),
) -> Result<(), Error> {
    oidc::session_ended(tx, row, scribe.now())?;
    session::delete(tx, row.id)?;
    let mut changes = Changes::default();
    changes.note("reason", why);
    let (session_id, user_id) = (row.id.to_string(), row.user.to_string());
    let subject = if action == Action::UserSignedOut {
        changes.note("session", &session_id);
        (SubjectKind::User, user_id.as_str(), user_name)
    } else {
        changes.note("user", &user_id);
        (SubjectKind::Session, session_id.as_str(), user_name)
    };
    Ok(scribe.write(tx, action, row.directory, subject, &changes).map(drop)?)
}

impl Service {
    /// Signs a user out: ends the session that she is using. The request is that of who acts: see [`Service::acting_as`].
    ///
    /// # Errors
    /// [`Error::Store`]. A session that is gone already is no error.
    pub async fn sign_out(&self, signed_in: &SignedIn) -> Result<(), Error> {
        let signed_in = signed_in.clone();
        let scribe = Scribe::of_actor(signed_in.actor().by(self.actor().origin.clone()), self.clock().now());
        self.db()
            .write(move |tx| match session::find(tx, signed_in.session)? {
                Some(row) => end(tx, &scribe, &row, &signed_in.user_name, (Action::UserSignedOut, None)),
                None => Ok(()),
            })
            .await
    }

    /// Ends one session. With `of`, only one of this user's: that of another is not there.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id.
    pub async fn revoke_session(&self, id: &str, of: Option<UserId>) -> Result<(), Error> {
        let missing = format!("there is no session {id:?}");
        let parsed: SessionId = id.parse().map_err(|_| Error::NotFound(missing.clone()))?;
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let row = session::find(tx, parsed)?.filter(|row| of.is_none_or(|user| user == row.user));
                let row = row.ok_or_else(|| Error::NotFound(missing.clone()))?;
                let user = user::find(tx, row.directory, row.user)?;
                let user_name = user.map(|user| user.user_name).unwrap_or_default();
                end(tx, &scribe, &row, &user_name, (Action::SessionRevoked, Some(ASKED)))
            })
            .await
    }

    /// Ends every session of a user, whom an administrator names by handle, userName or id.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user, [`Error::Conflict`] when the name stands for several.
    pub async fn revoke_sessions_of(&self, user: &str) -> Result<(), Error> {
        let name = user.to_owned();
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let row = find_user(tx, &name)?;
                revoke_all(tx, &scribe, row.id, ASKED)
            })
            .await
    }
}
