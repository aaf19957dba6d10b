//! Which request makes a change, for the audit trail (enrollment.md §6.3).

use axum::http::request::Parts;
use enroll_domain::audit::Origin;

use super::client_address::ClientAddress;
use super::recording::user_agent;
use super::request_id::RequestId;

/// The request as the audit trail names it.
pub(crate) fn origin(parts: &Parts) -> Origin {
    Origin {
        request_id: parts.extensions.get::<RequestId>().map(|id| id.as_str().to_owned()),
        address: ClientAddress::of(&parts.extensions),
        user_agent: user_agent(&parts.headers),
    }
}
