//! The authorization endpoint (RFC 6749 §4.1.1; OpenID Connect Core 1.0 §3.1.2; RFC 7636; RFC 9207).

use enroll_domain::{AuthorizationId, ClientId, ClientScope, ClientUri, OpaqueSecret, SecretHash};
use enroll_store::directory;
use enroll_store::oidc::authorization::{self, AuthorizationRow};
use enroll_store::oidc::client::{self, ClientRow};
use enroll_store::oidc::sign_in_return;
use enroll_store::session;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;

use super::claims::Hint;
use super::{CODE, OAuthError, Refusal};
use crate::{Error, Service, SignInPlace, SignedIn};

/// Longest value of `state` and `nonce`, in bytes.
const TEXT_BYTES: usize = 2048;

/// The parameters of a request: names and values, decoded, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

impl FromIterator<(String, String)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl Parameters {
    /// The value of a parameter; an empty one counts as not sent (RFC 6749 §3.1).
    ///
    /// # Errors
    /// [`Refusal`] when it is given more than once.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let first = values.next();
        if values.next().is_some() {
            return Err(invalid(format!("{name} is given more than once")));
        }
        Ok(first.filter(|value| !value.is_empty()))
    }

    /// The parameters as a query.
    pub fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    fn decode(query: &str) -> Self {
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }
}

/// Whether a kept path is that of a request for which the user has to sign in anew. It is asked of the request itself: what the browser
/// says of it could be left out on the way.
pub(super) fn demands_sign_in(path: &str) -> bool {
    let Some(query) = path.strip_prefix("/oidc/authorize?") else { return false };
    let parameters = Parameters::decode(query);
    let one = |name| parameters.one(name).ok().flatten();
    one("max_age").is_some() || one("prompt").is_some_and(|prompt| prompt.split_whitespace().any(is_anew))
}

/// A word of `prompt` that wants a new sign-in (OpenID Connect Core §3.1.2.1).
fn is_anew(word: &str) -> bool {
    matches!(word, "login" | "select_account")
}

/// Where the browser goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authorize {
    /// Back to the client, with a code or an error.
    Client(String),
    /// To the sign-in of a directory, and back with the key.
    SignIn {
        /// The path of the sign-in with its query.
        path: String,
    },
}

/// A request of a client whose redirect URI is known, so that it can be told what is wrong.
struct Request {
    client: ClientRow,
    redirect_uri: ClientUri,
    state: Option<String>,
}

/// What a good request asks for.
struct Wanted {
    scopes: Vec<ClientScope>,
    nonce: Option<String>,
    challenge: String,
    /// No page may be shown.
    silent: bool,
    /// The user has to have signed in for this request.
    anew: bool,
    max_age: Option<SignedDuration>,
    hint: Option<Hint>,
}

impl Service {
    /// Answers a request for a code. A user who has signed in, for the client's directory and as newly as the client wants, gets one
    /// at once: clients are registered by an administrator, so nobody is asked for consent.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the client or its redirect URI is not known: the browser may not be sent anywhere, and the user is
    /// shown a page. Everything else is told to the client.
    pub async fn authorize(
        &self,
        parameters: &Parameters,
        signed_in: Option<&SignedIn>,
    ) -> Result<Authorize, Error> {
        self.answer(parameters, signed_in, None).await
    }

    /// Takes up a request again after a sign-in; `key` is that of the sign-in.
    ///
    /// # Errors
    /// As [`Service::authorize`]; [`Error::Invalid`] for a key that is not known, was used, or is older than ten minutes.
    pub async fn resume(&self, key: &str, signed_in: Option<&SignedIn>) -> Result<Authorize, Error> {
        let row = self.find_return(key)?;
        let row = row.filter(|row| row.path.starts_with("/oidc/authorize?")).ok_or_else(|| {
            Error::Invalid(
                "this sign-in has taken longer than ten minutes or is done: go back to the application and begin again"
                    .to_owned(),
            )
        })?;
        let query = row.path.split_once('?').map_or("", |(_, query)| query);
        self.answer(&Parameters::decode(query), signed_in, Some((key, row.created))).await
    }

    async fn answer(
        &self,
        parameters: &Parameters,
        signed_in: Option<&SignedIn>,
        asked: Option<(&str, Timestamp)>,
    ) -> Result<Authorize, Error> {
        let request = self.request_of(parameters)?;
        match self.decide(&request, parameters, signed_in, asked).await {
            Ok(answer) => Ok(answer),
            Err(refusal) => Ok(Authorize::Client(request.refused(self.public_url().as_str(), &refusal))),
        }
    }

