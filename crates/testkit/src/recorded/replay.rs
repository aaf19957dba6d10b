//! Sends a recording to a server.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::AUTHORIZATION;
use reqwest::{Client, Method};
use serde::Serialize;
use serde_json::Value;

use super::exchange::Recorded;
use super::expect::{Answer, failures as wrong};
use super::placeholder::{Values, fill, fill_value, names};
use super::stable::Stable;
use super::{RecordedError, Recording};

/// The headers of an answer that a snapshot shows.
const SHOWN_HEADERS: &[&str] =
    &["content-type", "location", "etag", "www-authenticate", "retry-after", "allow"];

/// A whole exchange with everything volatile made stable, ready for a snapshot.
#[derive(Debug, Clone, Serialize)]
pub struct Replayed {
    /// The name of the recorded exchange.
    pub name: String,
    /// What was sent.
    pub request: ReplayedRequest,
    /// What came back; absent if nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<ReplayedAnswer>,
    /// What the sender would complain about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<String>,
}

/// What was sent.
#[derive(Debug, Clone, Serialize)]
pub struct ReplayedRequest {
    /// The method, the path and the query.
    pub line: String,
    /// The body.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub body: Value,
}

/// What came back.
#[derive(Debug, Clone, Serialize)]
pub struct ReplayedAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The headers worth showing.
    pub headers: BTreeMap<String, String>,
    /// The whole body: JSON, or text that is not JSON, or nothing.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub body: Value,
}

/// Sends the exchanges in order to the directory of the token, which should be empty, and goes on after failures.
///
/// # Errors
/// [`RecordedError::Client`] if no HTTP client can be built. What the server does wrong is in the result.
pub async fn replay(
    base_url: &str,
    token: &str,
    recording: &Recording,
) -> Result<Vec<Replayed>, RecordedError> {
    let client = Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .timeout(Duration::from_secs(60))
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let base_url = base_url.trim_end_matches('/');
    let given = [("base".to_owned(), base_url.to_owned()), ("token".to_owned(), token.to_owned())];
    let mut replay = Replay { client, values: Values::from(given), stable: Stable::default() };
    replay.stable.know("base", base_url);
    replay.stable.know("token", token);
    let mut replayed = Vec::new();
    for exchange in &recording.exchanges {
        replayed.push(replay.one(exchange).await);
    }
    Ok(replayed)
}

/// The failures of a replay as one text, for an assertion: empty when everything was right.
pub fn failures(replayed: &[Replayed]) -> String {
    let mut text = String::new();
    for exchange in replayed {
        for failure in &exchange.failures {
            text.push_str(&format!("{} ({}): {failure}\n", exchange.name, exchange.request.line));
        }
    }
    text
}

struct Replay {
    client: Client,
    values: Values,
    stable: Stable,
}

impl Replay {
    async fn one(&mut self, exchange: &Recorded) -> Replayed {
        let question = if exchange.query.is_empty() { "" } else { "?" };
        let target = fill(&format!("{}{question}{}", exchange.path, exchange.query), &self.values);
        let body = exchange.body.as_ref().map(|body| fill_value(body, &self.values));
        let sent = body.as_ref().map(Value::to_string).or_else(|| exchange.body_text.clone());
        let missing = names(&target).into_iter().chain(sent.as_deref().map(names).unwrap_or_default());
        let mut failures: Vec<String> =
            missing.map(|name| format!("not sent: nothing was captured as {name}")).collect();
        let mut answer = None;
        if failures.is_empty() {
            match self.send(exchange, &target, sent).await {
                Ok(got) => {
                    failures = self.judge(exchange, &got);
                    answer = Some(self.shown(&got));
                }
                Err(error) => failures.push(format!("no answer: {error}")),
            }
        }
        let shown_body = match (&body, &exchange.body_text) {
            (Some(body), _) => self.stable.value(body),
            (None, Some(text)) => Value::from(text.as_str()),
            (None, None) => Value::Null,
        };
        Replayed {
            name: exchange.name.clone(),
            request: ReplayedRequest {
                line: self.stable.text(&format!("{} {target}", exchange.method)),
                body: shown_body,
            },
            answer,
            failures: failures.iter().map(|failure| self.stable.text(failure)).collect(),
        }
    }

    async fn send(
        &self,
        exchange: &Recorded,
        target: &str,
        body: Option<String>,
    ) -> Result<Answer, reqwest::Error> {
        // The methods of the recordings are all well formed; a test reads every one of them.
        let method = Method::from_bytes(exchange.method.as_bytes()).unwrap_or_default();
        let value = |name: &str| self.values.get(name).map(String::as_str).unwrap_or_default();
        let mut request = self.client.request(method, format!("{}{target}", value("base")));
        for (name, text) in &exchange.headers {
            if let Some(text) = text {
                request = request.header(name, fill(text, &self.values));
            }
        }
        if !exchange.headers.keys().any(|name| name.eq_ignore_ascii_case("authorization")) {
            request = request.header(AUTHORIZATION, format!("Bearer {}", value("token")));
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let header = |name: &str| {
            let text = response.headers().get(name)?.to_str().ok()?;
            Some((name.to_owned(), text.to_owned()))
        };
        let headers = SHOWN_HEADERS.iter().filter_map(|name| header(name)).collect();
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or_else(|_| match text.as_str() {
            "" => Value::Null,
            text => Value::from(text),
        });
        Ok(Answer { status, headers, text, body })
    }

    /// Captures values and compares with what is expected.
    fn judge(&mut self, exchange: &Recorded, answer: &Answer) -> Vec<String> {
        let mut failures = Vec::new();
        for (name, pointer) in &exchange.capture {
            match answer.body.pointer(pointer).and_then(Value::as_str) {
                Some(value) => {
                    self.values.insert(name.clone(), value.to_owned());
                    self.stable.know(name, value);
                }
                None => failures.push(format!("nothing at {pointer} to capture as {name}")),
            }
        }
        failures.extend(wrong(&exchange.expect, answer, &self.values));
        failures
    }

    fn shown(&mut self, answer: &Answer) -> ReplayedAnswer {
        let headers = answer.headers.iter().map(|(name, text)| (name.clone(), self.stable.text(text)));
        ReplayedAnswer {
            status: answer.status,
            headers: headers.collect(),
            body: self.stable.value(&answer.body),
        }
    }
}
