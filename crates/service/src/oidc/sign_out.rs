//! Signing out at the wish of a client (OpenID Connect RP-Initiated Logout 1.0).

use enroll_domain::ClientUri;
use enroll_store::oidc::client::{self, ClientRow};
use enroll_store::session;
use enroll_store::user;

use super::claims::Hint;
use super::{Parameters, Refusal};
use crate::{Error, Service, SignedIn};

/// What comes of a wish to sign out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignOut {
    /// It is done: the browser goes back to the client, or is shown a page.
    Done {
        /// Where it goes to.
        back: Option<String>,
    },
    /// The user has to say so: nothing proves that the request is about her session.
    Ask {
        /// The client, if it is known.
        client: Option<String>,
        /// Where the browser is sent afterwards.
        back: Option<ClientUri>,
    },
}

impl Service {
    /// Ends the session of an ID token, or of the cookie once its user has confirmed it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a `post_logout_redirect_uri` that is not registered, and parameters that contradict each other; nothing
    /// has ended then.
    pub async fn sign_out_for_client(
        &self,
        parameters: &Parameters,
        signed_in: Option<&SignedIn>,
        confirmed: bool,
    ) -> Result<SignOut, Error> {
        let shown = |refusal: Refusal| Error::Invalid(refusal.description);
        let one = |name| parameters.one(name).map_err(shown);
        let hint = match one("id_token_hint")? {
            None => None,
            Some(hint) => self.read_own::<Hint>(hint).await?,
        };
        let named = one("client_id")?;
        if let (Some(hint), Some(named)) = (&hint, named)
            && hint.aud != named
        {
            return Err(Error::Invalid("client_id is not the client of the id_token_hint".to_owned()));
        }
        let client = match named.or(hint.as_ref().map(|hint| hint.aud.as_str())).map(str::parse) {
            Some(Ok(id)) => self.db().look_up_one(|tx| client::find(tx, id))?,
            _ => None,
        };
        let back = back(client.as_ref(), one("post_logout_redirect_uri")?)?;
        let of_hint = match (&hint, signed_in) {
            (Some(hint), Some(signed_in)) => hint.sid == signed_in.session,
            (Some(_), None) => true,
            (None, signed_in) => signed_in.is_none(),
        };
        if !of_hint && !confirmed {
            return Ok(SignOut::Ask { client: client.map(|client| client.name), back });
        }
        match (signed_in, hint) {
            (Some(signed_in), _) => self.sign_out(signed_in).await?,
            (None, Some(hint)) => self.end_session_of(&hint).await?,
            (None, None) => {}
        }
        let state = one("state")?;
        let back = back.map(|uri| match state {
            None => uri.to_string(),
            Some(state) => {
                let mut query = form_urlencoded::Serializer::new(String::new());
                uri.with_query(&query.append_pair("state", state).finish())
            }
        });
        Ok(SignOut::Done { back })
    }

    /// Ends the session that an ID token was about, where the browser shows no session: its cookie may not come along.
    async fn end_session_of(&self, hint: &Hint) -> Result<(), Error> {
        let (sid, sub) = (hint.sid, hint.sub);
        let found = self.db().look_up(|tx| {
            let Some(row) = session::find(tx, sid)?.filter(|row| row.user == sub) else { return Ok(None) };
            let user = user::find(tx, row.directory, row.user)?;
            Ok::<_, Error>(user.map(|user| (row, user)))
        })?;
        let Some((row, user)) = found else { return Ok(()) };
        self.sign_out(&SignedIn {
            session: row.id,
            user: user.id,
            directory: user.directory,
            user_name: user.user_name,
            server_admin: false,
            authenticated: row.authenticated,
            anew: row.anew,
        })
        .await
    }
}

/// Where the browser may be sent: what the client is registered with, character by character.
fn back(client: Option<&ClientRow>, wanted: Option<&str>) -> Result<Option<ClientUri>, Error> {
    let Some(wanted) = wanted else { return Ok(None) };
    let known = client.and_then(|client| client.post_logout_uris.iter().find(|uri| uri.as_str() == wanted));
    known.cloned().map(Some).ok_or_else(|| {
        Error::Invalid(
            "the application is not registered with this post_logout_redirect_uri, or has not said who it is with client_id or \
             id_token_hint"
                .to_owned(),
        )
    })
}
