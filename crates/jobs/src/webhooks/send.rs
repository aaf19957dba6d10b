//! One request to a receiver.

use std::time::Duration;

use enroll_outbound::{AllowedNetworks, ClientError, Outbound, causes};
use enroll_service::{FailedDelivery, WebhookMessage};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::RETRY_AFTER;
use reqwest::{Response, Url};

/// The longest time for one request, from the look-up of the name to the end of the answer (threat S39).
const LONGEST: Duration = Duration::from_secs(10);

/// Bytes of an answer that are read: enough to say what is wrong. The rest is not waited for.
const ANSWER: usize = 16 * 1024;

/// Characters of an answer that are shown.
const SHOWN: usize = 200;

/// Sends messages.
#[derive(Clone)]
pub(super) struct Sender(Outbound);

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failed {
    pub(super) answer: Option<u16>,
    pub(super) detail: String,
    pub(super) retry_after: Option<Duration>,
}

impl Failed {
    const fn without_answer(detail: String) -> Self {
        Self { answer: None, detail, retry_after: None }
    }

    /// As the failure of one event.
    pub(super) fn of(self, sequence: i64) -> FailedDelivery {
        let Self { answer, detail, retry_after } = self;
        FailedDelivery { sequence, answer, detail, retry_after }
    }
}

impl Sender {
    /// For the public internet and the networks listed.
    pub(super) fn new(networks: AllowedNetworks) -> Result<Self, ClientError> {
        Ok(Self(Outbound::new(networks)?))
    }

    /// Sends a message; gives the status of an answer that takes it.
    pub(super) async fn send(&self, message: &WebhookMessage, now: Timestamp) -> Result<u16, Failed> {
        match tokio::time::timeout(LONGEST, self.exchange(message, now)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Failed::without_answer(format!("no answer within {} s", LONGEST.as_secs()))),
        }
    }

    async fn exchange(&self, message: &WebhookMessage, now: Timestamp) -> Result<u16, Failed> {
        let url: Url = message
            .url
            .parse()
            .map_err(|error: url::ParseError| Failed::without_answer(error.to_string()))?;
        let client = self.0.client(&url).map_err(|refused| Failed::without_answer(refused.to_string()))?;
        let mut request = client.post(url).body(message.body.clone());
        for (name, value) in &message.headers {
            request = request.header(*name, value);
        }
        let response = request.send().await.map_err(|error| Failed::without_answer(causes(&error)))?;
        let status = response.status();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|text| wait(text, now));
        let text = beginning(response).await;
        if status.is_success() {
            return Ok(status.as_u16());
        }
        let detail = match status.is_redirection() {
            true => format!("{status}: redirects are not followed; give the webhook the right URL"),
            false => format!("{status} {text}"),
        };
        Err(Failed { answer: Some(status.as_u16()), detail: detail.trim_end().to_owned(), retry_after })
    }
}

/// The beginning of an answer, for people. Reading it lets the connection be used again.
async fn beginning(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < ANSWER
        && let Ok(Some(chunk)) = response.chunk().await
    {
        bytes.extend_from_slice(&chunk);
    }
    let text = String::from_utf8_lossy(&bytes);
    text.chars().filter(|c| !c.is_control()).take(SHOWN).collect()
}

/// `Retry-After`: seconds or a date (RFC 9110 §10.2.3).
fn wait(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text.trim()).ok()?;
    Duration::try_from(date.duration_since(now)).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::wait;

    #[test]
    fn r24_retry_after_is_seconds_or_a_date() {
        let now = "2026-03-01T00:00:00Z".parse().unwrap();
        let read = |text| wait(text, now).map(|wait| wait.as_secs());
        assert_eq!(read("120"), Some(120));
        assert_eq!(read("Sun, 01 Mar 2026 00:05:00 GMT"), Some(300));
        assert_eq!(read("Sun, 01 Mar 2020 00:05:00 GMT").unwrap_or(0), 0);
        assert_eq!(wait("soon", now), None::<Duration>);
    }
}
