//! Problem details (RFC 9457): the errors of every surface but SCIM.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use enroll_scim::ScimError;
use enroll_service::Error;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::parse::entity_tag::InvalidTags;
use crate::parse::media_type::Unsupported;
use crate::parse::query::QueryError;
use crate::rate_limit::Exhausted;

/// A request that cannot be carried out: status and one sentence for the person who reads it.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    header: Option<(HeaderName, HeaderValue)>,
}

/// Why a request was not carried out (RFC 9457).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct ProblemDetails {
    /// `about:blank`: the status says what it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status of the answer.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// What is wrong, and what to do, in a sentence.
    #[schemars(length(min = 1))]
    detail: String,
}

impl Problem {
    /// A problem without a type of its own: the status says what it is (RFC 9457 §4.2.1).
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let header = match status {
            StatusCode::UNAUTHORIZED => {
                Some((WWW_AUTHENTICATE, HeaderValue::from_static(r#"Bearer realm="api""#)))
            }
            StatusCode::SERVICE_UNAVAILABLE => Some((RETRY_AFTER, HeaderValue::from_static("5"))),
            _ => None,
        };
        Self { status, detail: detail.into(), header }
    }

    /// 401 for a request that needs a session: signing in again helps, and no token does.
    pub(super) fn signed_out(detail: impl Into<String>) -> Self {
        let challenge = HeaderValue::from_static(r#"Cookie realm="session""#);
        Self { header: Some((WWW_AUTHENTICATE, challenge)), ..Self::new(StatusCode::UNAUTHORIZED, detail) }
    }

    /// The status of the answer.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// What is wrong, and what to do.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// To be sent again after so many seconds.
    pub(super) fn again_after(self, seconds: u32) -> Self {
        Self { header: Some((RETRY_AFTER, HeaderValue::from(seconds))), ..self }
    }

    /// 400.
    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }
}

impl From<Error> for Problem {
    /// What is the server's fault goes to the log, where the answer's words point to; the client is not told.
    fn from(error: Error) -> Self {
        let scim = error.to_scim();
        if scim.status() >= 500 {
            tracing::error!(%error, "request failed");
        }
        Self::new(
            StatusCode::from_u16(scim.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            scim.detail(),
        )
    }
}

impl From<ScimError> for Problem {
    fn from(error: ScimError) -> Self {
        Error::Scim(error).into()
    }
}

impl From<Unsupported> for Problem {
    fn from(error: Unsupported) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error.to_string())
    }
}

impl From<InvalidTags> for Problem {
    fn from(error: InvalidTags) -> Self {
        Self::bad_request(format!("If-Match: {error}"))
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        Self::bad_request(error.to_string())
    }
}

impl From<Exhausted> for Problem {
    fn from(exhausted: Exhausted) -> Self {
        let seconds = exhausted.retry_after.get();
        let detail = format!(
            "this token has sent more requests than it may; wait {seconds} s, as the header Retry-After says"
        );
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, detail);
        problem.header = Some((RETRY_AFTER, HeaderValue::from(seconds)));
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let details =
            ProblemDetails { kind: "about:blank", title, status: self.status.as_u16(), detail: self.detail };
        let content_type = [(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))];
        (self.status, HeaderMap::from_iter(self.header), content_type, json!(details).to_string())
            .into_response()
    }
}
