//! The token endpoint and what its tokens open (RFC 6749 §4.1.3, §6; OpenID Connect Core 1.0 §3.1.3, §5.3, §12).

use data_encoding::BASE64URL_NOPAD;
use enroll_domain::audit::{Action, Actor, Origin, SubjectKind};
use enroll_domain::{ClientId, ClientScope, OpaqueSecret, SecretHash};
use enroll_store::Tx;
use enroll_store::oidc::authorization::{self, AuthorizationRow};
use enroll_store::oidc::client::{self, ClientRow};
use enroll_store::oidc::token::{self, ClientTokenKind};
use enroll_store::session::{self, SessionRow};
use enroll_store::user::{self, UserRow};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{OAuthError, Refusal, TOKEN, claims};
use crate::audit::{Changes, Scribe};
use crate::sessions::SessionLimits;
use crate::{Error, Service};

/// How a client has said who it is.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    /// The `client_id`.
    pub id: String,
    /// The secret; none for a public client.
    pub secret: Option<SecretString>,
}

/// What a client wants to have tokens for.
#[derive(Debug, Clone)]
pub enum TokenRequest {
    /// `grant_type=authorization_code`
    Code {
        /// The code.
        code: SecretString,
        /// Where it was sent to.
        redirect_uri: String,
        /// The `code_verifier` (RFC 7636 §4.5).
        verifier: SecretString,
    },
    /// `grant_type=refresh_token`
    Refresh {
        /// The refresh token.
        token: SecretString,
        /// The scopes that are wanted, which may not be more than were given.
        scope: Option<String>,
    },
}

/// New tokens.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Opens userinfo.
    pub access_token: SecretString,
    /// Gets the next tokens.
    pub refresh_token: SecretString,
    /// Who has signed in.
    pub id_token: SecretString,
    /// How long the access token is good for, in seconds.
    pub expires_in: i64,
    /// What the client is told.
    pub scopes: Vec<ClientScope>,
}

/// What came of a request, as far as its transaction is concerned: what was taken back for a second use stays taken back.
enum Outcome {
    Given(Box<Given>),
    Reused,
}

struct Given {
    authorization: AuthorizationRow,
    claims: Map<String, Value>,
    with_nonce: bool,
}

impl Service {
    /// The client that a request comes from.
    ///
    /// # Errors
    /// `invalid_client` for one that is not known, a wrong secret, a confidential client without and a public one with a secret.
    pub fn authenticate_client(&self, credentials: &ClientCredentials) -> Result<ClientId, Refusal> {
        let refused = || {
            Refusal::new(
                OAuthError::InvalidClient,
                "the client is not known, or its secret is wrong; a new one: enroll client rotate-secret",
            )
        };
        let id: ClientId = credentials.id.parse().map_err(|_| refused())?;
        let row = self.db().look_up_one(|tx| client::find(tx, id))?.ok_or_else(refused)?;
        let sent = credentials.secret.as_ref().map(|secret| hash(secret).ok_or_else(refused)).transpose()?;
        if row.secret_hash == sent { Ok(id) } else { Err(refused()) }
    }

