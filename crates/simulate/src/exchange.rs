//! One request and what came back.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// How much of a response body is kept with a failed check.
const KEPT_BODY: usize = 2_000;

/// A request and its answer, as evidence for a failed check. The token is never part of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    /// The HTTP method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// The JSON body that was sent, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_body: Option<Value>,
    /// The HTTP status; absent if no answer came.
    pub status: Option<u16>,
    /// The `Content-Type` of the answer.
    pub content_type: Option<String>,
    /// The body of the answer as text, shortened when long.
    pub response_body: String,
    /// Why no answer came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport_error: Option<String>,
}

impl Exchange {
    /// The same exchange with a body short enough to keep many of them.
    pub(crate) fn shortened(&self) -> Self {
        let mut copy = self.clone();
        if copy.response_body.chars().count() > KEPT_BODY {
            copy.response_body = copy.response_body.chars().take(KEPT_BODY).collect();
            copy.response_body.push('…');
        }
        copy
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.url)?;
        if let Some(body) = &self.request_body {
            write!(formatter, "\n  sent     {body}")?;
        }
        match (self.status, &self.transport_error) {
            (Some(status), _) => {
                let media_type = self.content_type.as_deref().unwrap_or("no content type");
                write!(formatter, "\n  answered {status} ({media_type})")?;
                let body = if self.response_body.is_empty() { "an empty body" } else { &self.response_body };
                write!(formatter, " {body}")
            }
            (None, Some(error)) => write!(formatter, "\n  no answer: {error}"),
            (None, None) => write!(formatter, "\n  no answer"),
        }
    }
}
