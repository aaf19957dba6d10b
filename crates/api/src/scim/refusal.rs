//! What every request below `/scim` gets that cannot be carried out.

use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use enroll_scim::ScimError;
use enroll_service::Error;

use super::answer::scim_json;
use crate::parse::entity_tag::InvalidTags;
use crate::parse::media_type::Unsupported;
use crate::parse::query::QueryError;
use crate::rate_limit::Exhausted;

/// When a client tries a paused directory again.
const PAUSE_SECONDS: u32 = 1800;

/// A SCIM error on its way to the client, with the header its status calls for.
#[derive(Debug)]
pub(crate) struct Refusal {
    error: ScimError,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// 401 with a challenge (RFC 7644 §2, RFC 6750 §3). `invalid` when there was a token.
    pub(super) fn unauthorized(detail: impl Into<String>, invalid: bool) -> Self {
        let challenge =
            if invalid { r#"Bearer realm="scim", error="invalid_token""# } else { r#"Bearer realm="scim""# };
        let header = Some((WWW_AUTHENTICATE, HeaderValue::from_static(challenge)));
        Self { error: ScimError::new(401, detail), header }
    }
}

impl From<ScimError> for Refusal {
    fn from(error: ScimError) -> Self {
        let header = (error.status() == 503).then(|| (RETRY_AFTER, HeaderValue::from_static("5")));
        Self { error, header }
    }
}

impl From<Error> for Refusal {
    /// What is the server's fault goes to the log, where the answer's words point to; the client is not told.
    fn from(error: Error) -> Self {
        let scim = error.to_scim();
        if scim.status() >= 500 && !matches!(error, Error::Paused(_)) {
            tracing::error!(%error, "request failed");
        }
        match error {
            Error::Unauthorized(detail) => Self::unauthorized(detail, true),
            Error::Held { seconds, .. } => {
                Self { error: scim, header: Some((RETRY_AFTER, HeaderValue::from(seconds))) }
            }
            Error::Paused(_) => {
                Self { error: scim, header: Some((RETRY_AFTER, HeaderValue::from(PAUSE_SECONDS))) }
            }
            _ => scim.into(),
        }
    }
}

impl From<QueryError> for Refusal {
    fn from(error: QueryError) -> Self {
        let detail = error.to_string();
        match error {
            QueryError::Encoding("filter") | QueryError::Repeated("filter") => {
                ScimError::invalid_filter(detail).into()
            }
            _ => ScimError::invalid_value(detail).into(),
        }
    }
}

impl From<InvalidTags> for Refusal {
    fn from(error: InvalidTags) -> Self {
        ScimError::invalid_value(format!("If-Match: {error}")).into()
    }
}

impl From<Unsupported> for Refusal {
    fn from(error: Unsupported) -> Self {
        ScimError::new(415, error.to_string()).into()
    }
}

impl From<Exhausted> for Refusal {
    fn from(exhausted: Exhausted) -> Self {
        let seconds = exhausted.retry_after.get();
        let detail = format!(
            "this token has sent more requests than it may; wait {seconds} s, as the header Retry-After says"
        );
        Self { error: ScimError::new(429, detail), header: Some((RETRY_AFTER, HeaderValue::from(seconds))) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (HeaderMap::from_iter(self.header), scim_json(status, &self.error.to_body())).into_response()
    }
}