    /// Gives tokens for a code or a refresh token. The request is that of who acts: see [`Service::acting_as`].
    ///
    /// A code is good for one use, a refresh token too. A second use means that somebody else has it: everything that was given for
    /// it is taken back (RFC 6749 §4.1.2, RFC 9700 §4.14.2).
    ///
    /// # Errors
    /// `invalid_grant` for what is not good, was used, has ended, was given to another client, with another redirect URI or
    /// verifier, or in a session that has ended; `invalid_scope` for more than was given.
    pub async fn client_tokens(&self, client: ClientId, request: &TokenRequest) -> Result<Tokens, Refusal> {
        let now = self.clock().now();
        let (access, refresh) =
            (OpaqueSecret::from_random(self.random()?), OpaqueSecret::from_random(self.random()?));
        let new = (SecretHash::of(&access), SecretHash::of(&refresh));
        let row = self.db().look_up_one(|tx| client::find(tx, client))?;
        let row = row.ok_or_else(|| Refusal::new(OAuthError::InvalidClient, "the client was deleted"))?;
        let (algorithm, request, origin) = (row.algorithm, request.clone(), self.actor().origin.clone());
        let limits = *self.session_limits();
        let outcome = self
            .db()
            .write(move |tx| {
                let outcome = match &request {
                    TokenRequest::Code { code, redirect_uri, verifier } => {
                        by_code(tx, &row, (code, redirect_uri, verifier), (now, &limits, &origin))
                    }
                    TokenRequest::Refresh { token, scope } => {
                        by_refresh(tx, &row, token, scope.as_deref(), (now, &limits, &origin))
                    }
                }?;
                if let Outcome::Given(given) = &outcome {
                    let AuthorizationRow { id, expires, .. } = given.authorization;
                    let soon = now.checked_add(TOKEN).unwrap_or(now).min(expires);
                    token::forget_ended(tx, now)?;
                    token::insert(tx, new.0, ClientTokenKind::Access, id, soon)?;
                    token::insert(tx, new.1, ClientTokenKind::Refresh, id, expires)?;
                }
                Ok::<_, Refusal>(outcome)
            })
            .await?;
        let Outcome::Given(given) = outcome else {
            return Err(bad("it was used before; everything that was given for it is taken back"));
        };
        let Given { authorization, mut claims, with_nonce } = *given;
        let ends = now.checked_add(TOKEN).unwrap_or(now).min(authorization.expires);
        claims.insert("iss".to_owned(), json!(self.public_url().as_str()));
        claims.insert("aud".to_owned(), json!(client));
        claims.insert("iat".to_owned(), json!(now.as_second()));
        claims.insert("exp".to_owned(), json!(ends.as_second()));
        if let Some(nonce) = authorization.nonce.filter(|_| with_nonce) {
            claims.insert("nonce".to_owned(), json!(nonce));
        }
        Ok(Tokens {
            access_token: access.reveal(),
            refresh_token: refresh.reveal(),
            id_token: self.sign(algorithm, "JWT", &claims).await?.into(),
            expires_in: ends.duration_since(now).as_secs(),
            scopes: authorization.scopes,
        })
    }

    /// What a client is told of the user for an access token.
    ///
    /// # Errors
    /// `invalid_token` when it is not good or has ended, by time, with the session, or because the user was deactivated.
    pub async fn user_info(&self, access_token: &str) -> Result<Map<String, Value>, Refusal> {
        let refused = || {
            Refusal::new(
                OAuthError::InvalidToken,
                "the access token is not valid: it has ended or was taken back",
            )
        };
        let hash = SecretHash::of(&OpaqueSecret::parse(access_token).ok_or_else(refused)?);
        let (now, limits) = (self.clock().now(), *self.session_limits());
        self.db()
            .read(move |tx| {
                let found =
                    token::find(tx, hash, ClientTokenKind::Access)?.filter(|found| found.expires > now);
                let found = found.ok_or_else(refused)?;
                let authorization = authorization::find(tx, found.authorization)?.ok_or_else(refused)?;
                let client = client::find(tx, authorization.client)?.ok_or_else(refused)?;
                let (_, user) = in_force(tx, &authorization, &limits, now)?.ok_or_else(refused)?;
                Ok(claims::of_user(tx, &user, &client, &authorization.scopes)?)
            })
            .await
    }
}

fn by_code(
    tx: &Tx<'_>,
    client: &ClientRow,
    (code, redirect_uri, verifier): (&SecretString, &str, &SecretString),
    (now, limits, origin): (Timestamp, &SessionLimits, &Origin),
) -> Result<Outcome, Refusal> {
    let unknown = || bad("the code is not known here, has ended, or was given to another client");
    let row = authorization::find_by_code(tx, hash(code).ok_or_else(unknown)?)?.ok_or_else(unknown)?;
    if row.client != client.id {
        return Err(unknown());
    }
    if row.redeemed.is_some() {
        return reused(tx, client, &row, "code", (now, origin));
    }
    if row.code_expires <= now {
        return Err(unknown());
    }
    if row.redirect_uri.as_str() != redirect_uri {
        return Err(bad("redirect_uri is not the one that the code was sent to"));
    }
    let digest = BASE64URL_NOPAD.encode(&Sha256::digest(verifier.expose_secret()));
    if !(43..=128).contains(&verifier.expose_secret().len()) || digest != row.challenge {
        return Err(bad("code_verifier is not the one of this code's code_challenge"));
    }
    let (session, user) = in_force(tx, &row, limits, now)?.ok_or_else(unknown)?;
    // Where several write at a time, the row counts, and not what was read of it before.
    if !authorization::redeem(tx, row.id, now)? {
        return reused(tx, client, &row, "code", (now, origin));
    }
    let scribe = Scribe::of_actor(Actor::user(user.id, &user.user_name).by(origin.clone()), now);
    let mut changes = Changes::default();
    changes.note("session", session.id);
    changes.note("user", user.id);
    let id = client.id.to_string();
    let subject = (SubjectKind::Client, id.as_str(), client.name.as_str());
    scribe.write(tx, Action::ClientSignedIn, user.directory, subject, &changes)?;
    given(tx, client, row, (&session, &user), true)
}

