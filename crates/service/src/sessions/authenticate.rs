//! Who sends a request, by the cookie of a session.

use enroll_domain::audit::Actor;
use enroll_domain::{DirectoryId, OpaqueSecret, SecretHash, SessionId, UserId};
use enroll_store::server_admin;
use enroll_store::session::{self, SessionRow};
use enroll_store::user::{self, UserRow};
use jiff::Timestamp;
use tracing::warn;

use crate::kept::{Kept, Weight};
use crate::{Error, Service, SessionUser};

/// Sessions kept in memory: more than are in use at a time.
const SESSIONS: usize = 4096;

/// The sessions that were used last, as `docs/decisions/0005` has it: a session that was ended by whichever process is gone for
/// the next request. What time decides is decided anew at each use.
pub(crate) struct KeptSessions(Kept<SecretHash, Session>);

impl Default for KeptSessions {
    fn default() -> Self {
        Self(Kept::new(SESSIONS, SESSIONS as u64))
    }
}

/// A session with its user.
struct Session {
    row: SessionRow,
    user: UserRow,
    server_admin: bool,
}

impl Weight for Session {
    fn weight(&self) -> u64 {
        1
    }
}

/// A user who has shown the cookie of a session that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The session.
    pub session: SessionId,
    /// The user.
    pub user: UserId,
    /// Her directory.
    pub directory: DirectoryId,
    /// Her userName, for the log.
    pub user_name: String,
    /// Whether she is a server admin.
    pub server_admin: bool,
    /// When she has proved who she is.
    pub authenticated: Timestamp,
    /// Whether she was asked then to prove it anew.
    pub anew: bool,
}

impl SignedIn {
    /// Whom the audit trail names for what is done in this session: see [`Service::acting_as`].
    pub fn actor(&self) -> Actor {
        Actor::user(self.user, &self.user_name)
    }

    /// The user, as a token of hers would act for her.
    pub fn user(&self) -> SessionUser {
        SessionUser { id: self.user, name: self.user_name.clone(), server_admin: self.server_admin }
    }
}

impl Service {
    /// Checks the cookie of a session.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] for whatever does not open a session: it was ended, has ended by time, its user is deactivated, or
    /// it was never given out. The text does not tell which.
    pub async fn authenticate_session(&self, cookie: &str) -> Result<SignedIn, Error> {
        let hash = SecretHash::of(&OpaqueSecret::parse(cookie).ok_or_else(refused)?);
        let kept = self
            .sessions()
            .0
            .get_or_load(self.seen().await, hash, || {
                self.db().look_up(|tx| {
                    let row = session::find_by_cookie(tx, hash)?.ok_or_else(refused)?;
                    let user = user::find(tx, row.directory, row.user)?.ok_or_else(refused)?;
                    let server_admin = server_admin::is(tx, user.id)?;
                    Ok::<_, Error>(Session { row, user, server_admin })
                })
            })
            .await?;
        let Session { row, user, server_admin } = &*kept;
        let now = self.clock().now();
        if !user.active || !self.session_limits().in_time(row, now) {
            return Err(refused());
        }
        if session::needs_touch(row.last_used, now) {
            self.touch_session(row.id, now);
        }
        Ok(SignedIn {
            session: row.id,
            user: row.user,
            directory: row.directory,
            user_name: user.user_name.clone(),
            server_admin: *server_admin,
            authenticated: row.authenticated,
            anew: row.anew,
        })
    }

    /// Writes the time of last use beside the request, which does not wait for it.
    fn touch_session(&self, id: SessionId, now: Timestamp) {
        let service = self.clone();
        tokio::spawn(async move {
            if let Err(error) = service.db().write(move |tx| session::touch(tx, id, now)).await {
                warn!(%error, "the time of a session's last use was not written");
            }
        });
    }
}

fn refused() -> Error {
    Error::Unauthorized("you are not signed in, or your session has ended: sign in again".to_owned())
}
