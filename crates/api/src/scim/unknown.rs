//! Paths below `/scim` that lead nowhere.

use axum::response::{IntoResponse, Response};
use enroll_scim::ScimError;

use super::Refusal;

/// 404, or 400 `invalidVers` when the path names a version that this server does not speak (RFC 7644 §3.13).
pub(crate) fn unknown(path: &str) -> Response {
    let first = path
        .strip_prefix("/scim")
        .unwrap_or(path)
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    let error = if first != "v2" && is_version(first) {
        other_version()
    } else {
        ScimError::not_found("nothing is at this URL; resources are below /scim/v2/Users and /scim/v2/Groups")
    };
    Refusal::from(error).into_response()
}

/// 400: the path names a version that this server does not speak.
pub(super) fn other_version() -> ScimError {
    ScimError::invalid_version("this server speaks SCIM 2.0 only: the base URL ends in /scim/v2")
}

/// `v` and digits, with or without a dot: `v1`, `V2`, `v1.1`.
pub(super) fn is_version(segment: &str) -> bool {
    let number = segment.strip_prefix(['v', 'V']).unwrap_or_default();
    number.starts_with(|first: char| first.is_ascii_digit())
        && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::unknown;

    #[test]
    fn h2_other_versions_are_400_and_other_paths_404() {
        for path in [
            "/scim/v1/Users",
            "/scim/v9/Users",
            "/scim/v1",
            "/scim/V2/Users",
            "/scim/v1.1/Users",
            "/scim/v20/x",
        ] {
            assert_eq!(unknown(path).status(), 400, "{path}");
        }
        for path in [
            "/scim/v2/Nothing",
            "/scim/v2/Users/a/b",
            "/scim/vision",
            "/scim/v",
            "/scim/v/",
            "/scim//v2/Users",
        ] {
            assert_eq!(unknown(path).status(), 404, "{path}");
        }
    }
}
