//! What RFC 7644 leaves optional and this server does not do: 501, to callers with a token.

use enroll_scim::ScimError;

use super::{Authenticated, Refusal};

/// `/Me` (RFC 7644 §3.11).
pub(crate) async fn me(_caller: Authenticated) -> Refusal {
    ScimError::new(
        501,
        "/Me is not supported: a SCIM token stands for an identity provider and not for a user",
    )
    .into()
}
