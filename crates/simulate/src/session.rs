//! The HTTP side of an identity provider: one connection pool, one token, one set of headers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use reqwest::{Method, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::answer::Answer;
use crate::exchange::Exchange;
use crate::ledger::Ledger;
use crate::plan::Idp;
use crate::wire;

/// Okta gives up on an answer after 60 seconds.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// Okta tries ten times before a throttled request fails for good.
const ATTEMPTS: usize = 10;
/// The longest `Retry-After` that a simulation sits out.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// A larger answer than this is not read.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// Why a simulation could not begin.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The base URL is not usable.
    #[error("the SCIM base URL {url:?} cannot be used: {reason}")]
    BaseUrl {
        /// What was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The token has characters that no HTTP header may hold.
    #[error(
        "the SCIM token has characters that an Authorization header cannot carry: check for a line break"
    )]
    Token,
    /// The HTTP client could not be built, for example because no trusted certificates were found.
    #[error("the HTTP client could not be built: {0}")]
    Client(#[from] reqwest::Error),
}

/// An identity provider's connection to one SCIM server.
#[derive(Debug)]
pub(crate) struct Session {
    client: reqwest::Client,
    base_url: String,
    idp: Idp,
    token: SecretString,
    authorization: HeaderValue,
    pub(crate) ledger: Arc<Ledger>,
}

impl Session {
    /// Prepares a connection; nothing is sent yet.
    ///
    /// # Errors
    /// [`SetupError`] if the URL or the token cannot be used.
    pub(crate) fn new(idp: Idp, base_url: &str, token: &SecretString) -> Result<Self, SetupError> {
        let url = usable_url(base_url)?;
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
            .map_err(|_| SetupError::Token)?;
        authorization.set_sensitive(true);
        Ok(Self {
            client: client(&url)?,
            base_url: url.as_str().trim_end_matches('/').to_owned(),
            idp,
            token: token.clone(),
            authorization,
            ledger: Arc::default(),
        })
    }

    /// The SCIM base URL without a trailing slash.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The identity provider that is played.
    pub(crate) fn idp(&self) -> Idp {
        self.idp
    }

    /// Sends one request, waits out any 429, and gives the answer to be checked.
    pub(crate) async fn send<'s>(
        &'s self,
        sequence: &'static str,
        method: Method,
        path: &str,
        body: Option<&Value>,
        authorization: Option<HeaderValue>,
    ) -> Answer<'s> {
        let url = format!("{}{path}", self.base_url);
        let authorization = authorization.unwrap_or_else(|| self.authorization.clone());
        let mut exchange = Exchange {
            method: method.to_string(),
            url,
            request_body: body.cloned(),
            status: None,
            content_type: None,
            response_body: String::new(),
            transport_error: None,
        };
        for attempt in 1..=ATTEMPTS {
            let wait = match self.attempt(&method, path, body, &authorization, &mut exchange).await {
                Ok(wait) => wait,
                Err(error) => {
                    exchange.status = None;
                    exchange.transport_error = Some(self.without_token(describe(&error)));
                    break;
                }
            };
            if exchange.status != Some(429) || attempt == ATTEMPTS {
                break;
            }
            self.ledger.throttled();
            let wait = wait.unwrap_or_else(|| {
                let sentence = "answer 429 needs a Retry-After header with whole seconds: Okta pauses five \
                                minutes without one";
                self.ledger.failed(sequence, sentence.to_owned(), Some(&exchange));
                Duration::from_secs(1)
            });
            tokio::time::sleep(wait.min(LONGEST_WAIT)).await;
        }
        Answer::new(self, sequence, exchange)
    }

    /// One try. Gives the seconds of `Retry-After` if the answer has them.
    async fn attempt(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
        authorization: &HeaderValue,
        exchange: &mut Exchange,
    ) -> Result<Option<Duration>, reqwest::Error> {
        let mut request =
            self.client.request(method.clone(), &exchange.url).headers(headers(self.idp, body.is_some()));
        request = request.header(AUTHORIZATION, authorization.clone());
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let started = Instant::now();
        let response = request.send().await?;
        let header = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let status = response.status().as_u16();
        let retry_after = header(RETRY_AFTER).and_then(|seconds| seconds.trim().parse().ok());
        exchange.content_type = header(CONTENT_TYPE).map(str::to_owned);
        exchange.status = Some(status);
        let read = read(response).await?;
        if status != 429 {
            self.ledger.answered(wire::kind(method, path), started.elapsed());
        }
        exchange.response_body = self.without_token(String::from_utf8_lossy(&read).into_owned());
        Ok(retry_after.map(Duration::from_secs))
    }

    /// Servers may echo what they were sent; evidence never holds the token.
    fn without_token(&self, text: String) -> String {
        let token = self.token.expose_secret();
        if token.is_empty() || !text.contains(token) { text } else { text.replace(token, "[token]") }
    }
}

