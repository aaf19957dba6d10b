//! The HTTP side: one connection pool, one token, and everything that is sent and answered as evidence.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use reqwest::{Response, Url};
use secrecy::{ExposeSecret, SecretString};

use crate::error::RunError;
use crate::exchange::Exchange;
use crate::plan::Plan;
use crate::request::{Credentials, Request};

const CONNECT_WITHIN: Duration = Duration::from_secs(10);
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// How often a throttled request is sent again before 429 is its answer.
const ATTEMPTS: usize = 6;
/// The longest `Retry-After` that is waited out.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A larger answer than this is not read.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// A connection to one SCIM server.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    base_url: String,
    token: Option<SecretString>,
}

impl Client {
    /// Prepares a connection; nothing is sent yet.
    ///
    /// # Errors
    /// The URL or the token cannot be used.
    pub(crate) fn new(plan: &Plan) -> Result<Self, RunError> {
        let url = usable_url(&plan.base_url)?;
        if let Some(token) = &plan.token {
            HeaderValue::from_str(token.expose_secret()).map_err(|_| RunError::Token)?;
        }
        Ok(Self {
            http: http_client(&url)?,
            base_url: url.as_str().trim_end_matches('/').to_owned(),
            token: plan.token.clone(),
        })
    }

    /// Without a slash at the end.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Whether there is a token to sign in with.
    pub(crate) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Sends a request, waits out 429, and records what was sent and answered.
    pub(crate) async fn send(&self, request: &Request) -> Exchange {
        let mut exchange = Exchange {
            method: request.method.to_string(),
            url: format!("{}{}", self.base_url, request.path),
            request_headers: Vec::new(),
            request_body: request.body.clone(),
            status: None,
            response_headers: Vec::new(),
            response_body: String::new(),
            transport_error: None,
        };
        let headers = self.headers(request);
        exchange.request_headers = self.evidence(&headers);
        let mut lost = 0;
        for attempt in 1..=ATTEMPTS {
            match self.attempt(request, headers.clone(), &mut exchange).await {
                Ok(Some(wait)) if attempt < ATTEMPTS => tokio::time::sleep(wait.min(LONGEST_WAIT)).await,
                Ok(_) => break,
                // A server may close a kept-alive connection at any time, and often does after an error: once is no
                // fault (RFC 9112 §9.5).
                Err(error)
                    if error.is_request() && !error.is_timeout() && !error.is_connect() && lost == 0 =>
                {
                    lost += 1;
                }
                Err(error) => {
                    exchange.status = None;
                    exchange.transport_error = Some(self.without_token(&describe(&error)));
                    break;
                }
            }
        }
        exchange
    }

    /// One try. Gives how long to wait if the answer is 429.
    async fn attempt(
        &self,
        request: &Request,
        headers: HeaderMap,
        exchange: &mut Exchange,
    ) -> Result<Option<Duration>, reqwest::Error> {
        let mut builder = self.http.request(request.method.clone(), &exchange.url).headers(headers);
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let response = builder.send().await?;
        let status = response.status().as_u16();
        exchange.status = Some(status);
        exchange.response_headers = self.evidence(response.headers());
        let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        exchange.response_body = self.without_token(&String::from_utf8_lossy(&read(response).await?));
        Ok((status == 429).then(|| Duration::from_secs(seconds.unwrap_or(1))))
    }

    fn headers(&self, request: &Request) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static("enroll-conformance"));
        headers.insert(ACCEPT, HeaderValue::from_static(request.accept.unwrap_or("*/*")));
        if let Some(content_type) = request.content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        for (name, value) in &request.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(*name, value);
            }
        }
        let token = match request.credentials {
            Credentials::Token => self.token.as_ref().map(ExposeSecret::expose_secret),
            Credentials::Other(token) => Some(token),
            Credentials::None => None,
        };
        if let Some(mut value) =
            token.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok())
        {
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        headers
    }

    /// Headers as they may be shown.
    fn evidence(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        headers
            .iter()
            .filter(|(name, _)| *name != reqwest::header::SET_COOKIE)
            .map(|(name, value)| {
                let shown = self.without_token(&String::from_utf8_lossy(value.as_bytes()));
                (name.as_str().to_owned(), shown)
            })
            .collect()
    }

    /// Servers may echo what they were sent; evidence never holds the token.
    fn without_token(&self, text: &str) -> String {
        match self.token.as_ref().map(ExposeSecret::expose_secret) {
            Some(token) if !token.is_empty() => text.replace(token, "[token]"),
            _ => text.to_owned(),
        }
    }
}

/// The one place where an HTTP client is built, so that every request has time-outs and the token follows no redirect.
fn http_client(url: &Url) -> Result<reqwest::Client, reqwest::Error> {
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

/// A base URL has no query (RFC 7644 §1.3).
fn usable_url(base_url: &str) -> Result<Url, RunError> {
    let unusable = |reason: String| RunError::BaseUrl { url: base_url.to_owned(), reason };
    let url = Url::parse(base_url.trim()).map_err(|error| unusable(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(unusable("it must begin with https:// or http://".to_owned()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(unusable("a SCIM base URL has no query and no fragment".to_owned()));
    }
    Ok(url)
}

/// Reads a body up to the limit.
async fn read(mut response: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = LARGEST_BODY.saturating_sub(body.len());
        body.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
        if room < chunk.len() {
            break;
        }
    }
    Ok(body)
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

#[cfg(test)]
mod tests {
    use super::{Client, usable_url};
    use crate::plan::Plan;

    #[test]
    fn h1_a_base_url_has_no_query() {
        assert!(usable_url("https://scim.example.com/v2?a=b").is_err());
        assert!(usable_url("ftp://scim.example.com").is_err());
    }

    #[test]
    fn a_slash_at_the_end_of_the_base_url_does_not_matter() {
        let client = Client::new(&Plan::new("http://127.0.0.1:1/scim/v2/", "x")).unwrap();
        assert_eq!(client.base_url(), "http://127.0.0.1:1/scim/v2");
    }
}
