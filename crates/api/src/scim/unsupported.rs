//! What RFC 7644 leaves optional and this server does not do: 501, to callers with a token.

use enroll_scim::ScimError;

use super::{Authenticated, Refusal};

/// `POST /.search`, also below an endpoint, and `GET /`: queries over several resource types (RFC 7644 §3.4.2.1, §3.4.3).
pub(crate) async fn search(_caller: Authenticated) -> Refusal {
    ScimError::new(501, "this kind of query is not supported: send GET /Users or GET /Groups with a filter")
        .into()
}

/// `/Me` (RFC 7644 §3.11).
pub(crate) async fn me(_caller: Authenticated) -> Refusal {
    ScimError::new(
        501,
        "/Me is not supported: a SCIM token stands for an identity provider and not for a user",
    )
    .into()
}