    /// The client and where it may be answered.
    fn request_of(&self, parameters: &Parameters) -> Result<Request, Error> {
        let shown = |refusal: Refusal| Error::Invalid(refusal.description);
        let id = parameters.one("client_id").map_err(shown)?;
        let id = id.ok_or_else(|| {
            Error::Invalid("the application has not said who it is: client_id is missing".to_owned())
        })?;
        let unknown = || {
            Error::Invalid("the application is not registered here: its client_id is not known".to_owned())
        };
        let id: ClientId = id.parse().map_err(|_| unknown())?;
        let client = self.db().look_up_one(|tx| client::find(tx, id))?.ok_or_else(unknown)?;
        let uri = parameters.one("redirect_uri").map_err(shown)?;
        let uri = uri.ok_or_else(|| {
            Error::Invalid(
                "the application has not said where to go back to: redirect_uri is missing".to_owned(),
            )
        })?;
        let known = client.redirect_uris.iter().find(|known| known.as_str() == uri).cloned();
        let redirect_uri = known.ok_or_else(|| {
            Error::Invalid(format!(
                "the application {} is not registered with this redirect_uri; an administrator can add it: enroll client set {id}",
                client.name
            ))
        })?;
        let state = parameters.one("state").ok().flatten();
        let state = state.filter(|state| state.len() <= TEXT_BYTES).map(str::to_owned);
        Ok(Request { client, redirect_uri, state })
    }

    async fn decide(
        &self,
        request: &Request,
        parameters: &Parameters,
        signed_in: Option<&SignedIn>,
        asked: Option<(&str, Timestamp)>,
    ) -> Result<Authorize, Refusal> {
        let client = &request.client;
        let wanted = self.wanted(client, parameters).await?;
        let now = self.clock().now();
        let since = asked.map_or(Timestamp::MAX, |(_, asked)| asked);
        let fits = |signed_in: &&SignedIn| {
            // What counts is that she has proved who she is when she was asked to: not that a session was opened meanwhile, which any
            // sign-in does, also one that was begun at the identity provider (OpenID Connect Core §3.1.2.1).
            let new = signed_in.anew && signed_in.authenticated >= since;
            let of_directory = client.directory.is_none_or(|directory| directory == signed_in.directory);
            let young = wanted.max_age.is_none_or(|age| now.duration_since(signed_in.authenticated) <= age);
            of_directory && (new || (young && !wanted.anew))
        };
        if let Some(signed_in) = signed_in.filter(fits) {
            if wanted.hint.as_ref().is_none_or(|hint| hint.sub == signed_in.user) {
                let code = self.issue_code(request, wanted, signed_in, asked.map(|(key, _)| key)).await?;
                return Ok(Authorize::Client(request.answered(self.public_url().as_str(), &code)));
            }
            // Whom the hint names could have signed in for this request. The identity provider would answer with the other one again,
            // and again (OpenID Connect Core §3.1.2.1).
            if asked.is_some() {
                return Err(Refusal::new(
                    OAuthError::LoginRequired,
                    "somebody else has signed in than the id_token_hint names",
                ));
            }
        }
        if wanted.silent {
            return Err(Refusal::new(OAuthError::LoginRequired, "nobody is signed in who fits the request"));
        }
        let key = match asked {
            Some((key, _)) => key.to_owned(),
            None => {
                let path = format!("/oidc/authorize?{}", parameters.encode());
                self.keep_return(&path).await?.expose_secret().to_owned()
            }
        };
        let login = match client.directory {
            None => match self.sign_in_place(parameters.one("login_hint")?)? {
                SignInPlace::Directory(name) => self.login_path(&name),
                SignInPlace::Ask | SignInPlace::Unknown => "/login".to_owned(),
                // Its page says how a connection is made.
                SignInPlace::Nowhere => self.login_path("default"),
            },
            Some(id) => {
                let found = self.db().look_up_one(|tx| directory::find(tx, id))?;
                let gone =
                    || Refusal::new(OAuthError::AccessDenied, "the directory of this client was deleted");
                self.login_path(found.ok_or_else(gone)?.name.as_str())
            }
        };
        let again = if wanted.anew || wanted.max_age.is_some() { "&prompt=login" } else { "" };
        Ok(Authorize::SignIn { path: format!("{login}?return={key}{again}") })
    }

