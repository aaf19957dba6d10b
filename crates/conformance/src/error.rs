//! Why a run could not begin.

use thiserror::Error;

/// Nothing was checked, for this reason.
#[derive(Debug, Error)]
pub enum RunError {
    /// The base URL is not usable.
    #[error("the SCIM base URL {url:?} cannot be used: {reason}")]
    BaseUrl {
        /// What was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The token has characters that no HTTP header may hold.
    #[error("the token has characters that an Authorization header cannot carry: check for a line break")]
    Token,
    /// The HTTP client could not be built, for example because no trusted certificates were found.
    #[error("the HTTP client could not be built: {0}")]
    Client(#[from] reqwest::Error),
    /// No answer at all.
    #[error("the server does not answer: {0}")]
    Unreachable(String),
    /// The server wants another token.
    #[error("GET {path} answered {status}: the server wants a token, or another one")]
    Refused {
        /// What was asked for.
        path: String,
        /// 401 or 403.
        status: u16,
    },
    /// Nothing has the chosen section or id.
    #[error("there is no section and no check {0:?}; `--list` shows all")]
    NothingChosen(String),
}
