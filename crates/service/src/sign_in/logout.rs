//! Single logout with the identity provider (SAML profiles §4.4). Whatever the identity provider does or says, a user who signs out here
//! is signed out here first.

use enroll_domain::audit::{Action, Actor, Origin};
use enroll_saml::{
    Arrived, BegunLogout, LoggedOut, LogoutRequest, LogoutResponse, NameId, Refusal, answer_logout,
    begin_logout, logout_request, logout_response,
};
use enroll_store::{Tx, directory, session, sign_in, user};

use super::connection::connected;
use super::settings::stored;
use crate::audit::Scribe;
use crate::sessions::end;
use crate::{Error, Service, SignedIn};

/// What the audit trail says of sessions that the identity provider has ended.
const ASKED: &str = "identity-provider";

/// What came of a logout request of the identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogoutAsked {
    /// The sessions have ended.
    Done {
        /// Where to send the browser, with the answer; none where the identity provider names no place for it.
        redirect: Option<String>,
    },
    /// Nothing has ended.
    Refused(RefusedLogout),
}

/// A logout message that was not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedLogout {
    /// A stable code.
    pub code: String,
    /// A sentence for an administrator.
    pub admin: String,
}

impl From<Refusal> for RefusedLogout {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.reason().code().to_owned(), admin: refusal.to_string() }
    }
}

impl Service {
    /// Signs a user out here, and begins to sign her out at the identity provider that has signed her in. None where that has no place
    /// for it.
    ///
    /// # Errors
    /// [`Error::Store`]. A fault of what comes after the end of the session here is logged, not given: she is signed out.
    pub async fn sign_out_everywhere(&self, signed_in: &SignedIn) -> Result<Option<BegunLogout>, Error> {
        let id = signed_in.session;
        let row = self.db().look_up_one(|tx| session::find(tx, id))?;
        self.sign_out(signed_in).await?;
        let Some(row) = row else { return Ok(None) };
        let there = self.logout_there(&row).await;
        Ok(there.unwrap_or_else(|error| {
            tracing::error!(%error, "a user was signed out here, and not at the identity provider");
            None
        }))
    }

    async fn logout_there(&self, row: &session::SessionRow) -> Result<Option<BegunLogout>, Error> {
        let Some(value) = row.name_id.clone() else { return Ok(None) };
        let found = self.db().look_up(|tx| {
            let Some(directory) = directory::find(tx, row.directory)? else { return Ok(None) };
            Ok::<_, Error>(stored(tx, directory.id)?.map(|stored| (directory, stored)))
        })?;
        let Some((directory, stored)) = found.filter(|(_, stored)| stored.logout_url.is_some()) else {
            return Ok(None);
        };
        let (ours, connection) = (self.service_provider(directory.name.as_str())?, stored.connection()?);
        let key = self.saml_key().await?;
        let name_id = NameId {
            value,
            format: row.name_id_format.clone(),
            name_qualifier: row.name_qualifier.clone(),
            sp_name_qualifier: row.sp_name_qualifier.clone(),
        };
        let of = (&name_id, row.session_index.as_deref());
        Ok(begin_logout(&ours, &connection, key, of, self.clock().now(), &self.entropy_16()?))
    }

    /// Carries out a logout request of a directory's identity provider: ends the sessions of the user whom it names, all of them or
    /// those that it names, once.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory or connection; [`Error::Store`].
    pub async fn logout_asked(
        &self,
        directory: &str,
        arrived: Arrived<'_>,
        relay_state: Option<&str>,
        origin: Origin,
    ) -> Result<LogoutAsked, Error> {
        let (row, stored) = self.db().look_up(|tx| connected(tx, directory))?;
        let (ours, connection, now) =
            (self.service_provider(row.name.as_str())?, stored.connection()?, self.clock().now());
        let request = match logout_request(&ours, &connection, arrived, now) {
            Ok(request) => request,
            Err(refusal) => return Ok(LogoutAsked::Refused(refusal.into())),
        };
        let key = self.saml_key().await?;
        let scribe = Scribe::of_actor(Actor::system().by(origin), now);
        let (asked, issuer) = (request.clone(), stored.entity_id.clone());
        let ended = self
            .db()
            .write(move |tx| {
                let once = (issuer.as_str(), asked.id.as_str());
                if !sign_in::use_assertion(tx, row.id, once, asked.remember_until, now)? {
                    return Ok(false);
                }
                ended(tx, &scribe, row.id, &asked)?;
                Ok::<_, Error>(true)
            })
            .await?;
        if !ended {
            return Ok(LogoutAsked::Refused(RefusedLogout {
                code: "replayed".to_owned(),
                admin:
                    "the logout request was used before: a browser has sent it twice, or somebody has kept it"
                        .to_owned(),
            }));
        }
        let done = LoggedOut { request_id: &request.id, relay_state };
        let redirect = answer_logout(&ours, &connection, key, done, now, &self.entropy_16()?);
        Ok(LogoutAsked::Done { redirect })
    }

    /// Reads the identity provider's answer to a logout request; answers whether it has ended its session too. `request_id` is that of the
    /// request that this browser has brought there.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory or connection; [`Error::Store`].
    pub fn logout_answered(
        &self,
        directory: &str,
        arrived: Arrived<'_>,
        request_id: &str,
    ) -> Result<Result<bool, RefusedLogout>, Error> {
        let (row, stored) = self.db().look_up(|tx| connected(tx, directory))?;
        let (ours, connection) = (self.service_provider(row.name.as_str())?, stored.connection()?);
        let answer = logout_response(&ours, &connection, request_id, arrived, self.clock().now());
        Ok(answer.map(|LogoutResponse { everywhere }| everywhere).map_err(RefusedLogout::from))
    }

    /// Random bytes for the id of a message.
    fn entropy_16(&self) -> Result<[u8; 16], Error> {
        let random = self.random()?;
        let mut half = [0; 16];
        half.copy_from_slice(random.split_at(16).0);
        Ok(half)
    }
}

/// Ends the sessions that a request is about, as signing out does: clients are told.
fn ended(
    tx: &Tx<'_>,
    scribe: &Scribe,
    directory: enroll_domain::DirectoryId,
    asked: &LogoutRequest,
) -> Result<(), Error> {
    for row in session::list_of_name_id(tx, directory, &asked.name_id)? {
        let index = row.session_index.as_ref();
        if !asked.session_indexes.is_empty()
            && !index.is_some_and(|index| asked.session_indexes.contains(index))
        {
            continue;
        }
        let user = user::find(tx, row.directory, row.user)?;
        let user_name = user.map(|user| user.user_name).unwrap_or_default();
        end(tx, scribe, &row, &user_name, (Action::SessionRevoked, Some(ASKED)))?;
    }
    Ok(())
}