    async fn wanted(&self, client: &ClientRow, parameters: &Parameters) -> Result<Wanted, Refusal> {
        let one = |name| parameters.one(name);
        for (name, error) in [
            ("request", OAuthError::RequestNotSupported),
            ("request_uri", OAuthError::RequestUriNotSupported),
            ("registration", OAuthError::RegistrationNotSupported),
        ] {
            if one(name)?.is_some() {
                return Err(Refusal::new(error, format!("this server takes no {name}")));
            }
        }
        match one("response_type")? {
            Some("code") => {}
            Some(_) => {
                return Err(Refusal::new(
                    OAuthError::UnsupportedResponseType,
                    "response_type has to be `code`",
                ));
            }
            None => return Err(invalid("response_type is missing: it has to be `code`")),
        }
        if one("response_mode")?.is_some_and(|mode| mode != "query") {
            return Err(invalid("response_mode has to be `query`, or left out"));
        }
        let asked = one("scope")?.unwrap_or_default();
        let scopes: Vec<ClientScope> = client
            .scopes
            .iter()
            .copied()
            .filter(|scope| asked.split(' ').any(|word| word == scope.as_str()))
            .collect();
        if !scopes.contains(&ClientScope::OpenId) {
            return Err(Refusal::new(OAuthError::InvalidScope, "scope has to have `openid` in it"));
        }
        let text = |name| match one(name)? {
            Some(text) if text.len() > TEXT_BYTES => {
                Err(invalid(format!("{name} is longer than {TEXT_BYTES} bytes")))
            }
            text => Ok(text.map(str::to_owned)),
        };
        text("state")?;
        let prompt: Vec<&str> = one("prompt")?.unwrap_or_default().split_whitespace().collect();
        let silent = prompt.contains(&"none");
        if silent && prompt.len() > 1 {
            return Err(invalid("prompt has `none` and something else"));
        }
        let max_age = one("max_age")?.map(|age| {
            let seconds: u32 =
                age.parse().map_err(|_| invalid("max_age has to be a whole number of seconds"))?;
            Ok::<_, Refusal>(SignedDuration::from_secs(i64::from(seconds)))
        });
        let hint = match one("id_token_hint")? {
            None => None,
            Some(hint) => {
                let hint = self.read_own::<Hint>(hint).await?;
                Some(hint.ok_or_else(|| invalid("id_token_hint is no ID token of this server"))?)
            }
        };
        Ok(Wanted {
            scopes,
            nonce: text("nonce")?,
            challenge: challenge(one("code_challenge")?, one("code_challenge_method")?)?,
            silent,
            anew: prompt.iter().copied().any(is_anew),
            max_age: max_age.transpose()?,
            hint,
        })
    }

    async fn issue_code(
        &self,
        request: &Request,
        wanted: Wanted,
        signed_in: &SignedIn,
        key: Option<&str>,
    ) -> Result<String, Refusal> {
        let now = self.clock().now();
        let code = OpaqueSecret::from_random(self.random()?);
        let (hash, session_id) = (SecretHash::of(&code), signed_in.session);
        let key = key.and_then(OpaqueSecret::parse).map(|key| SecretHash::of(&key));
        let row = AuthorizationRow {
            id: AuthorizationId::new(now, &self.entropy().id()),
            client: request.client.id,
            session: session_id,
            scopes: wanted.scopes,
            nonce: wanted.nonce,
            redirect_uri: request.redirect_uri.clone(),
            challenge: wanted.challenge,
            code_expires: now.checked_add(CODE).unwrap_or(now),
            redeemed: None,
            expires: now,
        };
        self.db()
            .write(move |tx| {
                let gone = || Error::Unauthorized("the session has just ended: sign in again".to_owned());
                let session = session::find(tx, session_id)?.ok_or_else(gone)?;
                authorization::insert(
                    tx,
                    hash,
                    &AuthorizationRow { expires: session.expires, ..row.clone() },
                )?;
                if let Some(key) = key {
                    sign_in_return::delete(tx, key)?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        Ok(code.reveal().expose_secret().to_owned())
    }
}

/// Only `S256` is taken: `plain` shows the verifier to whoever sees the request (RFC 9700 §2.1.1).
fn challenge(challenge: Option<&str>, method: Option<&str>) -> Result<String, Refusal> {
    let challenge =
        challenge.ok_or_else(|| invalid("code_challenge is missing: this server wants PKCE with S256"))?;
    if method != Some("S256") {
        return Err(invalid("code_challenge_method has to be `S256`"));
    }
    let fits = challenge.len() == 43
        && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if fits {
        Ok(challenge.to_owned())
    } else {
        Err(invalid("code_challenge is no SHA-256 in base64url: 43 characters"))
    }
}

impl Request {
    fn answered(&self, issuer: &str, code: &str) -> String {
        self.with(issuer, &[("code", code)])
    }

    fn refused(&self, issuer: &str, refusal: &Refusal) -> String {
        self.with(issuer, &[("error", refusal.error.as_str()), ("error_description", &refusal.description)])
    }

    /// `iss` lets a client of several servers tell which one answers (RFC 9207).
    fn with(&self, issuer: &str, pairs: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", issuer);
        self.redirect_uri.with_query(&query.finish())
    }
}

pub(super) fn invalid(description: impl Into<String>) -> Refusal {
    Refusal::new(OAuthError::InvalidRequest, description)
}
