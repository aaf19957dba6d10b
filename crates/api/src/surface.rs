//! The surfaces: each speaks one language, also where the framework or the server itself refuses a request.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use enroll_scim::ScimError;

use crate::api::Problem;
use crate::scim::Refusal;

/// Which language an answer is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// `/scim`: SCIM errors (RFC 7644 §3.12).
    Scim,
    /// Everything else: problem details (RFC 9457).
    Api,
}

impl Surface {
    /// The surface that a path belongs to, whether there is anything at the path or not.
    pub(crate) fn of(path: &str) -> Self {
        match path.strip_prefix("/scim") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => Self::Scim,
            _ => Self::Api,
        }
    }

    /// An error in the surface's language.
    pub(crate) fn refuse(self, status: StatusCode, detail: impl Into<String>) -> Response {
        match self {
            Self::Scim => Refusal::from(ScimError::new(status.as_u16(), detail)).into_response(),
            Self::Api => Problem::new(status, detail).into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Surface;

    #[test]
    fn x1_only_paths_below_scim_speak_scim() {
        for path in ["/scim", "/scim/", "/scim/v2/Users", "/scim//"] {
            assert_eq!(Surface::of(path), Surface::Scim, "{path}");
        }
        for path in ["/", "", "/scimitar", "/api/v1/scim", "/Scim/v2"] {
            assert_eq!(Surface::of(path), Surface::Api, "{path}");
        }
    }
}
