//! What can go wrong in a use case, in words that fit every surface.

use enroll_scim::ScimError;
use enroll_store::{StoreError, idempotency};

/// Why a use case was not carried out. [`Error::to_scim`] gives it to an identity provider; other surfaces match on it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The SCIM request itself cannot be carried out.
    #[error(transparent)]
    Scim(#[from] ScimError),
    /// Nothing of that name or id is there, or the caller may not know of it.
    #[error("{0}")]
    NotFound(String),
    /// A value of the request does not fit.
    #[error("{0}")]
    Invalid(String),
    /// The request contradicts what is there.
    #[error("{0}")]
    Conflict(String),
    /// What is asked for was there and is not kept any more.
    #[error("{0}")]
    Gone(String),
    /// No valid token.
    #[error("{0}")]
    Unauthorized(String),
    /// The token does not allow it.
    #[error("{0}")]
    Forbidden(String),
    /// The last active server admin is not removed over SCIM.
    #[error("{detail}")]
    Protected {
        /// Who.
        user: enroll_domain::UserId,
        /// The userName.
        name: String,
        /// What to do.
        detail: String,
    },
    /// The brake of the directory has held the request.
    #[error("{detail}")]
    Held {
        /// After how many seconds to try again.
        seconds: u32,
        /// Why, as an administrator is told.
        why: String,
        /// The same for the identity provider, with who can approve it.
        detail: String,
    },
    /// The directory takes no changes for now.
    #[error("{0}")]
    Paused(String),
    /// A condition of the request (`If-Match`) does not hold.
    #[error("the resource has changed: its version is {current} now")]
    PreconditionFailed {
        /// The version that is there.
        current: String,
    },
    /// A condition of the request cannot hold, because what it is about is not there.
    #[error("{0}")]
    Absent(String),
    /// The store cannot answer, or the outcome of a commit is unknown: try again later.
    #[error(transparent)]
    Store(StoreError),
    /// A fault of the server. The text is for the log, never for a client.
    #[error("internal error: {0}")]
    Internal(String),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NulCharacter => Self::Invalid(
                "a text holds the character U+0000, which cannot be stored: leave it out".to_owned(),
            ),
            error => Self::Store(error),
        }
    }
}

impl Error {
    /// The error as a SCIM answer (RFC 7644 §3.12). What is internal is not told.
    pub fn to_scim(&self) -> ScimError {
        match self {
            Self::Scim(error) => error.clone(),
            Self::NotFound(detail) => ScimError::not_found(detail),
            Self::Invalid(detail) => ScimError::invalid_value(detail),
            Self::Conflict(detail) => ScimError::uniqueness(detail),
            Self::Gone(detail) => ScimError::new(410, detail),
            Self::Unauthorized(detail) => ScimError::new(401, detail),
            Self::Protected { detail, .. } => ScimError::new(403, detail),
            Self::Held { detail, .. } => ScimError::new(429, detail),
            Self::Paused(detail) => ScimError::new(503, detail),
            Self::Forbidden(detail) => ScimError::new(403, detail),
            Self::PreconditionFailed { .. } | Self::Absent(_) => ScimError::new(412, self.to_string()),
            Self::Store(StoreError::Unique { constraint }) if constraint == idempotency::TAKEN => {
                ScimError::uniqueness(
                    "another request with this Idempotency-Key was carried out just now: send this one again for its answer",
                )
            }
            Self::Store(error @ StoreError::Rehearsed) => ScimError::new(409, error.to_string()),
            Self::Store(error) => {
                let (status, detail) = store_status(error);
                ScimError::new(status, detail)
            }
            Self::Internal(_) => ScimError::new(
                500,
                "the server failed to carry out the request; its log has the details under this request's id",
            ),
        }
    }

    /// The HTTP status that fits the error on every surface.
    pub fn status(&self) -> u16 {
        self.to_scim().status()
    }
}

/// Status and sentence for a store that cannot answer.
fn store_status(error: &StoreError) -> (u16, &'static str) {
    match error {
        StoreError::Full => (507, "the server's disk is full; the change was not made"),
        StoreError::Busy | StoreError::Unavailable(_) => (
            503,
            "the server cannot reach its database just now; the change may not have been made; try again shortly",
        ),
        _ => (500, "the server's database failed; its log has the details under this request's id"),
    }
}