fn by_refresh(
    tx: &Tx<'_>,
    client: &ClientRow,
    presented: &SecretString,
    scope: Option<&str>,
    (now, limits, origin): (Timestamp, &SessionLimits, &Origin),
) -> Result<Outcome, Refusal> {
    let unknown = || {
        bad("the refresh token is not valid: it has ended, was taken back, or was given to another client")
    };
    let hash = hash(presented).ok_or_else(unknown)?;
    let found = token::find(tx, hash, ClientTokenKind::Refresh)?.ok_or_else(unknown)?;
    let row = authorization::find(tx, found.authorization)?.filter(|row| row.client == client.id);
    let row = row.ok_or_else(unknown)?;
    if found.used.is_some() {
        return reused(tx, client, &row, "refresh token", (now, origin));
    }
    if found.expires <= now {
        return Err(unknown());
    }
    let more = |scope: &str| {
        scope.split_whitespace().any(|word| !row.scopes.iter().any(|given| given.as_str() == word))
    };
    if scope.is_some_and(more) {
        return Err(Refusal::new(OAuthError::InvalidScope, "scope has more than the user has signed in for"));
    }
    let (session, user) = in_force(tx, &row, limits, now)?.ok_or_else(unknown)?;
    if !token::mark_used(tx, hash, now)? {
        return reused(tx, client, &row, "refresh token", (now, origin));
    }
    given(tx, client, row, (&session, &user), false)
}

fn given(
    tx: &Tx<'_>,
    client: &ClientRow,
    authorization: AuthorizationRow,
    (session, user): (&SessionRow, &UserRow),
    with_nonce: bool,
) -> Result<Outcome, Refusal> {
    let mut claims = claims::of_user(tx, user, client, &authorization.scopes)?;
    claims::of_session(&mut claims, session);
    Ok(Outcome::Given(Box::new(Given { authorization, claims, with_nonce })))
}

fn reused(
    tx: &Tx<'_>,
    client: &ClientRow,
    row: &AuthorizationRow,
    what: &str,
    (now, origin): (Timestamp, &Origin),
) -> Result<Outcome, Refusal> {
    authorization::delete(tx, row.id)?;
    let mut changes = Changes::default();
    changes.note("reused", what);
    changes.note("session", row.session);
    let id = client.id.to_string();
    let subject = (SubjectKind::Client, id.as_str(), client.name.as_str());
    Scribe::of_actor(Actor::system().by(origin.clone()), now).write_global(
        tx,
        Action::ClientReuseDetected,
        subject,
        &changes,
    )?;
    Ok(Outcome::Reused)
}

/// The session and the user of an authorization, while both are in force.
fn in_force(
    tx: &Tx<'_>,
    row: &AuthorizationRow,
    limits: &SessionLimits,
    now: Timestamp,
) -> Result<Option<(SessionRow, UserRow)>, Error> {
    let Some(session) = session::find(tx, row.session)?.filter(|session| limits.lasts(session, now)) else {
        return Ok(None);
    };
    let user = user::find(tx, session.directory, session.user)?.filter(|user| user.active);
    Ok(user.map(|user| (session, user)))
}

fn hash(secret: &SecretString) -> Option<SecretHash> {
    OpaqueSecret::parse(secret.expose_secret()).map(|secret| SecretHash::of(&secret))
}

fn bad(description: &str) -> Refusal {
    Refusal::new(OAuthError::InvalidGrant, description)
}
