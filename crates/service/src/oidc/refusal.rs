//! Errors in the words of OAuth and OpenID Connect.

use crate::Error;

/// The error codes (RFC 6749 §4.1.2.1, §5.2; OpenID Connect Core 1.0 §3.1.2.6; RFC 6750 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OAuthError {
    /// A parameter is missing, given twice or wrong.
    InvalidRequest,
    /// The client is not known, or has not proved who it is.
    InvalidClient,
    /// The code or refresh token is not good, or was given to another client.
    InvalidGrant,
    /// What the client asks for is not `openid`, or more than it was given.
    InvalidScope,
    /// The user may not use the client.
    AccessDenied,
    /// Another `grant_type`.
    UnsupportedGrantType,
    /// Another `response_type`.
    UnsupportedResponseType,
    /// Nobody is signed in, and the client wants no page to be shown.
    LoginRequired,
    /// A request in a JWT.
    RequestNotSupported,
    /// A request behind a URI.
    RequestUriNotSupported,
    /// A client that registers itself.
    RegistrationNotSupported,
    /// The access token is not good.
    InvalidToken,
    /// A fault of the server.
    ServerError,
    /// The server cannot answer just now.
    TemporarilyUnavailable,
}

impl OAuthError {
    /// The code as it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::LoginRequired => "login_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::InvalidToken => "invalid_token",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }
}

/// Why a client is not given what it asks for.
#[derive(Debug, thiserror::Error)]
#[error("{}: {description}", .error.as_str())]
pub struct Refusal {
    /// The code, for the client.
    pub error: OAuthError,
    /// A sentence for the person who has configured it.
    pub description: String,
}

impl Refusal {
    pub(crate) fn new(error: OAuthError, description: impl Into<String>) -> Self {
        Self { error, description: description.into() }
    }
}

impl From<Error> for Refusal {
    /// What is the server's fault is logged, and not told.
    fn from(error: Error) -> Self {
        let scim = error.to_scim();
        let code = match scim.status() {
            503 | 507 => OAuthError::TemporarilyUnavailable,
            500.. => OAuthError::ServerError,
            _ => OAuthError::InvalidRequest,
        };
        if scim.status() >= 500 {
            tracing::error!(%error, "request of a client failed");
        }
        Self::new(code, scim.detail())
    }
}

impl From<enroll_store::StoreError> for Refusal {
    fn from(error: enroll_store::StoreError) -> Self {
        Error::from(error).into()
    }
}