/// The one place where an HTTP client is built, so that every request has time-outs.
fn client(url: &Url) -> Result<reqwest::Client, reqwest::Error> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(CONNECT_WITHIN)
        .timeout(ANSWER_WITHIN)
        .redirect(reqwest::redirect::Policy::none());
    if url.scheme() == "http" {
        // Without TLS no trusted certificates are needed; a bare container may have none.
        builder = builder.tls_certs_only([]);
    }
    if is_loopback(url) {
        builder = builder.no_proxy();
    }
    builder.build()
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let address = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}

fn usable_url(base_url: &str) -> Result<Url, SetupError> {
    let unusable = |reason: String| SetupError::BaseUrl { url: base_url.to_owned(), reason };
    let mut url = Url::parse(base_url.trim()).map_err(|error| unusable(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(unusable("it must begin with https:// or http://".to_owned()));
    }
    // Entra's tenant URL may carry ?aadOptscim062020; the sequences add it where it belongs.
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// The headers of each identity provider (idp-wire.md; the User-Agent is known of Okta's client alone).
fn headers(idp: Idp, with_body: bool) -> HeaderMap {
    const SCIM: HeaderValue = HeaderValue::from_static("application/scim+json");
    const SCIM_UTF8: HeaderValue = HeaderValue::from_static("application/scim+json; charset=utf-8");
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    const ANYTHING: HeaderValue = HeaderValue::from_static("*/*");
    let mut headers = HeaderMap::new();
    match idp {
        Idp::Okta => {
            headers.insert(USER_AGENT, HeaderValue::from_static("Okta SCIM Client 1.0.0"));
            headers.insert(ACCEPT, SCIM_UTF8);
        }
        Idp::Entra | Idp::JumpCloud | Idp::Ping | Idp::Google | Idp::Keycloak => {
            headers.insert(ACCEPT, SCIM);
        }
        Idp::OneLogin | Idp::Authentik => {
            headers.insert(ACCEPT, ANYTHING);
        }
    }
    if with_body {
        let content_type = match idp {
            Idp::Okta | Idp::Entra => SCIM_UTF8,
            Idp::JumpCloud | Idp::Ping | Idp::Google | Idp::Keycloak => SCIM,
            Idp::OneLogin | Idp::Authentik => JSON,
        };
        headers.insert(CONTENT_TYPE, content_type);
    }
    headers
}

/// Reads a body up to the limit.
async fn read(mut response: Response) -> Result<Bytes, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = LARGEST_BODY.saturating_sub(body.len());
        body.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
        if room < chunk.len() {
            break;
        }
    }
    Ok(Bytes::from(body))
}

/// The error with its causes, which say what really happened ("connection refused").
fn describe(error: &dyn std::error::Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        sentence.push_str(": ");
        sentence.push_str(&error.to_string());
        cause = error.source();
    }
    sentence
}
